package control

import (
	"context"
	"fmt"
	"iter"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// RRsets yields the RRsets of a zone in canonical order, the SOA among them:
// the first of the apex, as the record of id 0.
func (c *Control) RRsets(ctx context.Context, p *access.Principal, ref Ref, r Range) iter.Seq2[change.RRset, error] {
	return func(yield func(change.RRset, error) bool) {
		z, err := c.readable(p, ref)
		if err != nil {
			yield(change.RRset{}, err)
			return
		}
		c.rrsets(ctx, z, r, yield)
	}
}

// readable is a zone of which p may read the records.
func (c *Control) readable(p *access.Principal, ref Ref) (*ZoneInfo, error) {
	if err := may(p, access.RecordsRead); err != nil {
		return nil, err
	}
	return c.see(p, ref)
}

func (c *Control) rrsets(ctx context.Context, z *ZoneInfo, r Range, yield func(change.RRset, error) bool) {
	if r.Owner != nil {
		r.Owner = r.Owner.Lower()
	}
	if wantsSOA(z, &r) {
		if r.Skip > 0 {
			r.Skip--
		} else {
			if !yield(z.SOARRset(), nil) || r.Limit == 1 {
				return
			}
			r.Limit = max(r.Limit-1, 0)
		}
	}
	if r.Type == rr.TypeSOA {
		return
	}
	if r.After.Type == rr.TypeSOA && r.After.Owner != nil && r.After.Owner.Equal(z.Apex) {
		r.After = Place{} // all else comes behind the SOA
	}
	if z.ReadOnly {
		z.FileSets(r, yield)
		return
	}
	for s, err := range c.store.RRsets(ctx, z.ID, r) {
		if err != nil {
			err = fault.OfStore(err)
		}
		if !yield(s, err) || err != nil {
			return
		}
	}
}

// wantsSOA reports whether r picks the SOA, which comes before all else.
func wantsSOA(z *ZoneInfo, r *Range) bool {
	return r.After.Owner == nil && (r.Owner == nil || r.Owner.Equal(z.Apex)) && (r.Type == 0 || r.Type == rr.TypeSOA)
}

// RRset is the RRset of that owner and type; without Records if there is none.
func (c *Control) RRset(ctx context.Context, p *access.Principal, ref Ref, owner dname.Name, t rr.Type) (change.RRset, error) {
	for s, err := range c.RRsets(ctx, p, ref, Range{Owner: owner, Type: t}) {
		return s, err
	}
	return change.RRset{Owner: owner, Type: t}, nil
}

// Record is the RRset that has the record of that id, and where in it that is.
func (c *Control) Record(ctx context.Context, p *access.Principal, ref Ref, id uint64) (change.RRset, int, error) {
	z, err := c.readable(p, ref)
	if err != nil {
		return change.RRset{}, 0, err
	}
	missing := fault.NoRecord(fmt.Sprintf("of that id in %s", z.Apex))
	if z.ReadOnly {
		return change.RRset{}, 0, missing
	}
	s, err := c.store.Record(ctx, z.ID, id)
	switch {
	case isNotFound(err):
		return s, 0, missing
	case err != nil:
		return s, 0, fault.OfStore(err)
	}
	return s, s.ByID(id), nil
}
