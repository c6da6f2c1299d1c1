package main

import (
	"slices"
	"testing"
	"time"
)

func TestParsePublish(t *testing.T) {
	cases := []struct {
		situation, output string
		want              time.Duration
	}{
		{"plain", "goos: linux\nBenchmarkPublishOneRecord-2   \t   36000\t     33120 ns/op\nPASS\n", 33120},
		{"fraction and allocations", "BenchmarkPublishOneRecord \t 5000000\t 231.7 ns/op\t 4096 B/op\t 12 allocs/op\n", 231},
		{"no such benchmark", "PASS\nok  \texample\t0.003s\n", 0},
	}
	for _, c := range cases {
		if got := parsePublish(c.output); got != c.want {
			t.Errorf("%s: %v, want %v", c.situation, got, c.want)
		}
	}
}

func TestPublishTimeOfATreeWithoutZones(t *testing.T) {
	if got, err := publishTime(t.Context(), t.TempDir()); got != 0 || err != nil {
		t.Errorf("got %v, %v", got, err)
	}
}

func stepNames(t *testing.T, list string) []string {
	t.Helper()
	peers, err := choosePeers(list, "/root")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range (loading{bench: bench{peers: peers}}).steps() {
		names = append(names, s.name)
	}
	return names
}

func TestLoadSteps(t *testing.T) {
	cases := []struct {
		peers string
		want  []string
	}{
		{"echo", nil},
		{"nsd", []string{checkStage, "nsd to first answer"}},
		{"truename,nsd,echo", []string{"truename zone check", checkStage, "truename to first answer", "nsd to first answer"}},
	}
	for _, c := range cases {
		if got := stepNames(t, c.peers); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.peers, got, c.want)
		}
	}
}

func TestTimed(t *testing.T) {
	run, err := timed(t.Context(), []string{"true"})
	if err != nil || run.wall <= 0 {
		t.Errorf("got %+v, %v", run, err)
	}
	if _, err := timed(t.Context(), []string{"sh", "-c", "echo broken zone; exit 1"}); err == nil {
		t.Error("a program that fails was timed")
	}
}
