package answer

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Bounds of additional work for one question, far above what real zones need.
const (
	maxAdditional = 64 // RRsets in the section, and targets of one set, but for glue
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
	most := maxAdditional
	if f.out.Outcome == Delegation {
		most = set.Count() // glue may not be left out (RFC 9471, Section 3.1)
	}
	for rest := set; !rest.Empty() && most > 0; most-- {
		var rec rr.Record
		rec, rest = rest.Next()
		target := rec.AdditionalTarget(owner)
		switch {
		case target == nil:
		case set.Type() == rr.TypeNS:
			f.glue(z, owner, target)
		case set.Type() == rr.TypeSVCB || set.Type() == rr.TypeHTTPS:
			f.service(rec, owner)
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
	if f.out.Outcome == Delegation && server.IsAtOrBelow(cut) {
		f.needed(server, n.Set(rr.TypeA))
		f.needed(server, n.Set(rr.TypeAAAA))
		return
	}
	f.addressesOf(z, server, n)
}

// needed adds glue that cannot be left out. The servers of a cut differ, so it
// is not there yet.
func (f *Finder) needed(server dname.Name, set rr.Set) {
	if !set.Empty() {
		f.out.Additional = append(f.out.Additional, Item{Owner: server, Set: set, Glue: true})
	}
}

// addresses adds those of target if this zone has authority for it.
func (f *Finder) addresses(z *zone.Snapshot, target dname.Name) {
	if !target.IsAtOrBelow(z.Apex()) {
		return
	}
	f.aux.Set(target)
	if found := z.Find(&f.aux); found.Match == zone.Exact && !found.Node.Is(zone.IsCut) {
		f.addressesOf(z, target, found.Node)
	}
}

func (f *Finder) addressesOf(z *zone.Snapshot, owner dname.Name, n zone.Node) {
	for _, t := range [...]rr.Type{rr.TypeA, rr.TypeAAAA} {
		set := n.Set(t)
		if set.Empty() && n.Is(zone.HasALIAS) {
			set = f.beside(z, owner, n, t)
		}
		f.add(Item{Owner: owner, Set: set})
	}
}

// beside is what the ALIAS of n is known to stand for: nobody waits for more of the
// additional section.
func (f *Finder) beside(z *zone.Snapshot, owner dname.Name, n zone.Node, t rr.Type) rr.Set {
	if len(f.out.Additional) >= maxAdditional {
		return nil
	}
	asked, cold := f.name, len(f.out.Cold)
	f.name = owner
	x := f.expand(z, n, t)
	f.name, f.out.Cold = asked, f.out.Cold[:cold]
	if x.records.Empty() {
		return nil
	}
	return f.made.withTTL(x.records, x.records.TTL())
}

// service adds what a client of the SVCB or HTTPS record rec asks for next, in
// all zones of ours: the addresses of its target and the records that stand
// there (RFC 9460, Section 4.1), in AliasMode also what these lead to.
func (f *Finder) service(rec rr.Record, owner dname.Name) {
	for range maxAliasModes {
		target := rec.AdditionalTarget(owner)
		if target == nil {
			return
		}
		next := f.target(target, rec.Type())
		if !f.add(next) || !rec.AliasMode() {
			return
		}
		owner = next.Owner
		if rec = f.serviceModes(next); rec == nil {
			return
		}
	}
}

// serviceModes adds what belongs to all ServiceMode records of item, and returns its AliasMode record, nil if there is none.
func (f *Finder) serviceModes(item Item) rr.Record {
	for rest := item.Set; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		if rec.AliasMode() {
			return rec
		}
		f.add(f.target(rec.AdditionalTarget(item.Owner), rec.Type()))
	}
	return nil
}

// target adds the addresses of name, through CNAMEs, and returns the set of type
// t that stands where they do, empty if there is none.
func (f *Finder) target(name dname.Name, t rr.Type) Item {
	for range maxAliasModes {
		f.aux.Set(name)
		e := f.set.Find(&f.aux, f.aux.Depth())
		if e == nil || e.Zone == nil {
			break
		}
		found := e.Zone.Find(&f.aux)
		if found.Match != zone.Exact && found.Match != zone.Synthesized || found.Node.Is(zone.IsCut) {
			break
		}
		cname := found.Node.Set(rr.TypeCNAME)
		if cname.Empty() {
			f.addressesOf(e.Zone, name, found.Node)
			return Item{Owner: name, Set: found.Node.Set(t)}
		}
		if !f.add(Item{Owner: name, Set: cname}) {
			break
		}
		name = cname.Target()
	}
	return Item{}
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
