package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func served(udpCPU, tcpRate float64, pss int64) visit {
	v := visit{pss: pss, udp: traffic{ran: true, cpu: udpCPU, rate: 100_000, count: 500_000}}
	if tcpRate > 0 {
		v.tcp = traffic{ran: true, cpu: 10, rate: tcpRate, count: 100_000}
	}
	return v
}

// measured is a whole run: three rounds of three servers, two rounds of loading.
func measured() results {
	stageOf := func(name string, pss int64, seconds ...float64) stage {
		s := stage{name: name}
		for _, v := range seconds {
			wall := time.Duration(v * float64(time.Second))
			s.runs = append(s.runs, stageRun{wall: wall, cpu: 2 * wall, pss: pss})
		}
		return s
	}
	return results{
		bench: bench{rounds: 3, length: 5 * time.Second, suites: map[string]bool{"udp": true, "tcp": true, "load": true},
			peers: []peer{{name: "truename"}, {name: "nsd"}, {name: "knot"}, {name: "echo", floor: true}}},
		host: host{date: "2026-01-02", cpu: "Some CPU", cores: 2, kernel: "6.1", perf: "2.10.0", versions: map[string]string{"nsd": "4.6.1"}},
		visits: map[string][]visit{
			"truename": {served(3, 50_000, 40e6), served(2.8, 60_000, 42e6), served(9, 55_000, 41e6)},
			"nsd":      {served(4, 40_000, 80e6), served(4.2, 40_000, 80e6), served(3.9, 40_000, 80e6)},
			"knot":     {served(5, 40_000, 55e6), served(5, 40_000, 55e6), served(5, 40_000, 55e6)},
			"echo":     {served(2, 0, 1e6), served(2, 0, 1e6), served(2, 0, 1e6)},
		},
		stages: []stage{
			stageOf(checkStage, 0, 2, 2),
			stageOf("truename zone check", 0, 1, 1),
			stageOf("truename to first answer", 100e6, 3, 3),
		},
		records: 1_000_002,
		publish: 40 * time.Microsecond,
	}
}

func rowOf(t *testing.T, tab table, name string) map[string]string {
	t.Helper()
	for _, row := range tab.rows {
		if row[0] == name {
			cells := map[string]string{}
			for i, cell := range row {
				if _, twice := cells[tab.head[i]]; !twice {
					cells[tab.head[i]] = cell
				}
			}
			return cells
		}
	}
	t.Fatalf("no row %q", name)
	return nil
}

func TestServingTable(t *testing.T) {
	got := measured().servingTable()
	sameWidths(t, "serving", got)
	row := rowOf(t, got, "truename")
	for heading, want := range map[string]string{
		"UDP CPU µs/query": "3.00", "min": "2.80", "× nsd": "0.75", "× echo": "1.50",
		"PSS MB": "41.0", "TCP queries/s": "55000",
	} {
		if row[heading] != want {
			t.Errorf("%s is %s, want %s", heading, row[heading], want)
		}
	}
	if tcp := rowOf(t, got, "echo")["TCP queries/s"]; tcp != none {
		t.Errorf("the echo loop has %s TCP queries a second", tcp)
	}
}

func TestServingTableWithoutTheBaseline(t *testing.T) {
	r := measured()
	delete(r.visits, baseline)
	r.bench.peers = slices.Delete(r.bench.peers, 1, 2)
	if got := rowOf(t, r.servingTable(), "truename")["× nsd"]; got != none {
		t.Errorf("a ratio to nothing is %s", got)
	}
}

func TestRoundsTableShowsEveryMeasurement(t *testing.T) {
	got := measured().roundsTable()
	sameWidths(t, "rounds", got)
	if len(got.rows) != 12 {
		t.Errorf("%d rows, want 12", len(got.rows))
	}
}

func TestLoadTable(t *testing.T) {
	got := measured().loadTable()
	sameWidths(t, "load", got)
	row := rowOf(t, got, "truename to first answer")
	for heading, want := range map[string]string{
		"time s": "3.000", "× nsd-checkzone": "1.50", "CPU s": "6.000", "PSS MB": "100.0", "bytes a record": "100",
	} {
		if row[heading] != want {
			t.Errorf("%s is %s, want %s", heading, row[heading], want)
		}
	}
	if got := rowOf(t, got, checkStage)["PSS MB"]; got != none {
		t.Errorf("a program that has ended has a size of %s", got)
	}
}

func TestVerdicts(t *testing.T) {
	want := []string{
		"bar: CPU a UDP query beside nsd: 0.75 (at most 1.00): kept",
		"aim: CPU a UDP query beside echo: 1.50 (at most 1.25): MISSED",
		"bar: PSS beside nsd: 0.51 (at most 1.00): kept",
		"aim: PSS beside knot: 0.75 (at most 1.00): kept",
		"bar: a million records served, beside nsd-checkzone: 1.50 (at most 2.00): kept",
		"aim: a million records served, beside nsd-checkzone: 1.50 (at most 1.00): MISSED",
		"bar: milliseconds to publish a one-record change: 0.04 (at most 1.00): kept",
	}
	if got := measured().verdicts(); !slices.Equal(got, want) {
		t.Errorf("got\n%s", strings.Join(got, "\n"))
	}
}

func TestReportsHoldEveryPart(t *testing.T) {
	r := measured()
	for _, part := range []string{"2026-01-02", "Some CPU", "Kernel: 6.1", "nsd: 4.6.1", "dnsperf -m udp",
		"## Serving 260102 records", "## Loading 1000002 records", "## Bars", "## Every round", "40.0 µs"} {
		if !strings.Contains(r.markdown(), part) {
			t.Errorf("the Markdown lacks %q", part)
		}
	}
	for _, part := range []string{"Medians of 3 rounds of 5s", "truename to first answer", "kept"} {
		if !strings.Contains(r.text(), part) {
			t.Errorf("the text lacks %q", part)
		}
	}
}

func TestReportsLeaveOutWhatDidNotRun(t *testing.T) {
	r := measured()
	r.visits, r.stages, r.publish = nil, nil, 0
	for _, part := range []string{"## Serving", "## Loading", "## Bars", "## Every round"} {
		if strings.Contains(r.markdown(), part) {
			t.Errorf("the Markdown holds %q", part)
		}
	}
	if r.text() != "" {
		t.Errorf("the text is %q", r.text())
	}
}

func TestDisturbance(t *testing.T) {
	r := measured()
	if got := r.disturbance(); got != "" {
		t.Errorf("a quiet run warns: %s", got)
	}
	r.visits["nsd"][1].tcp.other = 0.31
	r.visits["knot"][0].udp.other = 0.04
	if got := r.disturbance(); !strings.Contains(got, "up to 31 %") || !strings.Contains(got, "in 1 measurements") {
		t.Errorf("got %q", got)
	}
	if !strings.Contains(r.markdown(), "Other programs") || !strings.Contains(r.text(), "Other programs") {
		t.Error("the reports keep the disturbance to themselves")
	}
}

func TestVisitInOneLine(t *testing.T) {
	if got, want := served(3.5, 0, 41e6).String(), "udp   3.50 us/query  100000 q/s ( 0 % other)  tcp -     41.0 MB"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
