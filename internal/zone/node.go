package zone

import (
	"bytes"
	"encoding/binary"
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Facts are what a lookup needs to know of a name, settled when it is written.
type Facts uint8

const (
	// HasCNAME: the name is an alias.
	HasCNAME Facts = 1 << iota
	// HasDNAME: all names below are redirected (RFC 6672, Section 2.3).
	HasDNAME
	// IsCut: NS records below the apex delegate the name and all below it
	// (RFC 1034, Section 4.2).
	IsCut
	// HasWildcard: the name directly below that is "*" exists, so that this
	// name as closest encloser has a source of synthesis (RFC 4592, Section 3.3.1).
	HasWildcard
	// HasALIAS: addresses of the name are those of another.
	HasALIAS
)

// shades are the facts that take the names below out of plain lookup.
const shades = HasDNAME | IsCut

// Node is a name of a zone with its RRsets, one run of octets in a page:
//
//	len(1) owner below the apex | facts(1) | children(4) | sets(2) | { length(4) set }…
//
// Zero octets may follow it. It is a view into its snapshot; the zero Node means
// that there is no such name.
type Node []byte

const nodeFixed = 1 + 4 + 2 // facts, children, count of sets

// Facts are the settled facts of n.
func (n Node) Facts() Facts { return Facts(n[1+int(n[0])]) }

// Is reports whether n has one of the facts f.
func (n Node) Is(f Facts) bool { return n.Facts()&f != 0 }

// below is the owner without the apex and without a root label.
func (n Node) below() []byte { return n[1 : 1+int(n[0])] }

// Children counts the names directly below n, empty non-terminals included.
func (n Node) Children() uint32 { return binary.LittleEndian.Uint32(n[2+int(n[0]):]) }

// Empty reports whether n has no data: an empty non-terminal.
func (n Node) Empty() bool { return n.sets() == 0 }

func (n Node) sets() uint16 { return binary.LittleEndian.Uint16(n[6+int(n[0]):]) }

// Set is the RRset of type t, or an empty one.
func (n Node) Set(t rr.Type) rr.Set {
	rest := n[1+int(n[0])+nodeFixed:]
	for range n.sets() {
		end := 4 + binary.LittleEndian.Uint32(rest)
		if rr.Type(binary.BigEndian.Uint16(rest[4:])) == t {
			return rr.Set(rest[4:end])
		}
		rest = rest[end:]
	}
	return nil
}

// Next yields the RRsets of n one after another: start with cursor 0 and pass
// on the one returned; the set is empty after the last.
func (n Node) Next(cursor int) (rr.Set, int) {
	if cursor == 0 {
		cursor = 1 + int(n[0]) + nodeFixed
	}
	if cursor+4 > len(n) || binary.LittleEndian.Uint32(n[cursor:]) == 0 {
		return nil, cursor
	}
	end := cursor + 4 + int(binary.LittleEndian.Uint32(n[cursor:]))
	return rr.Set(n[cursor+4 : end]), end
}

// Canonical is the RRsets of n in order of their types, the records of each in
// order of their data (RFC 4034, Section 6.3). The sets are copies.
func (n Node) Canonical() []rr.Set {
	var sets []rr.Set
	for s, c := n.Next(0); !s.Empty(); s, c = n.Next(c) {
		sets = append(sets, sortedSet(s))
	}
	slices.SortFunc(sets, func(a, b rr.Set) int { return int(a.Type()) - int(b.Type()) })
	return sets
}

func sortedSet(s rr.Set) rr.Set {
	records := make([]rr.Record, 0, 8)
	for rest := s; !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		records = append(records, r)
	}
	slices.SortFunc(records, func(a, b rr.Record) int { return bytes.Compare(a.Data(), b.Data()) })
	out := make(rr.Set, 0, len(s))
	for _, r := range records {
		out = append(out, r...)
	}
	return out
}

// draft is a Node being written.
type draft struct {
	below    []byte
	wildcard bool
	children uint32
	sets     []rr.Set
}

// draftOf takes n apart.
func draftOf(n Node) draft {
	d := draft{below: n.below(), wildcard: n.Is(HasWildcard), children: n.Children()}
	for s, c := n.Next(0); !s.Empty(); s, c = n.Next(c) {
		d.sets = append(d.sets, s)
	}
	return d
}

// put replaces the set of type t by s; an empty s removes it.
func (d *draft) put(t rr.Type, s rr.Set) {
	for i, old := range d.sets {
		if old.Type() != t {
			continue
		}
		if s.Empty() {
			d.sets = append(d.sets[:i], d.sets[i+1:]...)
		} else {
			d.sets[i] = s
		}
		return
	}
	if !s.Empty() {
		d.sets = append(d.sets, s)
	}
}

// facts settles what the sets of d mean.
func (d *draft) facts() Facts {
	var f Facts
	if d.wildcard {
		f = HasWildcard
	}
	for _, s := range d.sets {
		f |= factsOf(s.Type(), len(d.below) == 0)
	}
	return f
}

func factsOf(t rr.Type, apex bool) Facts {
	switch {
	case t == rr.TypeCNAME:
		return HasCNAME
	case t == rr.TypeDNAME:
		return HasDNAME
	case t == rr.TypeALIAS:
		return HasALIAS
	case t == rr.TypeNS && !apex:
		return IsCut
	}
	return 0
}

// append writes d as a Node.
func (d *draft) append(dst []byte) []byte {
	dst = append(dst, byte(len(d.below)))
	dst = append(dst, d.below...)
	dst = append(dst, byte(d.facts()))
	dst = binary.LittleEndian.AppendUint32(dst, d.children)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(len(d.sets)))
	for _, s := range d.sets {
		dst = binary.LittleEndian.AppendUint32(dst, uint32(len(s)))
		dst = append(dst, s...)
	}
	return dst
}

// owner writes the whole name of n under apex to dst.
func (n Node) owner(dst []byte, apex dname.Name) dname.Name {
	return append(append(dst, n.below()...), apex...)
}
