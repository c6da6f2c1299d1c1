package graph

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
)

// Height is the number of steps of the longest chain that leads to name, up to
// limit, so that what a longer way behind name would do to those before it can be
// judged. Who only refers does not count: nothing is led on by it. It looks at up to
// work edges and names; exact is false where that was not enough, and there may
// be longer chains.
func (g *Graph) Height(world *zone.Set, name dname.Name, limit, work int) (steps int, exact bool) {
	w := g.walk(world, name, Query{Transitive: true, MaxDepth: limit, Work: work})
	for ; w.level <= w.max; w.level++ {
		found := false
		w.emit = func(d Dependent) bool {
			found = d.Kind.Follows() && !(d.Kind == DNAME && d.Name.Equal(d.Owner))
			return !found
		}
		w.stack, w.back, w.grew = nil, nil, false
		w.under(node{w.root, addresses}, 0)
		if !found {
			return w.level - 1, !w.page.Truncated
		}
	}
	return w.max, true
}
