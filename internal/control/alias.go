package control

import (
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// Chain is the way from name, through all zones held, for records of type t.
func (c *Control) Chain(p *access.Principal, name dname.Name, t rr.Type) (graph.Chain, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return graph.Chain{}, err
	}
	return graph.Follow(c.served.Zones(), name, t, c.config.MaxChain), nil
}

// Followers is a page of those who point at a name.
type Followers struct {
	graph.Page
	Hidden int // of the page, in zones of others; they are not named
}

// Dependents is a page of those who point at name.
func (c *Control) Dependents(p *access.Principal, name dname.Name, q graph.Query) (Followers, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return Followers{}, err
	}
	page, err := c.graph.Dependents(c.served.Zones(), name, q)
	if err != nil {
		return Followers{}, fault(Invalid, "bad-cursor", "the cursor is none of this query", "use the one that the page before gave, or none for the first page")
	}
	f := Followers{Page: page}
	f.Dependents = nil
	for _, d := range page.Dependents {
		if c.seesApex(p, d.Apex) {
			f.Dependents = append(f.Dependents, d)
		} else {
			f.Hidden++
		}
	}
	return f, nil
}

func (c *Control) seesApex(p *access.Principal, apex dname.Name) bool {
	z := c.committed.find(Ref{Apex: apex})
	return z != nil && p.Sees(&z.Zone)
}

// maxFollowers is how many names that follow a plan counts.
const maxFollowers = 1_000_000

// outlook fills in who follows, how deep, and for how long caches keep what was.
func (c *Control) outlook(p *access.Principal, plan *Plan, d *draft) {
	name := plan.Request.Name
	if plan.Request.Kind == Retarget {
		name = plan.Request.From
	}
	world := c.served.Zones()
	c.followers(p, plan, world, name)
	if d == nil {
		return
	}
	n := 0
	for i := range d.change.Zones {
		for j := range d.change.Zones[i].Sets {
			if n++; n > outlookSets {
				plan.Partial = true
				return
			}
			c.look(plan, d, &d.change.Zones[i].Sets[j])
		}
	}
}

// followers counts who follows name, and lists the first of them.
func (c *Control) followers(p *access.Principal, plan *Plan, world *zone.Set, name dname.Name) {
	q := graph.Query{Limit: 1000, Transitive: true, MaxDepth: graph.MaxLimit}
	for {
		page, err := c.graph.Dependents(world, name, q)
		if err != nil {
			return // the cursors are its own
		}
		plan.Total += len(page.Dependents)
		for i := range page.Dependents {
			if d := page.Dependents[i]; len(plan.Affected) < MaxAffected && c.seesApex(p, d.Apex) {
				plan.Affected = append(plan.Affected, d)
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return
		}
		if plan.Total >= maxFollowers {
			plan.Partial = true
			return
		}
	}
}

// Bounds of an outlook: the RRsets looked at in depth, and the edges for each.
const (
	outlookSets = 2000
	outlookWork = 2000
)

// look takes into account how deep the chains through one RRset will be, and
// how long caches keep what it was.
func (c *Control) look(plan *Plan, d *draft, s *change.SetDiff) {
	world := c.served.Zones()
	above, _ := c.graph.Height(world, s.Owner(), graph.MaxLimit, outlookWork)
	chain := graph.Follow(d.set, s.Owner(), rr.TypeA, graph.MaxLimit)
	plan.Depth = max(plan.Depth, above+chain.Depth())
	base, ok := graph.DrainOf(world, s.Owner(), s.Type())
	if !ok {
		return
	}
	longest, _ := c.graph.Drain(world, base, graph.MaxLimit, outlookWork)
	if longest.Seconds >= plan.Drain.Seconds {
		plan.Drain = longest
	}
}

// DrainOf is how long caches may hold the answer that a dependent gives now,
// once the addresses of the name asked about change. ok is false where such a
// change is not seen there.
func (c *Control) DrainOf(name dname.Name, d *graph.Dependent) (graph.Drain, bool) {
	base, ok := graph.DrainOf(c.served.Zones(), name, rr.TypeA)
	if !ok {
		return base, false
	}
	return d.Through(base)
}
