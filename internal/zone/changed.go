package zone

import (
	"bytes"
	"iter"
)

// Changed yields the zones in which s is another than old: each as it was and as
// it is, nil where there is none. The cost depends on what differs, beside one
// look at a pointer for some 400 zones, unless the sets differ widely in size.
func (s *Set) Changed(old *Set) iter.Seq2[*Entry, *Entry] {
	return func(yield func(was, is *Entry) bool) {
		for b := range s.unlike(old) {
			for i := range b {
				was, is := old.like(&b[i]), &b[i]
				if (was == nil || was.Zone != is.Zone || was.Reason != is.Reason) && !yield(was, is) {
					return
				}
			}
		}
		for b := range old.unlike(s) {
			for i := range b {
				if s.like(&b[i]) == nil && !yield(&b[i], nil) {
					return
				}
			}
		}
	}
}

// unlike yields the buckets of s that are not shared with other.
func (s *Set) unlike(other *Set) iter.Seq[[]Entry] {
	return func(yield func([]Entry) bool) {
		aligned := len(s.segments) == len(other.segments)
		for i, seg := range s.segments {
			if aligned && seg == other.segments[i] {
				continue
			}
			for j, b := range seg {
				if len(b) == 0 || aligned && shared(b, other.segments[i][j]) {
					continue
				}
				if !yield(b) {
					return
				}
			}
		}
	}
}

func shared(a, b []Entry) bool { return len(a) == len(b) && &a[0] == &b[0] }

// like is the entry of s with the apex of e, or nil.
func (s *Set) like(e *Entry) *Entry {
	if len(s.segments) == 0 {
		return nil
	}
	h := e.hash
	b := s.segments[h>>bucketBits&uint64(len(s.segments)-1)][h&(1<<bucketBits-1)]
	for i := range b {
		if b[i].hash == h && string(b[i].Apex) == string(e.Apex) {
			return &b[i]
		}
	}
	return nil
}

// Change is a name that one snapshot of a zone has otherwise than another: the
// zero Node stands for none.
type Change struct {
	Owner   []byte // below the apex, without it
	Was, Is Node
}

// Changed yields the names, empty non-terminals too, in which s is another than
// old, a snapshot of the same zone. Names of which only the order of records or
// sets differs may be among them. The cost depends on what differs where s came
// of old by With, beside one look at a pointer for some 1500 names; otherwise on
// the size of the zone.
func (s *Snapshot) Changed(old *Snapshot) iter.Seq[Change] {
	return func(yield func(Change) bool) {
		top := max(s.dir.bits, old.dir.bits)
		for at := 0; at < 1<<top; {
			if n := s.dir.sharedFrom(&old.dir, at); n > 0 {
				at += n
				continue
			}
			is, was := s.dir.pageAt(at, top), old.dir.pageAt(at, top)
			span := 1 << (top - min(is.bits(), was.bits()))
			at &^= span - 1
			if &is[0] != &was[0] {
				c := comparison{is: s.dir.span(at, span, top), was: old.dir.span(at, span, top)}
				if !c.run(yield) {
					return
				}
			}
			at += span
		}
	}
}

// sharedFrom is how many slots from the slot at on, where a segment begins, d
// shares with other as a segment of both.
func (d *directory) sharedFrom(other *directory, at int) int {
	const width = 1 << segmentBits
	if d.bits != other.bits || at%width != 0 {
		return 0
	}
	a, b := d.segments[at/width], other.segments[at/width]
	if &a[0] != &b[0] {
		return 0
	}
	return len(a)
}

// pageAt is the page of slot at as a directory of top bits, at least as many as
// d has, would count it.
func (d *directory) pageAt(at, top int) page {
	i := at >> (top - d.bits)
	return d.segments[i>>segmentBits][i&(1<<segmentBits-1)]
}

// span is the pages of n slots from at on, each once.
func (d *directory) span(at, n, top int) (pages []page) {
	for end := at + n; at < end; {
		p := d.pageAt(at, top)
		pages = append(pages, p)
		at += 1 << (top - p.bits())
	}
	return pages
}

// comparison is of pages that hold the same part of two directories.
type comparison struct{ is, was []page }

func (c *comparison) run(yield func(Change) bool) bool {
	for _, p := range c.is {
		for i := range p.count() {
			n := p.node(i)
			was := lookFor(c.was, p.tag(i), n.below())
			if !same(n, was) && !yield(Change{n.below(), was, n}) {
				return false
			}
		}
	}
	for _, p := range c.was {
		for i := range p.count() {
			n := p.node(i)
			if lookFor(c.is, p.tag(i), n.below()) == nil && !yield(Change{n.below(), n, nil}) {
				return false
			}
		}
	}
	return true
}

// lookFor is the node named below in pages.
func lookFor(pages []page, tag byte, below []byte) Node {
	for _, p := range pages {
		if _, n := p.find(uint64(tag), below); n != nil {
			return n
		}
	}
	return nil
}

// same compares nodes but for the zero octets behind them.
func same(a, b Node) bool {
	return bytes.Equal(bytes.TrimRight(a, "\x00"), bytes.TrimRight(b, "\x00"))
}
