package graph

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// climb goes from a name back by every way there is, unlike walk, which takes every
// name on one of them: what is longest is known only when all have been gone. No
// way passes a name twice.
type climb struct {
	walker
	back
	path  []Step // the last first: from what was found to the root it is turned round
	max   int    // steps of it
	work  int    // edges and names that may still be looked at
	short bool   // that was not enough
	emit  func(path []Step) bool
	forks []Step
}

// wanted is a set of what may be wanted, by the place in wants.
type wanted uint8

const anything wanted = 1<<len(wants) - 1

// climb hands every way to name to emit, the last step first, until that returns
// false: of 1 to maxDepth steps, as for Query, by records that follow, from where one
// stands itself. A path is
// valid for one call. It looks at up to work edges and names, as for Query; all is
// false if that was not enough.
func (g *Graph) climb(world *zone.Set, name dname.Name, maxDepth, work int, emit func(path []Step) bool) (all bool) {
	c := &climb{
		walker: walker{set: world}, back: g.back(), emit: emit,
		max: bounded(maxDepth), work: max(orElse(work, defaultWork), minWork),
	}
	c.under(name.Lower(), anything)
	return !c.short
}

// under goes on with all that leads to name, which is the root or leads there for
// what is wanted, and reports whether to go on elsewhere.
func (c *climb) under(name dname.Name, goal wanted) bool {
	for _, prefix := range c.ways(name, false) {
		ok := prefix[0] == refers || c.spend() && c.edges.scan(prefix, nil, func(k key) bool {
			e, err := k.edge()
			return err != nil || c.spend() && c.by(&e, name, goal)
		})
		if !ok {
			return false
		}
	}
	return true
}

func (c *climb) spend() bool {
	c.short = c.short || c.work == 0
	c.work--
	return !c.short
}

// hop is what may be a step: e from a name to another, which leads to the root for
// what goal has.
type hop struct {
	start, to dname.Name
	edge      *Edge
	goal      wanted
}

// by goes on with all names that e may lead to name from.
func (c *climb) by(e *Edge, name dname.Name, goal wanted) bool {
	if !c.from(hop{startOf(e, name), name, e, goal}) {
		return false
	}
	if e.Kind == DNAME || !e.Owner.IsWildcard() {
		return true
	}
	return c.edges.targets(follows, e.Owner.Parent(), nil, func(_ key, made dname.Name) bool {
		return made.Equal(e.Owner) || c.spend() && c.from(hop{made, name, e, goal})
	})
}

// from goes on with where h starts, if it is a step.
func (c *climb) from(h hop) bool {
	if len(h.start) > dname.MaxLen || c.passed(h.start) {
		return true
	}
	last := len(c.path)+1 == c.max || c.barren(h.start)
	s, own := c.joins(&h, last)
	if own == 0 {
		return true
	}
	c.path = append(c.path, s)
	defer func() { c.path = c.path[:len(c.path)-1] }()
	if !s.Wildcard() && !c.emit(c.path) { // else there is somebody who points at it
		return false
	}
	return last || h.start.Equal(c.path[0].Target) || c.under(h.start, own)
}

// passed reports whether name lies on the path already; the root may be its start.
func (c *climb) passed(name dname.Name) bool {
	for i := range c.path {
		if c.path[i].Name.Equal(name) {
			return true
		}
	}
	return false
}

// joins is the step of h, and what may be wanted at its start so that what is wanted
// behind it is one of its goal; one of them is enough where it is the last.
func (c *climb) joins(h *hop, last bool) (s Step, own wanted) {
	for i, want := range wants {
		steps, next, end := c.fork(c.forks[:0], h.start, want)
		c.forks = steps
		if end != goesOn || h.goal&bitOf(next) == 0 {
			continue
		}
		for j := range steps {
			if steps[j].by(h.edge, h.to) {
				s, own = steps[j], own|1<<i
				break
			}
		}
		if last && own != 0 {
			break
		}
	}
	return s, own
}

func bitOf(t rr.Type) wanted {
	return 1 << slices.Index(wants[:], t)
}
