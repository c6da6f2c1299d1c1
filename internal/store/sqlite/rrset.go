package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"iter"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// RRset is as store.State says.
func (s *Store) RRset(ctx context.Context, id change.ZoneID, owner dname.Name, t rr.Type) (set change.RRset, err error) {
	err = s.points.with(ctx, func(c *conn) error {
		set, err = c.rrset(sqlRRset, id.String(), keyOf(owner), int64(t))
		return err
	})
	if set.Empty() {
		set = change.RRset{Owner: owner.Lower(), Type: t}
	}
	return set, err
}

// Record is as store.State says.
func (s *Store) Record(ctx context.Context, id change.ZoneID, record uint64) (set change.RRset, err error) {
	err = s.points.with(ctx, func(c *conn) error {
		set, err = c.rrset(sqlRecord, int64(record), id.String())
		return err
	})
	if err == nil && set.Empty() {
		err = fmt.Errorf("record %d: %w", record, store.ErrNotFound)
	}
	return set, err
}

// rrset is the one RRset whose rows the query has.
func (c *conn) rrset(sql string, args ...driver.Value) (change.RRset, error) {
	var g grouper
	err := c.each(func(r row) error {
		_, _, err := g.add(scanRecord(r))
		return err
	}, sql, args...)
	return g.set, err
}

// errStop ends a walk because the caller has had enough.
var errStop = errors.New("enough")

// RRsets is as store.State says. What it yields is of one state.
func (s *Store) RRsets(ctx context.Context, id change.ZoneID, r store.Range) iter.Seq2[change.RRset, error] {
	return func(yield func(change.RRset, error) bool) {
		sql, args := rangeQuery(id, r)
		err := s.walks.with(ctx, func(c *conn) error {
			return s.eachRRset(ctx, c, func(set change.RRset) bool { return yield(set, nil) }, sql, args)
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(change.RRset{}, err)
		}
	}
}

// eachRRset calls visit with the RRsets of a query until it is false.
func (s *Store) eachRRset(ctx context.Context, c *conn, visit func(change.RRset) bool, sql string, args []driver.Value) error {
	var g grouper
	err := c.each(func(r row) error {
		set, ended, err := g.add(scanRecord(r))
		if ended && !visit(set) {
			return errStop
		}
		if ended && err == nil {
			err = s.alive(ctx)
		}
		return err
	}, sql, args...)
	if err != nil {
		return err
	}
	if set, open := g.end(); open && !visit(set) {
		return errStop
	}
	return nil
}

// alive says whether a walk may go on.
func (s *Store) alive(ctx context.Context) error {
	select {
	case <-s.closing:
		return store.ErrClosed
	default:
		return ctx.Err()
	}
}

// rangeQuery is the question for the records of a zone that r picks.
func rangeQuery(id change.ZoneID, r store.Range) (sql string, args []driver.Value) {
	if r.Owner != nil && r.Type != 0 && r.After.Owner == nil && r.Limit == 0 && r.Skip == 0 {
		return sqlRRset, []driver.Value{id.String(), keyOf(r.Owner), int64(r.Type)}
	}
	sql, args = sqlRRsets, []driver.Value{id.String()}
	if r.Owner != nil {
		sql, args = sql+` AND r.key = ?`, append(args, keyOf(r.Owner))
	}
	if r.Type != 0 {
		sql, args = sql+` AND r.type = ?`, append(args, int64(r.Type))
	}
	if r.After.Owner != nil {
		sql, args = sql+` AND (r.key, r.type) > (?, ?)`, append(args, keyOf(r.After.Owner), int64(r.After.Type))
	}
	limit := int64(-1)
	if r.Limit > 0 {
		limit = int64(r.Limit)
	}
	return sql + sqlInOrder + sqlPart, append(args, limit, int64(r.Skip))
}
