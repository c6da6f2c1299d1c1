package graph

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// link is a step from a node towards the root, and what is wanted behind it.
type link struct {
	from node
	step Step
	next rr.Type
}

// leads reports whether the zones have e lead from name to n and on to the root.
func (w *walk) leads(name dname.Name, e Edge, n node) (l link, ok bool) {
	l.from = node{name, n.want}
	switch e.Kind {
	case ALIAS:
		l.from.want = addresses
	case HTTPSAlias, SVCBAlias:
		l.from.want = e.Kind.Type()
	}
	if len(name) > dname.MaxLen {
		return l, false
	}
	var end End
	l.step, l.next, end = w.step(name, l.from.want)
	s := &l.step
	if end != goesOn || s.Kind != e.Kind || !s.Owner.Equal(e.Owner) || !s.Apex.Equal(e.Apex) || !s.Target.Equal(n.name) {
		return l, false
	}
	return l, l.next == n.want || w.reaches(n.name, l.next)
}

// canonical reports whether m leads to the root for nothing that is wanted before
// m.want. There is one successor to each, so that way is the one to take m on.
func (w *walk) canonical(m node) bool {
	for _, want := range wants {
		if want == m.want {
			break
		}
		if w.reaches(m.name, want) {
			return false
		}
	}
	return true
}

func (w *walk) reaches(name dname.Name, want rr.Type) bool {
	_, ok := w.path(name, want)
	return ok
}

// path is the way from name to the root for a client that wants records of that
// type; it is empty if name is the root.
func (w *walk) path(name dname.Name, want rr.Type) (path []Step, ok bool) {
	for range MaxLimit {
		if name.Equal(w.root) {
			return path, true
		}
		w.charge(1)
		s, next, end := w.step(name, want)
		if end != goesOn {
			return nil, false
		}
		path, name, want = append(path, s), s.Target, next
	}
	return nil, false
}

// live is e as a Step if its zone serves it. The NS records of a cut are what the
// delegation needs; all else at and below it is occluded (RFC 2181, Section 6.1).
func (w *walk) live(e Edge) (s Step, ok bool) {
	p, end := w.find(e.Owner)
	cut := end == Delegated && p.found.Match == zone.Exact && e.Kind == NS
	if !cut && (end != goesOn || p.found.Match != zone.Exact) || !p.zone.Apex().Equal(e.Apex) {
		return s, false
	}
	set := p.found.Node.Set(e.Kind.Type())
	for rest := set; !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		if kind, target := pointer(r); kind == e.Kind && target.Equal(e.Target) {
			return Step{Name: e.Owner, Owner: e.Owner, Kind: e.Kind, Apex: e.Apex, TTL: set.TTL(), Target: e.Target}, true
		}
	}
	return s, false
}
