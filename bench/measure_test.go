package main

import (
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

func TestParseStat(t *testing.T) {
	cases := []struct {
		situation, text string
		want            processStat
	}{
		{"plain", "42 (nsd) S 7 42 42 0 -1 4194560 1 0 0 0 150 50 0 0 20 0 1 0 1 2 3", processStat{42, 7, 2 * time.Second}},
		{"brackets and blanks in the name", "9 (a) b (c)) R 1 9 9 0 -1 0 0 0 0 0 1 0 0 0 20", processStat{9, 1, 10 * time.Millisecond}},
	}
	for _, c := range cases {
		if got, err := parseStat(c.text); err != nil || got != c.want {
			t.Errorf("%s: %+v, %v", c.situation, got, err)
		}
	}
}

func TestParseStatRefusesWhatIsNone(t *testing.T) {
	for _, text := range []string{"", "42", "42 (nsd) S 7", "42 (nsd) S x 42 42 0 -1 0 0 0 0 0 1 1 0", "x (nsd) S 7 42 42 0 -1 0 0 0 0 0 1 1 0"} {
		if got, err := parseStat(text); err == nil {
			t.Errorf("%q was read as %+v", text, got)
		}
	}
}

func TestParseSchedstat(t *testing.T) {
	if got, err := parseSchedstat("597201 12 1\n"); err != nil || got != 597201 {
		t.Errorf("got %v, %v", got, err)
	}
	if _, err := parseSchedstat("\n"); err == nil {
		t.Error("an empty schedstat was accepted")
	}
}

func TestParsePSS(t *testing.T) {
	rollup := "55d0-7ffc ---p 00000000 00:00 0    [rollup]\nRss:    2048 kB\nPss:    1500 kB\nPss_Dirty:   800 kB\n"
	if got, err := parsePSS([]byte(rollup)); err != nil || got != 1500*1024 {
		t.Errorf("got %d, %v", got, err)
	}
	if _, err := parsePSS([]byte("Rss: 1 kB\n")); err == nil {
		t.Error("a rollup without Pss was accepted")
	}
}

func TestParseBusy(t *testing.T) {
	got, err := parseBusy("cpu  100 1 50 9999 777 2 3 4 0 0\ncpu0 50 1 25 1 1 1 1 1 0 0\n")
	if want := 160 * tick; err != nil || got != want {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
	for _, text := range []string{"", "cpu 1 2 3", "cpu  a 1 1 1 1 1 1 1 1 1", "intr 1 2 3 4 5 6 7 8 9"} {
		if got, err := parseBusy(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestDescendants(t *testing.T) {
	all := []processStat{{pid: 5, parent: 4}, {pid: 2, parent: 1}, {pid: 4, parent: 2}, {pid: 3, parent: 2}, {pid: 9, parent: 1}}
	var pids []int
	for _, s := range descendants(all, 2) {
		pids = append(pids, s.pid)
	}
	slices.Sort(pids)
	if !slices.Equal(pids, []int{2, 3, 4, 5}) {
		t.Errorf("got %v", pids)
	}
	if got := descendants(all, 77); got != nil {
		t.Errorf("an unknown process has descendants %v", got)
	}
}

func threads(times ...time.Duration) map[int]time.Duration {
	m := map[int]time.Duration{}
	for i, t := range times {
		m[i] = t
	}
	return m
}

func TestCPUBetweenReadings(t *testing.T) {
	const second = time.Second
	cases := []struct {
		situation     string
		before, after cpuTimes
		want          time.Duration
	}{
		{"one process", cpuTimes{1: {second, threads(second)}}, cpuTimes{1: {2 * second, threads(2*second + 7)}}, second + 7},
		{"from the start", nil, cpuTimes{1: {second, threads(second + 3)}}, second + 3},
		{"a thread more", cpuTimes{1: {second, threads(second)}}, cpuTimes{1: {3 * second, threads(2*second, second)}}, 2 * second},
		{"a child more", cpuTimes{1: {second, threads(second)}}, cpuTimes{1: {second, threads(second)}, 2: {second, threads(second)}}, second},
		{"threads came and went", cpuTimes{1: {second, threads(second)}}, cpuTimes{1: {4 * second, threads(second)}}, 3 * second},
		{"ticks a little ahead", cpuTimes{1: {second, threads(second)}}, cpuTimes{1: {2*second + 2*tick, threads(2 * second)}}, second},
	}
	for _, c := range cases {
		if got, err := c.after.since(c.before); err != nil || got != c.want {
			t.Errorf("%s: %v, %v; want %v", c.situation, got, err, c.want)
		}
	}
}

func TestCPUOfAServerThatLostAProcess(t *testing.T) {
	before := cpuTimes{1: {}, 2: {}}
	if _, err := (cpuTimes{1: {}}).since(before); err == nil {
		t.Error("a vanished process was not noticed")
	}
}

func TestReadingsOfThisProcess(t *testing.T) {
	before, err := readCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < 50_000_000; n++ {
		spin++
	}
	after, err := readCPU(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	used, err := after.since(before)
	if err != nil || used <= 0 {
		t.Errorf("a busy loop used %v, %v", used, err)
	}
	if busy, err := readBusy(); err != nil || busy < used-grain {
		t.Errorf("all cores were busy for %v, %v; this process alone for %v", busy, err, used)
	}
	if pss, err := readPSS(os.Getpid()); err != nil || pss < 1<<20 {
		t.Errorf("this process has a size of %d, %v", pss, err)
	}
}

// spin keeps the busy loop from being optimised away.
var spin int

func TestFamilyHoldsChildren(t *testing.T) {
	child := exec.Command("sleep", "60")
	if err := child.Start(); err != nil {
		t.Skip(err)
	}
	defer child.Wait()
	defer child.Process.Kill()
	processes, err := family(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(processes, func(s processStat) bool { return s.pid == child.Process.Pid }) {
		t.Errorf("the child %d is not in %v", child.Process.Pid, processes)
	}
}
