package control

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// follow is a desk with old.hub.test., new.hub.test. and all kinds of followers.
func follow(t *testing.T) *desk {
	d := newDesk(t)
	d.make("hub.test.", ttl(d.edit(Add, "hub.test.", "old", "A", "192.0.2.1"), 600), ttl(d.edit(Add, "hub.test.", "new", "A", "192.0.2.2"), 600))
	const a = "a.test."
	d.make(a, d.edit(Add, a, "www", "CNAME", "old.hub.test."), d.edit(Add, a, "@", "ALIAS", "old.hub.test."),
		d.edit(Add, a, "tree", "DNAME", "old.hub.test."), d.edit(Add, a, "mail", "MX", "10 old.hub.test.", "10 new.hub.test.", "20 other.example."),
		d.edit(Add, a, "cut", "NS", "old.hub.test."), d.edit(Add, a, "_x._tcp", "SRV", "1 2 3 old.hub.test."),
		d.edit(Add, a, "svc", "HTTPS", "1 old.hub.test. alpn=h2"), d.edit(Add, a, "ptr", "PTR", "OLD.hub.test."), d.edit(Add, a, "*", "CNAME", "old.hub.test."))
	d.make("b.test.", d.edit(Add, "b.test.", "shop", "CNAME", "www.a.test."))
	d.fileZone("file.test.", "www CNAME old.hub.test.")
	return d
}

func retarget(types ...rr.Type) PlanRequest {
	return PlanRequest{Kind: Retarget, From: name("old.hub.test."), To: name("new.hub.test."), Types: types, Reason: "the move"}
}

func (d *desk) plan(r PlanRequest) *Plan {
	d.Helper()
	p, err := d.Plan(context.Background(), d.admin, r)
	if err != nil {
		d.Fatal(explain(err))
	}
	return p
}

func TestRetargetTurnsEveryKindOfPointer(t *testing.T) {
	ctx := context.Background()
	d := follow(t)
	before := d.dump()
	plan := d.plan(retarget())
	if d.dump() != before {
		t.Error("a plan has changed something")
	}
	if len(plan.Zones) != 1 || len(plan.Zones[0].Sets) != 9 || plan.Broken != 0 {
		t.Errorf("%d zones, %d RRsets, %d broken: %v", len(plan.Zones), len(plan.Zones[0].Sets), plan.Broken, plan.Findings)
	}
	if len(plan.Fixed) != 1 || plan.Fixed[0].Owner.String() != "www.file.test." || plan.Fixed[0].Reason == "" {
		t.Errorf("fixed: %+v", plan.Fixed)
	}
	if plan.Total != len(plan.Affected) || plan.Total < 11 || plan.Partial {
		t.Errorf("%d follow, %d listed", plan.Total, len(plan.Affected))
	}
	res, err := d.ApplyPlan(ctx, d.admin, plan.ID, &Request{})
	if err != nil || res.Change.Reason != "the move" {
		t.Fatal(explain(err))
	}
	d.has("a.test.", "a.test. ALIAS new.hub.test.", "*.a.test. CNAME new.hub.test.", "_x._tcp.a.test. SRV 1 2 3 new.hub.test.",
		"mail.a.test. MX 10 new.hub.test.", "mail.a.test. MX 20 other.example.", "ptr.a.test. PTR new.hub.test.",
		"svc.a.test. HTTPS 1 new.hub.test. alpn=\"h2\"", "tree.a.test. DNAME new.hub.test.", "www.a.test. CNAME new.hub.test.")
	if s, err := d.RRset(ctx, d.admin, ref("a.test."), name("cut.a.test."), rr.TypeNS); err != nil || string(s.Records[0].Data) != string(name("new.hub.test.")) {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := d.Undo(ctx, d.admin, res.Change.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	if after := d.dump(); len(after) != len(before) {
		t.Errorf("undone it is\n%s\nit was\n%s", after, before)
	}
	d.agrees()
}

func TestTwoRecordsThatBecomeOneStayServed(t *testing.T) {
	d := newDesk(t)
	d.make("a.test.", d.edit(Add, "a.test.", "mail", "MX", "10 old.hub.test.", "10 new.hub.test."))
	off := true
	e := d.edit(Add, "a.test.", "mail", "MX", "10 new.hub.test.")
	e.Upsert, e.Records[0].Disabled = true, &off
	d.change("a.test.", e)
	if _, err := d.ApplyPlan(context.Background(), d.admin, d.plan(retarget()).ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	s, err := d.RRset(context.Background(), d.admin, ref("a.test."), name("mail.a.test."), rr.TypeMX)
	if err != nil || len(s.Records) != 1 || s.Records[0].Disabled {
		t.Errorf("%+v, %v", s, err)
	}
	d.agrees()
}

func TestAPlanThatMovedIsNotApplied(t *testing.T) {
	for _, c := range []struct {
		name  string
		move  func(d *desk)
		moved bool
	}{
		{"nothing", func(*desk) {}, false},
		{"something else in the zone", func(d *desk) { d.change("a.test.", d.edit(Add, "a.test.", "else", "TXT", "x")) }, false},
		{"the RRset", func(d *desk) { d.change("a.test.", d.edit(Put, "a.test.", "www", "CNAME", "else.example.")) }, true},
		{"its TTL", func(d *desk) { d.change("a.test.", ttl(d.edit(Add, "a.test.", "www", "CNAME"), 7)) }, true},
		{"a new follower", func(d *desk) { d.change("b.test.", d.edit(Add, "b.test.", "more", "CNAME", "old.hub.test.")) }, true},
		{"a new one behind a follower", func(d *desk) { d.change("b.test.", d.edit(Add, "b.test.", "more", "CNAME", "shop")) }, true},
		{"a warning that arises", func(d *desk) { d.change("hub.test.", d.edit(Remove, "hub.test.", "new", "A")) }, true},
		{"the zone is gone", func(d *desk) { d.must(&Request{Zones: []ZoneEdit{{Zone: ref("a.test."), Delete: true}}}) }, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := follow(t)
			plan := d.plan(retarget(rr.TypeCNAME))
			c.move(d)
			before := d.dump()
			_, err := d.ApplyPlan(context.Background(), d.admin, plan.ID, &Request{})
			if !c.moved {
				if err != nil {
					t.Error(explain(err))
				}
				return
			}
			fails(t, err, Moved, "plan-moved")
			if d.dump() != before {
				t.Error("it did something all the same")
			}
		})
	}
}

func TestAPlanShowsTheRulesItWouldBreak(t *testing.T) {
	d := newDesk(t)
	d.make("a.test.", d.edit(Add, "a.test.", "one", "CNAME", "old.hub.test."), d.edit(Add, "a.test.", "two", "CNAME", "one"))
	plan := d.plan(PlanRequest{Kind: Retarget, From: name("old.hub.test."), To: name("two.a.test.")})
	if plan.Broken != 1 || plan.Findings[0].Code != "cname-loop" {
		t.Errorf("%+v", plan.Findings)
	}
	_, err := d.ApplyPlan(context.Background(), d.admin, plan.ID, &Request{})
	fails(t, err, Refused, "cname-loop")
	for _, c := range []struct {
		name, code string
		r          PlanRequest
	}{
		{"no names", "bad-name", PlanRequest{Kind: Retarget}},
		{"one name twice", "bad-name", PlanRequest{Kind: Retarget, From: name("x."), To: name("X.")}},
		{"no name", "bad-name", PlanRequest{Kind: Delete}},
		{"of no kind", "bad-plan", PlanRequest{Kind: "wish", Name: name("x.")}},
		{"a TTL too long", "bad-ttl", PlanRequest{Kind: ChangeTTL, Name: name("one.a.test."), TTL: rr.MaxTTL + 1}},
		{"a new TTL too long", "bad-ttl", PlanRequest{Kind: Retarget, From: name("x."), To: name("y."), TTL: rr.MaxTTL + 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.Plan(context.Background(), d.admin, c.r)
			fails(t, err, Invalid, c.code)
		})
	}
	d.agrees()
}

func TestPlansOfOneName(t *testing.T) {
	ctx := context.Background()
	d := follow(t)
	off := true
	e := d.edit(Add, "hub.test.", "old", "TXT", "spare")
	e.Records[0].Disabled = &off
	d.change("hub.test.", e)
	plan := d.plan(PlanRequest{Kind: ChangeTTL, Name: name("old.hub.test."), Types: []rr.Type{rr.TypeA}, TTL: 30, Followers: true})
	if plan.Drain.Seconds < 600 || plan.Drain.Seconds > 600+3600 || plan.Broken != 0 || len(plan.Fixed) != 1 {
		t.Errorf("%+v %+v", plan.Drain, plan.Fixed)
	}
	if _, err := d.ApplyPlan(ctx, d.admin, plan.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	for owner, want := range map[string]uint32{"www.a.test.": 30, "tree.a.test.": 30, "mail.a.test.": DefaultTTL, "old.hub.test.": 30} {
		z := d.zone(name(owner).Parent().String())
		for s := range held.RRsets(z.Snapshot, name(owner)) {
			if s.TTL != want {
				t.Errorf("%s %s has the TTL %d", owner, s.Type, s.TTL)
			}
		}
	}
	narrow := limited(access.Limits{Owners: []string{"old"}})
	if p, err := d.Plan(ctx, narrow, PlanRequest{Kind: ChangeTTL, Name: name("old.hub.test."), TTL: 31, Followers: true}); err != nil || len(p.Zones) != 1 || len(p.Fixed) == 0 {
		t.Errorf("with limited owners %+v, %v", p, explain(err))
	}
	gone := d.plan(PlanRequest{Kind: Delete, Name: name("OLD.hub.test.")})
	if len(gone.Zones) != 1 || len(gone.Zones[0].Sets) != 2 || gone.Total < 11 || len(gone.Findings) == 0 {
		t.Errorf("%+v", gone)
	}
	d.change("hub.test.", d.edit(Add, "hub.test.", "old", "A", "192.0.2.99"))
	_, err := d.ApplyPlan(ctx, d.admin, gone.ID, &Request{})
	fails(t, err, Moved, "plan-moved")
	if _, err := d.ApplyPlan(ctx, d.admin, d.plan(gone.Request).ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.has("hub.test.", "new.hub.test. A 192.0.2.2")
	_, err = d.Plan(ctx, d.admin, gone.Request)
	fails(t, err, Missing, "record-not-found")
	_, err = d.Plan(ctx, d.admin, PlanRequest{Kind: Delete, Name: name("www.file.test.")})
	fails(t, err, Conflict, "zone-read-only")
	_, err = d.Plan(ctx, d.admin, PlanRequest{Kind: Delete, Name: name("www.nowhere.")})
	fails(t, err, Missing, "zone-not-found")
	d.agrees()
}

// TestThePlanReckonsDepthAndDrain builds a chain and reckons by hand.
func TestThePlanReckonsDepthAndDrain(t *testing.T) {
	d := newDesk(t)
	edits := []Edit{ttl(d.edit(Add, "z.test.", "end", "A", "192.0.2.1"), 900), d.edit(Add, "z.test.", "alt", "CNAME", "end")}
	for i := range 4 { // c0 -> old, c1 -> c0, …
		target := "old.hub.test."
		if i > 0 {
			target = fmt.Sprintf("c%d", i-1)
		}
		edits = append(edits, ttl(d.edit(Add, "z.test.", fmt.Sprintf("c%d", i), "CNAME", target), uint32(100+i)))
	}
	d.make("z.test.", edits...)
	plan := d.plan(PlanRequest{Kind: Retarget, From: name("old.hub.test."), To: name("alt.z.test.")})
	// c3 -> c2 -> c1 -> c0 -> alt -> end; only c0 changes, and its TTL is 100.
	if plan.Depth != 5 || plan.Drain.Seconds != 100 || plan.Total != 4 {
		t.Errorf("depth %d, drain %+v, %d follow", plan.Depth, plan.Drain, plan.Total)
	}
	plan = d.plan(PlanRequest{Kind: ChangeTTL, Name: name("end.z.test."), TTL: 5})
	if plan.Depth != 1 || plan.Drain.Seconds != 900 {
		t.Errorf("depth %d, drain %+v", plan.Depth, plan.Drain)
	}
}

// TestAPlanIsMadeWhileItsZoneIsWritten has a write on its way to the disk.
func TestAPlanIsMadeWhileItsZoneIsWritten(t *testing.T) {
	d := &desk{TB: t, dir: t.TempDir(), admin: newAdmin()}
	f := new(frail)
	d.wrap = func(s store.Store) store.Store { f.Store = s; return f }
	d.open()
	t.Cleanup(func() { d.stop() })
	d.make("example.com.", d.edit(Add, "example.com.", "www", "CNAME", "old.hub.test."))
	gate, first, outcome := d.busy(f, 3)
	plan := d.plan(retarget())
	if len(plan.Zones) != 1 || len(plan.Zones[0].Sets) != 1 {
		t.Errorf("%+v", plan)
	}
	close(gate)
	for _, err := range append(outcome(), <-first) {
		if err != nil {
			t.Fatal(explain(err))
		}
	}
	if _, err := d.ApplyPlan(context.Background(), d.admin, plan.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	if !strings.Contains(d.dump(), "CNAME\tnew.hub.test.") && !strings.Contains(d.dump(), "CNAME new.hub.test.") {
		t.Error(d.dump())
	}
	d.agrees()
}
