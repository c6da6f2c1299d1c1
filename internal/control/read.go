package control

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
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
			if !yield(soaRRset(z), nil) || r.Limit == 1 {
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
		fileSets(z, r, yield)
		return
	}
	for s, err := range c.store.RRsets(ctx, z.ID, r) {
		if err != nil {
			err = unavailable(err)
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

func soaRRset(z *ZoneInfo) change.RRset {
	return change.RRset{Owner: z.Apex, Type: rr.TypeSOA, TTL: z.SOATTL, Records: []change.Record{{
		Data: withSerial(z.SOA, z.Serial), Created: z.Created.UnixMilli(), Modified: z.Changed.UnixMilli(),
	}}}
}

// fileSets yields the RRsets of a zone that comes from a file.
func fileSets(z *ZoneInfo, r Range, yield func(change.RRset, error) bool) {
	left := r.Limit
	for s := range ownedSets(z.Snapshot, r.Owner) {
		if s.Type == rr.TypeSOA || r.Type != 0 && s.Type != r.Type || r.After.Owner != nil && !behind(&s, &r) {
			continue
		}
		skip := min(r.Skip, len(s.Records))
		s.Records = s.Records[skip:]
		r.Skip -= skip
		if len(s.Records) == 0 {
			continue
		}
		if r.Limit > 0 {
			s.Records = s.Records[:min(left, len(s.Records))]
			left -= len(s.Records)
		}
		if !yield(s, nil) || r.Limit > 0 && left == 0 {
			return
		}
	}
}

func behind(s *change.RRset, r *Range) bool {
	d := s.Owner.Compare(r.After.Owner)
	return d > 0 || d == 0 && s.Type > r.After.Type
}

// ownedSets is the RRsets of a snapshot in canonical order; only those of owner, if it is not nil.
func ownedSets(s *zone.Snapshot, owner dname.Name) iter.Seq[change.RRset] {
	return func(yield func(change.RRset) bool) {
		if owner != nil {
			nodeSets(owner, nodeOf(s, owner), yield)
			return
		}
		for name, node := range s.Sorted() {
			if !nodeSets(name, node, yield) {
				return
			}
		}
	}
}

func nodeSets(owner dname.Name, n zone.Node, yield func(change.RRset) bool) bool {
	if n == nil {
		return true
	}
	for _, set := range n.Canonical() {
		s := change.RRset{Owner: owner.Lower(), Type: set.Type(), TTL: set.TTL()}
		for rest := set; !rest.Empty(); {
			var r rr.Record
			r, rest = rest.Next()
			s.Records = append(s.Records, change.Record{Data: r.Data()})
		}
		if !yield(s) {
			return false
		}
	}
	return true
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
	missing := noRecord(fmt.Sprintf("of that id in %s", z.Apex))
	if z.ReadOnly {
		return change.RRset{}, 0, missing
	}
	s, err := c.store.Record(ctx, z.ID, id)
	switch {
	case isNotFound(err):
		return s, 0, missing
	case err != nil:
		return s, 0, unavailable(err)
	}
	return s, s.ByID(id), nil
}

func sortSets(sets []change.RRset) {
	slices.SortFunc(sets, func(a, b change.RRset) int {
		if d := a.Owner.Compare(b.Owner); d != 0 {
			return d
		}
		return int(a.Type) - int(b.Type)
	})
}
