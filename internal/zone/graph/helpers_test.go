package graph

import (
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
)

const head = "$TTL 300\n@ 3600 SOA ns1 admin 1 7200 900 1209600 60\n"

func snapshot(t testing.TB, origin, text string) *zone.Snapshot {
	t.Helper()
	b := zone.NewBuilder(dname.MustParse(origin))
	err := zonefile.Parse(strings.NewReader(head+text), origin, zonefile.Options{Origin: dname.MustParse(origin)},
		func(r *zonefile.Record) error {
			b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return b.Build().Snapshot
}

// world is a set of zones given by origin and text; "!" is one that is not ready.
func world(t testing.TB, texts map[string]string) *zone.Set {
	t.Helper()
	set := new(zone.Set)
	for origin, text := range texts {
		e := zone.Entry{Apex: dname.MustParse(origin), Reason: "broken"}
		if text != "!" {
			e = zone.Entry{Apex: dname.MustParse(origin), Zone: snapshot(t, origin, text)}
		}
		set = set.With(e)
	}
	return set
}

// pathText is steps as "name KIND by owner ttl -> ... -> last".
func pathText(steps []Step) string {
	var s strings.Builder
	for i := range steps {
		step := &steps[i]
		fmt.Fprintf(&s, "%s %s", step.Name, step.Kind)
		if !step.Name.Equal(step.Owner) {
			fmt.Fprintf(&s, " by %s", step.Owner)
		}
		fmt.Fprintf(&s, " %d > ", step.TTL)
		if i == len(steps)-1 {
			s.WriteString(step.Target.String())
		}
	}
	return s.String()
}

// all are the dependents of name, asked for in pages of that size.
func all(t testing.TB, g *Graph, set *zone.Set, name string, q Query) []Dependent {
	t.Helper()
	var out []Dependent
	for range 100_000 {
		p, err := g.Dependents(set, dname.MustParse(name), q)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, p.Dependents...)
		if q.Cursor = p.Cursor; q.Cursor == "" {
			return out
		}
	}
	t.Fatal("pages without end")
	return nil
}

func paths(list []Dependent) []string {
	var out []string
	for _, d := range list {
		out = append(out, pathText(d.Path))
	}
	return out
}

func typeOf(t testing.TB, text string) rr.Type {
	t.Helper()
	rtype, err := rr.ParseType(text)
	if err != nil {
		t.Fatal(err)
	}
	return rtype
}

func lines(text string) []string {
	var out []string
	for line := range strings.SplitSeq(strings.TrimSpace(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out = append(out, line)
		}
	}
	return out
}
