package control

import (
	"context"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
)

// id is the id of the record of that data.
func (d *desk) id(apex, owner, kind, data string) uint64 {
	d.Helper()
	t, w := wire(kind, data, name(apex))
	s, err := d.RRset(context.Background(), d.admin, ref(apex), name(owner), t)
	if err != nil {
		d.Fatal(err)
	}
	at := s.Index(w)
	if at < 0 {
		d.Fatalf("%s has no %s %s %s", apex, owner, kind, data)
	}
	return s.Records[at].ID
}

// TestTheOrderOfEditsDoesNotMatter tries each request forwards and backwards.
func TestTheOrderOfEditsDoesNotMatter(t *testing.T) {
	const apex = "example.com."
	d := newDesk(t)
	d.make(apex, d.edit(Add, apex, "www", "A", "192.0.2.1", "192.0.2.2"), d.edit(Add, apex, "mail", "A", "192.0.2.3"), d.edit(Add, apex, "txt", "TXT", "one"))
	d.change(apex, ttl(d.edit(Add, apex, "mail", "A"), 60))
	one, two, three := d.id(apex, "www.example.com.", "A", "192.0.2.1"), d.id(apex, "www.example.com.", "A", "192.0.2.2"), d.id(apex, "mail.example.com.", "A", "192.0.2.3")
	set := func(id uint64, owner, data string) Edit {
		e := d.edit(Set, apex, owner, "A", data)
		e.ID = id
		return e
	}
	upsert := func(e Edit, off bool) Edit {
		e.Upsert, e.Records[0].Disabled = true, &off
		return e
	}
	for _, c := range []struct {
		name  string
		want  string // a part of the outcome; refused for none
		edits []Edit
	}{
		{"two records swap their data", "www.example.com. A 3600 [c0000201 false", []Edit{set(one, "www", "192.0.2.2"), set(two, "www", "192.0.2.1")}},
		{"one takes the data that the other leaves", "[c0000202", []Edit{set(one, "www", "192.0.2.2"), set(two, "www", "192.0.2.9")}},
		{"records of two TTLs meet at a new name", "new.example.com. A 60", []Edit{set(one, "new", "192.0.2.1"), set(three, "new", "192.0.2.3")}},
		{"a record edited twice", "refused", []Edit{set(one, "www", "192.0.2.8"), set(one, "www", "192.0.2.9")}},
		{"a record edited and removed", "refused", []Edit{set(one, "www", "192.0.2.8"), d.edit(Remove, apex, "www", "A", "192.0.2.1")}},
		{"a record removed and with it its RRset", "www.example.com. A 0\n", []Edit{d.edit(Remove, apex, "www", "A", "192.0.2.1"), d.edit(Remove, apex, "www", "A")}},
		{"a record moved to an RRset that is put", "mail.example.com. A 60 [c0000201", []Edit{set(one, "mail", "192.0.2.1"), d.edit(Put, apex, "mail", "A", "192.0.2.7")}},
		{"TTL 0 beside none", "new.example.com. A 0 [", []Edit{ttl(d.edit(Add, apex, "new", "A", "192.0.2.1"), 0), d.edit(Add, apex, "new", "A", "192.0.2.2")}},
		{"two TTLs", "refused", []Edit{ttl(d.edit(Add, apex, "new", "A", "192.0.2.1"), 60), ttl(d.edit(Add, apex, "new", "A", "192.0.2.2"), 61)}},
		{"a comment beside none", "{Comment:all", []Edit{comment(d.edit(Add, apex, "new", "A", "192.0.2.1"), "all"), d.edit(Add, apex, "new", "A", "192.0.2.2")}},
		{"two comments", "refused", []Edit{comment(d.edit(Add, apex, "new", "A", "192.0.2.1"), "all"), comment(d.edit(Add, apex, "new", "A", "192.0.2.2"), "none")}},
		{"added, and edited if it is there", "[c0000201 true", []Edit{d.edit(Add, apex, "new", "A", "192.0.2.1"), upsert(d.edit(Add, apex, "new", "A", "192.0.2.1"), true)}},
		{"disabled and enabled", "refused", []Edit{upsert(d.edit(Add, apex, "www", "A", "192.0.2.1"), true), upsert(d.edit(Add, apex, "www", "A", "192.0.2.1"), false)}},
		{"a CNAME where an A record was", "txt.example.com. CNAME", []Edit{d.edit(Add, apex, "txt", "CNAME", "www"), d.edit(Remove, apex, "txt", "TXT")}},
		{"what is put is added to", "[c0000207", []Edit{d.edit(Add, apex, "www", "A", "192.0.2.7"), d.edit(Put, apex, "www", "A", "192.0.2.8")}},
		{"a record added and removed", "refused", []Edit{d.edit(Add, apex, "www", "A", "192.0.2.7"), d.edit(Remove, apex, "www", "A", "192.0.2.7")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			forth := gist(d.Apply(context.Background(), d.admin, &Request{DryRun: true, Zones: []ZoneEdit{{Zone: ref(apex), Edits: c.edits}}}))
			back := gist(d.Apply(context.Background(), d.admin, &Request{DryRun: true, Zones: []ZoneEdit{{Zone: ref(apex), Edits: []Edit{c.edits[1], c.edits[0]}}}}))
			if forth != back || !strings.Contains(forth, c.want) {
				t.Errorf("forwards\n%s\nbackwards\n%s\nwant %q", forth, back, c.want)
			}
		})
	}
	d.TB = t
	d.agrees()
}

func ttl(e Edit, seconds uint32) Edit {
	e.TTL = &seconds
	return e
}

func comment(e Edit, text string) Edit {
	e.Comment = &text
	return e
}

func TestRecordsKeepWhoTheyAre(t *testing.T) {
	const apex = "example.com."
	ctx := context.Background()
	d := newDesk(t)
	d.make(apex, d.edit(Add, apex, "www", "A", "192.0.2.1", "192.0.2.2"))
	one, two := d.id(apex, "www.example.com.", "A", "192.0.2.1"), d.id(apex, "www.example.com.", "A", "192.0.2.2")
	if one == 0 || one == two {
		t.Fatalf("ids %d and %d", one, two)
	}
	move := d.edit(Set, apex, "moved", "A", "192.0.2.9")
	move.ID = one
	note := change.Note{Comment: "kept", Tags: []string{"a:b"}}
	move.Records[0].Note = &note
	d.change(apex, move)
	if got := d.id(apex, "moved.example.com.", "A", "192.0.2.9"); got != one {
		t.Errorf("a record that moved has the id %d, not %d", got, one)
	}
	d.change(apex, d.edit(Put, apex, "moved", "A", "192.0.2.9", "192.0.2.8"))
	s, at, err := d.Record(ctx, d.admin, ref(apex), one)
	if err != nil || at != 1 || s.Records[at].Note.Comment != "kept" {
		t.Errorf("%+v at %d, %v", s, at, err)
	}
	d.change(apex, d.edit(Remove, apex, "www", "A", "192.0.2.2"))
	d.change(apex, d.edit(Add, apex, "www", "A", "192.0.2.2"))
	again := d.id(apex, "www.example.com.", "A", "192.0.2.2")
	d.reopen()
	d.change(apex, d.edit(Add, apex, "later", "A", "192.0.2.1"))
	if later := d.id(apex, "later.example.com.", "A", "192.0.2.1"); again <= two || later <= again {
		t.Errorf("ids do not grow: %d, %d, %d after a restart", two, again, later)
	}
	d.agrees()
}

func TestOnlyWhatChangedIsDated(t *testing.T) {
	const apex = "example.com."
	d := newDesk(t)
	made := d.make(apex, d.edit(Add, apex, "www", "A", "192.0.2.1", "192.0.2.2")).Change.Time
	for d.now().Equal(made) { // the clock has milliseconds
	}
	off := true
	e := d.edit(Put, apex, "www", "A", "192.0.2.1", "192.0.2.2")
	e.Records[1].Disabled = &off
	after := d.change(apex, e).Change.Zones[0].Sets[0].After
	if a, b := after.Records[0], after.Records[1]; a.Modified != made.UnixMilli() || b.Modified == a.Modified || b.Created != made.UnixMilli() || !b.Disabled {
		t.Errorf("%+v\n%+v", a, b)
	}
	after = d.change(apex, ttl(d.edit(Add, apex, "www", "A"), 60)).Change.Zones[0].Sets[0].After
	if after.Records[0].Modified == made.UnixMilli() {
		t.Error("a new TTL is no modification")
	}
}
