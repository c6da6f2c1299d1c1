package control

import (
	"context"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/change"
)

// story is a zone with a history: revisions 1 to 5, serials s to s+4.
func (d *desk) story() (first change.Serial) {
	d.Helper()
	const apex = "story.test."
	d.make(apex, d.edit(Add, apex, "www", "A", "192.0.2.1"), d.edit(Add, apex, "mail", "A", "192.0.2.5"))
	off := true
	hidden := d.edit(Add, apex, "www", "A", "192.0.2.9")
	hidden.Records[0].Disabled, hidden.Records[0].Note = &off, &change.Note{Comment: "spare", Tags: []string{"a:b"}}
	d.change(apex, hidden)
	d.change(apex, d.edit(Put, apex, "www", "A", "192.0.2.2"), d.edit(Add, apex, "new", "TXT", "x"))
	d.must(&Request{Reason: "short", Zones: []ZoneEdit{{Zone: ref(apex), Props: &ZonePatch{SOATTL: ptr(uint32(60)), Region: ptr("GLOBAL")}}}})
	d.change(apex, d.edit(Remove, apex, "mail", "A"))
	return d.zone(apex).Serial - 4
}

func (d *desk) revisions(q ChangeQuery) (revisions []change.Revision) {
	d.Helper()
	for ch, err := range d.Changes(context.Background(), d.admin, q) {
		if err != nil {
			d.Fatal(explain(err))
		}
		revisions = append(revisions, ch.Revision)
	}
	return revisions
}

func TestChangesAreListed(t *testing.T) {
	d := newDesk(t)
	d.story()
	d.make("other.test.")
	for _, c := range []struct {
		name string
		q    ChangeQuery
		want string
	}{
		{"all", ChangeQuery{}, "[6 5 4 3 2 1]"},
		{"oldest first", ChangeQuery{Oldest: true}, "[1 2 3 4 5 6]"},
		{"the first page", ChangeQuery{Limit: 2}, "[6 5]"},
		{"the next page", ChangeQuery{Limit: 2, Before: 5}, "[4 3]"},
		{"after one", ChangeQuery{After: 4}, "[6 5]"},
		{"between two", ChangeQuery{After: 1, Before: 4, Oldest: true}, "[2 3]"},
		{"of a zone", ChangeQuery{Zone: ref("other.test.")}, "[6]"},
		{"of a zone, some", ChangeQuery{Zone: ref("story.test."), Limit: 2}, "[5 4]"},
		{"behind the last", ChangeQuery{After: 6}, "[]"},
	} {
		if got := fmt.Sprint(d.revisions(c.q)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for ch := range d.Changes(context.Background(), d.admin, ChangeQuery{Before: 4, Limit: 1}) {
		if ch.Zones[0].Sets != nil {
			t.Error("RRsets where none were asked for")
		}
	}
	for ch := range d.Changes(context.Background(), d.admin, ChangeQuery{Before: 4, Limit: 1, Sets: true}) {
		if len(ch.Zones[0].Sets) != 2 {
			t.Errorf("%d RRsets", len(ch.Zones[0].Sets))
		}
	}
	byRevision, err := d.Control.Change(context.Background(), d.admin, "4")
	if err != nil || byRevision.Reason != "short" || byRevision.Origin.Author != "tests" {
		t.Fatalf("%+v, %v", byRevision, err)
	}
	if byID, err := d.Control.Change(context.Background(), d.admin, byRevision.ID); err != nil || byID.Revision != 4 {
		t.Errorf("%+v, %v", byID, err)
	}
	for _, id := range []string{"", "0", "7", "99999999999999999999999", "xyz"} {
		_, err := d.Control.Change(context.Background(), d.admin, id)
		fails(t, err, Missing, "change-not-found")
	}
}

func TestDiffOfTwoSerials(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	s := d.story()
	text := func(from, to change.Serial) string {
		diff, err := d.Diff(ctx, d.admin, ref("story.test."), from, to)
		if err != nil {
			t.Fatal(explain(err))
		}
		if diff.From != from || diff.To != to || diff.Apex.String() != "story.test." {
			t.Errorf("%+v", diff)
		}
		out := fmt.Sprintf("props %v:", diff.Before != nil)
		for _, set := range diff.Sets {
			out += fmt.Sprintf(" %s %d>%d", set.Owner(), len(set.Before.Records), len(set.After.Records))
		}
		return out
	}
	for _, c := range []struct {
		name     string
		from, to change.Serial
		want     string
	}{
		{"forwards", s, s + 4, "props true: mail.story.test. 1>0 new.story.test. 0>1 www.story.test. 1>1"},
		{"backwards", s + 4, s, "props true: mail.story.test. 0>1 new.story.test. 1>0 www.story.test. 1>1"},
		{"one step", s, s + 1, "props false: www.story.test. 1>2"},
		{"one step back", s + 1, s, "props false: www.story.test. 2>1"},
		{"properties alone", s + 2, s + 3, "props true:"},
		{"to itself", s + 2, s + 2, "props false:"},
	} {
		if got := text(c.from, c.to); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	_, err := d.Diff(ctx, d.admin, ref("story.test."), s, s+9)
	fails(t, err, Missing, "serial-not-found")
}

func TestANameOrAZoneIsRestored(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	s := d.story()
	made := d.zone("story.test.").Created
	old := []string{"mail.story.test. A 192.0.2.5", "www.story.test. A 192.0.2.1"}
	old1 := append(old[:2:2], "www.story.test. A 192.0.2.9")
	if _, err := d.RestoreName(ctx, d.admin, ref("story.test."), name("WWW.story.test."), At{Serial: serial(s + 1)}, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	d.has("story.test.", "new.story.test. TXT \"x\"", "www.story.test. A 192.0.2.1", "www.story.test. A 192.0.2.9")
	set, err := d.RRset(ctx, d.admin, ref("story.test."), name("www.story.test."), 1)
	if err != nil || !set.Records[1].Disabled || set.Records[1].Note.Comment != "spare" {
		t.Errorf("%+v, %v", set, err)
	}
	for what, at := range map[string]At{"serial": {Serial: serial(s + 1)}, "revision": {Revision: 2}} {
		if _, err := d.RestoreZone(ctx, d.admin, ref("story.test."), at, &Request{}); err != nil {
			t.Fatal(what, explain(err))
		}
		d.has("story.test.", old1...)
		if z := d.zone("story.test."); z.SOATTL != DefaultTTL || z.Region != "EU" || z.Disabled != 1 {
			t.Errorf("%s: %+v", what, z)
		}
	}
	if _, err := d.RestoreZone(ctx, d.admin, ref("story.test."), At{Time: d.now().Add(1e9)}, &Request{}); err != nil {
		t.Fatal(explain(err))
	}
	for what, at := range map[string]At{"a serial it never had": {Serial: serial(7)}, "a time before": {Time: made.Add(-1)}} {
		t.Run(what, func(t *testing.T) {
			_, err := d.RestoreZone(ctx, d.admin, ref("story.test."), at, &Request{})
			fails(t, err, Missing, "serial-not-found")
		})
	}
	_, err = d.RestoreZone(ctx, d.admin, ref("story.test."), At{}, &Request{})
	fails(t, err, Invalid, "no-time")
	_, err = d.RestoreName(ctx, d.admin, ref("story.test."), nil, At{Revision: 1}, &Request{})
	fails(t, err, Invalid, "bad-name")
	d.make("late.test.")
	_, err = d.RestoreZone(ctx, d.admin, ref("late.test."), At{Revision: 1}, &Request{})
	fails(t, err, Missing, "serial-not-found")
	_, err = d.RestoreName(ctx, d.admin, ref("late.test."), name("late.test."), At{Revision: 1}, &Request{})
	fails(t, err, Missing, "serial-not-found")
	d.agrees()
}

func TestADeletedZoneComesBack(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	s := d.story()
	was := d.zone("story.test.")
	contents := d.dump()
	remove := func() *Result { return d.must(&Request{Zones: []ZoneEdit{{Zone: ref("story.test."), Delete: true}}}) }
	deletion := remove().Change
	back := func(r Ref, at At) *ZoneInfo {
		t.Helper()
		if _, err := d.RestoreZone(ctx, d.admin, r, at, &Request{}); err != nil {
			t.Fatal(explain(err))
		}
		d.agrees()
		z := d.zone("story.test.")
		if z.ID != was.ID || z.Serial <= was.Serial {
			t.Errorf("it came back as %s with serial %d", z.ID, z.Serial)
		}
		return z
	}
	z := back(ref("story.test."), At{})
	if z.Region != "GLOBAL" || z.SOATTL != 60 || len(d.dump()) != len(contents) {
		t.Errorf("%+v\n%s\n%s", z, d.dump(), contents)
	}
	again := remove().Change
	if gone, err := d.DeletedZones(ctx, d.admin); err != nil || len(gone) != 1 || gone[0].ID != again.ID {
		t.Errorf("%+v, %v", gone, err)
	}
	z = back(Ref{ID: was.ID}, At{Serial: serial(s + 1)})
	d.has("story.test.", "mail.story.test. A 192.0.2.5", "www.story.test. A 192.0.2.1", "www.story.test. A 192.0.2.9")
	if z.Region != "EU" || z.SOATTL != DefaultTTL || z.Disabled != 1 {
		t.Errorf("%+v", z)
	}
	// While it was gone there was nothing to go back to.
	_, err := d.RestoreZone(ctx, d.admin, ref("story.test."), At{Revision: deletion.Revision}, &Request{})
	fails(t, err, Missing, "serial-not-found")
	last := remove().Change
	back(ref("story.test."), At{Revision: last.Revision})
	d.has("story.test.", "mail.story.test. A 192.0.2.5", "www.story.test. A 192.0.2.1", "www.story.test. A 192.0.2.9")
	last = remove().Change
	d.make("story.test.", d.edit(Add, "story.test.", "x", "A", "192.0.2.1"))
	for _, undo := range []func() error{
		func() error { _, err := d.Undo(ctx, d.admin, last.ID, &Request{}); return err },
		func() error { _, err := d.RestoreZone(ctx, d.admin, Ref{ID: was.ID}, At{}, &Request{}); return err },
	} {
		if e := fails(t, undo(), Conflict, "zone-exists"); e.Fix != "delete that zone first" {
			t.Errorf("it says: %v", e)
		}
	}
	d.agrees()
}

func TestUndo(t *testing.T) {
	const apex = "story.test."
	ctx := context.Background()
	d := newDesk(t)
	d.story()
	undo := func(ch *change.Change) *change.Change {
		t.Helper()
		res, err := d.Undo(ctx, d.admin, ch.ID, &Request{})
		if err != nil {
			t.Fatal(explain(err))
		}
		d.agrees()
		if res.Change.Reverts != ch.Revision || res.Change.Reason == "" {
			t.Errorf("%+v", res.Change)
		}
		return res.Change
	}
	cannot := func(ch *change.Change) {
		t.Helper()
		_, err := d.Undo(ctx, d.admin, ch.ID, &Request{})
		fails(t, err, Conflict, "changed-since")
	}
	at := func(revision string) *change.Change {
		t.Helper()
		ch, err := d.Control.Change(ctx, d.admin, revision)
		if err != nil {
			t.Fatal(explain(err))
		}
		return ch
	}
	t.Run("records with notes, disabled ones too", func(t *testing.T) {
		undo(at("3"))
		s, err := d.RRset(ctx, d.admin, ref(apex), name("www.story.test."), 1)
		if err != nil || len(s.Records) != 2 || !s.Records[1].Disabled || s.Records[1].Note.Tags[0] != "a:b" {
			t.Errorf("%+v, %v", s, err)
		}
	})
	t.Run("an undo, and that again", func(t *testing.T) {
		before := d.dump()
		undo(undo(at("5")))
		if after := d.dump(); len(after) != len(before) {
			t.Errorf("%s\n%s", before, after)
		}
	})
	t.Run("properties, beside others that changed since", func(t *testing.T) {
		d.must(&Request{Zones: []ZoneEdit{{Zone: ref(apex), Props: &ZonePatch{Settings: &change.Settings{DefaultTTL: 77}}}}})
		undo(at("4"))
		if z := d.zone(apex); z.SOATTL != DefaultTTL || z.Region != "EU" || z.Settings.DefaultTTL != 77 {
			t.Errorf("%+v", z.Zone)
		}
		cannot(at("4"))
	})
	t.Run("the making of a zone", func(t *testing.T) {
		made := d.make("brief.test.").Change
		undo(made)
		if _, err := d.Zone(d.admin, ref("brief.test.")); err == nil {
			t.Error("it is still there")
		}
		made = d.make("brief.test.").Change
		d.change("brief.test.", d.edit(Add, "brief.test.", "x", "A", "192.0.2.1"))
		cannot(made)
	})
	t.Run("a record whose id has gone elsewhere", func(t *testing.T) {
		d.make("ids.test.", d.edit(Add, "ids.test.", "a", "A", "192.0.2.1"))
		id := d.id("ids.test.", "a.ids.test.", "A", "192.0.2.1")
		gone := d.change("ids.test.", d.edit(Remove, "ids.test.", "a", "A")).Change
		undo(gone)
		move := d.edit(Set, "ids.test.", "b", "A", "192.0.2.1")
		move.ID = id
		moved := d.change("ids.test.", move).Change
		undo(gone) // what it took away is away again, though by another Change
		d.has("ids.test.", "a.ids.test. A 192.0.2.1", "b.ids.test. A 192.0.2.1")
		if a, b := d.id("ids.test.", "a.ids.test.", "A", "192.0.2.1"), d.id("ids.test.", "b.ids.test.", "A", "192.0.2.1"); a == b || b != id {
			t.Errorf("ids %d and %d", a, b)
		}
		cannot(moved)
	})
	t.Run("one that would break a rule", func(t *testing.T) {
		swap := d.change("ids.test.", d.edit(Remove, "ids.test.", "b", "A")).Change
		d.change("ids.test.", d.edit(Add, "ids.test.", "b", "CNAME", "a"))
		_, err := d.Undo(ctx, d.admin, swap.ID, &Request{})
		fails(t, err, Refused, "cname-and-other-data")
	})
	t.Run("dry", func(t *testing.T) {
		before := d.dump()
		ch := d.change("ids.test.", d.edit(Put, "ids.test.", "dry", "A", "192.0.2.1")).Change
		undo(ch)
		res, err := d.Undo(ctx, d.admin, d.change("ids.test.", d.edit(Put, "ids.test.", "dry", "A", "192.0.2.1")).Change.ID, &Request{DryRun: true})
		if err != nil || !res.DryRun || len(res.Change.Zones[0].Sets) != 1 || d.dump() == before {
			t.Errorf("%+v, %v", res, err)
		}
		d.has("ids.test.", "a.ids.test. A 192.0.2.1", "b.ids.test. CNAME a.ids.test.", "dry.ids.test. A 192.0.2.1")
	})
	d.reopen()
	d.agrees()
}

// TestAPausedZoneIsJudgedWhenItComesBack closes a loop while one half sleeps.
func TestAPausedZoneIsJudgedWhenItComesBack(t *testing.T) {
	d := newDesk(t)
	status := func(s string) *Request {
		return &Request{Zones: []ZoneEdit{{Zone: ref("a.test."), Props: &ZonePatch{Status: &s}}}}
	}
	d.make("a.test.", d.edit(Add, "a.test.", "www", "CNAME", "www.b.test."))
	d.must(status(StatusPaused))
	d.make("b.test.", d.edit(Add, "b.test.", "www", "CNAME", "www.a.test."))
	fails(t, d.refused("cname-loop", status(StatusActive)), Refused, "cname-loop")
	d.change("b.test.", d.edit(Remove, "b.test.", "www", "CNAME"))
	d.must(status(StatusActive))
	d.agrees()
}
