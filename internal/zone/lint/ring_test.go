package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// naive knows where names lead by trying everything.
type naive struct {
	set    *zone.Set
	leads  map[string][]string // by question and name
	owners map[string]bool     // those of them that are served as they stand
}

// naively walks from all owners and all targets of the set.
func naively(set *zone.Set) *naive {
	m := &naive{set, make(map[string][]string), make(map[string]bool)}
	for e := range set.All {
		for owner, n := range e.Zone.All() {
			for q := reach.Addresses; q <= reach.HTTPS; q++ {
				k := new(dname.Key)
				k.Set(owner)
				m.owners[fmt.Sprint(q, " ", strings.ToLower(owner.String()))] = e.Zone.Find(k).Match == zone.Exact
				m.visit(owner.String(), q)
				if !n.Set(rr.TypeDNAME).Empty() {
					m.visit("*."+owner.String(), q)
				}
			}
		}
	}
	return m
}

func (m *naive) visit(name string, q reach.Question) {
	name = strings.ToLower(name)
	at := fmt.Sprint(q, " ", name)
	if _, ok := m.leads[at]; ok {
		return
	}
	m.leads[at] = nil
	for _, next := range m.next(dname.MustParse(name), q) {
		next = strings.ToLower(next)
		m.leads[at] = append(m.leads[at], fmt.Sprint(q, " ", next))
		m.visit(next, q)
	}
}

func (m *naive) next(name dname.Name, q reach.Question) (out []string) {
	var k dname.Key
	k.Set(name)
	e := m.set.Find(&k, k.Depth())
	if e == nil {
		return nil
	}
	f := e.Zone.Find(&k)
	switch f.Match {
	case zone.Missing, zone.Delegated:
		return nil
	case zone.Redirected:
		made := append(name[:len(name)-len(name.Suffix(f.Depth))].Clone(), f.Node.Set(rr.TypeDNAME).Target()...)
		if len(made) <= dname.MaxLen {
			out = append(out, made.String())
		}
		return out
	}
	want := [...]rr.Type{rr.TypeALIAS, rr.TypeSVCB, rr.TypeHTTPS}[q]
	if f.Node.Is(zone.HasCNAME) {
		return []string{f.Node.Set(rr.TypeCNAME).Target().String()}
	}
	for set := f.Node.Set(want); !set.Empty(); {
		var r rr.Record
		r, set = set.Next()
		switch {
		case want == rr.TypeALIAS:
			out = append(out, dname.Name(r.Data()).String())
		case r.AliasMode():
			out = append(out, dname.Name(r.Data()[2:]).String())
		}
	}
	return out
}

// circles are all circles without a detour, from their first name in some order.
func (m *naive) circles() map[string][]string {
	out := make(map[string][]string)
	var path []string
	var walk func(at string)
	walk = func(at string) {
		if i := slices.Index(path, at); i == 0 {
			out[strings.Join(path, " > ")] = slices.Clone(path)
			return
		} else if i > 0 || len(path) > 0 && at < path[0] {
			return
		}
		path = append(path, at)
		for _, n := range m.leads[at] {
			walk(n)
		}
		path = path[:len(path)-1]
	}
	for at := range m.leads {
		walk(at)
	}
	return out
}

func (m *naive) has(from, to string, q reach.Question) bool {
	m.visit(from, q)
	return slices.Contains(m.leads[fmt.Sprint(q, " ", from)], fmt.Sprint(q, " ", to))
}

// questions are those for which the path that a message shows is there.
func (m *naive) questions(message string) (out []reach.Question) {
	_, path, _ := strings.Cut(message, ": ")
	names := strings.Split(path, " -> ")
	for q := reach.Addresses; q <= reach.HTTPS; q++ {
		ok := true
		for i := range names[:len(names)-1] {
			ok = ok && m.has(names[i], names[i+1], q)
		}
		if ok {
			out = append(out, q)
		}
	}
	return out
}

func loopsOf(findings []Finding) (loops []Finding, others map[string]bool) {
	others = make(map[string]bool)
	for _, f := range findings {
		if f.Code == cnameLoop.Code && !strings.HasPrefix(f.Message, "the names that this DNAME") {
			loops = append(loops, f)
		} else {
			others[f.Code] = true
		}
	}
	return loops, others
}

// TestCirclesAreFoundByWhicheverTarget compares a check of all zones with all
// circles that there are: what is reported is one of them, and every record
// that is part of one is part of one that is reported.
func TestCirclesAreFoundByWhicheverTarget(t *testing.T) {
	found := 0
	rapid.Check(t, func(rt *rapid.T) {
		texts := someZones(rt, "zones")
		set := setOf(t, texts)
		m := naively(set)
		shown := make(map[string]bool)
		for e := range set.All {
			loops, others := loopsOf(CheckZone(e.Zone, Options{World: set, MaxChain: reach.LongChain}).Findings)
			if others[dnameLoop.Code] {
				return // that rule tells of them
			}
			for _, f := range loops {
				if m.questions(f.Message) == nil {
					rt.Errorf("%s is none, in\n%s", f.Message, strings.Join(texts, ""))
				}
				_, path, _ := strings.Cut(f.Message, ": ")
				names := strings.Split(path, " -> ")
				for i := range names[:len(names)-1] {
					shown[names[i]+" "+names[i+1]] = true
				}
			}
		}
		for _, c := range m.circles() {
			found++
			for i, at := range c {
				q, from, _ := strings.Cut(at, " ")
				_, to, _ := strings.Cut(c[(i+1)%len(c)], " ")
				if m.owners[at] && !shown[from+" "+to] {
					rt.Errorf("the step from %s to %s (question %s) of %q is in none of %v, in\n%s", from, to, q, c, shown, strings.Join(texts, ""))
				}
			}
		}
	})
	if found == 0 {
		t.Error("nothing was tried")
	}
}

// TestAChangeIsRefusedForNewCirclesOnly compares the judgement of a Change with
// all circles before and after.
func TestAChangeIsRefusedForNewCirclesOnly(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		oldTexts, newTexts := someZones(rt, "old"), someZones(rt, "new")
		for i := range newTexts { // some records stay, and some come
			if rapid.Bool().Draw(rt, "keep") {
				newTexts[i] = oldTexts[i] + strings.TrimPrefix(strings.TrimPrefix(newTexts[i], head), beside)
			}
		}
		before, after := setOf(t, oldTexts), setOf(t, newTexts)
		was, is := naively(before), naively(after)
		change := between(before, after)
		change.MaxChain = reach.LongChain
		loops, others := loopsOf(CheckChange(change).Findings)
		_, had := errorsOf(before)
		if others[dnameLoop.Code] || had[dnameLoop.Code] {
			return
		}
		for _, f := range loops {
			if is.questions(f.Message) == nil {
				rt.Errorf("%s is none in\n%s", f.Message, strings.Join(newTexts, ""))
			}
			if slices.Equal(was.questions(f.Message), is.questions(f.Message)) {
				rt.Errorf("%s was there before\n%s\nto\n%s", f.Message, strings.Join(oldTexts, ""), strings.Join(newTexts, ""))
			}
		}
		stood := was.circles()
		for id := range is.circles() {
			if stood[id] == nil && len(loops) == 0 {
				rt.Errorf("%s is not seen in a Change from\n%s\nto\n%s", id, strings.Join(oldTexts, ""), strings.Join(newTexts, ""))
			}
		}
	})
}

func TestSeveralTargets(t *testing.T) {
	const two = head + "@ ALIAS www.cdn.example.net.\napex CNAME @\n"
	long := strings.TrimPrefix(chainOf(DefaultMaxChain), head)
	for _, c := range []struct {
		name          string
		before, after []string
		errors        []string // owners and texts
	}{
		{"the second target of the apex leads back", []string{two}, []string{two + "@ ALIAS apex\n"},
			[]string{"example.com. these aliases run in a circle: example.com. -> apex.example.com. -> example.com."}},
		{"by two more, over another zone", []string{head + "a ALIAS x.example.net.\n", beside + "b CNAME a.example.com.\n"},
			[]string{head + "a ALIAS x.example.net.\na ALIAS m.example.org.\n", beside + "b CNAME a.example.com.\nm ALIAS y.example.net.\nm ALIAS b\n"},
			[]string{"a.example.com. these aliases run in a circle: a.example.com. -> m.example.org. -> b.example.org. -> a.example.com."}},
		{"by a DNAME", []string{head + "a ALIAS x.example.net.\nold DNAME new\nx.new CNAME a\n"}, []string{head + "a ALIAS x.example.net.\na ALIAS x.old\nold DNAME new\nx.new CNAME a\n"},
			[]string{"a.example.com. these aliases run in a circle: a.example.com. -> x.old.example.com. -> x.new.example.com. -> a.example.com."}},
		{"by a wildcard", []string{head + "a ALIAS x.example.net.\n*.w CNAME a\n"}, []string{head + "a ALIAS x.example.net.\na ALIAS q.w\n*.w CNAME a\n"},
			[]string{"a.example.com. these aliases run in a circle: a.example.com. -> q.w.example.com. -> a.example.com."}},
		{"of a wildcard", []string{head + "*.w ALIAS x.example.net.\na CNAME q.w\n"}, []string{head + "*.w ALIAS x.example.net.\n*.w ALIAS a\na CNAME q.w\n"},
			[]string{"*.w.example.com. *.w.example.com. leads into a circle of aliases: *.w.example.com. -> a.example.com. -> q.w.example.com. -> a.example.com.",
				"a.example.com. these aliases run in a circle: a.example.com. -> q.w.example.com. -> a.example.com."}},
		{"to the name itself", []string{head + "a ALIAS x.example.net.\n"}, []string{head + "a ALIAS x.example.net.\na ALIAS A\n"},
			[]string{"a.example.com. these aliases run in a circle: a.example.com. -> a.example.com."}},
		{"into a circle that is there", []string{head + "a CNAME b\nb CNAME a\nc ALIAS x.example.net.\n"}, []string{head + "a CNAME b\nb CNAME a\nc ALIAS x.example.net.\nc ALIAS a\n"},
			[]string{"c.example.com. c.example.com. leads into a circle of aliases: c.example.com. -> a.example.com. -> b.example.com. -> a.example.com."}},
		{"a second circle through a name that is in one", []string{head + "a ALIAS b\na ALIAS x.example.net.\nb CNAME a\nc CNAME a\n"}, []string{head + "a ALIAS b\na ALIAS c\nb CNAME a\nc CNAME a\n"},
			[]string{"a.example.com. these aliases run in a circle: a.example.com. -> c.example.com. -> a.example.com."}},
		{"a longer way around beside one that is there", []string{head + "a ALIAS b\nb ALIAS a\nd CNAME a\n"}, []string{head + "a ALIAS b\nb ALIAS a\nb ALIAS d\nd CNAME a\n"},
			[]string{"a.example.com. these aliases run in a circle: a.example.com. -> b.example.com. -> d.example.com. -> a.example.com."}},
		{"the one that leads back goes", []string{two + "@ ALIAS apex\n"}, []string{two}, nil},
		{"the other one goes", []string{two + "@ ALIAS apex\n"}, []string{head + "@ ALIAS apex\napex CNAME @\n"}, nil},
		{"both go", []string{two + "@ ALIAS apex\n"}, []string{head + "apex CNAME @\n"}, nil},
		{"another one comes beside a circle", []string{two + "@ ALIAS apex\n"}, []string{two + "@ ALIAS apex\n@ ALIAS y.example.net.\n"}, nil},
		{"two that meet again", []string{head}, []string{head + "a ALIAS b\na ALIAS c\nb CNAME d\nc CNAME d\nd A 192.0.2.1\n"}, nil},
		{"too long by the second", []string{head + long + "a ALIAS x.example.net.\n"}, []string{head + long + "a ALIAS x.example.net.\na ALIAS n00\n"},
			[]string{"a.example.com. a.example.com. ALIAS n00.example.com. starts a chain of more than 16 links, which ends at n16.example.com."}},
		{"too long by the second target of a target", []string{head + long + "b ALIAS x.example.net.\nb ALIAS n01\n"}, []string{head + long + "a CNAME b\nb ALIAS x.example.net.\nb ALIAS n01\n"},
			[]string{"a.example.com. a.example.com. CNAME starts a chain of more than 16 links, which ends at n16.example.com."}},
		{"too long for who points there", []string{head + long + "a CNAME b\nb ALIAS x.example.net.\n"}, []string{head + long + "a CNAME b\nb ALIAS x.example.net.\nb ALIAS n01\n"},
			[]string{"a.example.com. a.example.com. CNAME starts a chain of more than 16 links, which ends at n16.example.com."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range CheckChange(between(setOf(t, c.before), setOf(t, c.after))).Findings {
				if f.Severity == Error {
					got = append(got, f.Owner+" "+f.Message)
				}
			}
			slices.Sort(got)
			if !slices.Equal(got, c.errors) {
				t.Errorf("got  %q\nwant %q", got, c.errors)
			}
		})
	}
}

func TestFixesOfSeveralTargets(t *testing.T) {
	for _, c := range []struct{ name, zone, code, titles, old string }{
		{"the record that leads back goes", head + "@ ALIAS www.cdn.example.net.\n@ ALIAS apex\napex CNAME @\n", cnameLoop.Code,
			"remove ALIAS apex.example.com. of example.com., remove the CNAME record of apex.example.com.", "apex.example.com. example.com."},
		{"the only record goes", head + "@ ALIAS apex\napex CNAME @\n", cnameLoop.Code, "remove the ALIAS record of example.com., remove the CNAME record of apex.example.com.", "apex.example.com. example.com."},
		{"the record that starts a chain skips it", head + "a ALIAS x.example.net.\na ALIAS b\nb CNAME host.example.net.\n", aliasChain.Code,
			"point a.example.com. ALIAS to host.example.net.", "b.example.com."},
		{"who points to several ends keeps them", head + "c CNAME a\na ALIAS x.example.net.\na ALIAS y.example.net.\n", aliasChain.Code, "", ""},
		{"mail to several ends", head + "@ MX 10 m\nm CNAME a\na ALIAS x.example.net.\na ALIAS y.example.net.\n", mxTargetIsAlias.Code, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := judge(t, c.zone)
			i := slices.IndexFunc(found, func(f Finding) bool { return f.Code == c.code })
			if i < 0 {
				t.Fatalf("no %s in %v", c.code, found)
			}
			var titles, old []string
			for n, fix := range found[i].Fixes {
				titles, old = append(titles, fix.Title), append(old, fix.Edits[0].Old...)
				mends(t, found[i], n, c.zone)
			}
			if strings.Join(titles, ", ") != c.titles || strings.Join(old, " ") != c.old {
				t.Errorf("got %q of %q, want %q of %q", titles, old, c.titles, c.old)
			}
		})
	}
}

func TestEachTargetIsJudgedAndPlacedByItself(t *testing.T) {
	found := judge(t, head+"@ ALIAS www.cdn.example.net.\n@ ALIAS hots\n@ ALIAS apex\napex CNAME @\n")
	var got []string
	for _, f := range found {
		got = append(got, fmt.Sprintf("%d %s %q", f.Line, f.Code, f.Conflicts))
	}
	want := []string{
		`7 dangling-target []`,
		`8 cname-loop ["example.com. ALIAS apex.example.com.  (test.zone:8)" "apex.example.com. CNAME example.com.  (test.zone:9)"]`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// fanned are levels of names, every one of which has all of the next as its targets.
func fanned(levels, width int) string {
	var b strings.Builder
	for level := range levels {
		for from := range width {
			for to := range width {
				fmt.Fprintf(&b, "n%d-%d ALIAS n%d-%d\n", level, from, level+1, to)
			}
		}
	}
	return b.String()
}

func TestTargetsThatFanOutAreWalkedOnce(t *testing.T) {
	text := head + fanned(12, 8)
	for name, more := range map[string]string{"": "n12-7 A 192.0.2.1\n", cnameLoop.Code: "n12-7 CNAME n0-0\n"} {
		before := setOf(t, []string{text})
		r := CheckChange(between(before, setOf(t, []string{text + more})))
		if got := slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Code == cnameLoop.Code }); got != (name != "") {
			t.Errorf("with %q: %v", more, r.Findings)
		}
	}
}

func TestWorkIsBoundedWhereTargetsHaveNoEnd(t *testing.T) {
	var b strings.Builder
	b.WriteString(head)
	for i := range 2 * reach.LongChain {
		fmt.Fprintf(&b, "wide ALIAS t%d\nt%d CNAME host.example.net.\n", i, i)
	}
	set := setOf(t, []string{b.String()})
	j := judgement{Change: Change{Old: set, New: set, Pointers: noPointers{}}, whom: new(reach.Concern)}
	c := j.among(set)
	c.Left = 0
	s := reach.Suspect{Apex: dname.MustParse("example.com."), Owner: dname.MustParse("wide.example.com.")}
	c.ask(&s)
	known := 0
	for i := range 2 * reach.LongChain {
		if c.Knows(dname.MustParse(fmt.Sprintf("t%d.example.com.", i)), reach.Addresses) {
			known++
		}
	}
	if c.Left > 0 || known < reach.LongChain-2 || known > reach.LongChain {
		t.Errorf("%d names known, %d left", known, c.Left)
	}
}
