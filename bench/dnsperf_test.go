package main

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

const perfOutput = `
Statistics:

  Queries sent:         342466
  Queries completed:    342460 (100.00%)
  Queries lost:         6 (0.00%)

  Response codes:       NOERROR 308219 (90.00%), NXDOMAIN 34241 (10.00%)
  Average packet size:  request 38, response 66
  Run time (s):         2.000612
  Queries per second:   171180.618730
`

func TestParsePerf(t *testing.T) {
	r, err := parsePerf(perfOutput)
	if err != nil {
		t.Fatal(err)
	}
	if r.completed != 342460 || r.lost != 6 || int(r.rate) != 171180 {
		t.Errorf("got %+v", r)
	}
	if len(r.rcodes) != 2 || r.rcodes["NOERROR"] != 308219 || r.rcodes["NXDOMAIN"] != 34241 {
		t.Errorf("response codes %v", r.rcodes)
	}
	if err := r.check(); err != nil {
		t.Errorf("a good run is refused: %v", err)
	}
}

func TestParsePerfWithoutStatistics(t *testing.T) {
	if _, err := parsePerf("Error: unable to open file"); err == nil {
		t.Error("a failed run was read")
	}
}

func TestRunsThatAreRefused(t *testing.T) {
	cases := []struct {
		situation string
		result    perfResult
	}{
		{"nothing answered", perfResult{}},
		{"more than one in a hundred lost", perfResult{completed: 10_000, lost: 101}},
		{"servers that fail", perfResult{completed: 10_000, rcodes: map[string]int{"NOERROR": 9999, "SERVFAIL": 1}}},
	}
	for _, c := range cases {
		if c.result.check() == nil {
			t.Errorf("%s: accepted", c.situation)
		}
	}
}

func TestPerfArguments(t *testing.T) {
	args := perfLoad{3, 70}.args("tcp", "file", 5*time.Second)
	for _, pair := range [][2]string{{"-m", "tcp"}, {"-d", "file"}, {"-l", "5"}, {"-c", "3"}, {"-q", "70"}} {
		if i := slices.Index(args, pair[0]); i < 0 || args[i+1] != pair[1] {
			t.Errorf("%v lacks %v", args, pair)
		}
	}
}

func TestTraffic(t *testing.T) {
	start := time.Now()
	before := meter{start, cpuTimes{1: {0, threads(0)}}, 10 * time.Second}
	after := meter{start.Add(2 * time.Second), cpuTimes{1: {time.Second, threads(time.Second)}}, 14 * time.Second}
	r := perfResult{completed: 250_000, lost: 3, rate: 125_000, used: 2 * time.Second}
	got, err := newTraffic(before, after, r)
	other := 1 / (2 * float64(runtime.NumCPU()))
	if want := (traffic{ran: true, cpu: 4, rate: 125_000, lost: 3, count: 250_000, other: other}); err != nil || got != want {
		t.Errorf("got %+v, %v; want %+v", got, err, want)
	}
}

func TestTrafficOfAServerThatEnded(t *testing.T) {
	before := meter{cpu: cpuTimes{1: {}}}
	if _, err := newTraffic(before, meter{cpu: cpuTimes{}}, perfResult{completed: 1}); err == nil {
		t.Error("measured")
	}
}

func TestOtherLoadIsNeverNegative(t *testing.T) {
	start := time.Now()
	got, err := newTraffic(meter{at: start}, meter{at: start.Add(time.Second)}, perfResult{completed: 1, used: time.Second})
	if err != nil || got.other != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
