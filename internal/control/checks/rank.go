package checks

import (
	"cmp"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone/graph"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// MaxFollowers is how many followers of a name are counted.
const MaxFollowers = 1000

// maxCounted bounds the edges that are looked at for the followers of all findings.
const maxCounted = 5_000_000

// ranked is a View of all that is known: errors before warnings, then what most
// lead to, then by zone, name and rule.
func (b *Board) ranked(w *World) *View {
	v := &View{Zones: make(map[change.ZoneID]*Verdict, len(b.zones)), Pending: make(map[change.ZoneID]bool), Findings: make([]Finding, 0, b.kept)}
	count := counter{graph: w.Graph, known: make(map[string]int), left: maxCounted}
	for id, j := range b.zones {
		if j.stale {
			v.Pending[id] = true
		}
		if j.Verdict == nil {
			continue
		}
		v.Zones[id] = j.Verdict
		for _, f := range j.findings {
			f.Followers = count.of(&f)
			v.Findings = append(v.Findings, f)
		}
	}
	slices.SortFunc(v.Findings, compare)
	return v
}

func compare(a, b Finding) int {
	return cmp.Or(weight(a.Severity)-weight(b.Severity), b.Followers-a.Followers, a.Zone.Apex.Compare(b.Zone.Apex),
		compareNames(a.Name, b.Name), strings.Compare(a.Code, b.Code), strings.Compare(a.Message, b.Message))
}

// compareNames is the canonical order, those without a name first.
func compareNames(a, b dname.Name) int {
	if a == nil || b == nil {
		return len(a) - len(b)
	}
	return a.Compare(b)
}

// weight orders severities, the worst first.
func weight(s lint.Severity) int {
	if s == lint.Error {
		return 0
	}
	return 1
}

// counter counts who leads to a name.
type counter struct {
	graph *graph.Graph
	known map[string]int
	left  int
}

// of is how many record sets lead to the name of f or refer to it: directly, through
// others, and to what a wildcard or a DNAME there stands for.
func (c *counter) of(f *Finding) int {
	if f.Name == nil {
		return 0
	}
	start := stop{f.Name, f.Type == "DNAME"}
	id := string(f.Name) + f.Type
	if n, ok := c.known[id]; ok {
		return n
	}
	n := c.walk(start)
	c.known[id] = n
	return n
}

func (c *counter) walk(start stop) (n int) {
	t := tour{graph: c.graph, visited: make(map[string]bool)}
	t.push(start.name, start.below)
	met := make(map[string]bool)
	for len(t.queue) > 0 && n < MaxFollowers && c.left > 0 {
		s := t.queue[0]
		t.queue = t.queue[1:]
		take := func(e graph.Edge) bool {
			c.left--
			if id := setOf(e); !met[id] {
				met[id] = true
				n++
			}
			if e.Kind.Follows() {
				t.push(e.Owner.Clone(), e.Kind == graph.DNAME)
			}
			return n < MaxFollowers && c.left > 0
		}
		t.graph.Direct(s.name)(take)
		if s.below && n < MaxFollowers {
			t.graph.Below(s.name)(take)
		}
	}
	return n
}

// setOf names the record set that e is of.
func setOf(e graph.Edge) string {
	return e.Kind.Type().String() + " " + string(e.Owner) + string(e.Apex)
}
