package graph

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
)

// Height is the number of steps of the longest chain that leads to name by any
// targets, up to limit, so that what a longer way behind name would do to those before
// it can be judged. Who only refers does not count: nothing is led on by it. No
// chain passes a name twice. It looks at up to work edges and names; exact is false
// where that was not enough, and there may be longer chains.
func (g *Graph) Height(world *zone.Set, name dname.Name, limit, work int) (steps int, exact bool) {
	exact = g.climb(world, name, limit, work, func(path []Step) bool {
		steps = max(steps, len(path))
		return steps < bounded(limit)
	})
	return steps, exact
}
