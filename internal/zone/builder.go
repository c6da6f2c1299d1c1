package zone

import (
	"bytes"
	"math/bits"
	"slices"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Builder makes the first snapshot of a zone out of records in any order. It
// takes what no snapshot can hold (a record twice, a set with two TTLs, a
// record of another zone) out of the way and remarks on it; whether what is
// left is a good zone is for zone/lint to judge.
type Builder struct {
	apex    dname.Name
	labels  int
	key     dname.Key
	last    int32 // the owner of the record before, as most records follow one of the same owner
	owners  []owner
	index   []slot // open addressing
	arena   arena
	shade   []uint32
	deepest int
	remarks []Remark
	counts  [3]int // by Kind, kept or not
}

// owner is a name of the zone under construction.
type owner struct {
	hash     uint64
	name     ref // of what it has below the apex, of length octets
	first    ref // chain of records, 0 ends it
	last     ref
	parent   int32
	children uint32
	length   uint8
	facts    Facts
}

// slot of the index: an owner's position plus one, 0 where it is free, and so
// much of its hash that a look at another owner is rare.
type slot struct {
	tag uint32
	id  int32
}

func tagOf(h uint64) uint32 { return uint32(h >> 32) }

// Place is where a record came from: a file by its number, line and column.
type Place struct {
	File   uint16
	Column uint16
	Line   uint32
}

// NewBuilder starts the zone of that apex.
func NewBuilder(apex dname.Name) *Builder {
	b := &Builder{apex: apex.Lower(), labels: apex.Labels(), index: make([]slot, 64)}
	b.key.Set(b.apex)
	b.last = b.insert(b.labels)
	return b
}

// Expect makes room for about so many names in all.
func (b *Builder) Expect(names int) {
	b.owners = slices.Grow(b.owners, max(0, names-len(b.owners)))
	size := len(b.index)
	for size < 2*names {
		size *= 2
	}
	if size > len(b.index) {
		b.reindex(size)
	}
}

// Apex is the name of the zone.
func (b *Builder) Apex() dname.Name { return b.apex }

// Add takes a record of class IN. Owner and data are copied; data is well formed for t.
func (b *Builder) Add(name dname.Name, t rr.Type, ttl uint32, data []byte, at Place) {
	if !b.sameOwner(name) {
		if !name.IsAtOrBelow(b.apex) {
			b.remark(OutOfZone, name, t, at)
			return
		}
		b.key.Set(name)
		b.last = b.insert(b.key.Depth())
	}
	b.chain(&b.owners[b.last], b.arena.add(t, ttl, data, at))
	b.settle(t)
}

func (b *Builder) sameOwner(name dname.Name) bool {
	below := b.below(&b.owners[b.last])
	return len(name) == len(below)+len(b.apex) &&
		bytes.Equal(name[:len(below)], below) && bytes.Equal(name[len(below):], b.apex)
}

// below is the name of o without the apex.
func (b *Builder) below(o *owner) []byte { return b.arena.at(o.name)[:o.length] }

func (b *Builder) chain(o *owner, r ref) {
	if o.first == 0 {
		o.first = r
	} else {
		b.arena.entry(o.last).setNext(r)
	}
	o.last = r
}

// settle notes what a record of type t makes of the last owner.
func (b *Builder) settle(t rr.Type) {
	o := &b.owners[b.last]
	f := factsOf(t, b.last == 0)
	if f&shades != 0 && o.facts&shades == 0 {
		depth := 0
		for p := b.last; p != 0; p = b.owners[p].parent {
			depth++
		}
		for len(b.shade) <= depth {
			b.shade = append(b.shade, 0)
		}
		b.shade[depth]++
	}
	o.facts |= f
}

// insert finds or makes the name of the last depth labels of b.key, and the
// empty non-terminals between it and the apex (RFC 4592, Section 2.2.2).
func (b *Builder) insert(depth int) int32 {
	name := b.key.Suffix(depth)
	below, h := name[:len(name)-len(b.apex)], b.key.Hash(depth)
	at := b.probe(h, below)
	if b.index[at].id != 0 {
		return b.index[at].id - 1
	}
	id := int32(len(b.owners))
	b.owners = append(b.owners, owner{hash: h, name: b.arena.copy(below), length: uint8(len(below))})
	b.index[at] = slot{tagOf(h), id + 1}
	if 2*len(b.owners) > len(b.index) {
		b.reindex(2 * len(b.index))
	}
	if depth > b.labels {
		b.deepest = max(b.deepest, depth-b.labels)
		parent := int32(0) // the apex
		if depth-1 > b.labels {
			parent = b.insert(depth - 1)
		}
		b.owners[id].parent = parent
		b.owners[parent].children++
		if name.IsWildcard() {
			b.owners[parent].facts |= HasWildcard
		}
	}
	return id
}

// probe is the slot of the name: where it is or where it belongs.
func (b *Builder) probe(h uint64, below []byte) int {
	mask, tag := len(b.index)-1, tagOf(h)
	for at := int(h) & mask; ; at = (at + 1) & mask {
		s := b.index[at]
		if s.id == 0 || s.tag == tag && bytes.Equal(b.below(&b.owners[s.id-1]), below) {
			return at
		}
	}
}

// reindex makes an index of that size, a power of two.
func (b *Builder) reindex(size int) {
	b.index = make([]slot, size)
	mask := size - 1
	for id := range b.owners {
		h := b.owners[id].hash
		at := int(h) & mask
		for b.index[at].id != 0 {
			at = (at + 1) & mask
		}
		b.index[at] = slot{tagOf(h), int32(id) + 1}
	}
}

// Build makes the snapshot. The Builder is used up.
func (b *Builder) Build() *Build {
	s := &Snapshot{apex: b.apex, labels: b.labels, shade: b.shade, deepest: b.deepest}
	bitCount := bits.Len(uint(len(b.owners)-1) / pageFill)
	pages := make([]page, 1<<bitCount)
	order, starts := b.bySlot(bitCount)
	b.index = nil
	var wg sync.WaitGroup
	halves := [2]assembly{}
	for i := range halves {
		a := &halves[i]
		a.b = b
		a.writer.slab = newSlab(b.arena.size() / len(halves))
		from, to := len(pages)*i/2, len(pages)*(i+1)/2
		wg.Go(func() {
			for p := from; p < to; p++ {
				pages[p] = a.page(order[starts[p]:starts[p+1]], bitCount)
			}
		})
	}
	wg.Wait()
	s.dir = newDirectory(bitCount, pages)
	for i := range halves {
		s.names += halves[i].names
		s.records += halves[i].records
		b.remarks = append(b.remarks, halves[i].remarks...)
		for kind, n := range halves[i].counts {
			b.counts[kind] += n
		}
	}
	s.settle(&b.key)
	return &Build{Snapshot: s, Remarks: b.remarks, builder: b}
}

// bySlot sorts the owners by the page they go to: counting sort.
func (b *Builder) bySlot(bitCount int) (order []int32, starts []int32) {
	starts = make([]int32, 1<<bitCount+1)
	for i := range b.owners {
		starts[b.owners[i].hash>>(64-bitCount)+1]++
	}
	for i := 1; i < len(starts); i++ {
		starts[i] += starts[i-1]
	}
	order = make([]int32, len(b.owners))
	next := append([]int32(nil), starts...)
	for i := range b.owners {
		slot := b.owners[i].hash >> (64 - bitCount)
		order[next[slot]] = int32(i)
		next[slot]++
	}
	return order, starts
}
