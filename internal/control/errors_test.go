package control

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/merge"
	"github.com/truename-dns/truename/internal/control/text"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// fails checks that err is an Error of that class and code which says what to do.
func fails(t testing.TB, err error, class Class, code string) *Error {
	t.Helper()
	var e *Error
	if !errors.As(err, &e) || e.Class != class || e.Code != code {
		t.Fatalf("got %v, want %s of class %d", explain(err), code, class)
	}
	if e.Message == "" || e.Fix == "" && e.Class != Denied {
		t.Errorf("%s does not say what is wrong and what to do: %q, %q", code, e.Message, e.Fix)
	}
	return e
}

func TestEveryErrorHasItsCodeAndPlace(t *testing.T) {
	const apex = "example.com."
	d := newDesk(t)
	d.make(apex, d.edit(Add, apex, "www", "A", "192.0.2.1"))
	d.make("other.test.")
	d.fileZone("file.test.", "www A 192.0.2.1")
	ok := d.edit(Add, apex, "ok", "A", "192.0.2.1")
	edit := func(e Edit) ZoneEdit { return ZoneEdit{Zone: ref(apex), Edits: []Edit{ok, e}} }
	of := func(f func(*Edit)) ZoneEdit { e := d.edit(Add, apex, "new", "A", "192.0.2.1"); f(&e); return edit(e) }
	props := func(p ZonePatch) ZoneEdit { return ZoneEdit{Zone: ref(apex), Props: &p} }
	soa := d.edit(Put, apex, "@", "SOA", "ns1.host.test. root.host.test. 1 2 3 4 5")
	for _, c := range []struct {
		name, code, path string
		class            Class
		edit             ZoneEdit
	}{
		{"no such zone", "zone-not-found", "zones[1]", Missing, ZoneEdit{Zone: ref("none.test.")}},
		{"no such zone by id", "zone-not-found", "zones[1]", Missing, ZoneEdit{Zone: Ref{ID: change.NewZoneID()}}},
		{"a zone that is there", "zone-exists", "zones[1]", Conflict, ZoneEdit{Zone: ref(apex), Create: &NewZone{}}},
		{"a zone that a file holds", "zone-exists", "zones[1]", Conflict, ZoneEdit{Zone: ref("file.test."), Create: &NewZone{}}},
		{"a zone of a file", "zone-read-only", "zones[1]", Conflict, ZoneEdit{Zone: ref("file.test."), Edits: []Edit{d.edit(Add, "file.test.", "x", "A", "192.0.2.1")}}},
		{"the root", "bad-name", "zones[1]", Invalid, ZoneEdit{Zone: ref("."), Create: &NewZone{}}},
		{"a wildcard as apex", "bad-name", "zones[1]", Invalid, ZoneEdit{Zone: ref("*.test."), Create: &NewZone{}}},
		{"no name", "bad-name", "zones[1]", Invalid, ZoneEdit{Create: &NewZone{}}},
		{"a zone twice", "duplicate-zone", "zones[1]", Conflict, ZoneEdit{Zone: ref("other.test.")}},
		{"made and deleted", "bad-edit", "zones[1]", Invalid, ZoneEdit{Zone: ref("new.test."), Create: &NewZone{}, Delete: true}},
		{"deleted and edited", "bad-edit", "zones[1]", Invalid, ZoneEdit{Zone: ref(apex), Delete: true, Edits: []Edit{ok}}},
		{"deleted and set up", "bad-edit", "zones[1]", Invalid, ZoneEdit{Zone: ref(apex), Delete: true, Props: &ZonePatch{}}},
		{"another serial", "serial-moved", "zones[1]", Moved, ZoneEdit{Zone: ref(apex), IfMatch: serial(7)}},
		{"a serial of a zone to be made", "serial-moved", "zones[1]", Moved, ZoneEdit{Zone: ref("new.test."), Create: &NewZone{}, IfMatch: serial(7)}},
		{"another head", "zone-moved", "zones[1]", Moved, ZoneEdit{Zone: ref(apex), Head: 99}},
		{"a record that is there", "record-exists", "zones[1].edits[1]", Conflict, edit(d.edit(Add, apex, "www", "A", "192.0.2.1"))},
		{"a record that is not there", "record-not-found", "zones[1].edits[1]", Missing, edit(d.edit(Remove, apex, "www", "A", "192.0.2.9"))},
		{"an RRset that is not there", "record-not-found", "zones[1].edits[1]", Missing, edit(d.edit(Remove, apex, "none", "A"))},
		{"an id that is not there", "record-not-found", "zones[1].edits[1]", Missing, edit(Edit{Op: Drop, ID: 7})},
		{"an RRset put twice", "duplicate-edit", "zones[1].edits[1]", Conflict, ZoneEdit{Zone: ref(apex), Edits: []Edit{d.edit(Put, apex, "ok", "A"), d.edit(Put, apex, "ok", "A")}}},
		{"a TTL too long", "bad-ttl", "zones[1].edits[1]", Invalid, of(func(e *Edit) { e.TTL = ptr(uint32(rr.MaxTTL + 1)) })},
		{"two TTLs", "ttl-mismatch", "zones[1].edits[1]", Conflict, ZoneEdit{Zone: ref(apex), Edits: []Edit{ttl(ok, 6), ttl(d.edit(Add, apex, "ok", "A"), 7)}}},
		{"data cut short", "bad-data", "zones[1].edits[1]", Invalid, of(func(e *Edit) { e.Records[0].Data = []byte{192} })},
		{"data cut short to be removed", "bad-data", "zones[1].edits[1]", Invalid, edit(Edit{Op: Remove, Owner: name(apex), Type: rr.TypeHTTPS, Records: []RecordEdit{{Data: []byte{0}}}})},
		{"data cut short to be edited if it is there", "bad-data", "zones[1].edits[1]", Invalid, edit(Edit{Op: Add, Upsert: true, Owner: name(apex), Type: rr.TypeHTTPS, Records: []RecordEdit{{}}})},
		{"a type that is none", "bad-type", "zones[1].edits[1]", Invalid, of(func(e *Edit) { e.Type = rr.TypeANY })},
		{"an owner elsewhere", "out-of-zone", "zones[1].edits[1]", Invalid, of(func(e *Edit) { e.Owner = name("www.other.test.") })},
		{"no owner", "out-of-zone", "zones[1].edits[1]", Invalid, of(func(e *Edit) { e.Owner = nil })},
		{"an edit of no kind", "bad-edit", "zones[1].edits[1]", Invalid, of(func(e *Edit) { e.Op = 99 })},
		{"the SOA taken away", "soa-needed", "zones[1].edits[1]", Invalid, edit(Edit{Op: Remove, Owner: name(apex), Type: rr.TypeSOA})},
		{"the SOA dropped", "soa-needed", "zones[1].edits[1]", Invalid, edit(Edit{Op: Drop})},
		{"a record made a SOA", "soa-needed", "zones[1].edits[1]", Invalid, edit(Edit{Op: Set, ID: d.id(apex, "www.example.com.", "A", "192.0.2.1"), Owner: name(apex), Type: rr.TypeSOA, Records: soa.Records})},
		{"a SOA below the apex", "soa-not-at-apex", "zones[1].edits[1]", Invalid, edit(Edit{Op: Put, Owner: name("www.example.com."), Type: rr.TypeSOA, Records: soa.Records})},
		{"a SOA of no use", "bad-data", "zones[1]", Invalid, edit(Edit{Op: Put, Owner: name(apex), Type: rr.TypeSOA, Records: []RecordEdit{{Data: []byte{0}}}})},
		{"a SOA with a TTL too long", "bad-ttl", "zones[1]", Invalid, edit(ttl(soa, rr.MaxTTL+1))},
		{"a status of no kind", "bad-status", "zones[1]", Invalid, props(ZonePatch{Status: ptr("asleep")})},
		{"a type of no kind", "bad-type", "zones[1]", Invalid, props(ZonePatch{Type: ptr("forward")})},
		{"no such type", "bad-type", "zones[1]", Invalid, props(ZonePatch{Type: ptr("tertiary")})},
		{"a region of no kind", "bad-region", "zones[1]", Invalid, props(ZonePatch{Region: ptr("a\nb")})},
		{"a default TTL below zero", "bad-ttl", "zones[1]", Invalid, props(ZonePatch{Settings: &change.Settings{DefaultTTL: -1}})},
		{"a default TTL too long", "bad-ttl", "zones[1]", Invalid, props(ZonePatch{Settings: &change.Settings{NSTTL: rr.MaxTTL + 1}})},
		{"properties of a zone to be made", "bad-status", "zones[1]", Invalid, ZoneEdit{Zone: ref("new.test."), Create: &NewZone{}, Props: &ZonePatch{Status: ptr("asleep")}}},
		{"an RRset too large for a message", "rrset-too-large", "zones[1].edits[1]", TooLarge, edit(Edit{Op: Put, Owner: name(apex), Type: rr.TypeA, Records: manyA(merge.MaxRecords + 1)})},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			e := d.refused(c.code, &Request{Zones: []ZoneEdit{{Zone: ref("other.test.")}, c.edit}})
			fails(t, e, c.class, c.code)
			if e.Path != c.path {
				t.Errorf("it is at %q, not %q", e.Path, c.path)
			}
		})
	}
	d.TB = t
}

func manyA(n int) (records []RecordEdit) {
	for i := range n {
		records = append(records, RecordEdit{Data: []byte{192, byte(i >> 16), byte(i >> 8), byte(i)}})
	}
	return records
}

func TestRequestsAreBounded(t *testing.T) {
	d := newDesk(t)
	d.make("example.com.")
	many := func(n int) (edits []Edit) {
		for range n {
			edits = append(edits, d.edit(Add, "example.com.", "@", "TXT", "one"))
		}
		return edits
	}
	for _, c := range []struct {
		code  string
		class Class
		r     Request
	}{
		{"too-many-zones", TooLarge, Request{Zones: make([]ZoneEdit, MaxZoneEdits+1)}},
		{"too-many-edits", TooLarge, Request{Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: many(MaxEdits + 1)}}}},
		{"too-many-edits", TooLarge, Request{Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{{Records: manyA(MaxEdits + 1)}}}}}},
		{"reason-too-long", TooLarge, Request{Reason: strings.Repeat("x", change.MaxReason+1)}},
		{"bad-idempotency-key", Invalid, Request{Repeat: change.Request{Key: strings.Repeat("x", MaxKey+1)}}},
	} {
		fails(t, d.refused(c.code, &c.r), c.class, c.code)
	}
}

// fileZone offers a zone as if it came from a file.
func (d *desk) fileZone(apex string, lines ...string) {
	d.Helper()
	records := "@ 300 SOA ns1.host.test. root.host.test. 5 2 3 4 5\n@ 300 NS ns1.host.test.\n" + strings.Join(lines, "\n") + "\n"
	b, err := text.Read(strings.NewReader("$TTL 300\n"+records), text.Options{Apex: name(apex), Name: "a file"})
	if err != nil {
		d.Fatal(explain(err))
	}
	d.Files([]zone.Entry{{Apex: name(apex), Zone: b.Snapshot}}, func(zone.Entry) { d.Errorf("%s clashes", apex) })
}

func TestAnIdempotencyKeyIsOneChange(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make("example.com.", d.edit(Add, "example.com.", "old", "A", "192.0.2.1"), d.edit(Add, "example.com.", "www", "CNAME", "old"))
	r := &Request{Repeat: change.Request{Key: "k1", Digest: "d1"}, Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{d.edit(Add, "example.com.", "new", "A", "192.0.2.2")}}}}
	first, again := d.must(r), d.must(r)
	if first.Replayed || !again.Replayed || again.Change.ID != first.Change.ID || again.Change.Revision != first.Change.Revision {
		t.Errorf("first %+v, then %+v", first, again)
	}
	other := *r
	other.Repeat.Digest = "d2"
	fails(t, d.refused("idempotency-key-reused", &other), Conflict, "idempotency-key-reused")
	elsewhere := &access.Principal{Account: "m1", Limits: access.Limits{Scopes: []access.Scope{"*"}}}
	_, err := d.Apply(ctx, elsewhere, r) // the key of one account does not count for another
	fails(t, err, Missing, "zone-not-found")
	blind := &access.Principal{Account: "a1", Limits: access.Limits{Scopes: []access.Scope{"*"}, Zones: []string{"other.test."}}}
	if res, err := d.Apply(ctx, blind, r); err == nil {
		t.Errorf("a token that does not see the zone is shown %+v", res.Change)
	}
	plan, err := d.Plan(ctx, d.admin, PlanRequest{Kind: Retarget, From: name("old.example.com."), To: name("new.example.com.")})
	if err != nil {
		t.Fatal(explain(err))
	}
	for what, do := range map[string]func(*Request) (*Result, error){
		"a plan":            func(r *Request) (*Result, error) { return d.ApplyPlan(ctx, d.admin, plan.ID, r) },
		"an undo":           func(r *Request) (*Result, error) { return d.Undo(ctx, d.admin, first.Change.ID, r) },
		"a deletion undone": func(r *Request) (*Result, error) { return d.RestoreZone(ctx, d.admin, ref("gone.test."), At{}, r) },
	} {
		if what == "a deletion undone" {
			d.make("gone.test.")
			d.must(&Request{Zones: []ZoneEdit{{Zone: ref("gone.test."), Delete: true}}})
		}
		if what == "an undo" { // which must not stand in the way of the plan
			d.make("spare.test.")
			first = d.change("spare.test.", d.edit(Add, "spare.test.", "x", "A", "192.0.2.1"))
		}
		r := &Request{Repeat: change.Request{Key: what, Digest: what}}
		once, err := do(r)
		if err != nil {
			t.Fatal(what, explain(err))
		}
		twice, err := do(r)
		if err != nil || !twice.Replayed || twice.Change.ID != once.Change.ID {
			t.Errorf("%s repeated: %+v, %v", what, twice, explain(err))
		}
	}
	d.agrees()
}
