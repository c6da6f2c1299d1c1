// Package local says what needs no asking: what our own zones hold, and what is
// special by agreement of all, as localhost.
package local

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver/message"
	"github.com/truename-dns/truename/internal/zone"
)

// Zones are Own zones out of a set that changes: it is called for every name,
// and never nil.
type Zones func() *zone.Set

// Find looks one name up (RFC 1034, Section 4.3.2); the walk follows the links.
func (zs Zones) Find(name dname.Name, t rr.Type) (message.Message, bool) {
	var key dname.Key
	key.Set(name)
	set := zs()
	e := set.Find(&key, key.Depth())
	if t == rr.TypeDS && e != nil && e.Apex.Labels() == key.Depth() && key.Depth() > 0 {
		// A DS record is its parent's (RFC 4035, Section 3.1.4.1).
		if up := set.Find(&key, key.Depth()-1); up != nil {
			e = up
		}
	}
	switch {
	case e == nil:
		return message.Message{}, false
	case e.Zone == nil:
		return message.Message{Rcode: code.ServFail}, true
	}
	return within(e.Zone, &key, name, t), true
}

// Link looks one alias up, without allocating.
func (zs Zones) Link(k *dname.Key) (cname rr.Set, ok bool) {
	e := zs().Find(k, k.Depth())
	if e == nil || e.Zone == nil {
		return nil, e != nil
	}
	found := e.Zone.Find(k)
	if found.Match != zone.Exact && found.Match != zone.Synthesized || !found.Node.Is(zone.HasCNAME) {
		return nil, true
	}
	return found.Node.Set(rr.TypeCNAME), true
}

// within is what the zone z says to the name, which is at or below its apex.
func within(z *zone.Snapshot, key *dname.Key, name dname.Name, t rr.Type) message.Message {
	found := z.Find(key)
	m := message.Message{AA: true}
	switch found.Match {
	case zone.Missing:
		m.Rcode = code.NXDomain
	case zone.Delegated:
		return delegated(z, name.Suffix(found.Depth), found.Node)
	case zone.Redirected:
		m.Answer = []message.Item{{Owner: name.Suffix(found.Depth), Set: clone(found.Node.Set(rr.TypeDNAME))}}
		return m
	default:
		if found.Match == zone.Exact && found.Node.Is(zone.IsCut) && t != rr.TypeDS {
			return delegated(z, name, found.Node)
		}
		if m.Answer = at(found.Node, name, t); m.Answer != nil {
			return m
		}
		m.Answer = standIn(found.Node, name, t)
	}
	m.Authority = []message.Item{{Owner: z.Apex(), Set: clone(z.DenialSOA())}}
	return m
}

// standIn is the ALIAS that the node of name has in the place of addresses.
func standIn(n zone.Node, name dname.Name, t rr.Type) []message.Item {
	if t != rr.TypeA && t != rr.TypeAAAA || !n.Is(zone.HasALIAS) {
		return nil
	}
	return []message.Item{{Owner: name, Set: clone(n.Set(rr.TypeALIAS))}}
}

// at is what the node of name has of type t, or its CNAME.
func at(n zone.Node, name dname.Name, t rr.Type) (items []message.Item) {
	for set, next := n.Next(0); !set.Empty(); set, next = n.Next(next) {
		if st := set.Type(); st == t || t == rr.TypeANY || st == rr.TypeCNAME {
			items = append(items, message.Item{Owner: name, Set: clone(set)})
		}
	}
	return items
}

// delegated is the referral at a cut, with the glue that the zone has.
func delegated(z *zone.Snapshot, cut dname.Name, n zone.Node) message.Message {
	ns := clone(n.Set(rr.TypeNS))
	m := message.Message{Authority: []message.Item{{Owner: cut, Set: ns}}}
	var key dname.Key
	for _, name := range message.Targets(ns) {
		if !name.IsAtOrBelow(z.Apex()) {
			continue
		}
		key.Set(name)
		node := z.Node(&key, key.Depth())
		if node == nil {
			continue
		}
		for _, t := range []rr.Type{rr.TypeA, rr.TypeAAAA} {
			if set := node.Set(t); !set.Empty() {
				m.Additional = append(m.Additional, message.Item{Owner: name, Set: clone(set)})
			}
		}
	}
	return m
}

// clone is a copy that may be changed: snapshots may not.
func clone(s rr.Set) rr.Set { return append(rr.Set(nil), s...) }
