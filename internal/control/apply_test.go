package control

import (
	"context"
	"testing"

	"github.com/truename-dns/truename/internal/change"
)

func TestZonesAreMadeChangedAndRead(t *testing.T) {
	d := newDesk(t)
	made := d.make("example.com.", d.edit(Add, "example.com.", "main", "A", "192.0.2.1"), d.edit(Add, "example.com.", "www", "CNAME", "main"))
	if made.Change.Revision != 1 || made.Change.Zones[0].Kind != change.Create {
		t.Errorf("%+v", made.Change)
	}
	d.has("example.com.", "main.example.com. A 192.0.2.1", "www.example.com. CNAME main.example.com.")
	first := d.zone("example.com.").Serial
	d.change("example.com.", d.edit(Put, "example.com.", "main", "A", "192.0.2.2", "192.0.2.1"))
	d.has("example.com.", "main.example.com. A 192.0.2.1", "main.example.com. A 192.0.2.2", "www.example.com. CNAME main.example.com.")
	if z := d.zone("example.com."); z.Serial != first+1 || z.Records != 5 {
		t.Errorf("serial %d after %d, %d records", z.Serial, first, z.Records)
	}
	if again := d.change("example.com.", d.edit(Put, "example.com.", "main", "A", "192.0.2.1", "192.0.2.2")); again.Change != nil {
		t.Errorf("nothing to change made %+v", again.Change)
	}
	d.reopen()
	d.has("example.com.", "main.example.com. A 192.0.2.1", "main.example.com. A 192.0.2.2", "www.example.com. CNAME main.example.com.")
}

func TestTheFinalStateIsJudgedNotTheOrder(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.", d.edit(Add, "example.com.", "www", "A", "192.0.2.1"), d.edit(Add, "example.com.", "main", "A", "192.0.2.1"))
	d.change("example.com.", d.edit(Add, "example.com.", "www", "CNAME", "main"), d.edit(Remove, "example.com.", "www", "A"))
	d.has("example.com.", "main.example.com. A 192.0.2.1", "www.example.com. CNAME main.example.com.")
}

func TestRulesRefuse(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.", d.edit(Add, "example.com.", "www", "A", "192.0.2.1"))
	d.make("example.net.", d.edit(Add, "example.net.", "a", "CNAME", "b.example.com."))
	for _, c := range []struct {
		name, code, apex string
		edits            []Edit
	}{
		{"CNAME and other data", "cname-and-other-data", "example.com.", []Edit{d.edit(Add, "example.com.", "www", "CNAME", "x.example.org.")}},
		{"CNAME at the apex beside addresses", "cname-at-apex", "example.com.", []Edit{d.edit(Add, "example.com.", "@", "CNAME", "x.example.org."), d.edit(Add, "example.com.", "@", "AAAA", "2001:db8::1")}},
		{"two CNAMEs at the apex", "cname-at-apex", "example.com.", []Edit{d.edit(Put, "example.com.", "@", "CNAME", "x.example.org.", "y.example.org.")}},
		{"loop across zones", "cname-loop", "example.com.", []Edit{d.edit(Add, "example.com.", "b", "CNAME", "a.example.net.")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			e := d.refused(c.code, &Request{Zones: []ZoneEdit{{Zone: ref(c.apex), Edits: c.edits}}})
			if e.Class != Refused || len(e.Findings) == 0 {
				t.Errorf("%+v", e)
			}
		})
	}
	d.TB = t
}

func TestUndoAndRestore(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make("example.com.", d.edit(Add, "example.com.", "www", "A", "192.0.2.1"))
	one := d.zone("example.com.").Serial
	res := d.change("example.com.", d.edit(Put, "example.com.", "www", "A", "192.0.2.2"))
	if _, err := d.Undo(ctx, d.admin, res.Change.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.has("example.com.", "www.example.com. A 192.0.2.1")
	d.change("example.com.", d.edit(Remove, "example.com.", "www", "A"), d.edit(Add, "example.com.", "mail", "A", "192.0.2.3"))
	if _, err := d.Undo(ctx, d.admin, res.Change.ID, &Request{}); err == nil {
		t.Error("undone although it was changed since")
	}
	if _, err := d.RestoreZone(ctx, d.admin, ref("example.com."), At{Serial: serial(one)}, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.has("example.com.", "www.example.com. A 192.0.2.1")
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("example.com."), Delete: true}}})
	if _, err := d.Zone(d.admin, ref("example.com.")); err == nil {
		t.Error("still there")
	}
	d.reopen()
	if _, err := d.RestoreZone(ctx, d.admin, ref("example.com."), At{}, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.has("example.com.", "www.example.com. A 192.0.2.1")
}

func TestRetarget(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make("net.test.", d.edit(Add, "net.test.", "old", "A", "192.0.2.1"), d.edit(Add, "net.test.", "new", "A", "192.0.2.2"))
	d.make("a.test.", d.edit(Add, "a.test.", "www", "CNAME", "old.net.test."), d.edit(Add, "a.test.", "@", "ALIAS", "old.net.test."))
	d.make("b.test.", d.edit(Add, "b.test.", "shop", "CNAME", "www.a.test."), d.edit(Add, "b.test.", "www", "CNAME", "old.net.test."))
	plan, err := d.Plan(ctx, d.admin, PlanRequest{Kind: Retarget, From: name("old.net.test."), To: name("new.net.test.")})
	if err != nil {
		t.Fatal(explain(err))
	}
	if len(plan.Zones) != 2 || plan.Total != 4 || plan.Broken != 0 || plan.Drain.Seconds == 0 {
		t.Errorf("%d zones, %d follow, %d broken, %+v", len(plan.Zones), plan.Total, plan.Broken, plan.Drain)
	}
	if _, err := d.ApplyPlan(ctx, d.admin, plan.ID, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.has("a.test.", "a.test. ALIAS new.net.test.", "www.a.test. CNAME new.net.test.")
	d.has("b.test.", "shop.b.test. CNAME www.a.test.", "www.b.test. CNAME new.net.test.")
	if _, err := d.ApplyPlan(ctx, d.admin, plan.ID, &Request{}); err == nil {
		t.Error("applied twice")
	}
}
