package plans

import (
	"iter"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// After is the state that a plan leads to.
type After struct {
	World *zone.Set
	Sets  iter.Seq2[dname.Name, rr.Type] // that change, under the types that they have been served as
}

// Finish fills in who follows, how deep, and for how long caches keep what was;
// after is nil where nothing changes. The plan is not changed any more after that.
func (m *Maker) Finish(plan *Plan, after *After) {
	defer plan.seal()
	name := plan.Request.Name
	if plan.Request.Kind == Retarget {
		name = plan.Request.From
	}
	m.followers(plan, name)
	if after == nil {
		return
	}
	n := 0
	for owner, t := range after.Sets {
		if n++; n > outlookSets {
			plan.Partial = true
			return
		}
		m.look(plan, after.World, owner, t)
	}
}

// Bounds of what a plan counts: the names that follow, and the pages that end
// because going through the names between has become too much.
const (
	maxFollowers = 1_000_000
	maxLaborious = 100
)

// followers counts who follows name, and lists the first of them.
func (m *Maker) followers(plan *Plan, name dname.Name) {
	q := graph.Query{Limit: 1000, Transitive: true, MaxDepth: graph.MaxLimit}
	for laborious := 0; ; {
		page, err := m.Graph.Dependents(m.World, name, q)
		if err != nil {
			return // the cursors are its own
		}
		plan.Total += len(page.Dependents)
		for i := range page.Dependents {
			if d := page.Dependents[i]; len(plan.Affected) < MaxAffected && m.sees(d.Apex) {
				plan.Affected = append(plan.Affected, d)
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return
		}
		if page.Truncated {
			laborious++
		}
		if plan.Total >= maxFollowers || laborious >= maxLaborious {
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

// look takes into account how deep the chains through one RRset will be in after, by
// any of their targets, and how long caches keep what it was.
func (m *Maker) look(plan *Plan, after *zone.Set, owner dname.Name, t rr.Type) {
	above, _ := m.Graph.Height(m.World, owner, graph.MaxLimit, outlookWork)
	below := graph.Longest(after, owner, rr.TypeA, graph.MaxLimit)
	if t == rr.TypeHTTPS || t == rr.TypeSVCB {
		below = max(below, graph.Longest(after, owner, t, graph.MaxLimit))
	}
	plan.Depth = max(plan.Depth, above+below)
	base, ok := graph.DrainOf(m.World, owner, t)
	if !ok {
		return
	}
	longest, _ := m.Graph.Drain(m.World, base, graph.MaxLimit, outlookWork)
	if longest.Seconds >= plan.Drain.Seconds {
		plan.Drain = longest
	}
}

// sees reports whether the zone of that apex may be shown.
func (m *Maker) sees(apex dname.Name) bool {
	z := m.Zones.ByApex(apex)
	return z != nil && m.For.Sees(&z.Zone)
}
