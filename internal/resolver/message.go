package resolver

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// Message is what a server said, or our own zones would: the records of class
// IN as RRsets, whatever else was there left out.
type Message struct {
	Rcode      code.Rcode
	AA, RA, TC bool
	Answer     []Item
	Authority  []Item
	Additional []Item
	Refused    int    // answers left out because their address is private
	Text       string // of its extended error
}

// maxSets bounds what is taken from one section.
const maxSets = 256

// messageOf reads a, without what is broken in it (RFC 2181, Section 5: the
// TTLs of a set are one, the least; a record stands in it once).
func (r *Resolver) messageOf(a *exchange.Answer) Message {
	m := Message{Rcode: a.Rcode, AA: a.Flags&wire.AA != 0, RA: a.Flags&wire.RA != 0, TC: a.Flags&wire.TC != 0, Text: printable(a.EDEText)}
	m.Answer, m.Refused = r.section(a.Rows(wire.Answer, nil), r.refuses)
	m.Authority, _ = r.section(a.Rows(wire.Authority, nil), r.refuses)
	m.Additional, _ = r.section(a.Rows(wire.Additional, nil), nil) // glue answers nobody's question
	return m
}

// section gathers rows into RRsets; refused counts those that refuses, if given,
// had left out.
func (r *Resolver) section(rows wire.Rows, refuses func(dname.Name, rr.Record) bool) (items []Item, refused int) {
	g := gathering{seen: make(map[string]struct{})}
	for len(g.items) < maxSets {
		row, _, ok := rows.Next()
		if !ok {
			break
		}
		switch {
		case row.Class != rr.ClassIN || row.Record.Type().IsMeta():
		case refuses != nil && refuses(row.Owner, row.Record):
			refused++
		default:
			g.add(row)
		}
	}
	for _, i := range g.items {
		setTTL(i.Set, r.options.Cache.Bound(cache.Positive, i.Set.TTL()))
	}
	return g.items, refused
}

// gathering makes RRsets of rows. Until all are in, the first record of a set
// has the least TTL.
type gathering struct {
	items []Item
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
	for n := len(g.items) - 1; n >= 0; n-- {
		if g.items[n].Set.Type() == row.Record.Type() && g.items[n].Owner.Equal(row.Owner) {
			return n
		}
	}
	return len(g.items)
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

// setTTL gives all records of s, in place, that TTL.
func setTTL(s rr.Set, ttl uint32) rr.Set {
	for rest := s; !rest.Empty(); {
		binary.BigEndian.PutUint32(rest[4:], ttl)
		_, rest = rest.Next()
	}
	return s
}

// withTTL is a copy of s with that TTL.
func withTTL(s rr.Set, ttl uint32) rr.Set { return setTTL(bytes.Clone(s), ttl) }

// find is the set of that owner and type in items, or an empty one.
func find(items []Item, owner dname.Name, t rr.Type) rr.Set {
	for _, i := range items {
		if i.Set.Type() == t && i.Owner.Equal(owner) {
			return i.Set
		}
	}
	return nil
}

// above is the first set of type t in items whose owner lies at or above name
// and at or below apex.
func above(items []Item, name, apex dname.Name, t rr.Type) (Item, bool) {
	for _, i := range items {
		if i.Set.Type() == t && name.IsAtOrBelow(i.Owner) && i.Owner.IsAtOrBelow(apex) {
			return i, true
		}
	}
	return Item{}, false
}

// address is that of an A or AAAA record.
func address(rec rr.Record) (netip.Addr, bool) {
	if t := rec.Type(); t != rr.TypeA && t != rr.TypeAAAA {
		return netip.Addr{}, false
	}
	return netip.AddrFromSlice(rec.Data())
}
