package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"
)

func written(write func(*bufio.Writer)) string {
	var b bytes.Buffer
	w := bufio.NewWriter(&b)
	write(w)
	w.Flush()
	return b.String()
}

// Answers are looked up in the zone as it is written, not worked out the same way twice.
func TestChainsLeadWhereTheQueriesSay(t *testing.T) {
	records := zoneRecords(t, written(writeOutside))
	if got := len(records["A"]) + len(records["CNAME"]); got != 3*outsideChains {
		t.Errorf("%d records, want %d", got, 3*outsideChains)
	}
	for _, chain := range []int{0, 1, 17, outsideChains - 1} {
		q := outsideQuery(chain)
		owner := strings.TrimSuffix(q.name, "."+outsideOrigin)
		end := records["CNAME"][records["CNAME"][owner]]
		if q.answers != 3 || records["A"][end] != q.address.String() {
			t.Errorf("%s leads to %s with %s, want %s", owner, end, records["A"][end], q.address)
		}
	}
}

func TestAliasesLeadWhereTheQueriesSay(t *testing.T) {
	outside, own := zoneRecords(t, written(writeOutside)), zoneRecords(t, written(writeAliases))
	if len(own["A"]) != aliasNames || len(own["ALIAS"]) != aliasNames {
		t.Fatalf("%d A and %d ALIAS records, want %d of each", len(own["A"]), len(own["ALIAS"]), aliasNames)
	}
	targets := map[string]bool{}
	for _, target := range own["ALIAS"] {
		targets[target] = true
	}
	if len(targets) != outsideTargets {
		t.Errorf("%d targets, want %d", len(targets), outsideTargets)
	}
	for _, name := range []int{0, 999, aliasNames - 1} {
		plain, alias := plainQuery(name), aliasQuery(name)
		target := own["ALIAS"][strings.TrimSuffix(alias.name, "."+aliasOrigin)]
		if got := outside["A"][strings.TrimSuffix(target, "."+outsideOrigin)]; got != alias.address.String() {
			t.Errorf("%s leads to %s, want %s", alias.name, got, alias.address)
		}
		if got := own["A"][strings.TrimSuffix(plain.name, "."+aliasOrigin)]; got != plain.address.String() {
			t.Errorf("%s has %s, want %s", plain.name, got, plain.address)
		}
	}
}

func TestResolversKnowWhereNamesOfOthersAre(t *testing.T) {
	for _, p := range []peer{resolvingPeer("/root", 5301), aliasPeer("/root", 5301), unboundPeer(5301), pdnsAliasPeer(5301)} {
		s := site{dir: t.TempDir(), port: 5399, http: 5398, zone: zoneFile{origin: aliasOrigin, path: "/zones/alias.example/alias.example.zone"}}
		args, err := p.configure(s)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.Join(args, " ") + folderText(t, s.dir)
		for _, want := range []string{"5399", "127.0.0.1"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %s:\n%s", p.name, want, text)
			}
		}
		if !strings.Contains(text, "127.0.0.1:5301") && !strings.Contains(text, "127.0.0.1@5301") {
			t.Errorf("%s does not know the server of the names of others:\n%s", p.name, text)
		}
	}
}

func TestQuestionsAreWrittenOutOften(t *testing.T) {
	b := bench{root: t.TempDir()}
	q, err := b.writeQuestions("plain", 10, plainQuery)
	if err != nil {
		t.Fatal(err)
	}
	if len(q.queries) != 10 || q.queries[3].name != "p3."+aliasOrigin {
		t.Errorf("got %+v", q.queries)
	}
	text := folderText(t, b.root+"/bench/work")
	if got := strings.Count(text, "\n"); got < servedQueries {
		t.Errorf("%d lines, want %d", got, servedQueries)
	}
	for i := range 10 {
		if q := plainQuery(i); !strings.Contains(text, q.name+" A\n") {
			t.Errorf("%s is never asked", q.name)
		}
	}
}
