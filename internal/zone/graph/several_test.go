package graph

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var several = map[string]string{
	"example.": `
main 300 A 192.0.2.1
second 60 ALIAS cdn.test.
second 60 ALIAS main
both 200 ALIAS far
both 200 ALIAS main
far 100 CNAME near
near 40 ALIAS main
near 40 ALIAS other
other 20 A 192.0.2.2
www CNAME both
mail MX 5 second
*.w ALIAS cdn.test.
*.w ALIAS near
shop CNAME x.w
svc HTTPS 0 cdn.test.
svc HTTPS 0 second
ring ALIAS ring2
ring ALIAS main
ring2 CNAME ring
`,
}

func TestDependentsByAnyOfSeveralTargets(t *testing.T) {
	set := world(t, several)
	g := Build(set)
	for _, c := range []struct{ situation, name, want string }{
		{"by any target, on the shortest way", "main.example.", `
			both.example. ALIAS 200 > main.example.
			near.example. ALIAS 40 > main.example.
			ring.example. ALIAS 300 > main.example.
			second.example. ALIAS 60 > main.example.
			far.example. CNAME 100 > near.example. ALIAS 40 > main.example.
			*.w.example. ALIAS 300 > near.example. ALIAS 40 > main.example.
			shop.example. CNAME 300 > x.w.example. ALIAS by *.w.example. 300 > near.example. ALIAS 40 > main.example.
			www.example. CNAME 300 > both.example. ALIAS 200 > main.example.
			mail.example. MX 300 > second.example. ALIAS 60 > main.example.
			svc.example. HTTPS AliasMode 300 > second.example. ALIAS 60 > main.example.
			ring2.example. CNAME 300 > ring.example. ALIAS 300 > main.example.`},
		{"on a way that is not the first, nor the shortest to somewhere else", "near.example.", `
			far.example. CNAME 100 > near.example.
			*.w.example. ALIAS 300 > near.example.
			both.example. ALIAS 200 > far.example. CNAME 100 > near.example.
			shop.example. CNAME 300 > x.w.example. ALIAS by *.w.example. 300 > near.example.
			www.example. CNAME 300 > both.example. ALIAS 200 > far.example. CNAME 100 > near.example.`},
		{"a second target outside of all zones", "cdn.test.", `
			second.example. ALIAS 60 > cdn.test.
			*.w.example. ALIAS 300 > cdn.test.
			svc.example. HTTPS AliasMode 300 > cdn.test.
			shop.example. CNAME 300 > x.w.example. ALIAS by *.w.example. 300 > cdn.test.
			mail.example. MX 300 > second.example. ALIAS 60 > cdn.test.`},
		{"of a ring with a way out", "ring.example.", `
			ring2.example. CNAME 300 > ring.example.
			ring.example. ALIAS 300 > ring2.example. CNAME 300 > ring.example.`},
	} {
		t.Run(c.situation, func(t *testing.T) {
			want := lines(c.want)
			slices.Sort(want)
			for _, limit := range []int{1, 2, 100} {
				got := paths(all(t, g, set, c.name, Query{Transitive: true, Limit: limit}))
				slices.Sort(got)
				if !slices.Equal(got, want) {
					t.Errorf("in pages of %d got\n%s\nwant\n%s", limit, strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
			}
		})
	}
}

func TestLongestWaysByAnyOfSeveralTargets(t *testing.T) {
	set := world(t, several)
	g := Build(set)
	for _, c := range []struct {
		name            string
		height, longest int
		drain           uint64 // 0: none
	}{
		{"main.example.", 4, 0, 300 + 300}, // www > both > far > near > main; ring > main
		{"near.example.", 3, 1, 20 + 20},   // its answers have the 20 of other; both adds as much
		{"www.example.", 0, 4, 300},
		{"both.example.", 1, 3, 20},
		{"ring.example.", 2, 2, 300 + 300}, // ring > ring2 > ring
		{"nowhere.example.", 0, 0, 60},
	} {
		name := dname.MustParse(c.name)
		if got, exact := g.Height(set, name, MaxLimit, 0); got != c.height || !exact {
			t.Errorf("%s: %d steps lead there (%v), want %d", c.name, got, exact, c.height)
		}
		if got := Longest(set, name, rr.TypeA, 0); got != c.longest {
			t.Errorf("%s: %d steps lead on, want %d", c.name, got, c.longest)
		}
		base, _ := DrainOf(set, name, rr.TypeA)
		if got, exact := g.Drain(set, base, MaxLimit, 0); got.Seconds != c.drain || !exact {
			t.Errorf("%s: drains for %d (%v), want %d", c.name, got.Seconds, exact, c.drain)
		}
	}
}

// String is the edges of p, one a line.
func (p *playground) String() string {
	var b strings.Builder
	for _, k := range p.graph.keys() {
		e, _ := key(k).edge()
		fmt.Fprintf(&b, "%s: %s %s %s\n", e.Apex, e.Owner, e.Kind, e.Target)
	}
	return b.String()
}

// steps are all steps from name, by trying every record.
func (p *playground) steps(name dname.Name, want rr.Type) (out []Step, next rr.Type) {
	w := walker{set: p.set}
	s, next, end := w.step(name, want)
	if end != goesOn {
		return nil, next
	}
	if s.Kind == CNAME || s.Kind == DNAME {
		return []Step{s}, next
	}
	place, _ := w.find(name)
	for rest := place.found.Node.Set(s.Kind.Type()); !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		if kind, target := pointer(r); kind == s.Kind {
			one := s
			one.Target = target.Lower()
			out = append(out, one)
		}
	}
	return out, next
}

// ways hands to do all ways from name that pass no name twice; that may come back to
// name at their end. It stops when there are too many.
func (p *playground) ways(path []Step, name dname.Name, want rr.Type, left *int, do func([]Step)) {
	steps, next := p.steps(name, want)
	for _, s := range steps {
		if *left--; *left < 0 {
			return
		}
		longer := append(slices.Clip(path), s)
		do(longer)
		if !slices.ContainsFunc(longer, func(b Step) bool { return b.Name.Equal(s.Target) }) {
			p.ways(longer, s.Target, next, left, do)
		}
	}
}

// model is what trying all names of the universe says about root.
type model struct {
	dependents map[string]int // by line: the least steps
	height     int
	drain      uint64
	whole      bool // it was not too much
}

func (p *playground) model(root dname.Name, base Drain) model {
	m := model{dependents: make(map[string]int), drain: base.Seconds, whole: true}
	for _, u := range universe {
		for _, want := range wants {
			p.least(visit{string(u), want}, root, m.dependents)
			left := 20_000
			p.ways(nil, u, want, &left, func(path []Step) {
				between := slices.ContainsFunc(path[1:], func(s Step) bool { return s.Name.Equal(root) })
				if between || !path[len(path)-1].Target.Equal(root) || !p.pointedAt(path) || path[0].Wildcard() {
					return
				}
				m.height = max(m.height, len(path))
				m.drain = max(m.drain, base.Seconds+added(path, base))
			})
			m.whole = m.whole && left >= 0
		}
	}
	return m
}

// least notes how many steps root is from where a client starts, at least.
func (p *playground) least(from visit, root dname.Name, out map[string]int) {
	paths := [][]Step{nil}
	seen := map[visit]bool{}
	for queue := []visit{from}; len(queue) > 0; queue, paths = queue[1:], paths[1:] {
		steps, next := p.steps(dname.Name(queue[0].name), queue[0].t)
		for _, s := range steps {
			path, to := append(slices.Clip(paths[0]), s), visit{string(s.Target), next}
			switch {
			case !p.pointedAt(path) || path[0].Wildcard() || seen[to]:
			case s.Target.Equal(root):
				if _, known := out[line(&path[0])]; !known || len(path) < out[line(&path[0])] {
					out[line(&path[0])] = len(path)
				}
				return
			default:
				seen[to] = true
				queue, paths = append(queue, to), append(paths, path)
			}
		}
	}
}

// added are the TTLs that the ALIAS records of path add to the drain of what it leads to.
func added(path []Step, base Drain) (sum uint64) {
	for i := range path {
		if !path[i].Kind.carries(base.changed) {
			return 0
		}
		if path[i].Kind == ALIAS {
			least := base.TTL
			for _, s := range path[i:] {
				least = min(least, s.TTL)
			}
			sum += uint64(least)
		}
	}
	return sum
}

// TestSeveralTargetsAgainstAModel tries all ways of all names one by one.
func TestSeveralTargetsAgainstAModel(t *testing.T) {
	compared := 0
	rapid.Check(t, func(t *rapid.T) {
		p := newPlayground([]rr.Type{rr.TypeCNAME, rr.TypeCNAME, rr.TypeALIAS, rr.TypeHTTPS, rr.TypeA, rr.TypeNS})
		p.play(t)
		p.spread(t)
		root := rapid.SampledFrom(append(slices.Collect(p.graph.Targets(dname.Root)), universe[0])).Draw(t, "root")
		base, _ := DrainOf(p.set, root, rr.TypeA)
		want := p.model(root, base)
		if !want.whole {
			return
		}
		compared += len(want.dependents)
		p.agreesOnDependents(t, root, want)
		if got, exact := p.graph.Height(p.set, root, MaxLimit, 1<<30); got != want.height || !exact {
			t.Fatalf("%s: height %d (%v), want %d in\n%s", root, got, exact, want.height, p)
		}
		if got, exact := p.graph.Drain(p.set, base, MaxLimit, 1<<30); got.Seconds != want.drain || !exact {
			t.Fatalf("%s: drain %d (%v), want %d in\n%s", root, got.Seconds, exact, want.drain, p)
		}
		p.agreesOnLongest(t, root)
	})
	if compared == 0 {
		t.Error("nothing was compared")
	}
}

func (p *playground) agreesOnDependents(t *rapid.T, root dname.Name, want model) {
	q := Query{Transitive: true, MaxDepth: MaxLimit, Limit: rapid.IntRange(1, 20).Draw(t, "limit"), Work: rapid.SampledFrom([]int{1, 1 << 30}).Draw(t, "work")}
	got := make(map[string]int)
	for {
		page, err := p.graph.Dependents(p.set, root, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Dependents {
			if !d.Kind.Follows() {
				continue
			}
			if _, twice := got[line(&d.Step)]; twice {
				t.Fatalf("%s: %s twice", root, line(&d.Step))
			}
			got[line(&d.Step)] = len(d.Path)
			if !d.Path[len(d.Path)-1].Target.Equal(root) {
				t.Fatalf("%s: the path %s ends elsewhere", root, pathText(d.Path))
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			break
		}
	}
	for l, depth := range want.dependents {
		if got[l] != depth {
			t.Fatalf("%s: %s is at depth %d, want %d in\n%s", root, l, got[l], depth, p)
		}
	}
	if len(got) != len(want.dependents) {
		t.Fatalf("%s: got %v, want %v", root, got, want.dependents)
	}
}

// agreesOnLongest: the longest way on is the longest there is, and no longer where
// there is a loop, of which only once around counts.
func (p *playground) agreesOnLongest(t *rapid.T, name dname.Name) {
	want, left := 0, 20_000
	p.ways(nil, name, rr.TypeA, &left, func(path []Step) { want = max(want, len(path)) })
	got := Longest(p.set, name, rr.TypeA, MaxLimit)
	_, loops := Loop(p.set, name)
	if left >= 0 && (got > want || got < want && !loops) {
		t.Fatalf("%s: %d steps lead on, want %d", name, got, want)
	}
}

// TestSeveralTargetsWithDNAMEs: whatever there is, no dependent comes twice, or on a
// way that the zones do not go.
func TestSeveralTargetsWithDNAMEs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := newPlayground(allTypes)
		p.play(t)
		p.spread(t)
		root := rapid.SampledFrom(universe).Draw(t, "root")
		q := Query{Transitive: true, MaxDepth: 8, Limit: 7, Work: 50_000}
		seen := make(map[string]bool)
		for pages := 0; pages < 100; pages++ {
			page, err := p.graph.Dependents(p.set, root, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range page.Dependents {
				if seen[line(&d.Step)] {
					t.Fatalf("%s: %s twice", root, line(&d.Step))
				}
				seen[line(&d.Step)] = true
				if d.Kind.Follows() && !(d.Kind == DNAME && d.Name.Equal(d.Owner)) {
					p.goes(t, d.Path)
				}
			}
			if q.Cursor = page.Cursor; q.Cursor == "" {
				return
			}
		}
	})
}

// goes: for something wanted, every step of path is one of those from its name.
func (p *playground) goes(t *rapid.T, path []Step) {
	for _, want := range wants {
		i, at := 0, want
		for ; i < len(path); i++ {
			steps, next := p.steps(path[i].Name, at)
			if !slices.ContainsFunc(steps, func(s Step) bool { return s.Target.Equal(path[i].Target) && s.Kind == path[i].Kind }) {
				break
			}
			at = next
		}
		if i == len(path) {
			return
		}
	}
	t.Fatalf("nobody is led so: %s", pathText(path))
}

// TestAWebOfTargetsIsBounded: every name of a level points at all of the next; what
// one page costs is bounded, and all pages together list every name once.
func TestAWebOfTargetsIsBounded(t *testing.T) {
	const levels, wide = 8, 12
	var b strings.Builder
	for level := range levels {
		for from := range wide {
			for to := range wide {
				fmt.Fprintf(&b, "n%d-%d ALIAS n%d-%d\n", level+1, from, level, to)
			}
		}
	}
	set := world(t, map[string]string{"example.": b.String() + "n0-3 A 192.0.2.1\n"})
	g := Build(set)
	root := dname.MustParse("n0-3.example.")
	if got := len(all(t, g, set, root.String(), Query{Transitive: true, Work: 1})); got != levels*wide {
		t.Errorf("%d dependents, want %d", got, levels*wide)
	}
	if got, exact := g.Height(set, root, MaxLimit, 1000); got != levels || exact {
		t.Errorf("height %d (%v), want %d, and that more might be", got, exact, levels)
	}
	if got := Longest(set, dname.MustParse("n8-0.example."), rr.TypeA, 0); got != levels {
		t.Errorf("%d steps lead on, want %d", got, levels)
	}
}

// hubOfPairs is a name that n ALIAS records have as the second of their targets.
func hubOfPairs(n int) (*zone.Set, *Graph) {
	b := zone.NewBuilder(dname.MustParse("example."))
	b.Add(dname.MustParse("example."), rr.TypeSOA, 3600, soaData(60), zone.Place{})
	for i := range n {
		owner := dname.MustParse(fmt.Sprintf("www%d.example.", i))
		b.Add(owner, rr.TypeALIAS, 300, dname.MustParse(fmt.Sprintf("cdn-%d.example.net.", i)), zone.Place{})
		b.Add(owner, rr.TypeALIAS, 300, hub(0), zone.Place{})
	}
	set := new(zone.Set).With(zone.Entry{Apex: dname.MustParse("example."), Zone: b.Build().Snapshot})
	return set, Build(set)
}

func TestTwentyThousandFollowersBySecondTargets(t *testing.T) {
	set, g := hubOfPairs(20_000)
	if got := len(all(t, g, set, hub(0).String(), Query{Transitive: true, Limit: 1000})); got != 20_000 {
		t.Errorf("%d dependents, want 20000", got)
	}
	if got, exact := g.Height(set, hub(0), 16, math.MaxInt); got != 1 || !exact {
		t.Errorf("height %d (%v), want 1", got, exact)
	}
}

// BenchmarkSecondTargets is as BenchmarkAllPages, with a second target each.
func BenchmarkSecondTargets(b *testing.B) {
	set, g := hubOfPairs(100_000)
	for b.Loop() {
		if n := len(all(b, g, set, hub(0).String(), Query{Transitive: true, Limit: 1000})); n != 100_000 {
			b.Fatal(n)
		}
	}
}
