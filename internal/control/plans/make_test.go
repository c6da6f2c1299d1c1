package plans

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

func name(text string) dname.Name { return dname.MustParse(text) }

// kept is RRsets by zone, in memory.
type kept map[change.ZoneID][]change.RRset

func (k kept) RRset(_ context.Context, id change.ZoneID, owner dname.Name, t rr.Type) (change.RRset, error) {
	for _, s := range k[id] {
		if s.Owner.Equal(owner) && s.Type == t {
			return s.Clone(), nil
		}
	}
	return change.RRset{}, nil
}

func (k kept) RRsets(_ context.Context, id change.ZoneID, r store.Range) iter.Seq2[change.RRset, error] {
	return func(yield func(change.RRset, error) bool) {
		for _, s := range k[id] {
			if (r.Owner == nil || s.Owner.Equal(r.Owner)) && !yield(s.Clone(), nil) {
				return
			}
		}
	}
}

// town is a Maker over zones of two accounts and of a file.
func town(t *testing.T) *Maker {
	t.Helper()
	m := &Maker{Sets: kept{}, Zones: held.NewRegistry(), For: &access.Principal{Account: "one", Limits: access.Limits{Scopes: []access.Scope{"*"}}}}
	var entries []zone.Entry
	for apex, text := range map[string]string{
		"hub.test.":    "old 300 A 192.0.2.1\nold 300 TXT x\nnew 300 A 192.0.2.2\n",
		"a.test.":      "www 60 CNAME old.hub.test.\nmail 3600 MX 10 old.hub.test.\nboth 60 NS old.hub.test.\nboth 60 NS new.hub.test.\nflat 60 ALIAS old.hub.test.\n",
		"others.test.": "www 60 CNAME old.hub.test.\n",
		"file.test.":   "www 60 CNAME old.hub.test.\n",
	} {
		entries = append(entries, m.move(t, apex, text))
	}
	m.World = new(zone.Set).With(entries...)
	m.Graph = graph.Build(m.World)
	return m
}

// move lets a zone move into the town.
func (m *Maker) move(t *testing.T, apex, text string) zone.Entry {
	t.Helper()
	z := &held.Zone{Zone: change.Zone{ID: change.NewZoneID(), Apex: name(apex), Account: "one"}, Head: 5, ReadOnly: apex == "file.test."}
	if apex == "others.test." {
		z.Account = "two"
	}
	b := zone.NewBuilder(z.Apex)
	err := zonefile.Parse(strings.NewReader("@ 60 SOA ns.test. root.test. 1 2 3 4 5\n"+text), apex, zonefile.Options{Origin: z.Apex}, func(r *zonefile.Record) error {
		b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	z.Snapshot = b.Build().Snapshot
	for s := range held.RRsets(z.Snapshot, nil) {
		if s.Type == rr.TypeALIAS {
			s.Type = rr.TypeCNAME // kept as a CNAME that is flattened
		}
		m.Sets.(kept)[z.ID] = append(m.Sets.(kept)[z.ID], s)
	}
	m.Zones.Put(held.Move{After: z})
	return zone.Entry{Apex: z.Apex, Zone: z.Snapshot}
}

// told is edits as lines: owner, type, TTL and data afterwards.
func told(edits []request.Zone) string {
	var lines []string
	for i := range edits {
		for _, s := range edits[i].State.Sets {
			line := fmt.Sprintf("%s %s %d", s.Want.Owner, s.Want.Type, s.Want.TTL)
			for _, r := range s.Want.Records {
				line += " " + string(rr.AppendDataText(nil, s.Want.Type, r.Data))
			}
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestWhatPlansWouldWrite(t *testing.T) {
	retarget := Request{Kind: Retarget, From: name("old.hub.test."), To: name("new.hub.test.")}
	for _, c := range []struct {
		name  string
		r     func(Request) Request
		want  []string
		fixed int
	}{
		{"all that points there", func(r Request) Request { return r },
			[]string{"www.a.test. CNAME 60 new.hub.test.", "mail.a.test. MX 3600 10 new.hub.test.", "both.a.test. NS 60 new.hub.test.", "flat.a.test. CNAME 60 new.hub.test."}, 1},
		{"of one type, with another TTL", func(r Request) Request { r.Types, r.TTL = []rr.Type{rr.TypeMX}, 5; return r }, []string{"mail.a.test. MX 5 10 new.hub.test."}, 0},
		{"in other zones", func(r Request) Request { r.Zones = []request.Ref{{Apex: name("file.test.")}}; return r }, nil, 1},
		{"a name that goes", func(Request) Request { return Request{Kind: Delete, Name: name("OLD.hub.test.")} }, []string{"old.hub.test. A 0", "old.hub.test. TXT 0"}, 0},
		{"a TTL", func(Request) Request {
			return Request{Kind: ChangeTTL, Name: name("new.hub.test."), TTL: 5}
		}, []string{"new.hub.test. A 5 192.0.2.2"}, 0},
		{"a TTL of those who follow, too", func(Request) Request {
			return Request{Kind: ChangeTTL, Name: name("old.hub.test."), Types: []rr.Type{rr.TypeA}, TTL: 5, Followers: true}
		}, []string{"old.hub.test. A 5 192.0.2.1", "www.a.test. CNAME 5 old.hub.test.", "flat.a.test. CNAME 5 old.hub.test."}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			plan := New(c.r(retarget), "one", time.Now())
			edits, err := town(t).Edits(t.Context(), plan)
			if err != nil {
				t.Fatal(err)
			}
			got := told(edits)
			for _, line := range c.want {
				if !strings.Contains("\n"+got+"\n", "\n"+line+"\n") {
					t.Errorf("not %s", line)
				}
			}
			if n := strings.Count(got, "\n") + 1; got != "" && n != len(c.want) || len(plan.Fixed) != c.fixed {
				t.Errorf("%d stay:\n%s", len(plan.Fixed), got)
			}
			for i := range edits {
				if edits[i].State.Upon != 5 {
					t.Errorf("upon %d", edits[i].State.Upon)
				}
			}
		})
	}
}

func TestPlansThatCannotBe(t *testing.T) {
	for code, r := range map[string]Request{
		"bad-plan": {Kind: "odd"}, "bad-name": {Kind: Retarget, From: name("a.")}, "bad-ttl": {Kind: ChangeTTL, Name: name("old.hub.test.")},
		"zone-not-found": {Kind: Delete, Name: name("www.others.test.")}, "zone-read-only": {Kind: Delete, Name: name("www.file.test.")}, "record-not-found": {Kind: Delete, Name: name("no.hub.test.")},
	} {
		if _, err := town(t).Edits(t.Context(), New(r, "one", time.Now())); !fault.Is(err, code) {
			t.Errorf("%+v: %v, want %s", r, err, code)
		}
	}
}

// TestTheOutlook: those who follow are counted, also those that may not be shown.
func TestTheOutlook(t *testing.T) {
	m := town(t)
	r := Request{Kind: Retarget, From: name("old.hub.test."), To: name("new.hub.test.")}
	one, again, other := New(r, "one", time.Now()), New(r, "one", time.Now()), New(r, "one", time.Now())
	after := &After{World: m.World, Sets: func(yield func(dname.Name, rr.Type) bool) { yield(name("www.a.test."), rr.TypeCNAME) }}
	m.Finish(one, after)
	m.Finish(again, after)
	if one.Total != 6 || len(one.Affected) != 5 || one.Depth != 1 || one.Drain.Seconds != 60 || one.Partial {
		t.Errorf("%d follow, %d are shown, depth %d, drain %+v", one.Total, len(one.Affected), one.Depth, one.Drain)
	}
	if !one.Same(again) || one.Digest() != again.Digest() {
		t.Error("the same outlook twice is another")
	}
	other.Findings = append(other.Findings, again.Findings...)
	m.Zones.Put(held.Move{Before: m.Zones.ByApex(name("a.test."))})
	m.Finish(other, after)
	if one.Same(other) || len(other.Affected) != 1 {
		t.Errorf("%d are shown of zones that are gone", len(other.Affected))
	}
}

// TestTheOutlookByAnyTarget: an ALIAS of several targets is as deep as the deepest
// of them, and follows each of them.
func TestTheOutlookByAnyTarget(t *testing.T) {
	m := town(t)
	e := m.move(t, "web.test.", "front 60 ALIAS cdn.elsewhere.\nfront 60 ALIAS mid\nfront 60 ALIAS new.hub.test.\nmid 60 CNAME low\n"+
		"low 60 ALIAS near.elsewhere.\nlow 60 ALIAS old.hub.test.\nshop 60 CNAME front\nserved 60 HTTPS 0 cdn.elsewhere.\n"+
		"served 60 HTTPS 0 shop\n")
	m.World = m.World.With(e)
	m.Graph = graph.Build(m.World)
	for _, c := range []struct {
		name, moved string
		t           rr.Type
		depth       int
	}{
		{"what all lead to", "old.hub.test.", rr.TypeA, 5}, // served > shop > front > mid > low > old
		{"in the middle", "mid.web.test.", rr.TypeCNAME, 5},
		{"at the start", "served.web.test.", rr.TypeHTTPS, 5},
		{"a target of the first alone", "new.hub.test.", rr.TypeA, 3},
	} {
		plan := New(Request{Kind: Retarget, From: name("old.hub.test."), To: name("new.hub.test.")}, "one", time.Now())
		m.Finish(plan, &After{World: m.World, Sets: func(yield func(dname.Name, rr.Type) bool) { yield(name(c.moved), c.t) }})
		if plan.Depth != c.depth || plan.Total != 6+5 || plan.Partial {
			t.Errorf("%s: depth %d, want %d; %d follow", c.name, plan.Depth, c.depth, plan.Total)
		}
	}
}

func TestWhoMayHaveAPlan(t *testing.T) {
	m, now := town(t), time.Now()
	plan := New(Request{Kind: Delete, Name: name("old.hub.test.")}, "one", now)
	m.Finish(plan, nil)
	narrow := &access.Principal{Account: "one", Limits: access.Limits{Scopes: []access.Scope{"*"}, Zones: []string{"hub.test."}}}
	for _, c := range []struct {
		name string
		who  *access.Principal
		at   time.Time
		want bool
	}{
		{"who made it", m.For, now, true},
		{"too late", m.For, now.Add(planLife + time.Second), false},
		{"somebody else", &access.Principal{Account: "two", Limits: m.For.Limits}, now, false},
		{"an admin", &access.Principal{Admin: true}, now, true},
		{"a token that does not see who follows", narrow, now, false},
	} {
		if got := plan.IsFor(c.who, m.Zones, c.at); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
