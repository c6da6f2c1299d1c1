package graph

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

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
