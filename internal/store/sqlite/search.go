package sqlite

import (
	"context"
	"errors"
	"iter"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// Search is as store.State says. What it yields is of one state.
func (s *Store) Search(ctx context.Context, q store.Search) iter.Seq2[store.Hit, error] {
	return func(yield func(store.Hit, error) bool) {
		err := s.walks.snapshot(ctx, func(c *conn) error { return s.search(ctx, c, q, yield) })
		if err != nil && !errors.Is(err, errStop) {
			yield(store.Hit{}, err)
		}
	}
}

// found is where a record stands that the search has met.
type found struct {
	zone int64
	key  string
	typ  rr.Type
}

// search meets records and yields each RRset of them once and whole.
func (s *Store) search(ctx context.Context, c *conn, q store.Search, yield func(store.Hit, error) bool) error {
	apex, owner := []byte{}, []byte{}
	if q.After.Apex != nil {
		apex, owner = keyOf(q.After.Apex), keyOf(q.After.Owner)
	}
	like := likeText(q.Text)
	var last found
	hits := 0
	return c.each(func(r row) error {
		at := found{r.int(0), string(r.blob(3)), rr.Type(r.int(4))}
		if at == last {
			return nil
		}
		last = at
		hit, err := c.hit(r)
		if err != nil {
			return err
		}
		hits++
		if !yield(hit, nil) || hits == q.Limit {
			return errStop
		}
		return s.alive(ctx)
	}, sqlSearch, apex, apex, owner, int64(q.After.Type), like, like)
}

// hit is the RRset of the record that r met.
func (c *conn) hit(r row) (h store.Hit, err error) {
	if h.Zone, err = change.ParseZoneID(r.text(1)); err != nil {
		return h, err
	}
	if h.Apex, err = dname.Parse(r.text(2), nil); err != nil {
		return h, err
	}
	h.RRset, err = c.rrset(sqlRRsetOf, r.int(0), r.blob(3), r.int(4))
	return h, err
}

// likeText is a pattern for what contains text, ASCII letters in any case.
func likeText(text string) string {
	return "%" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text) + "%"
}
