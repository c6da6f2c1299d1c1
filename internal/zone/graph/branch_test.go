package graph

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var forks = map[string]string{
	"example.": `
@ ALIAS www.cdn.test.
@ ALIAS apex
apex CNAME @
ends ALIAS host
ends ALIAS www.cdn.test.
host A 192.0.2.1
far ALIAS host
far ALIAS near
near ALIAS www.cdn.test.
near ALIAS x.old
old DNAME new
*.new CNAME far
served HTTPS 0 host
served HTTPS 0 back
back HTTPS 0 served
`,
}

func TestLoopByASecondTarget(t *testing.T) {
	set := world(t, forks)
	for name, want := range map[string]string{
		"example.":        "example. -> apex.example. -> example.",
		"apex.example.":   "apex.example. -> example. -> apex.example.",
		"ends.example.":   "",
		"far.example.":    "far.example. -> near.example. -> x.old.example. -> x.new.example. -> far.example.",
		"served.example.": "served.example. -> back.example. -> served.example.",
	} {
		path, ok := Loop(set, dname.MustParse(name))
		if got := PathString(path); got != want || ok != (want != "") {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	if c := Follow(set, dname.MustParse("example."), rr.TypeA, 0); c.End != Leaves || len(c.Steps) != 1 {
		t.Errorf("the chain shown goes to the first target and leaves: got %s after %d", c.End, len(c.Steps))
	}
}

func TestWays(t *testing.T) {
	set := world(t, forks)
	for _, c := range []struct {
		name  string
		limit int
		want  string
	}{
		{"far.example.", 1, "far>host far>near"},
		{"far.example.", 2, "far>host far>near near>www.cdn.test. near>x.old"},
		{"far.example.", 0, "far>host far>near near>www.cdn.test. near>x.old x.old>x.new x.new>far"},
		{"host.example.", 0, ""},
	} {
		var got []string
		for s := range Ways(set, dname.MustParse(c.name), rr.TypeA, c.limit) {
			got = append(got, strings.ReplaceAll(s.Name.String()+">"+s.Target.String(), ".example.", ""))
		}
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s up to %d: got %q, want %q", c.name, c.limit, text, c.want)
		}
	}
	for range Ways(set, dname.MustParse("far.example."), rr.TypeA, 0) {
		break
	}
}

// A stranger's targets may fan out without bound; the work does not.
func TestBranchesAreBounded(t *testing.T) {
	var b strings.Builder
	for level := range 60 {
		for from := range 10 {
			for to := range 10 {
				fmt.Fprintf(&b, "n%d-%d ALIAS n%d-%d\n", level, from, level+1, to)
			}
		}
	}
	set := world(t, map[string]string{"example.": b.String()})
	if path, ok := Loop(set, dname.MustParse("n0-0.example.")); ok {
		t.Errorf("there is no loop: %s", PathString(path))
	}
	set = world(t, map[string]string{"example.": b.String() + "n60-9 CNAME n0-0\n"})
	if path, _ := Loop(set, dname.MustParse("n0-0.example.")); len(path) != 62 {
		t.Errorf("got %s", PathString(path))
	}
	b.Reset()
	for i := range 2 * maxPassed {
		fmt.Fprintf(&b, "wide ALIAS t%d\n", i)
	}
	count := 0
	for range Ways(world(t, map[string]string{"example.": b.String()}), dname.MustParse("wide.example."), rr.TypeA, 0) {
		count++
	}
	if count != maxPassed {
		t.Errorf("%d steps, want %d", count, maxPassed)
	}
}

// spread gives some names several ALIAS targets.
func (p *playground) spread(t *rapid.T) {
	for range rapid.IntRange(0, 6).Draw(t, "spreads") {
		apex := rapid.SampledFrom(apexes).Draw(t, "apex")
		owner := rapid.SampledFrom(universe).Filter(func(n dname.Name) bool { return n.IsAtOrBelow(apex) }).Draw(t, "owner")
		var set rr.Set
		for _, target := range rapid.SliceOfN(rapid.SampledFrom(universe), 2, 4).Draw(t, "targets") {
			set = rr.AppendRecord(set, rr.TypeALIAS, 60, target)
		}
		p.put(apex, owner, rr.TypeCNAME, nil)
		p.put(apex, owner, rr.TypeALIAS, set)
	}
}

// knot makes a loop of two names, every other time, so that there are some.
func (p *playground) knot(t *rapid.T) {
	if rapid.Bool().Draw(t, "knot") {
		a, b := dname.MustParse("a.y."), dname.MustParse("b.y.")
		for _, way := range [][2]dname.Name{{a, b}, {b, a}} {
			p.put(apexes[1], way[0], rr.TypeCNAME, nil)
			p.put(apexes[1], way[0], rr.TypeALIAS, rr.AppendRecord(rr.AppendRecord(nil, rr.TypeALIAS, 60, way[0].Wildcard(nil)), rr.TypeALIAS, 60, way[1]))
		}
	}
}

// all are the names that a client is led to from name next, by trying every record.
func (p *playground) all(name dname.Name, want rr.Type) (out []visit) {
	w := walker{set: p.set}
	s, next, end := w.step(name, want)
	if end != goesOn || s.Kind != ALIAS {
		if end == goesOn {
			out = append(out, visit{string(s.Target), next})
		}
		return out
	}
	place, _ := w.find(name)
	for rest := place.found.Node.Set(rr.TypeALIAS); !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		out = append(out, visit{string(dname.Name(r.Data()).Lower()), next})
	}
	return out
}

// TestLoopIsFoundByWhicheverTarget compares with all names reachable and what is
// reachable from each of them.
func TestLoopIsFoundByWhicheverTarget(t *testing.T) {
	loops := 0
	rapid.Check(t, func(t *rapid.T) {
		p := newPlayground([]rr.Type{rr.TypeCNAME, rr.TypeALIAS, rr.TypeHTTPS, rr.TypeA, rr.TypeNS})
		p.play(t)
		p.spread(t)
		p.knot(t)
		reach := func(from []visit) (out []visit) {
			for out = slices.Clone(from); len(from) > 0; from = from[1:] {
				for _, v := range p.all(dname.Name(from[0].name), from[0].t) {
					if !slices.Contains(out, v) {
						out, from = append(out, v), append(from, v)
					}
				}
			}
			return out
		}
		name := rapid.SampledFrom(append(slices.Collect(p.graph.Targets(dname.Root)), universe...)).Draw(t, "name")
		want := false
		for _, kind := range wants {
			for _, v := range reach([]visit{{string(name), kind}}) {
				want = want || slices.Contains(reach(p.all(dname.Name(v.name), v.t)), v)
			}
		}
		path, ok := Loop(p.set, name)
		if ok != want {
			t.Fatalf("%s: loop %v, want %v (%s)", name, ok, want, PathString(path))
		}
		if ok {
			loops++
			holds(t, p.set, path)
		}
	})
	if loops == 0 {
		t.Error("nothing was tried")
	}
}

// holds: every name of path leads to the next for something wanted, and the last is the first.
func holds(t *rapid.T, set *zone.Set, path []dname.Name) {
	for i := range path[:len(path)-1] {
		ok := false
		for _, want := range wants {
			for s := range Ways(set, path[i], want, 1) {
				ok = ok || s.Target.Equal(path[i+1])
			}
		}
		if !ok {
			t.Fatalf("%s does not lead to %s", path[i], path[i+1])
		}
	}
	if !path[0].Equal(path[len(path)-1]) {
		t.Fatalf("%s is no loop", PathString(path))
	}
}
