package checks

import (
	"context"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// hall is zones that are held, and a Board that is kept up with them.
type hall struct {
	zones map[string]*held.Zone
	set   *zone.Set
	graph *graph.Graph
	*Board
}

func newHall() *hall {
	return &hall{zones: make(map[string]*held.Zone), set: new(zone.Set), graph: new(graph.Graph), Board: New()}
}

const head = "$TTL 300\n@ SOA ns1.host.test. admin.host.test. 1 7200 900 1209600 60\n@ NS ns1.host.test.\n@ NS ns2.host.test.\n"

// parse is the zone of that text, without a SOA and name servers of its own.
func parse(t testing.TB, apex, text string) *zone.Snapshot {
	t.Helper()
	b := zone.NewBuilder(dname.MustParse(apex))
	err := zonefile.Parse(strings.NewReader(head+text+"\n"), apex, zonefile.Options{Origin: dname.MustParse(apex)}, func(r *zonefile.Record) error {
		b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.Build().Snapshot
}

func idOf(apex string) (id change.ZoneID) {
	h := fnv.New128a()
	_, _ = h.Write([]byte(apex))
	return change.ZoneID(h.Sum(nil))
}

// put makes s what is held under its apex.
func (h *hall) put(s *zone.Snapshot, status string) {
	apex := s.Apex().String()
	before := h.zones[apex]
	z := &held.Zone{Zone: change.Zone{ID: idOf(apex), Apex: s.Apex(), Status: status}, Snapshot: s}
	h.zones[apex] = z
	h.set = h.set.With(z.Entry())
	h.graph.ReplaceZone(served(before), served(z))
}

func served(z *held.Zone) *zone.Snapshot {
	if z == nil || z.Paused() {
		return nil
	}
	return z.Snapshot
}

func (h *hall) make(t testing.TB, apex, text string) {
	t.Helper()
	h.put(parse(t, apex, text), held.StatusActive)
}

// write gives an owner another RRset; empty for none.
func (h *hall) write(apex, owner dname.Name, kind rr.Type, set rr.Set) {
	z := h.zones[apex.String()]
	next, err := z.Snapshot.With(zone.Diff{{Owner: owner, Type: kind, Set: set}})
	if err != nil {
		panic(err)
	}
	h.put(next, z.Status)
}

// edit is write of text: "www CNAME target"; without data it takes the set away.
func (h *hall) edit(t testing.TB, apex, line string) {
	t.Helper()
	words := strings.Fields(line)
	kind, err := rr.ParseType(words[1])
	if err != nil {
		t.Fatal(err)
	}
	origin := dname.MustParse(apex)
	owner, err := dname.Parse(words[0], origin)
	if err != nil {
		t.Fatal(err)
	}
	var set rr.Set
	if len(words) > 2 {
		var key dname.Key
		key.Set(owner)
		s := parse(t, apex, line)
		set = s.Node(&key, key.Depth()).Set(kind)
	}
	h.write(origin, owner, kind, set)
}

func (h *hall) drop(apex string) {
	h.graph.RemoveZone(h.zones[apex].Snapshot)
	h.set = h.set.With(zone.Entry{Apex: dname.MustParse(apex)})
	delete(h.zones, apex)
}

func (h *hall) world() *World {
	w := &World{Served: h.set, Graph: h.graph, MaxChain: 16}
	for _, z := range h.zones {
		w.Zones = append(w.Zones, z)
	}
	slices.SortFunc(w.Zones, func(a, b *held.Zone) int { return a.Apex.Compare(b.Apex) })
	return w
}

func (h *hall) look(t interface {
	Helper()
	Fatal(...any)
}) *View {
	t.Helper()
	v, err := h.Look(context.Background(), h.world(), change.ZoneID{})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// lines is the findings of v in words, the worst first.
func lines(v *View) (out []string) {
	for i := range v.Findings {
		f := &v.Findings[i]
		out = append(out, fmt.Sprintf("%s %s %s %s %d", f.Severity, f.Code, f.Owner, f.Type, f.Followers))
	}
	return out
}

// parseBare is a zone with nothing but its apex.
func parseBare(apex dname.Name) *zone.Snapshot {
	b := zone.NewBuilder(apex)
	err := zonefile.Parse(strings.NewReader(head), apex.String(), zonefile.Options{Origin: apex}, func(r *zonefile.Record) error {
		b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
		return nil
	})
	if err != nil {
		panic(err)
	}
	return b.Build().Snapshot
}
