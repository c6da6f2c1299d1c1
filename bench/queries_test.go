package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/rr"
)

func kindOf(q query) string {
	switch {
	case q.rcode == nxDomain:
		return "nxdomain"
	case q.answers == 3:
		return "chain"
	case q.answers == 1:
		return "direct"
	case strings.Contains(q.name, ".w"):
		return "wildcard"
	}
	return "cname"
}

func TestMixSharesAddUp(t *testing.T) {
	sum := 0
	for _, k := range mix {
		sum += k.share
	}
	if sum != 100 {
		t.Errorf("the shares add up to %d %%", sum)
	}
}

func TestQueriesKeepTheProportions(t *testing.T) {
	counts := map[string]int{}
	for _, q := range makeQueries(small, 1000) {
		counts[kindOf(q)]++
	}
	want := map[string]int{"direct": 400, "cname": 300, "chain": 100, "wildcard": 100, "nxdomain": 100}
	for name, n := range want {
		if counts[name] != n {
			t.Errorf("%d %s queries of 1000, want %d", counts[name], name, n)
		}
	}
}

func TestQueriesAreShuffledButTheSameEveryTime(t *testing.T) {
	first, second := makeQueries(small, 1000), makeQueries(small, 1000)
	if !slices.Equal(first, second) {
		t.Fatal("two runs give different queries")
	}
	early := map[string]int{}
	for _, q := range first[:200] {
		early[kindOf(q)]++
	}
	for _, k := range mix {
		if early[k.name] == 0 {
			t.Errorf("no %s query among the first 200", k.name)
		}
	}
}

// TestExpectationsMatchTheZone follows the zone file by hand and compares.
func TestExpectationsMatchTheZone(t *testing.T) {
	records := zoneRecords(t, zoneText(small))
	for _, q := range makeQueries(small, 500) {
		name := strings.TrimSuffix(q.name, "."+small.origin)
		answers := 0
		if label, wild, below := strings.Cut(name, "."); below && label != "" {
			name = "*." + wild
		}
		for records["CNAME"][name] != "" {
			name = records["CNAME"][name]
			answers++
		}
		address := records[q.qtype.String()][name]
		if address == "" {
			if q.rcode != nxDomain || answers != 0 {
				t.Errorf("%s leads nowhere but expects %+v", q.name, q)
			}
			continue
		}
		if answers+1 != q.answers || q.address.String() != address || q.rcode != noError {
			t.Errorf("%s leads to %s in %d records, expected %+v", q.name, address, answers+1, q)
		}
	}
}

func TestChainQueriesAskForAAAA(t *testing.T) {
	if q := small.chainQuery(3); q.qtype != rr.TypeAAAA || !q.address.Is6() {
		t.Errorf("chain query %+v", q)
	}
	if q := small.aliasQuery(3); q.qtype != rr.TypeA || !q.address.Is4() {
		t.Errorf("alias query %+v", q)
	}
}

func TestWriteQueries(t *testing.T) {
	path := filepath.Join(t.TempDir(), "queries")
	if err := writeQueries(path, []query{small.hostQuery(7), small.chainQuery(2)}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := "h7.bench.example. A\nc2.bench.example. AAAA\n"; string(text) != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

func TestSample(t *testing.T) {
	queries := makeQueries(small, 1000)
	for _, c := range []struct{ count, want int }{{100, 100}, {1000, 1000}, {5000, 1000}, {1, 1}} {
		if got := len(sample(queries, c.count)); got != c.want {
			t.Errorf("a sample of %d has %d queries, want %d", c.count, got, c.want)
		}
	}
	if got := sample(nil, 10); got != nil {
		t.Errorf("a sample of nothing is %v", got)
	}
}

func TestSampleHoldsEveryKind(t *testing.T) {
	seen := map[string]bool{}
	for _, q := range sample(makeQueries(servedLayout, 50_000), verified) {
		seen[kindOf(q)] = true
	}
	if len(seen) != len(mix) {
		t.Errorf("the sample holds only %v", seen)
	}
}
