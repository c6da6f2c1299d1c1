package reach

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// Pointers knows which records point at a name, over all zones held. Whether it
// is of before or of after a Change is all the same: what the Change itself
// touches is judged anyway.
type Pointers interface {
	// To yields the records whose target is exactly target, until yield returns false.
	To(target dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool)
	// Below does so with those whose target lies below name.
	Below(name dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool)
}

// Touched is a name of which RRsets differ. A zone that came or went is touched
// at its apex, whatever else is.
type Touched struct{ Apex, Owner dname.Name }

// MaxPointers is how many records that point at a touched name, or below it, are judged.
const MaxPointers = 1000

// Concern is whom a Change may concern: what it touches, and who points there.
type Concern struct {
	Names   []Suspect
	Gone    []dname.Name     // apexes of zones that the Change deletes
	Created []*zone.Snapshot // zones that it creates
	Asked   []dname.Name     // targets of NS records at touched names

	old, new *zone.Set
	pointers Pointers
	known    map[string]int // where in Names an apex and owner stand; zones that came or went
	entered  []dname.Name   // apexes of zones that came or went
	key      dname.Key
}

// Of is whom the Change between two sets of zones may concern that differ at the
// names touched.
func Of(before, after *zone.Set, touched []Touched, pointers Pointers) *Concern {
	c := &Concern{old: before, new: after, pointers: pointers, known: make(map[string]int)}
	for _, t := range c.own(touched) {
		c.touch(t)
	}
	for _, apex := range c.entered {
		c.followers(apex, true, false)
	}
	return c
}

// Suspect is a name that a Change may have made wrong.
type Suspect struct {
	Apex, Owner dname.Name
	Follower    bool // it is not touched, but points at one that is, or below it
}

// ZoneOf is the zone of s with that apex; nil without one. It makes use of k.
func ZoneOf(s *zone.Set, apex dname.Name, k *dname.Key) *zone.Snapshot {
	if s == nil {
		return nil
	}
	k.Set(apex)
	if e := s.Exact(k, k.Depth()); e != nil {
		return e.Zone
	}
	return nil
}

// suspect adds a name to those that are judged, or to those that are judged in
// full, and reports whether that is new.
func (c *Concern) suspect(s Suspect) bool {
	id := string(s.Apex.Lower()) + string(s.Owner.Lower())
	if i, ok := c.known[id]; ok {
		more := c.Names[i].Follower && !s.Follower
		c.Names[i].Follower = c.Names[i].Follower && s.Follower
		return more
	}
	c.known[id] = len(c.Names)
	c.Names = append(c.Names, s)
	return true
}

// own adds the touched names of zones that are there before and after, and is
// those. Of zones that came or went it adds the whole.
func (c *Concern) own(all []Touched) []Touched {
	var touched []Touched
	for _, t := range all {
		before, after := ZoneOf(c.old, t.Apex, &c.key), ZoneOf(c.new, t.Apex, &c.key)
		switch {
		case before == nil || after == nil:
			c.whole(t.Apex, before, after)
		case t.Owner.IsAtOrBelow(t.Apex) && c.suspect(Suspect{Apex: t.Apex, Owner: t.Owner}):
			touched = append(touched, t)
		}
	}
	return touched
}

// touch adds whom a touched name concerns: the empty non-terminals that
// came or went with it, and who points there.
func (c *Concern) touch(t Touched) {
	before, after := ZoneOf(c.old, t.Apex, &c.key), ZoneOf(c.new, t.Apex, &c.key)
	var k dname.Key
	k.Set(t.Owner)
	c.spread(t.Apex, k.Name(), before.Node(&k, k.Depth()), after.Node(&k, k.Depth()))
	for depth := k.Depth() - 1; depth > after.Labels(); depth-- {
		was, is := before.Node(&k, depth), after.Node(&k, depth)
		if (was == nil) == (is == nil) {
			return
		}
		name := k.Suffix(depth)
		c.suspect(Suspect{Apex: t.Apex, Owner: name.Clone()})
		c.spread(t.Apex, name, was, is)
	}
}

// whole adds a zone that came or went, and who points into it.
func (c *Concern) whole(apex dname.Name, before, after *zone.Snapshot) {
	id := "zone " + string(apex.Lower())
	if _, ok := c.known[id]; ok || before == after {
		return
	}
	c.known[id] = 0
	if after != nil {
		c.Created = append(c.Created, after)
	} else {
		c.Gone = append(c.Gone, apex)
	}
	c.entered = append(c.entered, apex)
}

// spread adds those whom the difference between two states of one name concerns.
func (c *Concern) spread(apex, name dname.Name, was, is zone.Node) {
	a, b := shapeOf(was), shapeOf(is)
	if is != nil {
		for s := is.Set(rr.TypeNS); len(s) > 0; {
			var r rr.Record
			r, s = s.Next()
			c.Asked = append(c.Asked, dname.Name(r.Data()))
		}
	}
	if a.equal(&b) {
		return
	}
	shades := a.shade != b.shade
	moved := !slices.EqualFunc(a.links[3], b.links[3], dname.Name.Equal) // the DNAME leads elsewhere
	c.followers(name, shades || moved || a.exists != b.exists, !a.sameLinks(&b))
	if name.IsWildcard() {
		c.followers(name.Parent(), true, !a.sameLinks(&b))
	}
	if shades && is != nil && is.Children() > 0 {
		c.shaded(apex, name)
	}
}

// shaded adds the names below name, which the Change takes out of lookup or
// brings back. It is the one thing that looks at a whole zone.
func (c *Concern) shaded(apex, name dname.Name) {
	left := MaxPointers
	for owner, node := range ZoneOf(c.new, apex, &c.key).All() {
		if !node.Empty() && owner.IsBelow(name) && c.suspect(Suspect{Apex: apex, Owner: owner.Clone()}) {
			if left--; left == 0 {
				return
			}
		}
	}
}

// followers adds those who point at name, below it too if below, and if climb
// those who point at them, up to MaxPointers in all.
func (c *Concern) followers(name dname.Name, below, climb bool) {
	left := MaxPointers
	var next []dname.Name
	add := func(apex, owner dname.Name, t rr.Type) bool {
		if c.suspect(Suspect{Apex: apex.Clone(), Owner: owner.Clone(), Follower: true}) && climb {
			next = append(next, owner.Clone())
		}
		left--
		return left > 0
	}
	if below {
		c.pointers.Below(name, add)
	}
	for next = append(next, name); len(next) > 0 && left > 0; {
		name, next = next[len(next)-1], next[:len(next)-1]
		c.pointers.To(name, add)
	}
}

// shape is what others see of a name.
type shape struct {
	exists bool
	shade  zone.Facts
	types  []rr.Type
	links  [4][]dname.Name // the targets by question, and that of a DNAME
}

func shapeOf(n zone.Node) (s shape) {
	if n == nil {
		return s
	}
	s.exists, s.shade = true, n.Facts()&(zone.HasDNAME|zone.IsCut)
	for set, cur := n.Next(0); !set.Empty(); set, cur = n.Next(cur) {
		s.types = append(s.types, set.Type())
	}
	if leads := []rr.Type{rr.TypeCNAME, rr.TypeALIAS, rr.TypeSVCB, rr.TypeHTTPS}; slices.ContainsFunc(s.types, func(t rr.Type) bool { return slices.Contains(leads, t) }) {
		for q := Addresses; q <= HTTPS; q++ {
			for _, r := range Links(zone.Found{Match: zone.Exact, Node: n}, q) {
				s.links[q] = append(s.links[q], form.Target(r))
			}
		}
	}
	if s.shade&zone.HasDNAME != 0 {
		s.links[3] = []dname.Name{n.Set(rr.TypeDNAME).Target()}
	}
	return s
}

func (s *shape) equal(t *shape) bool {
	return s.exists == t.exists && s.shade == t.shade && slices.Equal(s.types, t.types) && s.sameLinks(t)
}

func (s *shape) sameLinks(t *shape) bool {
	for i := range s.links {
		if !slices.EqualFunc(s.links[i], t.links[i], dname.Name.Equal) {
			return false
		}
	}
	return true
}
