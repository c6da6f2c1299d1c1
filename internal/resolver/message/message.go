// Package message reads what a server said as RRsets that may be believed: what is
// broken, of another class, or not to be heard from strangers is left out.
package message

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// Item is an RRset at an owner.
type Item struct {
	Owner dname.Name
	Set   rr.Set
}

// Message is what a server said, or our own zones would: the records of class
// IN as RRsets, whatever else was there left out.
type Message struct {
	Rcode      code.Rcode
	AA, RA, TC bool
	Answer     []Item
	Authority  []Item
	Additional []Item
	Refused    int    // answers left out because their address is private
	Broken     int    // answers left out because they cannot be read, or are of another class
	Text       string // of its extended error
}

// Reader makes Messages.
type Reader struct {
	Bound   func(ttl uint32) uint32 // is how long records live that come with ttl, both in seconds
	Private Private
}

// maxSets bounds what is taken from one section.
const maxSets = 256

// Read reads a, without what is broken in it (RFC 2181, Section 5: the TTLs of a
// set are one, the least; a record stands in it once).
func (r *Reader) Read(a *wire.Reply) Message {
	m := Message{Rcode: a.Rcode, AA: a.Flags&wire.AA != 0, RA: a.Flags&wire.RA != 0, TC: a.Flags&wire.TC != 0, Text: printable(a.EDEText)}
	answer := r.section(a.Rows(wire.Answer, nil), &r.Private)
	m.Answer, m.Refused, m.Broken = answer.items, answer.refused, answer.broken
	m.Authority = r.section(a.Rows(wire.Authority, nil), &r.Private).items
	m.Additional = r.section(a.Rows(wire.Additional, nil), nil).items // glue answers nobody's question
	return m
}

// section is what of a section is of use, without what p, if given, refuses.
type section struct {
	items           []Item
	refused, broken int
}

func (r *Reader) section(rows wire.Rows, p *Private) section {
	g, s := gathering{sets: make(map[string]int), seen: make(map[string]struct{})}, section{}
	for len(g.items) < maxSets {
		row, broken, ok := rows.Next()
		if s.broken += broken; !ok {
			break
		}
		switch {
		case row.Record.Type().IsMeta():
		case row.Class != rr.ClassIN:
			s.broken++
		case p != nil && p.refuses(row.Owner, row.Record):
			s.refused++
		default:
			g.add(row)
		}
	}
	for _, i := range g.items {
		SetTTL(i.Set, r.Bound(i.Set.TTL()))
	}
	s.items = g.items
	return s
}

// gathering makes RRsets of rows, in time that grows with their number alone, as a
// stranger chose them. Until all are in, the first record of a set has the least TTL.
type gathering struct {
	items []Item
	sets  map[string]int      // their numbers, by type and owner in lower case
	seen  map[string]struct{} // records, behind the number of their set
}

func (g *gathering) add(row wire.Row) {
	n := g.setOf(row)
	key := string(append([]byte{byte(n >> 8), byte(n)}, row.Record.Data()...))
	_, twice := g.seen[key]
	g.seen[key] = struct{}{}
	switch {
	case n == len(g.items):
		g.items = append(g.items, Item{row.Owner, bytes.Clone(row.Record)})
		return
	case !twice:
		g.items[n].Set = append(g.items[n].Set, row.Record...)
	}
	s := g.items[n].Set
	binary.BigEndian.PutUint32(s[4:], min(s.TTL(), row.Record.TTL()))
}

// setOf is the number of the set that row belongs to, that of a new one where
// there is none.
func (g *gathering) setOf(row wire.Row) int {
	t := row.Record.Type()
	key := string(append([]byte{byte(t >> 8), byte(t)}, row.Owner.Lower()...))
	n, ok := g.sets[key]
	if !ok {
		n = len(g.items)
		g.sets[key] = n
	}
	return n
}

// printable is what a stranger wrote, fit to be shown: in part, and without what
// a terminal might obey.
func printable(text []byte) string {
	const most = 100
	if len(text) > most {
		text = text[:most]
	}
	return strings.Map(func(c rune) rune {
		if c == utf8.RuneError || !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, string(text))
}

// SetTTL gives all records of s, in place, that TTL in seconds.
func SetTTL(s rr.Set, ttl uint32) rr.Set {
	for rest := s; !rest.Empty(); {
		binary.BigEndian.PutUint32(rest[4:], ttl)
		_, rest = rest.Next()
	}
	return s
}

// WithTTL is a copy of s with that TTL in seconds.
func WithTTL(s rr.Set, ttl uint32) rr.Set { return SetTTL(bytes.Clone(s), ttl) }

// Find is the set of that owner and type in items, or an empty one.
func Find(items []Item, owner dname.Name, t rr.Type) rr.Set {
	for _, i := range items {
		if i.Set.Type() == t && i.Owner.Equal(owner) {
			return i.Set
		}
	}
	return nil
}

// Above is the first set of type t in items whose owner lies at or above name
// and at or below apex.
func Above(items []Item, name, apex dname.Name, t rr.Type) (Item, bool) {
	for _, i := range items {
		if i.Set.Type() == t && name.IsAtOrBelow(i.Owner) && i.Owner.IsAtOrBelow(apex) {
			return i, true
		}
	}
	return Item{}, false
}

// mostTargets is how many servers of one zone are considered.
const mostTargets = 13

// Targets are the names of the servers in an NS set, as far as they are considered.
func Targets(ns rr.Set) (names []dname.Name) {
	for !ns.Empty() && len(names) < mostTargets {
		var rec rr.Record
		rec, ns = ns.Next()
		names = append(names, dname.Name(rec.Data()))
	}
	return names
}

// Address is that of an A or AAAA record.
func Address(rec rr.Record) (netip.Addr, bool) {
	if t := rec.Type(); t != rr.TypeA && t != rr.TypeAAAA {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(rec.Data())
}
