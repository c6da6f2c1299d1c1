package servers

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// Delegation is a zone of the DNS with all servers that somebody says it has.
type Delegation struct {
	Apex    dname.Name   // nil where it could not be found
	Parent  []dname.Name // servers that the zone above names
	Own     []dname.Name // servers that the zone itself names
	Servers []Nameserver // their addresses
	Asked   bool         // the zone above answered
	Lacking bool         // the zone above does not delegate it
	Why     string       // it could not be found from outside
}

// Nameserver is an address of a server of a zone.
type Nameserver struct {
	Name dname.Name
	Addr netip.AddrPort
}

// Survey is how a Delegation is looked for.
type Survey struct {
	Resolver *resolver.Resolver // one that is Cold
	Network  resolver.Network   // that it asks through
	Port     uint16             // at which servers listen; 53
	NoIPv6   bool               // servers are not asked over IPv6
	// Held is the zone of ours that answers for a name, nil where none does.
	Held func(dname.Name) *zone.Snapshot
	// Lookup is the records of a name of ours.
	Lookup func(context.Context, dname.Name, rr.Type) []Item

	zone Delegation
}

const maxNames = 16 // servers of one zone whose addresses are looked for

// Find finds the zone that name is in, and its servers: those that the zone above
// names, and those that the zone itself does.
func (s *Survey) Find(ctx context.Context, name dname.Name) *Delegation {
	s.zone = Delegation{}
	s.find(ctx, name)
	found := s.zone // a copy, which does not hold on to the Survey
	return &found
}

func (s *Survey) find(ctx context.Context, name dname.Name) {
	z := &s.zone
	ours := s.Held(name)
	z.Apex, z.Why = s.apexOf(ctx, name)
	switch {
	case z.Apex == nil && ours == nil:
		return
	case z.Apex == nil: // nobody outside could be asked
		z.Apex, z.Own = ours.Apex(), ownServers(ours)
	case ours != nil && ours.Apex().IsBelow(z.Apex): // the zone above knows of no such cut
		z.Apex, z.Own, z.Asked, z.Lacking = ours.Apex(), ownServers(ours), true, true
	default:
		if !z.Apex.IsRoot() {
			s.askParent(ctx)
		}
		res := s.Resolver.Resolve(ctx, resolver.Question{Name: z.Apex, Type: rr.TypeNS})
		z.Own = targets(SetOf(res.Answer, z.Apex, rr.TypeNS))
	}
	s.locate(ctx)
}

// ownServers are those that our own zone names.
func ownServers(z *zone.Snapshot) []dname.Name {
	var key dname.Key
	key.Set(z.Apex())
	return targets(z.Node(&key, key.Depth()).Set(rr.TypeNS))
}

// apexOf is the zone that name is in: the deepest whose servers were asked, or
// that an SOA record names (RFC 2308, Section 3).
func (s *Survey) apexOf(ctx context.Context, name dname.Name) (apex dname.Name, why string) {
	deeper := func(n dname.Name) {
		if n != nil && name.IsAtOrBelow(n) && (apex == nil || n.IsBelow(apex)) {
			apex = n
		}
	}
	for n := name; ; n = n.Parent() {
		res := s.Resolver.Resolve(ctx, resolver.Question{Name: n, Type: rr.TypeSOA})
		for _, step := range res.Chain {
			if step.Depth == 0 {
				deeper(step.Zone)
			}
		}
		for _, i := range slices.Concat(res.Answer, res.Authority) {
			if i.Set.Type() == rr.TypeSOA && name.IsAtOrBelow(i.Owner) {
				deeper(i.Owner)
				return apex, ""
			}
		}
		switch {
		case res.Rcode == code.ServFail && apex != nil && !apex.IsRoot():
			return apex, "" // its servers are known, though none of them may answer
		case res.Rcode == code.ServFail:
			return nil, res.Text
		case n.IsRoot():
			return apex, ""
		}
	}
}

// askParent asks servers of the zone above who the zone's are.
func (s *Survey) askParent(ctx context.Context) {
	z := &s.zone
	above, _ := s.apexOf(ctx, z.Apex.Parent())
	if above == nil {
		return
	}
	for _, server := range s.serversOf(ctx, above) {
		a, err := s.Network.Ask(ctx, exchange.Server{Addr: server.Addr}, exchange.Question{Name: z.Apex, Type: rr.TypeNS})
		if err != nil || a.Rcode != code.NoError && a.Rcode != code.NXDomain {
			continue
		}
		z.Asked = true
		said := readAll(&a.Reply)
		ns := SetOf(said.authority, z.Apex, rr.TypeNS)
		if ns.Empty() {
			ns = SetOf(said.answer, z.Apex, rr.TypeNS) // it serves the zone, too
		}
		z.Parent = targets(ns)
		z.Lacking = len(z.Parent) == 0
		for _, name := range z.Parent {
			s.know(name, said.additional)
		}
		return
	}
}

// serversOf are servers of a zone that others hold, a few of them.
func (s *Survey) serversOf(ctx context.Context, apex dname.Name) []Nameserver {
	const few = 4
	sub := *s
	sub.zone = Delegation{Apex: apex}
	res := s.Resolver.Resolve(ctx, resolver.Question{Name: apex, Type: rr.TypeNS})
	for _, n := range targets(SetOf(res.Answer, apex, rr.TypeNS)) {
		if len(sub.zone.Servers) >= few {
			break
		}
		sub.know(n, s.addresses(ctx, n))
	}
	return sub.zone.Servers[:min(few, len(sub.zone.Servers))]
}

// locate looks for the addresses that did not come with the referral.
func (s *Survey) locate(ctx context.Context) {
	z := &s.zone
	all := slices.Concat(z.Parent, without(z.Own, z.Parent))
	for _, n := range all[:min(len(all), maxNames)] {
		if !slices.ContainsFunc(z.Servers, func(have Nameserver) bool { return have.Name.Equal(n) }) {
			s.know(n, s.addresses(ctx, n))
		}
	}
}

// addresses are the records of a server's name, from our own zones where they
// hold it.
func (s *Survey) addresses(ctx context.Context, name dname.Name) []Item {
	if s.Held(name) != nil {
		return slices.Concat(s.Lookup(ctx, name, rr.TypeA), s.Lookup(ctx, name, rr.TypeAAAA))
	}
	a, aaaa := s.Resolver.ResolveBoth(ctx, name)
	return slices.Concat(a.Answer, aaaa.Answer)
}

// know adds the addresses in items that are those of a server, each once.
func (s *Survey) know(name dname.Name, items []Item) {
	port := s.Port
	if port == 0 {
		port = 53
	}
	end := name
	if more := Aliases(items, name); len(more) > 0 {
		end = more[len(more)-1]
	}
	for _, i := range items {
		if !i.Owner.Equal(end) {
			continue
		}
		for _, a := range Addresses(i.Set) {
			n := Nameserver{name, netip.AddrPortFrom(a, port)}
			known := slices.ContainsFunc(s.zone.Servers, func(have Nameserver) bool { return have.Addr == n.Addr })
			if !known && !(a.Is6() && s.NoIPv6) {
				s.zone.Servers = append(s.zone.Servers, n)
			}
		}
	}
}

func targets(ns rr.Set) (out []dname.Name) {
	for rest := ns; !rest.Empty() && len(out) < maxRecords; {
		var rec rr.Record
		rec, rest = rest.Next()
		out = append(out, dname.Name(rec.Data()))
	}
	return out
}

// Warnings are what is odd about the servers of a zone.
func (z *Delegation) Warnings() (out []string) {
	switch {
	case z.Apex == nil:
		return []string{"the zone could not be found: " + z.Why}
	case z.Why != "":
		return []string{fmt.Sprintf("who the servers of %s are could not be asked from outside: %s", z.Apex, z.Why)}
	case z.Lacking:
		return []string{fmt.Sprintf("the zone above does not delegate %s: only who asks its servers directly sees it", z.Apex)}
	case !z.Asked || len(z.Own) == 0:
		return nil
	}
	if names := without(z.Own, z.Parent); len(names) > 0 {
		out = append(out, fmt.Sprintf("%s names servers that the zone above does not: %s", z.Apex, Join(names)))
	}
	if names := without(z.Parent, z.Own); len(names) > 0 {
		out = append(out, fmt.Sprintf("the zone above names servers that %s itself does not: %s", z.Apex, Join(names)))
	}
	return out
}

// AtOdds reports whether the zone and the zone above name different servers.
func (z *Delegation) AtOdds() bool {
	return z.Asked && !z.Lacking && len(z.Own) > 0 && len(without(z.Own, z.Parent))+len(without(z.Parent, z.Own)) > 0
}

// without are those of names that are not in list.
func without(names, list []dname.Name) (out []dname.Name) {
	for _, n := range names {
		if !slices.ContainsFunc(list, n.Equal) {
			out = append(out, n)
		}
	}
	return out
}

// Join is names as a list in words.
func Join(names []dname.Name) string {
	var out []string
	for _, n := range names {
		out = append(out, n.String())
	}
	return strings.Join(out, ", ")
}
