package zone

import "github.com/truename-dns/truename/internal/dns/dname"

// directory is the index of a zone's names: extendible hashing over pages, the
// leading bits of a name's hash choosing the page. It is immutable; edit
// makes a changed copy that shares all pages and segments it did not touch, so
// that a change of one name costs a page, a segment and the list of segments
// whatever the size of the zone (docs/adr/0001-zone-snapshot.md).
type directory struct {
	bits     int
	segments [][]page // each of 1<<min(bits, segmentBits) pages; neighbours may share a page
}

const segmentBits = 6

func (d *directory) slot(h uint64) (segment, index int) {
	i := int(h >> (64 - d.bits))
	return i >> segmentBits, i & (1<<segmentBits - 1)
}

func (d *directory) find(h uint64, below []byte) Node {
	s, i := d.slot(h)
	_, n := d.segments[s][i].find(h, below)
	return n
}

// newDirectory takes the pages in order of their slots, 1<<bits of them.
func newDirectory(bits int, pages []page) directory {
	d := directory{bits: bits}
	for width := 1 << min(bits, segmentBits); len(pages) > 0; pages = pages[width:] {
		d.segments = append(d.segments, pages[:width:width])
	}
	return d
}

// pages yields every page once.
func (d *directory) pages(yield func(page) bool) { d.pagesOf(0, len(d.segments), yield) }

// pagesOf yields the pages that begin in the segments from to to, each once.
func (d *directory) pagesOf(from, to int, yield func(page) bool) {
	var last *byte
	if from > 0 {
		before := d.segments[from-1]
		last = &before[len(before)-1][0]
	}
	for _, s := range d.segments[from:to] {
		for _, p := range s {
			if &p[0] == last {
				continue
			}
			if last = &p[0]; !yield(p) {
				return
			}
		}
	}
}

// edit is a directory being changed. own tells which segments are private to it.
type edit struct {
	directory
	own    []bool
	writer pageWriter
	apex   dname.Name
	key    dname.Key
}

func (d *directory) edit(apex dname.Name) *edit {
	e := &edit{directory: directory{bits: d.bits}, apex: apex}
	e.segments = append([][]page(nil), d.segments...)
	e.own = make([]bool, len(e.segments))
	return e
}

// put writes the node d of hash h; an existing one of its name is replaced.
func (e *edit) put(h uint64, d *draft) { e.rewrite(h, d.below, d) }

// remove takes the node named below of hash h away.
func (e *edit) remove(h uint64, below []byte) { e.rewrite(h, below, nil) }

func (e *edit) rewrite(h uint64, below []byte, with *draft) {
	s, i := e.slot(h)
	old := e.segments[s][i]
	at, _ := old.find(h, below)
	w := &e.writer
	w.reset()
	for j := range old.count() {
		switch {
		case j != at:
			w.add(old.tag(j), old.node(j))
		case with != nil:
			w.nodes = with.append(w.nodes)
			w.close(byte(h))
		}
	}
	if at < 0 && with != nil {
		w.nodes = with.append(w.nodes)
		w.close(byte(h))
	}
	e.replace(h, w.page(old.bits()))
}

// replace puts p in the place of the page that h leads to, in every slot that
// shares it, and splits it when it has grown too large.
func (e *edit) replace(h uint64, p page) {
	if p.count() > pageMax && p.bits() < 60 {
		e.split(h, p)
		return
	}
	if e.bits == 0 {
		e.set(0, p)
		return
	}
	span := 1 << (e.bits - p.bits())
	first := int(h>>(64-e.bits)) &^ (span - 1)
	for i := first; i < first+span; i++ {
		e.set(i, p)
	}
}

// split parts p by the next bit of its hashes, doubling the directory where it has no room for that bit.
func (e *edit) split(h uint64, p page) {
	next := p.bits() + 1
	if next > e.bits {
		e.double()
	}
	bit := uint64(1) << (64 - next)
	var halves [2]pageWriter
	for i := range p.count() {
		side := 0
		if p.hash(i, e.apex, &e.key)&bit != 0 {
			side = 1
		}
		halves[side].add(p.tag(i), p.node(i))
	}
	e.replace(h&^bit, halves[0].page(next))
	e.replace(h|bit, halves[1].page(next))
}

func (e *edit) double() {
	pages := make([]page, 0, 2<<e.bits)
	for _, s := range e.segments {
		for _, p := range s {
			pages = append(pages, p, p)
		}
	}
	e.directory = newDirectory(e.bits+1, pages)
	e.own = make([]bool, len(e.segments))
	for i := range e.own {
		e.own[i] = true
	}
}

func (e *edit) set(slot int, p page) {
	s := slot >> segmentBits
	if !e.own[s] {
		e.segments[s] = append([]page(nil), e.segments[s]...)
		e.own[s] = true
	}
	e.segments[s][slot&(1<<segmentBits-1)] = p
}
