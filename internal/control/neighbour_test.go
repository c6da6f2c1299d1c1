package control

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

func TestAZoneTakesNoNamesOverFromOthers(t *testing.T) {
	d := newDesk(t)
	user := func(account string) *access.Principal {
		return &access.Principal{Account: account, Token: "t-" + account, Limits: access.Limits{Scopes: []access.Scope{"*"}}}
	}
	alice, bob := user("alice"), user("bob")
	create := func(p *access.Principal, apex string, edits ...Edit) error {
		_, err := d.Apply(context.Background(), p, &Request{Zones: []ZoneEdit{{Zone: ref(apex), Create: &NewZone{}, Edits: edits}}})
		return err
	}
	if err := create(alice, "m.test.", d.edit(Add, "m.test.", "sub", "NS", "ns1.example.net."), d.edit(Add, "m.test.", "sub", "NS", "ns2.example.net.")); err != nil {
		t.Fatal(explain(err))
	}
	for _, c := range []struct {
		name, apex string
		who        *access.Principal
		denied     bool
	}{
		{"below a zone of another", "www.m.test.", bob, true},
		{"far below it", "a.b.c.m.test.", bob, true},
		{"above it", "test.", bob, true},
		{"below its delegation", "sub.m.test.", bob, false},
		{"beside it", "n.test.", bob, false},
		{"below one's own", "own.m.test.", alice, false},
		{"below one's own that lies below another's", "deep.sub.m.test.", bob, false},
		{"above, by an admin", "test.", d.admin, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := create(c.who, c.apex)
			var e *Error
			if denied := errors.As(err, &e) && e.Class == Denied && e.Code == "zone-of-others"; denied != c.denied || err != nil && !denied {
				t.Error(explain(err))
			}
		})
	}
	d.agrees()
	d.must(&Request{Zones: []ZoneEdit{{Zone: ref("m.test."), Delete: true}, {Zone: ref("own.m.test."), Delete: true}, {Zone: ref("test."), Delete: true}}})
	if err := create(bob, "m.test."); err != nil {
		t.Errorf("after the zones of others are gone: %s", explain(err))
	}
}

func TestTextBesideRecordsHasNoControlCharacters(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.")
	for _, bad := range []string{"a\nb", "a\x00b", "\x1b[31m", "a\x7f", "a\u0085b", "\xff"} {
		comment := bad
		e := d.edit(Add, "example.com.", "www", "A", "192.0.2.1")
		e.Comment = &comment
		d.refused("bad-text", &Request{Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{e}}}})
		d.refused("bad-text", &Request{Reason: bad, Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{d.edit(Add, "example.com.", "www", "A", "192.0.2.1")}}}})
	}
}

func TestAPlanOfTTLNeedsOne(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.", d.edit(Add, "example.com.", "www", "A", "192.0.2.1"))
	_, err := d.Plan(context.Background(), d.admin, PlanRequest{Kind: ChangeTTL, Name: name("www.example.com.")})
	var e *Error
	if !errors.As(err, &e) || e.Class != Invalid {
		t.Error(explain(err))
	}
}

func TestASecondaryIsTakenAndRemarkedOn(t *testing.T) {
	d := newDesk(t)
	for _, kind := range []string{"slave", "secondary", "master", "primary"} {
		res := d.must(&Request{Zones: []ZoneEdit{{Zone: ref(kind + ".test."), Create: &NewZone{Type: kind}}}})
		remarked := len(res.Warnings) == 1 && res.Warnings[0].Code == "no-transfer"
		if remarked != (kind == "slave" || kind == "secondary") {
			t.Errorf("%s: %v", kind, res.Warnings)
		}
		if got := d.zone(kind + ".test.").Type; got != kind {
			t.Errorf("%s is shown as %s", kind, got)
		}
	}
	if res := d.change("slave.test.", d.edit(Add, "slave.test.", "www", "A", "192.0.2.1")); len(res.Warnings) != 0 {
		t.Errorf("remarked on at every change: %v", res.Warnings)
	}
}

func TestIdsOfChangesGrow(t *testing.T) {
	d := newDesk(t)
	a := d.make("a.test.").Change.ID
	b := newID(d.now().Add(time.Millisecond))
	if len(a) != 28 || a >= b || a == d.make("b.test.").Change.ID {
		t.Errorf("%s, then %s", a, b)
	}
}
