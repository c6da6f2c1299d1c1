package control

import (
	"context"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/zone/graph"
)

func member(account string, scopes ...access.Scope) *access.Principal {
	return &access.Principal{Account: account, Token: "t-" + account, Name: account, Limits: access.Limits{Scopes: scopes}}
}

func limited(l access.Limits) *access.Principal {
	l.Scopes = []access.Scope{"*"}
	return &access.Principal{Account: "a1", Token: "limited", Name: "limited", Limits: l}
}

func TestLimitsHold(t *testing.T) {
	const apex = "example.com."
	d := newDesk(t)
	d.make(apex, d.edit(Add, apex, "www", "A", "192.0.2.1"))
	www := d.id(apex, "www.example.com.", "A", "192.0.2.1")
	move := d.edit(Set, apex, "_acme-challenge", "TXT", "x")
	move.ID = www
	owners := limited(access.Limits{Owners: []string{"_acme-challenge", "_acme-challenge.*"}})
	types := limited(access.Limits{Types: []string{"TXT"}})
	targets := limited(access.Limits{Targets: []string{"cdn.test."}})
	zones := limited(access.Limits{Zones: []string{apex}})
	soa := d.edit(Put, apex, "@", "SOA", "ns1.host.test. root.host.test. 1 2 3 4 5")
	for _, c := range []struct {
		name string
		p    *access.Principal
		edit ZoneEdit
		code string // empty: it is allowed
	}{
		{"an owner that is allowed", owners, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "_acme-challenge.www", "TXT", "x")}}, ""},
		{"another owner", owners, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "www", "TXT", "x")}}, "denied"},
		{"a record of another owner, moved", owners, ZoneEdit{Edits: []Edit{move}}, "denied"},
		{"a record of another owner, dropped", owners, ZoneEdit{Edits: []Edit{{Op: Drop, ID: www}}}, "denied"},
		{"the SOA with limited owners", owners, ZoneEdit{Edits: []Edit{soa}}, "denied"},
		{"the zone paused with limited owners", owners, ZoneEdit{Props: &ZonePatch{Status: ptr(StatusPaused)}}, "denied"},
		{"the zone deleted with limited owners", owners, ZoneEdit{Delete: true}, "denied"},
		{"a type that is allowed", types, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "www", "TXT", "x")}}, ""},
		{"another type", types, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "www", "A", "192.0.2.9")}}, "denied"},
		{"the SOA with limited types", types, ZoneEdit{Edits: []Edit{soa}}, "denied"},
		{"a target that is allowed", targets, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "a", "CNAME", "x.cdn.test.")}}, ""},
		{"another target", targets, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "b", "CNAME", "x.example.")}}, "denied"},
		{"one of two targets", targets, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "c", "MX", "1 x.cdn.test.", "2 x.example.")}}, "denied"},
		{"a zone that is allowed", zones, ZoneEdit{Edits: []Edit{d.edit(Add, apex, "d", "A", "192.0.2.1")}}, ""},
		{"records without the scope", member("a1", access.ZonesRead, access.ZonesWrite), ZoneEdit{Edits: []Edit{d.edit(Add, apex, "e", "A", "192.0.2.1")}}, "denied"},
		{"properties without the scope", member("a1", access.RecordsWrite), ZoneEdit{Props: &ZonePatch{Status: ptr(StatusPaused)}}, "denied"},
		{"another account's zone", member("m1", "*"), ZoneEdit{Edits: []Edit{d.edit(Add, apex, "f", "A", "192.0.2.1")}}, "zone-not-found"},
		{"a zone that the token leaves out", limited(access.Limits{Zones: []string{"other.test."}}), ZoneEdit{Edits: []Edit{d.edit(Add, apex, "g", "A", "192.0.2.1")}}, "zone-not-found"},
		{"a zone given away", member("a1", "*"), ZoneEdit{Props: &ZonePatch{Account: ptr("m1")}}, "denied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.edit.Zone = ref(apex)
			before := d.dump()
			_, err := d.Apply(context.Background(), c.p, &Request{Zones: []ZoneEdit{c.edit}})
			switch {
			case c.code == "" && err != nil:
				t.Error(explain(err))
			case c.code == "":
			case c.code == "denied":
				fails(t, err, Denied, c.code)
			default:
				fails(t, err, Missing, c.code)
			}
			if c.code != "" && d.dump() != before {
				t.Error("it left something behind")
			}
		})
	}
	for what, c := range map[string]struct {
		p *access.Principal
		n NewZone
	}{
		"made with limited owners":      {owners, NewZone{}},
		"made outside of its own zones": {zones, NewZone{}},
		"made for another account":      {member("a1", "*"), NewZone{Account: "m1"}},
		"made without the scope":        {member("a1", access.RecordsWrite), NewZone{}},
	} {
		t.Run(what, func(t *testing.T) {
			_, err := d.Apply(context.Background(), c.p, &Request{Zones: []ZoneEdit{{Zone: ref("new.test."), Create: &c.n}}})
			fails(t, err, Denied, "denied")
		})
	}
	d.agrees()
}

// TestOthersZonesAreNotThere looks at a zone of account a1 as somebody else.
func TestOthersZonesAreNotThere(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	other := member("m1", "*")
	d.make("secret.test.", d.edit(Add, "secret.test.", "www", "A", "192.0.2.1"), d.edit(Add, "secret.test.", "a", "CNAME", "hub.open.test."))
	both := d.must(&Request{Zones: []ZoneEdit{
		{Zone: ref("open.test."), Create: &NewZone{Account: "m1"}, Edits: []Edit{d.edit(Add, "open.test.", "hub", "A", "192.0.2.1"), d.edit(Add, "open.test.", "b", "CNAME", "hub")}},
		{Zone: ref("secret.test."), Edits: []Edit{d.edit(Add, "secret.test.", "b", "A", "192.0.2.1")}},
	}})
	secret := d.zone("secret.test.")
	hidden := d.change("secret.test.", d.edit(Add, "secret.test.", "c", "A", "192.0.2.7"))
	for what, do := range map[string]func() error{
		"zone":   func() error { _, err := d.Zone(other, ref("secret.test.")); return err },
		"by id":  func() error { _, err := d.Zone(other, Ref{ID: secret.ID}); return err },
		"record": func() error { _, _, err := d.Record(ctx, other, ref("secret.test."), 1); return err },
		"rrset": func() error {
			_, err := d.RRset(ctx, other, ref("secret.test."), name("www.secret.test."), 1)
			return err
		},
		"export": func() error { return d.Export(ctx, other, ref("secret.test."), new(strings.Builder)) },
		"diff": func() error {
			_, err := d.Diff(ctx, other, ref("secret.test."), secret.Serial, secret.Serial)
			return err
		},
		"change": func() error { _, err := d.Change(ctx, other, hidden.Change.ID); return err },
		"undo":   func() error { _, err := d.Undo(ctx, other, hidden.Change.ID, &Request{}); return err },
		"restore zone": func() error {
			_, err := d.RestoreZone(ctx, other, ref("secret.test."), At{Revision: 1}, &Request{})
			return err
		},
		"restore name": func() error {
			_, err := d.RestoreName(ctx, other, ref("secret.test."), name("www.secret.test."), At{Revision: 1}, &Request{})
			return err
		},
		"changes": func() error {
			for _, err := range d.Changes(ctx, other, ChangeQuery{Zone: ref("secret.test.")}) {
				return err
			}
			return nil
		},
		"import": func() error {
			_, err := d.Import(ctx, other, ImportRequest{Zone: ref("secret.test."), Text: strings.NewReader("www A 192.0.2.9\n")})
			return err
		},
		"plan": func() error {
			_, err := d.Plan(ctx, other, PlanRequest{Kind: Delete, Name: name("www.secret.test.")})
			return err
		},
	} {
		code := "zone-not-found"
		if what == "change" || what == "undo" {
			code = "change-not-found"
		}
		t.Run(what, func(t *testing.T) { fails(t, do(), Missing, code) })
	}
	if zones := d.Zones(other, nil); len(zones) != 1 || len(d.Zones(member("m1", access.RecordsRead), nil)) != 0 {
		t.Errorf("%d zones are seen", len(zones))
	}
	hits, _, err := d.Search(ctx, other, "192.0.2", 10, Place{})
	if err != nil || len(hits) != 1 || hits[0].Zone.Apex.String() != "open.test." {
		t.Errorf("found %+v, %v", hits, err)
	}
	f, err := d.Dependents(other, name("hub.open.test."), graph.Query{})
	if err != nil || len(f.Dependents) != 1 || f.Hidden != 1 || f.Dependents[0].Owner.String() != "b.open.test." {
		t.Errorf("dependents %+v, %v", f, err)
	}
	seen, err := d.Change(ctx, other, both.Change.ID)
	if err != nil || len(seen.Zones) != 1 || seen.Zones[0].Apex.String() != "open.test." {
		t.Errorf("of a change of two zones %+v, %v", seen, err)
	}
	_, err = d.Undo(ctx, other, both.Change.ID, &Request{})
	fails(t, err, Denied, "denied")
	plan, err := d.Plan(ctx, other, PlanRequest{Kind: Retarget, From: name("hub.open.test."), To: name("new.example.")})
	if err != nil || len(plan.Zones) != 1 || plan.Total != 2 || len(plan.Affected) != 1 || len(plan.Fixed) != 0 {
		t.Fatalf("plan %+v, %v", plan, explain(err))
	}
	_, err = d.PlanByID(member("m2", "*"), plan.ID)
	fails(t, err, Missing, "plan-not-found")
	wide, err := d.Plan(ctx, d.admin, PlanRequest{Kind: Retarget, From: name("hub.open.test."), To: name("new.example.")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = d.PlanByID(limited(access.Limits{Zones: []string{"secret.test."}}), wide.ID)
	fails(t, err, Missing, "plan-not-found")
	d.agrees()
}

func TestTheHistoryOfADeletedZoneIsItsOwners(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	owner, other := member("m1", "*"), member("m2", "*")
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("gone.test."), Create: &NewZone{Account: "m1"}}}})
	update := d.change("gone.test.", d.edit(Add, "gone.test.", "www", "A", "192.0.2.1"))
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("gone.test."), Delete: true}}})
	count := func(p *access.Principal, q ChangeQuery) (n int) {
		for _, err := range d.Changes(ctx, p, q) {
			if err == nil {
				n++
			}
		}
		return n
	}
	if all, of := count(owner, ChangeQuery{}), count(owner, ChangeQuery{Zone: ref("gone.test.")}); all != 3 || of != 3 {
		t.Errorf("the owner sees %d changes, %d of the zone", all, of)
	}
	if n := count(other, ChangeQuery{}) + count(other, ChangeQuery{Zone: ref("gone.test.")}); n != 0 {
		t.Errorf("another sees %d", n)
	}
	if ch, err := d.Change(ctx, owner, update.Change.ID); err != nil || len(ch.Zones) != 1 {
		t.Errorf("%+v, %v", ch, err)
	}
	if gone, err := d.DeletedZones(ctx, other); err != nil || len(gone) != 0 {
		t.Errorf("another is shown %+v, %v", gone, err)
	}
	_, err := d.RestoreZone(ctx, other, ref("gone.test."), At{}, &Request{})
	fails(t, err, Missing, "zone-not-found")
	_, err = d.RestoreZone(ctx, limited(access.Limits{Owners: []string{"www"}}), ref("gone.test."), At{}, &Request{})
	fails(t, err, Missing, "zone-not-found")
	if _, err = d.RestoreZone(ctx, owner, ref("gone.test."), At{}, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	if z := d.zone("gone.test."); z.Account != "m1" || z.ID != update.Change.Zones[0].ID {
		t.Errorf("it came back as %+v", z.Zone)
	}
	for _, err := range d.Changes(ctx, member("m1", access.ZonesRead), ChangeQuery{Sets: true}) {
		fails(t, err, Denied, "denied")
	}
	d.agrees()
}

// TestLimitsHoldOnEveryWayIn goes round Apply.
func TestLimitsHoldOnEveryWayIn(t *testing.T) {
	const apex = "example.com."
	ctx := context.Background()
	d := newDesk(t)
	d.make(apex, d.edit(Add, apex, "www", "CNAME", "cdn.test."), d.edit(Add, apex, "mail", "A", "192.0.2.1"))
	removal := d.change(apex, d.edit(Remove, apex, "www", "CNAME")).Change
	addition := d.change(apex, d.edit(Add, apex, "api", "CNAME", "elsewhere.example.")).Change
	owner := limited(access.Limits{Owners: []string{"mail"}})
	target := limited(access.Limits{Targets: []string{"other.test."}})
	read := member("a1", access.ZonesRead, access.RecordsRead)
	imported := func(p *access.Principal) error {
		_, err := d.Import(ctx, p, ImportRequest{Zone: ref(apex), Merge: true, Text: strings.NewReader("www 300 CNAME cdn.test.\n")})
		return err
	}
	undone := func(p *access.Principal, ch string) error {
		_, err := d.Undo(ctx, p, ch, &Request{DryRun: true})
		return err
	}
	restored := func(p *access.Principal) error {
		_, err := d.RestoreName(ctx, p, ref(apex), name("www."+apex), At{Revision: 1}, &Request{})
		return err
	}
	planned := func(p *access.Principal) error {
		_, err := d.Plan(ctx, p, PlanRequest{Kind: Delete, Name: name("api." + apex)})
		return err
	}
	for _, c := range []struct {
		name string
		err  error
	}{
		{"import of another owner", imported(owner)},
		{"import of another target", imported(target)},
		{"import without scopes", imported(read)},
		{"undo at another owner", undone(owner, removal.ID)},
		{"undo that brings another target back", undone(target, removal.ID)},
		{"undo without scopes", undone(read, removal.ID)},
		{"restore at another owner", restored(owner)},
		{"restore of another target", restored(target)},
		{"restore without scopes", restored(read)},
		{"plan for another owner", planned(owner)},
		{"plan without scopes", planned(read)},
	} {
		t.Run(c.name, func(t *testing.T) { fails(t, c.err, Denied, "denied") })
	}
	// What only takes away has no targets.
	if err := undone(target, addition.ID); err != nil {
		t.Error(explain(err))
	}
	d.has(apex, "api.example.com. CNAME elsewhere.example.", "mail.example.com. A 192.0.2.1")
}
