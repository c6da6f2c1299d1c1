package zone

import (
	"fmt"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
)

func keyOf(text string) *dname.Key {
	k := new(dname.Key)
	k.Set(dname.MustParse(text))
	return k
}

func zoneOf(text string) Entry {
	s := newModel(dname.MustParse(text)).builder().Build().Snapshot
	return Entry{Apex: s.Apex(), Zone: s}
}

func TestSetFindsTheLongestApex(t *testing.T) {
	s := new(Set).With(zoneOf("com."), zoneOf("example.com."), zoneOf("a.b.example.com."), zoneOf("net."))
	for _, c := range []struct {
		qname string
		less  int
		want  string
	}{
		{"example.com.", 0, "example.com."},
		{"EXAMPLE.com.", 0, "example.com."},
		{"example.com.", 1, "com."},
		{"www.example.com.", 0, "example.com."},
		{"b.example.com.", 0, "example.com."},
		{"x.a.b.example.com.", 0, "a.b.example.com."},
		{"a.b.example.com.", 1, "example.com."},
		{"notexample.com.", 0, "com."},
		{"com.", 1, ""},
		{"example.org.", 0, ""},
		{".", 0, ""},
	} {
		k := keyOf(c.qname)
		got := ""
		if e := s.Find(k, k.Depth()-c.less); e != nil {
			got = e.Apex.String()
		}
		if got != c.want {
			t.Errorf("%s less %d: got %q, want %q", c.qname, c.less, got, c.want)
		}
	}
	root := s.With(zoneOf("."))
	if e := root.Find(keyOf("example.org."), 2); e == nil || !e.Apex.IsRoot() {
		t.Error("the root zone does not catch what is left")
	}
}

func TestZeroSetIsEmpty(t *testing.T) {
	var s Set
	if s.Len() != 0 || s.Find(keyOf("example.com."), 2) != nil || s.Exact(keyOf("example.com."), 2) != nil {
		t.Error("the zero set is not empty")
	}
	if n := s.With(); n.Len() != 0 || n.Find(keyOf("example.com."), 2) != nil {
		t.Error("the zero set with nothing is not empty")
	}
}

func TestSetWithABrokenZone(t *testing.T) {
	s := new(Set).With(zoneOf("com."))
	broken := s.With(Entry{Apex: dname.MustParse("Example.COM."), Reason: "line 3"})
	e := broken.Find(keyOf("www.example.com."), 3)
	if e == nil || e.Zone != nil || e.Reason != "line 3" || e.Apex.String() != "example.com." {
		t.Fatalf("got %+v", e)
	}
	mended := broken.With(zoneOf("example.com."))
	if e := mended.Exact(keyOf("www.example.com."), 2); e == nil || e.Zone == nil || mended.Len() != 2 {
		t.Errorf("got %+v", e)
	}
	if e := broken.Exact(keyOf("example.com."), 2); e.Zone != nil {
		t.Error("the set before has changed")
	}
	if e := broken.Exact(keyOf("www.example.com."), 3); e != nil {
		t.Errorf("a name below an apex is found as an apex: %+v", e)
	}
}

func TestSetOfTenThousandZones(t *testing.T) {
	const zones = 10_000
	entry := zoneOf("z.example.")
	apex := func(i int) dname.Name { return dname.MustParse(fmt.Sprintf("z%d.example.", i)) }
	var all []Entry
	for i := range zones {
		all = append(all, Entry{Apex: apex(i), Zone: entry.Zone})
	}
	s := new(Set).With(all...)
	half := s
	for i := range zones / 2 {
		if i%100 == 0 { // in steps, as a publisher would
			var gone []Entry
			for j := range 100 {
				gone = append(gone, Entry{Apex: apex(i + j)})
			}
			half = half.With(gone...)
		}
	}
	if s.Len() != zones || half.Len() != zones/2 {
		t.Fatalf("%d and %d zones", s.Len(), half.Len())
	}
	for i := range zones {
		k := keyOf("www." + apex(i).String())
		if s.Find(k, 3) == nil || (half.Find(k, 3) != nil) != (i >= zones/2) {
			t.Fatalf("%s: found wrongly", apex(i))
		}
	}
	count := 0
	for range half.All {
		count++
	}
	if count != zones/2 {
		t.Errorf("All yields %d", count)
	}
}

func TestSetAgreesWithAMap(t *testing.T) {
	zone := zoneOf("example.").Zone
	rapid.Check(t, func(t *rapid.T) {
		s, m := new(Set), make(map[string]Entry)
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			var entries []Entry
			for range rapid.IntRange(0, 4).Draw(t, "entries") {
				e := Entry{Apex: drawName(t, dname.MustParse("example."))}
				switch rapid.IntRange(0, 2).Draw(t, "kind") {
				case 0:
					e.Zone = zone
				case 1:
					e.Reason = "broken"
				}
				entries = append(entries, e)
				m[string(e.Apex.Lower())] = e
				if e.Zone == nil && e.Reason == "" {
					delete(m, string(e.Apex.Lower()))
				}
			}
			s = s.With(entries...)
		}
		if s.Len() != len(m) {
			t.Fatalf("%d zones, want %d", s.Len(), len(m))
		}
		for range 20 {
			q := drawName(t, dname.MustParse("example."))
			checkLongest(t, s, m, q)
		}
	})
}

func checkLongest(t *rapid.T, s *Set, m map[string]Entry, q dname.Name) {
	var k dname.Key
	k.Set(q)
	got := s.Find(&k, k.Depth())
	for n := q.Lower(); ; n = n.Parent() {
		if e, ok := m[string(n)]; ok {
			if got == nil || !got.Apex.Equal(n) || got.Zone != e.Zone || got.Reason != e.Reason {
				t.Fatalf("%s: got %+v, want %+v", q, got, e)
			}
			return
		}
		if n.IsRoot() {
			break
		}
	}
	if got != nil {
		t.Fatalf("%s: got %s, want none", q, got.Apex)
	}
}

// many is a set of so many zones, all the same snapshot, with their apexes.
func many(n int) (*Set, []Entry) {
	entry := zoneOf("z.example.")
	all := make([]Entry, n)
	for i := range all {
		all[i] = Entry{Apex: dname.MustParse(fmt.Sprintf("z%d.example.", i)), Zone: entry.Zone}
	}
	return new(Set).With(all...), all
}

// A Change is published as one With: what it allocates must not grow with the set.
func TestWithOfOneEntryIsSmallWhateverTheSet(t *testing.T) {
	const zones, rounds, most = 100_000, 100, 20_000
	s, all := many(zones)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for i := range rounds {
		s = s.With(all[i*7919%zones])
	}
	runtime.ReadMemStats(&after)
	if got := (after.TotalAlloc - before.TotalAlloc) / rounds; got >= most {
		t.Errorf("With of one entry allocates %d octets beside %d zones, want less than %d", got, zones, most)
	}
	if s.Len() != zones {
		t.Errorf("%d zones, want %d", s.Len(), zones)
	}
}

func TestSetsShareWhatDidNotChange(t *testing.T) {
	before, all := many(10_000)
	after := before.With(Entry{Apex: all[0].Apex}, Entry{Apex: all[1].Apex, Reason: "broken"})
	if len(before.segments) != len(after.segments) {
		t.Fatalf("%d and %d segments", len(before.segments), len(after.segments))
	}
	copied := 0
	for i := range before.segments {
		if before.segments[i] != after.segments[i] {
			copied++
		}
	}
	if copied == 0 || copied > 2 {
		t.Errorf("%d segments copied for two entries", copied)
	}
	for _, e := range all {
		if got := before.Exact(keyOf(e.Apex.String()), 2); got == nil || got.Zone == nil {
			t.Fatalf("%s: the set before has changed", e.Apex)
		}
	}
}
