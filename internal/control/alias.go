package control

import (
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// Chain is the way from name, through all zones held, for records of type t. Where an
// ALIAS points in a zone that p does not see is not shown: the DNS keeps it to itself.
func (c *Control) Chain(p *access.Principal, name dname.Name, t rr.Type) (graph.Chain, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return graph.Chain{}, err
	}
	chain := graph.Follow(c.served.Zones(), name, t, c.config.MaxChain)
	for i := range chain.Steps {
		if s := &chain.Steps[i]; s.Kind == graph.ALIAS && !c.seesApex(p, s.Apex) {
			return veiled(chain, i), nil
		}
	}
	return chain, nil
}

// veiled is chain as all the world sees it from step i on, an ALIAS of others: a
// name with addresses of its own.
func veiled(chain graph.Chain, i int) graph.Chain {
	s := &chain.Steps[i]
	return graph.Chain{Steps: chain.Steps[:i], End: graph.Found, Last: s.Name, Apex: s.Apex, TTL: s.TTL}
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
			s := &d.change.Zones[i].Sets[j]
			c.look(plan, d.set, s.Owner(), d.zones[i].servedType(s))
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

// servedType is the type under which the RRset of s has been served until now.
func (z *zoneDraft) servedType(s *change.SetDiff) rr.Type {
	if z.before == nil || s.Before.Empty() {
		return s.Type()
	}
	before := s.Before
	before.Owner, before.Type = s.Owner(), s.Type()
	return flatten.Form(&z.before.Zone, &before)
}

// look takes into account how deep the chains through one RRset will be in after, and
// how long caches keep what it was.
func (c *Control) look(plan *Plan, after *zone.Set, owner dname.Name, t rr.Type) {
	world := c.served.Zones()
	above, _ := c.graph.Height(world, owner, graph.MaxLimit, outlookWork)
	chain := graph.Follow(after, owner, rr.TypeA, graph.MaxLimit)
	plan.Depth = max(plan.Depth, above+chain.Depth())
	base, ok := graph.DrainOf(world, owner, t)
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
