package answer

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Bounds of additional work for one question, far above what real zones need.
const (
	maxAdditional = 64 // RRsets in the section
	maxAliasModes = 8  // AliasMode and CNAME steps behind one SVCB target
)

// additional adds what the asker of set at owner will want next: the addresses
// of the names it points at, from this zone (RFC 1034, Section 4.3.2, step 6).
func (f *Finder) additional(z *zone.Snapshot, owner dname.Name, set rr.Set) {
	switch set.Type() {
	case rr.TypeNS, rr.TypeMX, rr.TypeSRV, rr.TypeSVCB, rr.TypeHTTPS, rr.TypeAFSDB, rr.TypeRT, rr.TypeKX:
	default:
		return
	}
	for rest := set; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		target := rec.AdditionalTarget(owner)
		switch {
		case target == nil || len(f.out.Additional) >= maxAdditional:
		case set.Type() == rr.TypeNS:
			f.glue(z, owner, target)
		case set.Type() == rr.TypeSVCB || set.Type() == rr.TypeHTTPS:
			f.service(set.Type(), target)
		default:
			f.addresses(z, target)
		}
	}
}

// glue adds the addresses of a name server, those below a cut too. They cannot
// be left out where the server's name is at or below the cut (RFC 9471, Section 3.1).
func (f *Finder) glue(z *zone.Snapshot, cut, server dname.Name) {
	if !server.IsAtOrBelow(z.Apex()) {
		return
	}
	f.aux.Set(server)
	n := z.Node(&f.aux, f.aux.Depth())
	if n == nil {
		return
	}
	needed := f.out.Outcome == Delegation && server.IsAtOrBelow(cut)
	f.addressesOf(server, n, needed)
}

// addresses adds those of target if this zone has authority for it.
func (f *Finder) addresses(z *zone.Snapshot, target dname.Name) {
	if !target.IsAtOrBelow(z.Apex()) {
		return
	}
	f.aux.Set(target)
	if found := z.Find(&f.aux); found.Match == zone.Exact && !found.Node.Is(zone.IsCut) {
		f.addressesOf(target, found.Node, false)
	}
}

func (f *Finder) addressesOf(owner dname.Name, n zone.Node, glue bool) {
	f.add(Item{owner, n.Set(rr.TypeA), glue})
	f.add(Item{owner, n.Set(rr.TypeAAAA), glue})
}

// service adds what a client of an SVCB or HTTPS target asks for next, through
// CNAME and AliasMode, in all zones of ours (RFC 9460, Section 4.1).
func (f *Finder) service(t rr.Type, target dname.Name) {
	for range maxAliasModes {
		f.aux.Set(target)
		e := f.set.Find(&f.aux, f.aux.Depth())
		if e == nil || e.Zone == nil {
			return
		}
		found := e.Zone.Find(&f.aux)
		if found.Match != zone.Exact && found.Match != zone.Synthesized || found.Node.Is(zone.IsCut) {
			return
		}
		next := f.serviceAt(t, target, found.Node)
		if next == nil {
			return
		}
		target = next
	}
}

// serviceAt adds what the node n at owner has for a client of type t, and
// returns the name that it goes on to, nil if none.
func (f *Finder) serviceAt(t rr.Type, owner dname.Name, n zone.Node) dname.Name {
	if cname := n.Set(rr.TypeCNAME); !cname.Empty() {
		if !f.add(Item{Owner: owner, Set: cname}) {
			return nil
		}
		return cname.Target()
	}
	f.addressesOf(owner, n, false)
	set := n.Set(t)
	if set.Empty() || !f.add(Item{Owner: owner, Set: set}) {
		return nil
	}
	first, _ := set.Next()
	if target := first.AdditionalTarget(owner); first.AliasMode() && target != nil {
		return target
	}
	return nil
}

// add puts an RRset that is not empty into the additional section unless the
// answer has it already; it reports whether it was new.
func (f *Finder) add(item Item) bool {
	if item.Set.Empty() || len(f.out.Additional) >= maxAdditional {
		return false
	}
	if holds(f.out.Answer, item) || holds(f.out.Additional, item) {
		return false
	}
	f.out.Additional = append(f.out.Additional, item)
	return true
}

func holds(items []Item, item Item) bool {
	for _, have := range items {
		if have.Set.Type() == item.Set.Type() && have.Owner.Equal(item.Owner) {
			return true
		}
	}
	return false
}
