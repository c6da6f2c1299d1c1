package zone

import (
	"bytes"
	"encoding/binary"
	"math/bits"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// A page is a handful of Nodes in one run of octets without pointers, the unit
// of copying when a zone changes:
//
//	count(2) bits(1) shift(1) | tag(1)… | start(2)… one more than nodes | nodes…
//
// tag is the low octet of a node's hash: a lookup compares eight tags at a time
// and touches a node only where its tag agrees. start, in units of 1<<shift
// octets, says where a node stands behind the table. bits is how many leading
// bits of the hash all nodes of the page share.
type page []byte

const (
	pageHead = 4
	pageMax  = 64 // nodes in a page before it is split
	pageFill = 24 // nodes a page gets on average, at least, when a zone is built
)

func (p page) count() int { return int(binary.LittleEndian.Uint16(p)) }
func (p page) bits() int  { return int(p[2]) }

// table is where the starts begin, nodes where the nodes do.
func (p page) table() int { return pageHead + p.count() }
func (p page) nodes() int { return pageHead + 3*p.count() + 2 }

func (p page) node(i int) Node {
	at := p.table() + 2*i
	base, shift := p.nodes(), p[3]&31
	from := int(binary.LittleEndian.Uint16(p[at:])) << shift
	to := int(binary.LittleEndian.Uint16(p[at+2:])) << shift
	return Node(p[base+from : base+to])
}

func (p page) tag(i int) byte { return p[pageHead+i] }

const (
	lows  = 0x0101010101010101
	highs = 0x8080808080808080
)

// find is the node named below whose hash is h, and its place in the page; -1 if it is not here.
func (p page) find(h uint64, below []byte) (int, Node) {
	want := uint64(byte(h)) * lows
	count := p.count()
	for at := 0; at < count; at += 8 {
		x := binary.LittleEndian.Uint64(p[pageHead+at:]) ^ want
		for m := (x - lows) &^ x & highs; m != 0; m &= m - 1 {
			i := at + bits.TrailingZeros64(m)>>3
			if i >= count {
				break
			}
			if n := p.node(i); bytes.Equal(n.below(), below) {
				return i, n
			}
		}
	}
	return -1, nil
}

// hash is that of node i, made anew from its name.
func (p page) hash(i int, apex dname.Name, k *dname.Key) uint64 {
	var owner [dname.MaxLen]byte
	k.Set(p.node(i).owner(owner[:0], apex))
	return k.Hash(k.Depth())
}

// pageWriter puts a page together.
type pageWriter struct {
	tags  []byte
	ends  []int
	nodes []byte
	slab  slab
}

func (w *pageWriter) reset() {
	w.tags, w.ends, w.nodes = w.tags[:0], w.ends[:0], w.nodes[:0]
}

// close ends the node whose octets were just appended to w.nodes.
func (w *pageWriter) close(tag byte) {
	w.tags = append(w.tags, tag)
	w.ends = append(w.ends, len(w.nodes))
}

func (w *pageWriter) add(tag byte, n Node) {
	w.nodes = append(w.nodes, n...)
	w.close(tag)
}

// slack lets a lookup load whole words of tags at the end of a short page.
const slack = 8

// page is a new page of what was added, in memory from the writer's slab.
func (w *pageWriter) page(shared int) page {
	count := len(w.tags)
	shift := 0
	for (len(w.nodes)+count<<shift)>>shift > 0xffff {
		shift++
	}
	unit := 1 << shift
	size := pageHead + 3*count + 2 + len(w.nodes) + slack
	if shift > 0 {
		size += count * unit
	}
	p := page(w.slab.room(size))
	p = binary.LittleEndian.AppendUint16(p, uint16(count))
	p = append(p, byte(shared), byte(shift))
	p = append(p, w.tags...)
	start, from := 0, 0
	p = binary.LittleEndian.AppendUint16(p, 0)
	for _, end := range w.ends {
		start += (end - from + unit - 1) >> shift
		from = end
		p = binary.LittleEndian.AppendUint16(p, uint16(start))
	}
	base, from := len(p), 0
	for i, end := range w.ends {
		p = append(p, w.nodes[from:end]...)
		from = end
		stop := base + int(binary.LittleEndian.Uint16(p[pageHead+count+2*i+2:]))<<shift
		for len(p) < stop {
			p = append(p, 0)
		}
	}
	clear(p[len(p):cap(p)][:slack])
	return p[:len(p)+slack]
}
