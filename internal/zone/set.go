package zone

import (
	"maps"
	"math/bits"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// Set is all zones that a server answers for, immutable like its snapshots and
// swapped as a whole. The zero Set is empty and ready to use.
type Set struct {
	buckets [][]Entry
	depths  map[int]int // how many zones have an apex of so many labels
	order   []int       // those label counts, deepest first
	size    int
}

// Entry is a zone by its apex: a snapshot, or, where none could be loaded yet,
// the reason why the server answers SERVFAIL for it.
type Entry struct {
	Apex   dname.Name
	Zone   *Snapshot
	Reason string
	hash   uint64
}

// Len counts the zones.
func (s *Set) Len() int { return s.size }

// All yields the entries in no order.
func (s *Set) All(yield func(*Entry) bool) {
	for _, b := range s.buckets {
		for i := range b {
			if !yield(&b[i]) {
				return
			}
		}
	}
}

// Find is the zone with the longest apex at or above k, with at most maxLabels
// labels: k.Depth() for any, one less for those strictly above. It is nil
// where the set has none.
func (s *Set) Find(k *dname.Key, maxLabels int) *Entry {
	for _, depth := range s.order {
		if depth > maxLabels {
			continue
		}
		if e := s.exact(k, depth); e != nil {
			return e
		}
	}
	return nil
}

// Exact is the zone whose apex is the name made of the last depth labels of k, or nil.
func (s *Set) Exact(k *dname.Key, depth int) *Entry {
	if len(s.buckets) == 0 {
		return nil
	}
	return s.exact(k, depth)
}

func (s *Set) exact(k *dname.Key, depth int) *Entry {
	h := k.Hash(depth)
	b := s.buckets[h&uint64(len(s.buckets)-1)]
	for i := range b {
		if b[i].hash == h && string(b[i].Apex) == string(k.Suffix(depth)) {
			return &b[i]
		}
	}
	return nil
}

// With is the set in which each of the entries stands in place of the one of
// its apex. One whose Zone is nil and Reason empty takes its apex out.
func (s *Set) With(entries ...Entry) *Set {
	n := &Set{depths: maps.Clone(s.depths), size: s.size}
	n.resize(s, len(entries))
	if n.depths == nil {
		n.depths = make(map[int]int)
	}
	owned := make(map[int]bool, len(entries))
	var k dname.Key
	for _, e := range entries {
		k.Set(e.Apex)
		e.hash = k.Hash(k.Depth())
		e.Apex = k.Name().Clone()
		n.put(e, k.Depth(), owned)
	}
	for d := dname.MaxLabels; d >= 0; d-- {
		if n.depths[d] > 0 {
			n.order = append(n.order, d)
		}
	}
	return n
}

// resize takes over the buckets of s, spread over more of them where they would overflow.
func (n *Set) resize(s *Set, more int) {
	const load = 4
	want := 1 << bits.Len(uint(max(s.size+more, 1)-1)/load)
	if want <= len(s.buckets) {
		n.buckets = append([][]Entry(nil), s.buckets...)
		return
	}
	n.buckets = make([][]Entry, want)
	for e := range s.All {
		b := &n.buckets[e.hash&uint64(want-1)]
		*b = append(*b, *e)
	}
}

func (n *Set) put(e Entry, depth int, owned map[int]bool) {
	i := int(e.hash & uint64(len(n.buckets)-1))
	if !owned[i] {
		n.buckets[i] = append([]Entry(nil), n.buckets[i]...)
		owned[i] = true
	}
	b := n.buckets[i]
	gone := e.Zone == nil && e.Reason == ""
	for j := range b {
		if b[j].hash != e.hash || !b[j].Apex.Equal(e.Apex) {
			continue
		}
		if gone {
			n.buckets[i] = append(b[:j], b[j+1:]...)
			n.count(depth, -1)
		} else {
			b[j] = e
		}
		return
	}
	if !gone {
		n.buckets[i] = append(b, e)
		n.count(depth, 1)
	}
}

func (n *Set) count(depth, by int) {
	n.depths[depth] += by
	n.size += by
}
