package control

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// pointers lets the rules ask the graph who points at a name.
type pointers struct{ graph *graph.Graph }

// To yields the records whose target is exactly target.
func (p pointers) To(target dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool) {
	for e := range p.graph.Direct(target) {
		if !yield(e.Apex, e.Owner, e.Kind.Type()) {
			return
		}
	}
}

// Below yields those whose target lies below name.
func (p pointers) Below(name dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool) {
	for e := range p.graph.Below(name) {
		if !yield(e.Apex, e.Owner, e.Kind.Type()) {
			return
		}
	}
}
