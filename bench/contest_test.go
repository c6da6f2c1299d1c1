package main

import (
	"strings"
	"testing"
	"time"
)

// contested is a suite in which every round of a server and load took that long.
func contested(suite string, cpu map[string]map[string][]float64) contestResults {
	r := contestResults{contest: contest{bench: bench{rounds: 3, length: time.Second, suites: map[string]bool{suite: true}}, suite: suite},
		traffic: map[string]map[string][]traffic{}, pss: map[string][]float64{"truename": {12.5}}}
	loads := []string{"plain", "alias"}
	switch suite {
	case "recursion":
		loads = []string{"chain"}
	case "counting":
		loads = []string{"mix"}
	}
	for _, name := range loads {
		r.loads = append(r.loads, questions{name: name})
	}
	for _, name := range []string{"truename", "unbound", "pdns", "uncounted"} {
		if cpu[name] == nil {
			continue
		}
		r.peers = append(r.peers, peer{name: name})
		for load, rounds := range cpu[name] {
			for _, us := range rounds {
				r.note(name, load, traffic{ran: true, cpu: us, rate: 1e6 / us, count: 1000, other: .02})
			}
		}
	}
	return r
}

func TestVerdictOfRecursion(t *testing.T) {
	for _, c := range []struct {
		situation     string
		ours, unbound []float64
		want          string
	}{
		{"less than unbound", []float64{4, 5, 6}, []float64{10, 10, 10}, "0.50 (at most 1.00): kept"},
		{"the median counts", []float64{4, 5, 600}, []float64{5, 5, 5}, "1.00 (at most 1.00): kept"},
		{"more than unbound", []float64{12}, []float64{10}, "1.20 (at most 1.00): MISSED"},
		{"unbound did not run", []float64{12}, nil, "not measured"},
	} {
		cpu := map[string]map[string][]float64{"truename": {"chain": c.ours}}
		if c.unbound != nil {
			cpu["unbound"] = map[string][]float64{"chain": c.unbound}
		}
		if got := contested("recursion", cpu).verdicts(); len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s: %q, want %q", c.situation, got, c.want)
		}
	}
}

func TestVerdictOfCounting(t *testing.T) {
	for _, c := range []struct {
		situation     string
		counts, plain []float64
		want          string
	}{
		{"hardly more", []float64{4.08, 4.1, 9}, []float64{4, 4, 4}, "1.02 (at most 1.03): kept"},
		{"too much", []float64{4.4}, []float64{4}, "1.10 (at most 1.03): MISSED"},
	} {
		cpu := map[string]map[string][]float64{"truename": {"mix": c.counts}, "uncounted": {"mix": c.plain}}
		if got := contested("counting", cpu).verdicts(); len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s: %q, want %q", c.situation, got, c.want)
		}
	}
}

func TestVerdictOfAliases(t *testing.T) {
	r := contested("alias", map[string]map[string][]float64{
		"truename": {"plain": {5, 5, 5}, "alias": {5.4, 5.4, 5.4}}, "pdns": {"plain": {10}, "alias": {28}},
	})
	got := strings.Join(r.verdicts(), "\n")
	for _, want := range []string{"1.08 (at most 1.10): kept", "not counted: 2.80"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q lacks %q", got, want)
		}
	}
}

func TestTableOfAContest(t *testing.T) {
	r := contested("alias", map[string]map[string][]float64{
		"truename": {"plain": {5, 4, 6}, "alias": {6, 6, 6}}, "pdns": {"plain": {10}, "alias": {30}},
	})
	rows := r.table().rows
	if len(rows) != 4 {
		t.Fatalf("%d rows: %v", len(rows), rows)
	}
	for i, want := range []string{"truename plain 5.00 4.00 0.50 1.00", "truename alias 6.00 6.00 0.20 1.20", "pdns plain 10.00 10.00 1.00 1.00", "pdns alias 30.00 30.00 1.00 3.00"} {
		if got := strings.Join(rows[i][:6], " "); got != want {
			t.Errorf("row %d is %q, want %q", i, got, want)
		}
	}
	for _, text := range []string{r.text(), r.markdown()} {
		for _, want := range []string{"alias", "12.5", "bar: CPU a question for an ALIAS"} {
			if !strings.Contains(text, want) {
				t.Errorf("the report lacks %q:\n%s", want, text)
			}
		}
	}
}

func TestSuitesOfNamesOfOthersMayBeLeftOut(t *testing.T) {
	if err := (bench{suites: map[string]bool{"udp": true}}).contests(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestLoadsAreMeasuredThereAndBack(t *testing.T) {
	var order []string
	for _, load := range thereAndBack([]questions{{name: "plain"}, {name: "alias"}}) {
		order = append(order, load.name)
	}
	if got := strings.Join(order, " "); got != "plain alias alias plain" {
		t.Errorf("got %s", got)
	}
}
