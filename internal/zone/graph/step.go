package graph

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Step is one step of a Chain: from the name at hand to the target.
type Step struct {
	Name   dname.Name // the name at hand, lower-cased
	Owner  dname.Name // of the record: Name itself, the wildcard that stands for it, or the DNAME above it
	Kind   Kind
	Apex   dname.Name // of the zone that the record lives in
	TTL    uint32     // of the record, in seconds
	Target dname.Name // the next name, lower-cased; of a DNAME the name made (RFC 6672, Section 2.2)
}

// Wildcard reports whether the record was synthesized (RFC 4592, Section 3.3).
func (s *Step) Wildcard() bool { return s.Kind != DNAME && !s.Name.Equal(s.Owner) }

// End says why a Chain ended.
type End uint8

// The ends. Found means that there are records of the type asked for: addresses, mostly.
const (
	goesOn    End = iota
	Found         // "addresses" where they were asked for
	NoData        // the name exists without such records
	NXDomain      // the name does not exist
	Leaves        // no zone held has the name, or its zone could not be loaded
	Delegated     // the name lies at or below a cut
	Looping       // the chain comes back to itself
	TooLong       // the chain has more steps than the limit
	Overflow      // a DNAME made a name longer than 255 octets (RFC 6672, Section 2.2)
)

var endNames = [...]string{"", "addresses", "nodata", "nxdomain", "leaves", "delegated", "loop", "too long", "overflow"}

func (e End) String() string { return endNames[e] }

// addresses stands for A and AAAA together in place of a type: whether a client
// that wants either goes on at another name.
const addresses = rr.Type(0)

// walker takes steps through the zones of a set.
type walker struct {
	set *zone.Set
	key dname.Key
	aux dname.Key
}

// place is where a walker has looked last.
type place struct {
	zone  *zone.Snapshot
	found zone.Found
	owner dname.Name // of found.Node
}

// find looks name up in the zone nearest above it (RFC 1034, Section 4.3.2,
// steps 2 and 3).
func (w *walker) find(name dname.Name) (p place, end End) {
	w.key.Set(name)
	e := w.set.Find(&w.key, w.key.Depth())
	if e == nil || e.Zone == nil {
		return p, Leaves
	}
	p = place{zone: e.Zone, found: e.Zone.Find(&w.key)}
	p.owner = w.key.Suffix(p.found.Depth).Clone()
	switch p.found.Match {
	case zone.Missing:
		return p, NXDomain
	case zone.Delegated:
		return p, Delegated
	case zone.Synthesized:
		p.owner = p.owner.Wildcard(nil)
	case zone.Exact:
		if p.found.Node.Is(zone.IsCut) {
			return p, Delegated
		}
	}
	return p, goesOn
}

// step is the step from name for a client that wants records of type t, and the
// type that it wants then: the first of those that fork has. There is none if
// end is another than goesOn.
func (w *walker) step(name dname.Name, t rr.Type) (s Step, next rr.Type, end End) {
	s, set, next, end := w.onward(name, t)
	if !set.Empty() {
		s.Kind, s.Target = leading(set)
		s.Target = s.Target.Lower()
	}
	return s, next, end
}

// fork appends all steps from name to dst: one for each target of an ALIAS, or in
// AliasMode, that has several. Those of end Looping and Overflow are not gone.
func (w *walker) fork(dst []Step, name dname.Name, t rr.Type) (steps []Step, next rr.Type, end End) {
	s, set, next, end := w.onward(name, t)
	if set.Empty() && (end == goesOn || end == Looping || end == Overflow) {
		dst = append(dst, s)
	}
	for rest := set; !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		if k, target := pointer(r); k.Follows() {
			s.Kind, s.Target = k, target.Lower()
			dst = append(dst, s)
		}
	}
	return dst, next, end
}

// onward is the step from name as far as it is the same for all records of set,
// those that lead on; set is empty where none does, or a DNAME, which is a step already.
func (w *walker) onward(name dname.Name, t rr.Type) (s Step, set rr.Set, next rr.Type, end End) {
	p, end := w.find(name)
	if end != goesOn {
		return s, nil, t, end
	}
	if p.found.Match == zone.Redirected {
		s, end = w.redirect(&p)
		return s, nil, t, end
	}
	set, next = way(p.found.Node, t)
	if set.Empty() {
		return s, nil, t, endAt(p.found.Node, t)
	}
	s = Step{Name: w.key.Name().Clone(), Owner: p.owner, Apex: p.zone.Apex(), TTL: set.TTL()}
	return s, set, next, goesOn
}

// way is the RRset of n that leads on, if any, and the type wanted behind it.
func way(n zone.Node, t rr.Type) (set rr.Set, next rr.Type) {
	service := t == rr.TypeHTTPS || t == rr.TypeSVCB
	if service {
		if set := n.Set(t); !set.Empty() {
			if kind, _ := leading(set); kind.Follows() {
				return set, t
			}
			return nil, t
		}
	}
	switch {
	case has(n, t):
		return nil, t
	case n.Is(zone.HasCNAME):
		return n.Set(rr.TypeCNAME), t
	case service: // the addresses are looked for where there is no such record (RFC 9460, Section 3)
		return way(n, addresses)
	case t == rr.TypeA || t == rr.TypeAAAA || t == addresses:
		return n.Set(rr.TypeALIAS), t
	}
	return nil, t
}

// has reports whether n has all that is wanted of type t.
func has(n zone.Node, t rr.Type) bool {
	if t != addresses {
		return !n.Set(t).Empty()
	}
	v4, v6 := !n.Set(rr.TypeA).Empty(), !n.Set(rr.TypeAAAA).Empty()
	if n.Set(rr.TypeALIAS).Empty() {
		return v4 || v6
	}
	return v4 && v6
}

// endAt is what n is to a client that wants type t, if nothing leads on.
func endAt(n zone.Node, t rr.Type) End {
	if !has(n, t) {
		return NoData
	}
	if set := n.Set(t); t == rr.TypeHTTPS || t == rr.TypeSVCB {
		if kind, target := leading(set); kind == 0 && target != nil {
			return NoData // AliasMode to ".": there is no such service (RFC 9460, Section 2.5.1)
		}
	}
	return Found
}

// leading is the kind and target of the record of set that a client goes by: the
// first, but one in AliasMode before all in ServiceMode (RFC 9460, Section
// 2.4.1). AliasMode to "." has kind 0 and the target ".".
func leading(set rr.Set) (kind Kind, target dname.Name) {
	for rest := set; !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		k, n := pointer(r)
		switch {
		case k.Follows():
			return k, n
		case k == 0 && (r.Type() == rr.TypeHTTPS || r.Type() == rr.TypeSVCB) && r.AliasMode():
			return 0, dname.Root
		}
	}
	return 0, nil
}

// redirect is the step through the DNAME at p.
func (w *walker) redirect(p *place) (Step, End) {
	name := w.key.Name().Clone()
	set := p.found.Node.Set(rr.TypeDNAME)
	s := Step{Name: name, Owner: p.owner, Kind: DNAME, Apex: p.zone.Apex(), TTL: set.TTL()}
	target := set.Target().Lower()
	prefix := name[:len(name)-len(p.owner)]
	if len(prefix)+len(target) > dname.MaxLen {
		s.Target = target
		return s, Overflow
	}
	s.Target = append(prefix.Clone(), target...)
	if target.IsAtOrBelow(p.owner) && w.stays(s.Target, p.zone) {
		return s, Looping // every name made lies below the owner again
	}
	return s, goesOn
}

// stays reports whether name lies in no other zone of ours than z (RFC 6672,
// Section 3.2, step 3c: the search starts over with it).
func (w *walker) stays(name dname.Name, z *zone.Snapshot) bool {
	w.aux.Set(name)
	e := w.set.Find(&w.aux, w.aux.Depth())
	return e == nil || e.Apex.Equal(z.Apex())
}
