package held

import (
	"iter"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
)

// Node is what s knows of owner; nil where nothing.
func Node(s *zone.Snapshot, owner dname.Name) zone.Node {
	var k dname.Key
	k.Set(owner)
	return s.Node(&k, k.Depth())
}

// Set is what s serves of that owner and type.
func Set(s *zone.Snapshot, owner dname.Name, t rr.Type) rr.Set {
	if n := Node(s, owner); n != nil {
		return n.Set(t)
	}
	return nil
}

// Shows reports whether s has what an RRset of that owner and type may be served as.
func Shows(s *zone.Snapshot, owner dname.Name, t rr.Type) bool {
	n := Node(s, owner)
	return n != nil && (!n.Set(t).Empty() || t == rr.TypeCNAME && n.Is(zone.HasALIAS))
}

// RRsets is the RRsets of a snapshot in canonical order; only those of owner, if it is not nil.
func RRsets(s *zone.Snapshot, owner dname.Name) iter.Seq[change.RRset] {
	return func(yield func(change.RRset) bool) {
		if owner != nil {
			nodeSets(owner, Node(s, owner), yield)
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

// FileSets yields what r picks of the RRsets of a zone that comes from a file, but for the SOA.
func (z *Zone) FileSets(r store.Range, yield func(change.RRset, error) bool) {
	left := r.Limit
	for s := range RRsets(z.Snapshot, r.Owner) {
		if s.Type == rr.TypeSOA || r.Type != 0 && s.Type != r.Type || r.After.Owner != nil && !Behind(&s, &r) {
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

// Behind reports whether s comes behind the place where r begins.
func Behind(s *change.RRset, r *store.Range) bool {
	d := s.Owner.Compare(r.After.Owner)
	return d > 0 || d == 0 && s.Type > r.After.Type
}
