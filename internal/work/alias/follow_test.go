package alias

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// used is what zones lead to: a line "target uses" each, sorted.
func (s *scene) used() string {
	var lines []string
	for st := range s.table.States() {
		if !st.Guest {
			lines = append(lines, fmt.Sprintf("%s %d", st.Target, st.Uses))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func TestWhichTargetsZonesLeadTo(t *testing.T) {
	long := strings.Repeat("l23456789.", 12)
	for _, c := range []struct {
		name  string
		zones map[string]string
		want  string
	}{
		{"outside", map[string]string{"a.": "@ ALIAS cdn.test.\n"}, "cdn.test. 1"},
		{"many owners, one target", map[string]string{"a.": "@ ALIAS cdn.test.\nb ALIAS CDN.test.\n*.c ALIAS cdn.test.\n"}, "cdn.test. 3"},
		{"several targets of one owner", map[string]string{"a.": "@ ALIAS one.test.\n@ ALIAS two.test.\n"}, "one.test. 1\ntwo.test. 1"},
		{"inside, with addresses", map[string]string{"a.": "@ ALIAS www\nwww A 192.0.2.1\n"}, ""},
		{"through CNAME, ALIAS and a wildcard", map[string]string{"a.": "@ ALIAS x.w\n*.w CNAME next\nnext ALIAS cdn.test.\n"}, "cdn.test. 2"},
		{"through DNAME to others", map[string]string{"a.": "@ ALIAS www.old\nold DNAME new.test.\n"}, "www.new.test. 1"},
		{"through DNAME into another zone", map[string]string{"a.": "@ ALIAS www.old\nold DNAME b.\n", "b.": "www CNAME cdn.test.\n"}, "cdn.test. 1"},
		{"a DNAME makes the name too long", map[string]string{"a.": "@ ALIAS " + long + "old\nold DNAME " + long + long[:80] + "test.\n"}, ""},
		{"below a cut", map[string]string{"a.": "@ ALIAS www.sub\nsub NS ns.test.\n"}, "www.sub.a. 1"},
		{"the cut itself", map[string]string{"a.": "@ ALIAS sub\nsub NS ns.test.\n"}, "sub.a. 1"},
		{"to a name that is missing", map[string]string{"a.": "@ ALIAS nobody\n"}, ""},
		{"in a ring", map[string]string{"a.": "@ ALIAS b\nb CNAME c\nc ALIAS @\nc ALIAS cdn.test.\n"}, "cdn.test. 3"},
		{"addresses of both families hide an ALIAS on the way", map[string]string{"a.": "@ ALIAS b\nb ALIAS cdn.test.\nb A 192.0.2.1\nb AAAA ::1\n"}, "cdn.test. 1"},
		{"addresses of one family do not", map[string]string{"a.": "@ ALIAS b\nb ALIAS cdn.test.\nb A 192.0.2.1\n"}, "cdn.test. 2"},
		{"a plain CNAME is nobody's ALIAS", map[string]string{"a.": "b CNAME cdn.test.\n"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newScene(t)
				s.publish(c.zones)
				s.run()
				defer s.stop()
				synctest.Wait()
				if got := s.used(); got != c.want {
					t.Errorf("got\n%s\nwant\n%s", got, c.want)
				}
			})
		})
	}
}

func TestTargetsFollowTheZones(t *testing.T) {
	for _, c := range []struct {
		name      string
		old, next map[string]string
		want      string
	}{
		{"a record comes", map[string]string{"a.": ""}, map[string]string{"a.": "@ ALIAS cdn.test.\n"}, "cdn.test. 1"},
		{"a record goes", map[string]string{"a.": "@ ALIAS cdn.test.\nb ALIAS cdn.test.\n"}, map[string]string{"a.": "@ ALIAS cdn.test.\n"}, "cdn.test. 1"},
		{"the last one goes", map[string]string{"a.": "@ ALIAS cdn.test.\n"}, map[string]string{"a.": "b A 192.0.2.1\n"}, ""},
		{"the zone goes", map[string]string{"a.": "@ ALIAS cdn.test.\n"}, map[string]string{"a.": ""}, ""},
		{"another target", map[string]string{"a.": "@ ALIAS cdn.test.\n"}, map[string]string{"a.": "@ ALIAS new.test.\n"}, "new.test. 1"},
		{"a name on the way leads elsewhere",
			map[string]string{"a.": "@ ALIAS www.b.\n", "b.": "www CNAME cdn.test.\n"}, map[string]string{"b.": "www CNAME new.test.\n"}, "new.test. 1"},
		{"a name on the way gets addresses",
			map[string]string{"a.": "@ ALIAS www.b.\n", "b.": "www CNAME cdn.test.\n"}, map[string]string{"b.": "www A 192.0.2.1\n"}, ""},
		{"a wildcard on the way is covered",
			map[string]string{"a.": "@ ALIAS x.b.\n", "b.": "* CNAME cdn.test.\n"}, map[string]string{"b.": "* CNAME cdn.test.\nx A 192.0.2.1\n"}, ""},
		{"the zone of the target becomes ours",
			map[string]string{"a.": "@ ALIAS www.b.\n"}, map[string]string{"b.": "www CNAME cdn.test.\n"}, "cdn.test. 1"},
		{"the zone behind a chain becomes ours",
			map[string]string{"a.": "@ ALIAS c\nc CNAME www.b.\n"}, map[string]string{"b.": "www A 192.0.2.1\n"}, ""},
		{"a zone below one on the way becomes ours",
			map[string]string{"a.": "@ ALIAS c.s\nc.s CNAME cdn.test.\n"}, map[string]string{"s.a.": "c CNAME new.test.\n"}, "new.test. 1"},
		{"the zone of the target is ours no more",
			map[string]string{"a.": "@ ALIAS www.b.\n", "b.": "www CNAME cdn.test.\n"}, map[string]string{"b.": ""}, "www.b. 1"},
		{"two zones change places",
			map[string]string{"a.": "@ ALIAS one.test.\n", "b.": "@ ALIAS two.test.\n"},
			map[string]string{"a.": "@ ALIAS two.test.\n", "b.": "@ ALIAS one.test.\n"}, "one.test. 1\ntwo.test. 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newScene(t)
				s.publish(c.old)
				s.run()
				defer s.stop()
				synctest.Wait()
				s.publish(c.next)
				time.Sleep(10 * time.Second)
				if got := s.used(); got != c.want {
					t.Errorf("got\n%s\nwant\n%s", got, c.want)
				}
			})
		})
	}
}

// What is taken away and put back meanwhile is not asked for again.
func TestATargetThatComesBackIsStillKnown(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.set("cdn.test.", says{"192.0.2.1", 3600, time.Millisecond})
		s.publish(map[string]string{"a.": "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(time.Second)
		s.publish(map[string]string{"a.": ""})
		time.Sleep(time.Minute)
		s.publish(map[string]string{"a.": "@ ALIAS cdn.test.\n"})
		time.Sleep(time.Minute)
		s.want("cdn.test.", "fresh 192.0.2.1 3480")
		if n := s.world.count("cdn.test. A"); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

// Nobody asks about a target that no zone leads to, nor about one of our own names.
func TestNothingIsAskedWithoutNeed(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.publish(map[string]string{"a.": "@ ALIAS www\nwww A 192.0.2.1\nc CNAME cdn.test.\n"})
		s.run()
		time.Sleep(time.Hour)
		s.stop()
		if n := s.world.sum(); n != 0 {
			t.Errorf("%d resolutions", n)
		}
	})
}

func TestAHundredThousandNamesOverAThousandTargets(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.all(says{"192.0.2.1", 3600, 10 * time.Millisecond})
		var text strings.Builder
		for i := range 100_000 {
			fmt.Fprintf(&text, "n%d ALIAS t%d.test.\n", i, i%1000)
		}
		s.publish(map[string]string{"a.": text.String()})
		s.run()
		defer s.stop()
		time.Sleep(10 * time.Second)
		if n := s.world.sum(); n != 2000 {
			t.Errorf("%d resolutions for 1000 targets of two families", n)
		}
		if st, _ := s.table.State(dname.MustParse("t7.test.")); st.Uses != 100 {
			t.Errorf("%d uses", st.Uses)
		}
		// They do not come back all at once: an hour later no second sees many.
		time.Sleep(59 * time.Minute)
		seconds := make(map[int64]int)
		s.world.mu.Lock()
		for _, at := range s.world.times[2000:] {
			seconds[at.Unix()]++
		}
		s.world.mu.Unlock()
		for at, n := range seconds {
			if n > 40 {
				t.Errorf("%d resolutions in the second %d", n, at)
			}
		}
	})
}

// The account of uses that a follower keeps agrees with a count over all zones.
func TestUsesAgreeWithACountOverAllZones(t *testing.T) {
	apexes := []string{"a.", "b.", "s.a.", "c."}
	owners := []string{"@", "x", "y", "*", "d"}
	targets := []string{"one.test.", "two.test.", "x.a.", "y.b.", "q.s.a.", "z.d.c.", "x.c.", "a."}
	kinds := []string{"ALIAS", "CNAME", "A", "DNAME", "NS"}
	rapid.Check(t, func(t *rapid.T) {
		table := New(Options{Resolver: newWorld(), Zones: func() *zone.Set { return nil }, Account: func(apex dname.Name) string {
			return fmt.Sprint(len(apex) % 2)
		}})
		f := newFollower(table)
		set := new(zone.Set)
		for range rapid.IntRange(1, 8).Draw(t, "changes") {
			for range rapid.IntRange(1, 3).Draw(t, "zones") {
				apex := dname.MustParse(rapid.SampledFrom(apexes).Draw(t, "apex"))
				e := zone.Entry{Apex: apex}
				if rapid.IntRange(0, 4).Draw(t, "gone") > 0 {
					b := zone.NewBuilder(apex)
					b.Add(apex, rr.TypeSOA, 1, slices.Concat(apex, apex, make([]byte, 20)), zone.Place{})
					for range rapid.IntRange(0, 5).Draw(t, "records") {
						owner, _ := dname.Parse(rapid.SampledFrom(owners).Draw(t, "owner"), apex)
						kind, _ := rr.ParseType(rapid.SampledFrom(kinds).Draw(t, "kind"))
						data := []byte(dname.MustParse(rapid.SampledFrom(targets).Draw(t, "target")))
						if kind == rr.TypeA {
							data = []byte{192, 0, 2, 1}
						}
						b.Add(owner, kind, 60, data, zone.Place{})
					}
					e.Zone = b.Build().Snapshot
				}
				set = set.With(e)
			}
			f.sync(set)
			agree(t, table, f, set)
		}
	})
}

func agree(t *rapid.T, table *Table, f *follower, set *zone.Set) {
	want := make(map[string]int)
	records := 0
	for e := range set.All {
		if e.Zone == nil {
			continue
		}
		for _, n := range e.Zone.All() {
			for target := range targetsOf(n) {
				records++
				for _, exit := range new(walker).find(set, target).exits {
					want[string(exit.Lower())]++
				}
			}
		}
	}
	warm := 0
	charged := make(map[*account]int)
	for g := range table.index.all {
		if g.uses != want[string(g.name)] || (g.uses > 0) != (g.by != nil) || (g.by == nil) != (g.links == 0) {
			t.Fatalf("%s: %d uses, %d links, charged %v; want %d", g.name, g.uses, g.links, g.by != nil, want[string(g.name)])
		}
		if _, guest := table.guests[g]; guest != (g.by == nil) {
			t.Fatalf("%s: a guest: %v", g.name, guest)
		}
		if g.by != nil {
			warm++
			charged[g.by.account]++
			if g.by.own <= 0 {
				t.Fatalf("%s is charged to an account that has no use of it", g.name)
			}
		}
		delete(want, string(g.name))
	}
	if len(want) > 0 || table.warm != warm || table.orphans != 0 || table.refused != 0 {
		t.Fatalf("missing %v; %d warm, want %d; %d orphans", want, table.warm, warm, table.orphans)
	}
	uses := 0
	for _, a := range f.accounts {
		uses += a.uses
		if a.targets != charged[a] {
			t.Fatalf("account %q is charged for %d targets, want %d", a.name, a.targets, charged[a])
		}
	}
	links := 0
	for _, l := range f.links {
		links += l.uses
	}
	if uses != records || links != records {
		t.Fatalf("%d records are %d uses of accounts and %d of links", records, uses, links)
	}
}
