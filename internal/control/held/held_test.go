package held

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
)

func name(text string) dname.Name { return dname.MustParse(text) }

// TestTheRegistryKnowsWhatWasPut compares it with a map.
func TestTheRegistryKnowsWhatWasPut(t *testing.T) {
	apexes := []string{"test.", "a.test.", "b.a.test.", "c.b.a.test.", "other."}
	rapid.Check(t, func(t *rapid.T) {
		r, model := NewRegistry(), make(map[string]*Zone)
		for range rapid.IntRange(1, 20).Draw(t, "moves") {
			apex := rapid.SampledFrom(apexes).Draw(t, "apex")
			m := Move{Before: model[apex]}
			if rapid.Bool().Draw(t, "there") {
				m.After = &Zone{Zone: change.Zone{ID: change.NewZoneID(), Apex: name(apex), Account: rapid.SampledFrom([]string{"one", "two"}).Draw(t, "account")}}
				if m.Before != nil {
					m.After.ID = m.Before.ID
				}
			}
			r.Put(m)
			delete(model, apex)
			if m.After != nil {
				model[apex] = m.After
			}
			check(t, r, model, apexes)
		}
	})
}

func check(t *rapid.T, r *Registry, model map[string]*Zone, apexes []string) {
	all := r.All()
	if len(all) != len(model) || !slices.IsSortedFunc(all, func(a, b *Zone) int { return a.Apex.Compare(b.Apex) }) {
		t.Fatalf("%d zones, want %d", len(all), len(model))
	}
	for _, apex := range apexes {
		z := model[apex]
		if r.ByApex(name(apex)) != z || z != nil && (r.ByID(z.ID) != z || r.Find(z.ID, nil) != z || r.Find(change.ZoneID{}, z.Apex) != z) {
			t.Fatalf("%s is not found", apex)
		}
		foreign := slices.ContainsFunc(all, func(o *Zone) bool { return o.Account != "one" && o.Apex.IsBelow(name(apex)) })
		if got := r.Below(name(apex), "one"); (got != nil) != foreign {
			t.Fatalf("below %s: %v, want %v", apex, got, foreign)
		}
	}
}

func TestSerials(t *testing.T) {
	soa := NewSOA(name("a.test."), name("ns.test."))
	if got := SerialOf(WithSerial(soa, 7)); got != 7 || SerialOf(soa) != 0 {
		t.Errorf("%d, and the first is %d", got, SerialOf(soa))
	}
	if NextSerial(1) != 2 || NextSerial(1<<32-1) != 1 {
		t.Error("0 is taken for none")
	}
	if got := FirstSerial(time.Date(2026, 11, 21, 23, 0, 0, 0, time.UTC)); got != 2026112101 {
		t.Error(got)
	}
	long := name(fmt.Sprintf("%063d.%063d.%063d.%050d.", 1, 2, 3, 4))
	if err := rr.CheckData(rr.TypeSOA, NewSOA(long, name("ns.test."))); err != nil {
		t.Errorf("of an apex to which no label can be added: %v", err)
	}
}

// file is a zone that comes from a file.
func file() *Zone {
	b := zone.NewBuilder(name("a.test."))
	b.Add(name("a.test."), rr.TypeSOA, 60, NewSOA(name("a.test."), name("ns.test.")), zone.Place{})
	for i := range 3 {
		b.Add(name("www.a.test."), rr.TypeA, 60, []byte{192, 0, 2, byte(i)}, zone.Place{})
	}
	b.Add(name("www.a.test."), rr.TypeTXT, 60, []byte("\x01x"), zone.Place{})
	b.Add(name("c.a.test."), rr.TypeALIAS, 60, name("x.test."), zone.Place{})
	return &Zone{Zone: change.Zone{Apex: name("a.test.")}, Snapshot: b.Build().Snapshot}
}

func TestPagesOfAFile(t *testing.T) {
	for _, c := range []struct {
		name string
		r    store.Range
		want string
	}{
		{"all", store.Range{}, "c ALIAS 1, www A 3, www TXT 1"},
		{"of a name", store.Range{Owner: name("www.a.test.")}, "www A 3, www TXT 1"},
		{"of a name that is not there", store.Range{Owner: name("no.a.test.")}, ""},
		{"of a type", store.Range{Type: rr.TypeTXT}, "www TXT 1"},
		{"two records", store.Range{Limit: 2}, "c ALIAS 1, www A 1"},
		{"behind the first two", store.Range{Skip: 2}, "www A 2, www TXT 1"},
		{"behind an RRset", store.Range{After: store.Place{Owner: name("www.a.test."), Type: rr.TypeA}}, "www TXT 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ""
			file().FileSets(c.r, func(s change.RRset, err error) bool {
				if got != "" {
					got += ", "
				}
				got += fmt.Sprintf("%s %s %d", string(s.Owner[1:1+s.Owner[0]]), s.Type, len(s.Records))
				return err == nil
			})
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestWhatASnapshotShows(t *testing.T) {
	s := file().Snapshot
	for _, c := range []struct {
		name  string
		owner string
		t     rr.Type
		shows bool
		count int
	}{
		{"what is there", "www.a.test.", rr.TypeA, true, 3},
		{"another type", "www.a.test.", rr.TypeMX, false, 0},
		{"no such name", "no.a.test.", rr.TypeA, false, 0},
		{"a CNAME may be served as ALIAS", "c.a.test.", rr.TypeCNAME, true, 0},
	} {
		if got := Shows(s, name(c.owner), c.t); got != c.shows || Set(s, name(c.owner), c.t).Count() != c.count {
			t.Errorf("%s: %v, %d records", c.name, got, Set(s, name(c.owner), c.t).Count())
		}
	}
}

func TestWhatAPersonSees(t *testing.T) {
	is := func() change.RRset {
		return change.RRset{TTL: 60, Records: []change.Record{{ID: 1, Data: []byte("x"), Modified: 5}, {ID: 2, Data: []byte("y"), Disabled: true}}}
	}
	for _, c := range []struct {
		name   string
		change func(*change.RRset)
		same   bool
	}{
		{"nothing", func(*change.RRset) {}, true},
		{"ids and times", func(s *change.RRset) { s.Records[0].ID, s.Records[0].Modified = 9, 9 }, true},
		{"the TTL", func(s *change.RRset) { s.TTL = 61 }, false},
		{"data", func(s *change.RRset) { s.Records[0].Data = []byte("z") }, false},
		{"a record less", func(s *change.RRset) { s.Records = s.Records[:1] }, false},
		{"disabled", func(s *change.RRset) { s.Records[1].Disabled = false }, false},
		{"a comment", func(s *change.RRset) { s.Records[1].Note.Comment = "new" }, false},
	} {
		a, b := is(), is()
		c.change(&b)
		if got := SameRecords(&a, &b); got != c.same {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	gone, never := change.RRset{TTL: 1}, change.RRset{TTL: 2}
	if s := is(); !SameRecords(&gone, &never) || Disabled(&s) != 1 {
		t.Error("RRsets without records are the same")
	}
}
