package sqlite

import (
	"context"
	"database/sql/driver"
	"iter"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
)

// logPage is how many Changes are read at once; all of one are in memory.
const logPage = 64

// Changes is as store.Log says. The log is read page by page, so that who walks
// slowly holds nothing up; what is appended meanwhile is seen.
func (s *Store) Changes(ctx context.Context, q store.Query) iter.Seq2[*change.Change, error] {
	return func(yield func(*change.Change, error) bool) {
		for left := q.Limit; q.Limit == 0 || left > 0; {
			page := q
			page.Limit = pageLimit(q, left)
			found, err := s.logPage(ctx, page)
			for _, c := range found {
				if !yield(c, nil) {
					return
				}
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if len(found) < page.Limit {
				return
			}
			left -= len(found)
			q = behind(q, found[len(found)-1].Revision)
		}
	}
}

// pageLimit is how many Changes the next page has. Full ones come one by one
// at first, for each may be large.
func pageLimit(q store.Query, left int) int {
	limit := logPage
	if !q.Heads {
		limit = logPage / 8
	}
	if q.Limit > 0 {
		limit = min(limit, left)
	}
	return limit
}

// behind is q for what follows behind the Change of that Revision.
func behind(q store.Query, last change.Revision) store.Query {
	if q.Newest {
		q.Before = last
	} else {
		q.After = last
	}
	return q
}

func (s *Store) logPage(ctx context.Context, q store.Query) (found []*change.Change, err error) {
	err = s.points.snapshot(ctx, func(c *conn) error {
		sql, args := logQuery(q)
		if err := c.each(func(r row) error {
			head, err := parseHead(r)
			found = append(found, head)
			return err
		}, sql, args...); err != nil {
			return err
		}
		for _, one := range found {
			if err := c.fill(ctx, one, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		found = nil
	}
	return found, err
}

// logQuery is the question for the heads of the Changes that q picks.
func logQuery(q store.Query) (sql string, args []driver.Value) {
	var where []string
	add := func(condition string, arg driver.Value) {
		where, args = append(where, condition), append(args, arg)
	}
	sql = sqlChanges
	column := "c.revision"
	if q.Zone != (change.ZoneID{}) {
		sql += ` JOIN change_zones z ON z.revision = c.revision`
		column = "z.revision"
		add("z.zone = ?", q.Zone.String())
	}
	add(column+" > ?", int64(q.After))
	if q.Before > 0 {
		add(column+" < ?", int64(q.Before))
	}
	if q.Account != "" || q.Key != "" {
		add("c.account = ?", q.Account)
	}
	if q.Key != "" {
		add("c.request_key = ?", q.Key)
	}
	if q.ID != "" {
		add("c.id = ?", q.ID)
	}
	sql += " WHERE " + strings.Join(where, " AND ") + " ORDER BY " + column
	if q.Newest {
		sql += " DESC"
	}
	return sql + sqlFirst, append(args, int64(q.Limit))
}

func parseHead(r row) (*change.Change, error) {
	at, err := parseTime(r.text(2))
	return &change.Change{
		Revision: change.Revision(r.int(0)), ID: r.text(1), Time: at,
		Origin: change.Origin{Account: r.text(3), Token: r.text(4), Author: r.text(5),
			Via: r.text(6), Address: r.text(7), Agent: r.text(8)},
		Reason: r.text(9), Reverts: change.Revision(r.int(10)),
		Request: change.Request{Key: r.text(11), Digest: r.text(12)},
	}, err
}

// fill reads the zones of one, as q wants them.
func (c *conn) fill(ctx context.Context, one *change.Change, q store.Query) error {
	var places []int64
	err := c.each(func(r row) error {
		z, err := parseDiff(r)
		if err == nil && (q.Zone == (change.ZoneID{}) || q.Zone == z.ID) {
			one.Zones, places = append(one.Zones, z), append(places, r.int(0))
		}
		return err
	}, sqlDiffs, int64(one.Revision))
	if err != nil || q.Heads {
		return err
	}
	for i := range one.Zones {
		z := &one.Zones[i]
		err := c.each(func(r row) (err error) {
			z.Sets, err = parseSets(z.Sets, r.text(0))
			if err == nil {
				err = ctx.Err()
			}
			return err
		}, sqlSets, int64(one.Revision), places[i])
		if err != nil {
			return err
		}
	}
	return nil
}

func parseDiff(r row) (z change.ZoneDiff, err error) {
	if z.ID, err = change.ParseZoneID(r.text(1)); err != nil {
		return z, err
	}
	if z.Apex, err = dname.Parse(r.text(2), nil); err != nil {
		return z, err
	}
	if z.Kind, err = parseKind(r.text(3)); err != nil {
		return z, err
	}
	z.Base, z.From, z.To = change.Revision(r.int(4)), change.Serial(r.int(5)), change.Serial(r.int(6))
	if z.Before, err = parseZone(r.text(7), z.ID, z.Apex); err != nil {
		return z, err
	}
	z.After, err = parseZone(r.text(8), z.ID, z.Apex)
	return z, err
}

// Watch is as store.Log says; this log is never cut short.
func (s *Store) Watch(ctx context.Context, after change.Revision) iter.Seq2[*change.Change, error] {
	return func(yield func(*change.Change, error) bool) {
		for {
			next, err := s.follow(ctx, after)
			for _, c := range next {
				if !yield(c, nil) {
					return
				}
				after = c.Revision
			}
			if err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// follow is some Changes behind after, waiting for one if there is none yet.
func (s *Store) follow(ctx context.Context, after change.Revision) ([]*change.Change, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	kept, head, more := s.feed.at(after + 1)
	switch {
	case kept != nil:
		return []*change.Change{kept}, nil
	case head > after:
		return s.logPage(ctx, store.Query{After: after, Limit: logPage / 8})
	}
	select {
	case <-more:
		return nil, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-s.closing:
		return nil, store.ErrClosed
	}
}
