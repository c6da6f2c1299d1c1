// Package checks keeps what the rules find in the zones held. A zone is judged
// again only where it has changed, or what it points at has.
package checks

import (
	"context"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// World is the zones to be judged, and what is known of them. Served may be behind
// Zones, or ahead of them.
type World struct {
	Zones    []*held.Zone // all that are held, paused ones too
	Served   *zone.Set    // these, but for paused ones, and whatever else is served
	Graph    *graph.Graph
	MaxChain int
}

// Bounds of one Look. A single zone is judged whole, whatever it has.
const (
	maxNames = 2_000_000 // of the zones that are judged anew
	maxEdges = 200_000   // looked at to find out who follows what has changed
)

// Board knows the verdicts on all zones. Its methods may be called from many
// goroutines at once; one at a time works.
type Board struct {
	busy  chan struct{}
	zones map[change.ZoneID]*judged
	kept  int // findings in all of zones
	names int // see maxNames
	edges int // see maxEdges
	view  *View
}

// New is a Board that has judged nothing yet.
func New() *Board {
	return &Board{busy: make(chan struct{}, 1), zones: make(map[change.ZoneID]*judged), names: maxNames, edges: maxEdges, view: new(View)}
}

// judged is a zone on its way from one verdict to the next.
type judged struct {
	*Verdict                // the last one; nil before the first
	seen     *zone.Snapshot // the state that those who follow the zone have been judged beside; held until the next Look
	served   bool
	stale    bool // there may be another verdict by now
}

// Verdict is what was found in one zone. It is immutable.
type Verdict struct {
	Zone             *held.Zone // as it was judged
	Errors, Warnings int        // found, whether they are kept or not
	Count            map[Kind]int
	findings         []Finding
}

// Kind is a rule, and how much its findings weigh.
type Kind struct {
	Severity lint.Severity
	Code     string
}

// Finding is one thing wrong with a zone that is held.
type Finding struct {
	*lint.Finding
	Zone      *held.Zone // as it was judged
	Name      dname.Name // the owner, lower-cased; nil where the finding has none
	Type      string     // of the records at fault; empty where the finding is about none in particular
	Followers int        // record sets that lead to Name or refer to it, up to MaxFollowers
}

// View is all verdicts at one time. It is immutable.
type View struct {
	Findings []Finding // that are kept, worst first
	Zones    map[change.ZoneID]*Verdict
	Pending  map[change.ZoneID]bool // zones that wait to be judged, or judged again
}

// Look brings the verdicts up to w and returns them. It judges first before all
// others, and stops where that is work enough for once: what is left is Pending, and
// its findings are those of before. The only error is that ctx has ended.
func (b *Board) Look(ctx context.Context, w *World, first change.ZoneID) (*View, error) {
	select {
	case b.busy <- struct{}{}:
		defer func() { <-b.busy }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	moved := b.catchUp(w)
	if !moved && len(b.view.Pending) == 0 {
		return b.view, nil
	}
	n, err := b.judge(ctx, w.even(), first)
	if moved || n > 0 {
		b.view = b.ranked(w)
	}
	return b.view, err
}

// even is w with all zones served as they are held. What is published comes later
// than what is held: a zone judged beside the state before would not be judged again.
func (w *World) even() *World {
	var late []zone.Entry
	var key dname.Key
	for _, z := range w.Zones {
		key.Set(z.Apex)
		if e := w.Served.Exact(&key, key.Depth()); !z.Paused() && (e == nil || e.Zone != z.Snapshot) {
			late = append(late, zone.Entry{Apex: z.Apex, Zone: z.Snapshot})
		}
	}
	even := *w
	if len(late) > 0 {
		even.Served = w.Served.With(late...)
	}
	return &even
}

// judge judges the zones that are stale, as many as names allow, and says how many those were.
func (b *Board) judge(ctx context.Context, w *World, first change.ZoneID) (n int, err error) {
	left := b.names
	for _, z := range w.Zones {
		if j := b.zones[z.ID]; z.ID == first && j.stale {
			left -= b.judgeZone(w, z, j)
			n++
		}
	}
	for _, z := range w.Zones {
		j := b.zones[z.ID]
		if !j.stale {
			continue
		}
		if left < z.Snapshot.Names() && n > 0 {
			return n, nil
		}
		if err := ctx.Err(); err != nil {
			return n, err
		}
		left -= b.judgeZone(w, z, j)
		n++
	}
	return n, nil
}

// judgeZone judges z, and returns how many names that were.
func (b *Board) judgeZone(w *World, z *held.Zone, j *judged) int {
	world := w.Served
	var key dname.Key
	key.Set(z.Apex)
	if e := world.Exact(&key, key.Depth()); e == nil || e.Zone != z.Snapshot {
		world = world.With(zone.Entry{Apex: z.Apex, Zone: z.Snapshot})
	}
	report := lint.CheckZone(z.Snapshot, lint.Options{World: world, MaxChain: w.MaxChain})
	b.forget(j)
	j.Verdict = b.verdict(z, report)
	b.kept += len(j.findings)
	j.stale = false
	return z.Snapshot.Names()
}

// forget takes back what is kept of j.
func (b *Board) forget(j *judged) {
	if j.Verdict != nil {
		b.kept -= len(j.findings)
	}
}
