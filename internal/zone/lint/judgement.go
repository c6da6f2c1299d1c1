package lint

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// judgement is a Change on its way to a Report: touch finds out whom it may
// concern, judge asks the rules about them.
type judgement struct {
	Change
	report  Report
	names   []suspect
	known   map[string]int // where in names an apex and owner stand; zones that came or went
	gone    []dname.Name   // apexes of zones that the Change deletes
	created []*zone.Snapshot
	entered []dname.Name // apexes of zones that came or went
	asked   []dname.Name // targets of NS records at touched names
	before  *check       // of names in Old; nil until it is wanted
	key     dname.Key
}

// suspect is a name that a Change may have made wrong.
type suspect struct {
	apex, owner dname.Name
	follower    bool // it is not touched, but points at one that is, or below it
}

func zoneOf(s *zone.Set, apex dname.Name, k *dname.Key) *zone.Snapshot {
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
func (j *judgement) suspect(s suspect) bool {
	id := string(s.apex.Lower()) + string(s.owner.Lower())
	if i, ok := j.known[id]; ok {
		more := j.names[i].follower && !s.follower
		j.names[i].follower = j.names[i].follower && s.follower
		return more
	}
	j.known[id] = len(j.names)
	j.names = append(j.names, s)
	return true
}

// own adds the touched names of zones that are there before and after, and is
// those. Of zones that came or went it adds the whole.
func (j *judgement) own() []Touched {
	var touched []Touched
	for _, t := range j.Touched {
		before, after := zoneOf(j.Old, t.Apex, &j.key), zoneOf(j.New, t.Apex, &j.key)
		switch {
		case before == nil || after == nil:
			j.whole(t.Apex, before, after)
		case t.Owner.IsAtOrBelow(t.Apex) && j.suspect(suspect{apex: t.Apex, owner: t.Owner}):
			touched = append(touched, t)
		}
	}
	return touched
}

// touch adds whom a touched name concerns: the empty non-terminals that
// came or went with it, and who points there.
func (j *judgement) touch(t Touched) {
	before, after := zoneOf(j.Old, t.Apex, &j.key), zoneOf(j.New, t.Apex, &j.key)
	var k dname.Key
	k.Set(t.Owner)
	j.spread(t.Apex, k.Name(), before.Node(&k, k.Depth()), after.Node(&k, k.Depth()))
	for depth := k.Depth() - 1; depth > after.Labels(); depth-- {
		was, is := before.Node(&k, depth), after.Node(&k, depth)
		if (was == nil) == (is == nil) {
			return
		}
		name := k.Suffix(depth)
		j.suspect(suspect{apex: t.Apex, owner: name.Clone()})
		j.spread(t.Apex, name, was, is)
	}
}

// whole adds a zone that came or went, and who points into it.
func (j *judgement) whole(apex dname.Name, before, after *zone.Snapshot) {
	id := "zone " + string(apex.Lower())
	if _, ok := j.known[id]; ok || before == after {
		return
	}
	j.known[id] = 0
	if after != nil {
		j.created = append(j.created, after)
	} else {
		j.gone = append(j.gone, apex)
	}
	j.entered = append(j.entered, apex)
}

// spread adds those whom the difference between two states of one name concerns.
func (j *judgement) spread(apex, name dname.Name, was, is zone.Node) {
	a, b := shapeOf(was), shapeOf(is)
	if is != nil {
		for s := is.Set(rr.TypeNS); len(s) > 0; {
			var r rr.Record
			r, s = s.Next()
			j.asked = append(j.asked, dname.Name(r.Data()))
		}
	}
	if a.equal(&b) {
		return
	}
	shades := a.shade != b.shade
	moved := !slices.EqualFunc(a.links[3], b.links[3], dname.Name.Equal) // the DNAME leads elsewhere
	j.followers(name, shades || moved || a.exists != b.exists, !a.sameLinks(&b))
	if name.IsWildcard() {
		j.followers(name.Parent(), true, !a.sameLinks(&b))
	}
	if shades && is != nil && is.Children() > 0 {
		j.shaded(apex, name)
	}
}

// shaded adds the names below name, which the Change takes out of lookup or
// brings back. It is the one thing that looks at a whole zone.
func (j *judgement) shaded(apex, name dname.Name) {
	left := MaxPointers
	for owner, node := range zoneOf(j.New, apex, &j.key).All() {
		if !node.Empty() && owner.IsBelow(name) && j.suspect(suspect{apex: apex, owner: owner.Clone()}) {
			if left--; left == 0 {
				return
			}
		}
	}
}

// followers adds those who point at name, below it too if below, and if climb
// those who point at them, up to MaxPointers in all.
func (j *judgement) followers(name dname.Name, below, climb bool) {
	left := MaxPointers
	var next []dname.Name
	add := func(apex, owner dname.Name, t rr.Type) bool {
		if j.suspect(suspect{apex: apex.Clone(), owner: owner.Clone(), follower: true}) && climb {
			next = append(next, owner.Clone())
		}
		left--
		return left > 0
	}
	if below {
		j.Pointers.Below(name, add)
	}
	for next = append(next, name); len(next) > 0 && left > 0; {
		name, next = next[len(next)-1], next[:len(next)-1]
		j.Pointers.To(name, add)
	}
}

// shape is what others see of a name.
type shape struct {
	exists bool
	shade  zone.Facts
	has    kinds
	links  [4][]dname.Name // the targets by question, and that of a DNAME
}

func shapeOf(n zone.Node) (s shape) {
	if n == nil {
		return s
	}
	s.exists, s.has, s.shade = true, kindsOf(n), n.Facts()&(zone.HasDNAME|zone.IsCut)
	if s.has&(kindCNAME|kindAlias|kindSVCB) != 0 {
		for q := forAddresses; q <= forHTTPS; q++ {
			for _, r := range links(zone.Found{Match: zone.Exact, Node: n}, q) {
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
	return s.exists == t.exists && s.shade == t.shade && s.has == t.has && s.sameLinks(t)
}

func (s *shape) sameLinks(t *shape) bool {
	for i := range s.links {
		if !slices.EqualFunc(s.links[i], t.links[i], dname.Name.Equal) {
			return false
		}
	}
	return true
}
