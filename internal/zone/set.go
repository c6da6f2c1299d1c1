package zone

import (
	"math/bits"
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// Set is all zones that a server answers for, immutable like its snapshots and
// swapped as a whole. The zero Set is empty and ready to use.
type Set struct {
	segments []*segment       // as many as a power of two, or none
	depths   [maxDepths]int32 // how many zones have an apex of so many labels
	order    []int            // those label counts, deepest first
	size     int
}

// segment is the unit of copying when a Set changes: the buckets of its zones,
// chosen by the low bits of an apex's hash.
type segment [1 << bucketBits][]Entry

const (
	bucketBits  = 7
	bucketLoad  = 4 // zones in a bucket at most, on average
	maxDepths   = dname.MaxLabels + 1
	segmentLoad = bucketLoad << bucketBits
)

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
	for _, seg := range s.segments {
		for _, b := range seg {
			for i := range b {
				if !yield(&b[i]) {
					return
				}
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
	if len(s.segments) == 0 {
		return nil
	}
	return s.exact(k, depth)
}

func (s *Set) exact(k *dname.Key, depth int) *Entry {
	h := k.Hash(depth)
	b := s.segments[h>>bucketBits&uint64(len(s.segments)-1)][h&(1<<bucketBits-1)]
	for i := range b {
		if b[i].hash == h && string(b[i].Apex) == string(k.Suffix(depth)) {
			return &b[i]
		}
	}
	return nil
}

// With is the set in which each of the entries stands in place of the one of
// its apex. One whose Zone is nil and Reason empty takes its apex out. The cost
// depends on the entries; beside them, one pointer for some 400 zones is copied.
func (s *Set) With(entries ...Entry) *Set {
	e := setEdit{Set: Set{depths: s.depths, size: s.size}}
	e.resize(s, len(entries))
	var k dname.Key
	for _, entry := range entries {
		k.Set(entry.Apex)
		entry.hash = k.Hash(k.Depth())
		entry.Apex = k.Name().Clone()
		e.put(entry, k.Depth())
	}
	for d := dname.MaxLabels; d >= 0; d-- {
		if e.depths[d] > 0 {
			e.order = append(e.order, d)
		}
	}
	return &e.Set
}

// setEdit is a Set being changed. own tells which segments are private to it.
type setEdit struct {
	Set
	own []bool
}

// resize takes over the segments of s, spread over more of them where they would overflow.
func (e *setEdit) resize(s *Set, more int) {
	want := 1 << bits.Len(uint(max(s.size+more, 1)-1)/segmentLoad)
	if want <= len(s.segments) {
		e.segments = append([]*segment(nil), s.segments...)
		e.own = make([]bool, len(e.segments))
		return
	}
	e.segments = make([]*segment, want)
	e.own = make([]bool, want)
	for i := range e.segments {
		e.segments[i], e.own[i] = new(segment), true
	}
	for entry := range s.All {
		b := e.bucket(entry.hash)
		*b = append(*b, *entry)
	}
}

// bucket is where an apex of hash h lives, in a segment that may be written.
func (e *setEdit) bucket(h uint64) *[]Entry {
	i := h >> bucketBits & uint64(len(e.segments)-1)
	if !e.own[i] {
		seg := *e.segments[i]
		e.segments[i], e.own[i] = &seg, true
	}
	return &e.segments[i][h&(1<<bucketBits-1)]
}

// put writes entry into a copy of its bucket: others may hold the old one.
func (e *setEdit) put(entry Entry, depth int) {
	b := e.bucket(entry.hash)
	at := slices.IndexFunc(*b, func(old Entry) bool { return old.hash == entry.hash && old.Apex.Equal(entry.Apex) })
	gone := entry.Zone == nil && entry.Reason == ""
	switch {
	case at >= 0 && gone:
		*b = slices.Delete(slices.Clone(*b), at, at+1)
		e.count(depth, -1)
	case at >= 0:
		*b = slices.Clone(*b)
		(*b)[at] = entry
	case !gone:
		*b = append(slices.Clip(*b), entry)
		e.count(depth, 1)
	}
}

func (e *setEdit) count(depth, by int) {
	e.depths[depth] += int32(by)
	e.size += by
}
