package zone

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// changes are the names that Changed yields, each with how it was and is.
func changes(t fataler, old, s *Snapshot) map[string]Change {
	t.Helper()
	got := make(map[string]Change)
	for c := range s.Changed(old) {
		name := string(c.Owner) + string(s.apex)
		if _, twice := got[name]; twice {
			t.Fatalf("%s is yielded twice", dname.Name(name))
		}
		got[name] = c
	}
	return got
}

// nodes are all of s by name.
func nodes(s *Snapshot) map[string]Node {
	all := make(map[string]Node)
	for name, n := range s.All() {
		all[string(name)] = n
	}
	return all
}

// wantChanges holds what Changed yields against all names of both.
func wantChanges(t fataler, old, s *Snapshot) {
	t.Helper()
	got := changes(t, old, s)
	was, is := nodes(old), nodes(s)
	for name, n := range is {
		c, ok := got[name]
		if ok != !same(was[name], n) || ok && (!same(c.Was, was[name]) || !same(c.Is, n)) {
			t.Fatalf("%s: yielded %v, was %x, is %x", dname.Name(name), ok, was[name], n)
		}
		delete(got, name)
	}
	for name, n := range was {
		if is[name] == nil && (!same(got[name].Was, n) || got[name].Is != nil) {
			t.Fatalf("%s is gone and not yielded so", dname.Name(name))
		}
		delete(got, name)
	}
	for name := range got {
		t.Fatalf("%s is yielded out of nowhere", dname.Name(name))
	}
}

func TestChangedNamesAreThoseThatDiffer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		apex := dname.MustParse("example.com.")
		m := newModel(apex)
		first := m.builder().Build().Snapshot
		versions := []*Snapshot{first}
		for range rapid.IntRange(1, 6).Draw(t, "changes") {
			var d Diff
			for range rapid.IntRange(1, 8).Draw(t, "sets") {
				d = append(d, drawRRset(t, apex))
				m.put(d[len(d)-1])
			}
			next, err := versions[len(versions)-1].With(d)
			if err != nil {
				t.Fatalf("%v", err)
			}
			versions = append(versions, next)
		}
		old := rapid.SampledFrom(versions).Draw(t, "old")
		wantChanges(t, old, rapid.SampledFrom(versions).Draw(t, "new"))
	})
}

// Growth splits pages and doubles directories: what is compared is cut otherwise
// on the two sides.
func TestChangedBetweenZonesOfDifferentSize(t *testing.T) {
	m := newModel(dname.MustParse("example.com."))
	s := m.builder().Build().Snapshot
	versions := []*Snapshot{s}
	for step := range 12 {
		var d Diff
		for i := range 40 << min(step, 6) {
			n := rand.IntN(8000)
			set := address(i)
			if i%7 == 0 {
				set = nil
			}
			d = append(d, RRset{host(n), rr.TypeA, set})
			m.put(d[len(d)-1])
		}
		next, err := s.With(d)
		if err != nil {
			t.Fatal(err)
		}
		s = next
		versions = append(versions, s)
	}
	versions = append(versions, m.builder().Build().Snapshot) // nothing shared
	for _, old := range versions {
		for _, s := range versions {
			wantChanges(t, old, s)
		}
	}
	if n := len(changes(t, s, versions[len(versions)-1])); n != 0 {
		t.Errorf("%d names differ between a zone and itself built anew", n)
	}
}

func TestChangedStopsWhenTold(t *testing.T) {
	m := newModel(dname.MustParse("example.com."))
	old := m.builder().Build().Snapshot
	for i := range 300 {
		m.put(RRset{host(i), rr.TypeA, address(i)})
	}
	for _, pair := range [][2]*Snapshot{{old, m.builder().Build().Snapshot}, {m.builder().Build().Snapshot, old}} {
		n := 0
		for range pair[1].Changed(pair[0]) {
			if n++; n == 3 {
				break
			}
		}
		if n != 3 {
			t.Errorf("%d changes", n)
		}
	}
}

func BenchmarkChangedByOneOfAMillionNames(b *testing.B) {
	m := NewBuilder(dname.MustParse("example.com."))
	m.Add(m.Apex(), rr.TypeSOA, 3600, soaData(1), Place{})
	for i := range 1_000_000 {
		m.Add(host(i), rr.TypeA, 300, address(i)[rr.HeadLen:], Place{})
	}
	old := m.Build().Snapshot
	s, err := old.With(Diff{{host(7), rr.TypeA, address(8)}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		n := 0
		for range s.Changed(old) {
			n++
		}
		if n != 1 {
			b.Fatal(n)
		}
	}
}

// setChanges are lines of what Set.Changed yields.
func setChanges(old, s *Set) (lines []string) {
	for was, is := range s.Changed(old) {
		switch {
		case was == nil:
			lines = append(lines, "+"+is.Apex.String())
		case is == nil:
			lines = append(lines, "-"+was.Apex.String())
		default:
			lines = append(lines, "="+is.Apex.String())
		}
	}
	slices.Sort(lines)
	return lines
}

func TestChangedZones(t *testing.T) {
	var many []Entry
	for i := range 2000 {
		many = append(many, zoneOf(fmt.Sprintf("z%d.test.", i)))
	}
	small := new(Set).With(zoneOf("a.test."), zoneOf("b.test."))
	large := new(Set).With(many...)
	out := func(apex string) Entry { return Entry{Apex: dname.MustParse(apex)} }
	for _, c := range []struct {
		name    string
		old, is *Set
		want    []string
	}{
		{"nothing", large, large, nil},
		{"the first zones", new(Set), small, []string{"+a.test.", "+b.test."}},
		{"the last zones", small, new(Set), []string{"-a.test.", "-b.test."}},
		{"one of many replaced", large, large.With(zoneOf("z7.test.")), []string{"=z7.test."}},
		{"one of many gone", large, large.With(out("z7.test.")), []string{"-z7.test."}},
		{"one more beside many", large, large.With(zoneOf("a.test.")), []string{"+a.test."}},
		{"the same snapshot again", large, large.With(many[3]), nil},
		{"a zone that broke", small, small.With(Entry{Apex: dname.MustParse("a.test."), Reason: "line 3"}), []string{"=a.test."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := setChanges(c.old, c.is); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v", got, c.want)
			}
		})
	}
	grown := small
	for i := range many {
		grown = grown.With(many[i])
	}
	if got := setChanges(small, grown); len(got) != len(many) {
		t.Errorf("%d of %d zones came, in a set that was spread anew", len(got), len(many))
	}
	for range small.Changed(large) {
		break
	}
}
