package control

import (
	"context"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

func TestZonesOfFilesStandBesideThoseOfTheStore(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make("store.test.", d.edit(Add, "store.test.", "www", "CNAME", "main.file.test."))
	d.fileZone("file.test.", "main A 192.0.2.1", "main TXT x", "back CNAME www.store.test.")
	z := d.zone("file.test.")
	if !z.ReadOnly || z.Source != "files" || z.Records != 4 || z.Serial != 5 || z.Head != 0 {
		t.Errorf("%+v", z)
	}
	d.has("file.test.", "back.file.test. CNAME www.store.test.", "main.file.test. A 192.0.2.1", `main.file.test. TXT "x"`)
	page, err := d.Dependents(d.admin, name("main.file.test."), graph.Query{Transitive: true})
	if err != nil || len(page.Dependents) != 2 {
		t.Errorf("%+v, %v", page, err)
	}
	if c, err := d.Chain(d.admin, name("back.file.test."), rr.TypeA); err != nil || c.Depth() != 2 || c.End != graph.Found {
		t.Errorf("%+v, %v", c, err)
	}
	fails(t, d.refused("cname-loop", &Request{Zones: []ZoneEdit{{Zone: ref("store.test."), Edits: []Edit{d.edit(Put, "store.test.", "www", "CNAME", "back.file.test.")}}}}), Refused, "cname-loop")
	for what, do := range map[string]func() error{
		"apply": func() error {
			_, err := d.Apply(ctx, d.admin, &Request{Zones: []ZoneEdit{{Zone: Ref{ID: z.ID}, Delete: true}}})
			return err
		},
		"restore": func() error {
			_, err := d.RestoreName(ctx, d.admin, ref("file.test."), name("main.file.test."), At{Revision: 1}, &Request{})
			return err
		},
	} {
		t.Run(what, func(t *testing.T) { fails(t, do(), Conflict, "zone-read-only") })
	}
	_, _, err = d.Record(ctx, d.admin, ref("file.test."), 0)
	fails(t, err, Missing, "record-not-found")
	// It changes, and then goes.
	d.fileZone("file.test.", "main A 192.0.2.2")
	d.has("file.test.", "main.file.test. A 192.0.2.2")
	if again := d.zone("file.test."); again.ID != z.ID || !again.Created.Equal(z.Created) {
		t.Errorf("%+v", again)
	}
	d.Files([]zone.Entry{{Apex: name("FILE.test.")}}, func(zone.Entry) { t.Error("clash") })
	if _, err := d.Zone(d.admin, ref("file.test.")); err == nil {
		t.Error("a zone whose file is gone is still there")
	}
	d.agrees()
	d.make("file.test.")
	clashed := 0
	b := z.Snapshot
	d.Files([]zone.Entry{{Apex: name("file.test."), Zone: b}, {Apex: name("file.test.")}, {Apex: name("file.test."), Reason: "broken"}}, func(zone.Entry) { clashed++ })
	if clashed != 2 || d.zone("file.test.").ReadOnly {
		t.Errorf("%d clashes", clashed)
	}
	d.agrees()
}

func TestRRsetsComeInPages(t *testing.T) {
	ctx := context.Background()
	d := newDesk(t)
	d.make("store.test.", d.edit(Add, "store.test.", "@", "A", "192.0.2.1", "192.0.2.2"), d.edit(Add, "store.test.", "@", "TXT", "x"), d.edit(Add, "store.test.", "www", "A", "192.0.2.1"))
	d.fileZone("file.test.", "@ A 192.0.2.1", "@ A 192.0.2.2", "@ TXT x", "www A 192.0.2.1")
	for _, apex := range []string{"store.test.", "file.test."} {
		all := func(r Range) (lines []string) {
			for s, err := range d.RRsets(ctx, d.admin, ref(apex), r) {
				if err != nil {
					t.Fatal(err)
				}
				for _, rec := range s.Records {
					lines = append(lines, fmt.Sprintf("%s %s %s", s.Owner, s.Type, rr.AppendDataText(nil, s.Type, rec.Data)))
				}
			}
			return lines
		}
		want := all(Range{})
		if len(want) < 6 {
			t.Fatalf("%q", want)
		}
		for limit := 1; limit <= len(want)+1; limit++ {
			var got []string
			for skip := 0; skip < len(want); skip += limit {
				got = append(got, all(Range{Skip: skip, Limit: limit})...)
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Errorf("%s in pages of %d:\n%q\nnot\n%q", apex, limit, got, want)
			}
		}
		var got []string
		for at := (Range{}); ; {
			n := 0
			for s, err := range d.RRsets(ctx, d.admin, ref(apex), at) {
				if err != nil {
					t.Fatal(err)
				}
				for _, rec := range s.Records {
					got = append(got, fmt.Sprintf("%s %s %s", s.Owner, s.Type, rr.AppendDataText(nil, s.Type, rec.Data)))
				}
				at.After = Place{Owner: s.Owner, Type: s.Type}
				n++
				break // one RRset at a time
			}
			if n == 0 {
				break
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s from place to place:\n%q\nnot\n%q", apex, got, want)
		}
	}
}

func TestASearchGoesOnWhereItStopped(t *testing.T) {
	d := newDesk(t)
	d.make("b.test.", d.edit(Add, "b.test.", "needle1", "A", "192.0.2.1"), d.edit(Add, "b.test.", "x", "TXT", "a NEEDLE here"))
	d.make("d.test.", d.edit(Add, "d.test.", "needle2", "A", "192.0.2.1"))
	d.fileZone("a.test.", "needle3 A 192.0.2.1", "y CNAME needle.example.")
	d.fileZone("c.test.", "needle4 A 192.0.2.1")
	want := "[needle1.b.test. x.b.test. needle2.d.test. needle3.a.test. y.a.test. needle4.c.test.]"
	for limit := 1; limit <= 7; limit++ {
		var got []string
		for at, page := (Place{}), 0; page == 0 || at.Apex != nil; page++ {
			hits, next, err := d.Search(context.Background(), d.admin, "Needle", limit, at)
			if err != nil || len(hits) > limit || page > 6 {
				t.Fatalf("%d hits, %v", len(hits), err)
			}
			for _, h := range hits {
				got = append(got, h.RRset.Owner.String())
			}
			at = next
		}
		if fmt.Sprint(got) != want {
			t.Errorf("in pages of %d: %v\nwant %v", limit, got, want)
		}
	}
	_, _, err := d.Search(context.Background(), d.admin, "x", 10, Place{})
	fails(t, err, Invalid, "search-too-short")
}
