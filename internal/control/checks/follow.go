package checks

import (
	"bytes"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// catchUp finds out which zones have to be judged again in w, and whether there is
// anything new at all.
func (b *Board) catchUp(w *World) (moved bool) {
	came := b.enter(w.Zones)
	gone := b.leave(w.Zones)
	if came || gone {
		b.allStale(w.Zones)
		return true
	}
	var changed []*held.Zone
	for _, z := range w.Zones {
		if b.zones[z.ID].seen != z.Snapshot {
			changed = append(changed, z)
		}
	}
	if len(changed) == 0 {
		return false
	}
	t := b.newTour(w)
	for _, z := range changed {
		j := b.zones[z.ID]
		if t.mark(j); t.left >= 0 {
			t.zone(z, j.seen)
		}
		j.seen = z.Snapshot
	}
	if t.run(); t.left < 0 {
		b.allStale(w.Zones)
	}
	for _, z := range w.Zones {
		if z.Paused() { // the graph does not have it
			t.mark(b.zones[z.ID])
		}
	}
	return true
}

// enter takes in the zones that are new, or begin or cease to be served, which may
// take names over from any other, and reports whether there are such.
func (b *Board) enter(zones []*held.Zone) (came bool) {
	for _, z := range zones {
		switch j := b.zones[z.ID]; {
		case j == nil:
			b.zones[z.ID] = &judged{served: !z.Paused()}
			came = true
		case j.served == z.Paused():
			j.served = !j.served
			came = true
		}
	}
	return came
}

// leave drops the zones that are gone, and reports whether there are such.
func (b *Board) leave(zones []*held.Zone) (gone bool) {
	if len(b.zones) == len(zones) { // all of zones are in it
		return false
	}
	here := make(map[change.ZoneID]bool, len(zones))
	for _, z := range zones {
		here[z.ID] = true
	}
	for id, j := range b.zones {
		if !here[id] {
			b.forget(j)
			delete(b.zones, id)
		}
	}
	return true
}

func (b *Board) allStale(zones []*held.Zone) {
	for _, z := range zones {
		j := b.zones[z.ID]
		j.stale, j.seen = true, z.Snapshot
	}
}

// tour goes from the names that have changed to all who follow or refer to them,
// however far, and marks their zones as stale.
type tour struct {
	graph   *graph.Graph
	byApex  map[string]*judged
	left    int // edges and names to be looked at; below 0 it was not enough
	visited map[string]bool
	queue   []stop
}

// stop is a name on a tour. With below all names below it are meant, too.
type stop struct {
	name  dname.Name
	below bool
}

func (b *Board) newTour(w *World) *tour {
	t := &tour{graph: w.Graph, byApex: make(map[string]*judged, len(w.Zones)), left: b.edges, visited: make(map[string]bool)}
	for _, z := range w.Zones {
		t.byApex[string(z.Apex)] = b.zones[z.ID]
	}
	return t
}

func (t *tour) mark(j *judged) {
	if j != nil {
		j.stale = true
	}
}

// zone begins with the names that z has otherwise than before.
func (t *tour) zone(z *held.Zone, before *zone.Snapshot) {
	for ch := range z.Snapshot.Changed(before) {
		if t.left--; t.left < 0 {
			return
		}
		if same(ch.Was, ch.Is) {
			continue
		}
		name := append(bytes.Clone(ch.Owner), z.Apex...)
		t.push(dname.Name(name).Lower(), shades(ch.Was) != shades(ch.Is) || shades(ch.Is) || (ch.Was == nil) != (ch.Is == nil))
	}
}

// same reports whether two states of a name differ in nothing but the SOA, which
// every change counts up and which matters to nobody else.
func same(was, is zone.Node) bool {
	if was == nil || is == nil || was.Facts() != is.Facts() {
		return false
	}
	a, b := others(was), others(is)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !bytes.Equal(a[i], b[i]) {
			return false
		}
	}
	return true
}

func others(n zone.Node) (sets []rr.Set) {
	for s, next := n.Next(0); !s.Empty(); s, next = n.Next(next) {
		if s.Type() != rr.TypeSOA {
			sets = append(sets, s)
		}
	}
	return sets
}

// shades reports whether n decides about the names below it.
func shades(n zone.Node) bool { return n != nil && n.Facts()&(zone.HasDNAME|zone.IsCut) != 0 }

// push adds a stop that has not been made. What a wildcard stands for is below its parent.
func (t *tour) push(name dname.Name, below bool) {
	if name.IsWildcard() {
		t.push(name.Parent(), true)
	}
	id := string(name)
	if below {
		id += "below"
	}
	if !t.visited[id] {
		t.visited[id] = true
		t.queue = append(t.queue, stop{name, below})
	}
}

func (t *tour) run() {
	for len(t.queue) > 0 && t.left >= 0 {
		s := t.queue[len(t.queue)-1]
		t.queue = t.queue[:len(t.queue)-1]
		t.above(s.name)
		t.edges(t.graph.Direct(s.name))
		if s.below {
			t.edges(t.graph.Below(s.name))
		}
	}
}

// edges marks the zones that edges are of, and goes on to those who follow these.
func (t *tour) edges(edges func(func(graph.Edge) bool)) {
	for e := range edges {
		if t.left--; t.left < 0 {
			return
		}
		t.mark(t.byApex[string(e.Apex)])
		if e.Kind.Follows() {
			t.push(e.Owner.Clone(), e.Kind == graph.DNAME)
		}
	}
}

// above sees to what stands above name: a zone of that apex is another matter where
// the zone above it has others records there, and a DNAME to there leads on to name.
func (t *tour) above(name dname.Name) {
	for at := name; !at.IsRoot(); at = at.Parent() {
		id := string(at) + "above"
		if t.visited[id] {
			return
		}
		t.visited[id] = true
		t.mark(t.byApex[string(at)])
		for e := range t.graph.Direct(at) {
			if t.left--; t.left < 0 {
				return
			}
			if e.Kind == graph.DNAME {
				t.mark(t.byApex[string(e.Apex)])
				t.push(e.Owner.Clone(), true)
			}
		}
	}
}
