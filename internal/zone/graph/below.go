package graph

import (
	"iter"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// Below yields the edges whose target lies below name, those that follow
// first, by target in canonical order, whether or not a zone.Set serves them.
func (g *Graph) Below(name dname.Name) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for _, region := range [...]byte{follows, redirects, refers} {
			ok := g.edges.scan(name.AppendSortKey(key{region}), nil, func(k key) bool {
				e, err := k.edge()
				return err != nil || e.Target.Equal(name) || yield(e)
			})
			if !ok {
				return
			}
		}
	}
}
