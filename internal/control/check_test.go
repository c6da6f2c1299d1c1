package control

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/checks"
	"github.com/truename-dns/truename/internal/zone/lint"
)

func (d *desk) check(p *access.Principal, q CheckQuery) *Check {
	d.Helper()
	if q.Limit == 0 {
		q.Limit = 1000
	}
	found, err := d.Check(context.Background(), p, q)
	if err != nil {
		d.Fatal(explain(err))
	}
	return found
}

// told is the rules and owners of what was found, in order.
func (c *Check) told() string {
	var out []string
	for i := range c.Findings {
		out = append(out, c.Findings[i].Code+" "+c.Findings[i].Owner)
	}
	return strings.Join(out, ", ")
}

// memberOf may do everything in the zones of one account.
func memberOf(account string) *access.Principal {
	return &access.Principal{Account: account, Token: "t-" + account, Name: account, Limits: access.Limits{Scopes: []access.Scope{"*"}}}
}

func TestWhatIsFoundInStoredZones(t *testing.T) {
	d := newDesk(t)
	d.make("hub.test.", d.edit(Add, "hub.test.", "main", "A", "192.0.2.1"))
	d.make("a.test.", d.edit(Add, "a.test.", "www", "CNAME", "main.hub.test."), d.edit(Add, "a.test.", "x", "CNAME", "gone.hub.test."))
	d.make("b.test.", d.edit(Add, "b.test.", "shop", "CNAME", "x.a.test."), d.edit(Add, "b.test.", "mail", "MX", "10 none.hub.test."))
	all := d.check(d.admin, CheckQuery{})
	if got := all.told(); got != "dangling-target x.a.test., dangling-target mail.b.test., alias-chain shop.b.test." {
		t.Errorf("%s", got)
	}
	if f := all.Findings[0]; f.Followers != 1 || f.Type != "CNAME" || f.Zone.Serial != d.zone("a.test.").Serial {
		t.Errorf("%+v", f)
	}
	if all.Warnings != 3 || all.Errors != 0 || all.LeftOut != 0 || all.Judged != 3 || all.Pending != 0 || all.Total != 3 {
		t.Errorf("%+v", all)
	}
	if len(all.Zones) != 2 || all.Zones[0].Zone.Apex.String() != "b.test." || all.Zones[0].Warnings != 2 {
		t.Errorf("zones: %+v", all.Zones)
	}
	if want := (RuleCount{checks.Kind{Severity: lint.Warning, Code: "dangling-target"}, 2}); len(all.Rules) != 2 || all.Rules[0] != want {
		t.Errorf("rules: %+v", all.Rules)
	}
	for _, c := range []struct {
		name  string
		query CheckQuery
		want  string
		total int
	}{
		{"of a zone", CheckQuery{Zone: ref("a.test.")}, "dangling-target x.a.test.", 1},
		{"of a rule", CheckQuery{Rule: "alias-chain"}, "alias-chain shop.b.test.", 1},
		{"of a rule and a zone", CheckQuery{Rule: "dangling-target", Zone: ref("b.test.")}, "dangling-target mail.b.test.", 1},
		{"errors", CheckQuery{Severity: lint.Error}, "", 0},
		{"warnings", CheckQuery{Severity: lint.Warning, Limit: 1}, "dangling-target x.a.test.", 3},
		{"the second part", CheckQuery{Offset: 1, Limit: 1}, "dangling-target mail.b.test.", 3},
		{"behind the end", CheckQuery{Offset: 9}, "", 3},
	} {
		if got := d.check(d.admin, c.query); got.told() != c.want || got.Total != c.total || got.Warnings != c.total {
			t.Errorf("%s: %s, %d of %d", c.name, got.told(), got.Total, got.Warnings)
		}
	}
	d.change("hub.test.", d.edit(Add, "hub.test.", "gone", "A", "192.0.2.2"), d.edit(Add, "hub.test.", "none", "A", "192.0.2.2"))
	if got := d.check(d.admin, CheckQuery{}).told(); got != "alias-chain shop.b.test." {
		t.Errorf("once the targets are there: %s", got)
	}
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("hub.test."), Delete: true}}})
	if got := d.check(d.admin, CheckQuery{}).told(); got != "alias-chain shop.b.test." {
		t.Errorf("once their zone is gone: %s", got)
	}
}

func TestFindingsOfZonesFromFiles(t *testing.T) {
	d := newDesk(t)
	d.fileZone("file.test.", "www CNAME gone.file.test.", "x CNAME x.file.test.")
	found := d.check(d.admin, CheckQuery{Zone: ref("file.test.")})
	if len(found.Findings) == 0 {
		t.Fatal("nothing was found")
	}
	for _, f := range found.Findings {
		if !f.Zone.ReadOnly || len(f.Fixes) > 0 {
			t.Errorf("%s of a file has fixes: %+v", f.Code, f.Fixes)
		}
	}
}

// TestEveryFixOfAFindingTakesItAway applies the fixes as a client would.
func TestEveryFixOfAFindingTakesItAway(t *testing.T) {
	d := newDesk(t)
	d.make("a.test.", d.edit(Add, "a.test.", "end", "A", "192.0.2.1"), d.edit(Add, "a.test.", "one", "CNAME", "end.a.test."), d.edit(Add, "a.test.", "two", "CNAME", "one.a.test."))
	d.make("flat.test.", d.edit(Add, "flat.test.", "end", "A", "192.0.2.1"), d.edit(Add, "flat.test.", "one", "CNAME", "end.flat.test."), d.edit(Add, "flat.test.", "two", "CNAME", "one.flat.test."))
	on := d.zone("flat.test.").Settings
	on.FlattenAll = true
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("flat.test."), Props: &ZonePatch{Settings: &on}}}})
	for _, apex := range []string{"a.test.", "flat.test."} {
		found := d.check(d.admin, CheckQuery{Zone: ref(apex), Rule: "alias-chain"})
		if len(found.Findings) != 1 || found.Findings[0].Type != "CNAME" || len(found.Findings[0].Fixes) == 0 {
			t.Fatalf("%s: %s %+v", apex, found.told(), found.Findings)
		}
		var edits []Edit
		for _, e := range found.Findings[0].Fixes[0].Edits {
			if e.Op != lint.OpAdd {
				edits = append(edits, d.edit(Remove, apex, e.Owner, e.Type, e.Old...))
			}
			if e.Op != lint.OpRemove {
				edits = append(edits, d.edit(Add, apex, e.Owner, e.Type, e.Data...))
			}
		}
		d.change(apex, edits...)
		if left := d.check(d.admin, CheckQuery{Zone: ref(apex), Rule: "alias-chain"}); left.Total != 0 {
			t.Errorf("%s: %s", apex, left.told())
		}
	}
}

func TestOthersAreToldOfTheirOwnZonesOnly(t *testing.T) {
	d := newDesk(t)
	mine, theirs := memberOf("mine"), memberOf("theirs")
	make := func(p *access.Principal, apex string, edits ...Edit) {
		if _, err := d.Apply(context.Background(), p, &Request{Zones: []ZoneEdit{{Zone: ref(apex), Create: &NewZone{}, Edits: edits}}}); err != nil {
			t.Fatal(explain(err))
		}
	}
	make(theirs, "their.test.", d.edit(Add, "their.test.", "app", "ALIAS", "secret.their.test."), d.edit(Add, "their.test.", "secret", "A", "192.0.2.1"), d.edit(Add, "their.test.", "bad", "CNAME", "gone.their.test."))
	make(mine, "my.test.", d.edit(Add, "my.test.", "www", "CNAME", "app.their.test."), d.edit(Add, "my.test.", "x", "CNAME", "gone.my.test."))
	got := d.check(mine, CheckQuery{})
	if got.told() != "dangling-target x.my.test." || got.Warnings != 1 || got.Judged != 1 || len(got.Zones) != 1 || len(got.Rules) != 1 {
		t.Errorf("%s; %+v", got.told(), got)
	}
	if all := d.check(d.admin, CheckQuery{}); !strings.Contains(all.told(), "alias-chain www.my.test.") || all.Judged != 2 {
		t.Errorf("an admin is told %s", all.told())
	}
	if _, err := d.Check(context.Background(), mine, CheckQuery{Zone: ref("their.test.")}); !strings.Contains(fmt.Sprint(err), "there is no zone") {
		t.Errorf("%v", err)
	}
	reader := &access.Principal{Account: "mine", Limits: access.Limits{Scopes: []access.Scope{access.ZonesRead}}}
	if _, err := d.Check(context.Background(), reader, CheckQuery{}); !strings.Contains(fmt.Sprint(err), "records:read") {
		t.Errorf("without records:read: %v", err)
	}
}

// TestAPausedZoneIsChecked judges one among those that are served.
func TestAPausedZoneIsChecked(t *testing.T) {
	d := newDesk(t)
	d.make("hub.test.")
	d.make("a.test.", d.edit(Add, "a.test.", "www", "CNAME", "gone.hub.test."))
	paused := StatusPaused
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("a.test."), Props: &ZonePatch{Status: &paused}}}})
	if got := d.check(d.admin, CheckQuery{}); got.told() != "dangling-target www.a.test." {
		t.Errorf("%s", got.told())
	}
}

// TestChecksAmongChanges asks while others write; in the end it is as a new start finds it.
func TestChecksAmongChanges(t *testing.T) {
	d := newDesk(t)
	d.make("hub.test.")
	for i := range 4 {
		apex := fmt.Sprintf("z%d.test.", i)
		d.make(apex, d.edit(Add, apex, "www", "CNAME", "main.hub.test."))
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 40 {
			op := [...]Op{Add, Remove}[i%2]
			edit := d.edit(op, "hub.test.", "main", "A", "192.0.2.1")
			if _, err := d.Apply(context.Background(), d.admin, &Request{Zones: []ZoneEdit{{Zone: ref("hub.test."), Edits: []Edit{edit}}}}); err != nil {
				t.Error(explain(err))
			}
		}
	}()
	for stop := false; !stop; {
		select {
		case <-done:
			stop = true
		default:
		}
		if n := d.check(d.admin, CheckQuery{}).Total; n > 4 {
			t.Errorf("%d findings", n)
		}
	}
	before := d.check(d.admin, CheckQuery{}).told()
	d.reopen()
	if after := d.check(d.admin, CheckQuery{}).told(); before != after || strings.Count(after, "dangling-target") != 4 {
		t.Errorf("followed: %s; anew: %s", before, after)
	}
	if !slices.IsSorted(strings.Split(before, ", ")) {
		t.Errorf("%s", before)
	}
}
