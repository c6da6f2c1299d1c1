package main

import (
	"fmt"
	"strings"
	"time"
)

// results is everything that one run of the benchmark measured.
type results struct {
	bench   bench
	host    host
	visits  map[string][]visit // by peer; nil when neither udp nor tcp ran
	stages  []stage            // nil when the load suite did not run
	records int                // of the zone of the load suite
	publish time.Duration      // 0 where there is no such benchmark
}

// summary is one peer's line of the serving table, in medians over the rounds.
type summary struct {
	udpCPU, udpCPUMin, udpRate float64
	tcpCPU, tcpRate            float64
	pss                        float64 // megabytes
}

func summarize(visits []visit) summary {
	of := func(suite func(visit) traffic, value func(traffic) float64) []float64 {
		return collect(visits, func(v visit) (float64, bool) { return value(suite(v)), suite(v).ran })
	}
	udp, tcp := func(v visit) traffic { return v.udp }, func(v visit) traffic { return v.tcp }
	cpu, rate := func(t traffic) float64 { return t.cpu }, func(t traffic) float64 { return t.rate }
	return summary{
		udpCPU: median(of(udp, cpu)), udpCPUMin: minimum(of(udp, cpu)), udpRate: median(of(udp, rate)),
		tcpCPU: median(of(tcp, cpu)), tcpRate: median(of(tcp, rate)),
		pss: median(collect(visits, func(v visit) (float64, bool) { return megabytes(v.pss), true })),
	}
}

// servingTable sets the peers side by side.
func (r results) servingTable() table {
	nsd, echo := summarize(r.visits[baseline]), summarize(r.visits["echo"])
	t := table{head: []string{"server", "UDP CPU µs/query", "min", "× nsd", "× echo",
		"UDP queries/s", "× nsd", "PSS MB", "× nsd",
		"TCP queries/s", "× nsd", "TCP CPU µs/query", "× nsd"}}
	for _, p := range r.bench.peers {
		s := summarize(r.visits[p.name])
		t.rows = append(t.rows, []string{p.name,
			number(s.udpCPU, 2), number(s.udpCPUMin, 2), ratio(s.udpCPU, nsd.udpCPU), ratio(s.udpCPU, echo.udpCPU),
			number(s.udpRate, 0), ratio(s.udpRate, nsd.udpRate), number(s.pss, 1), ratio(s.pss, nsd.pss),
			number(s.tcpRate, 0), ratio(s.tcpRate, nsd.tcpRate), number(s.tcpCPU, 2), ratio(s.tcpCPU, nsd.tcpCPU)})
	}
	return t
}

// roundsTable shows every single measurement.
func (r results) roundsTable() table {
	t := table{head: []string{"server", "round", "UDP CPU µs/query", "UDP queries/s", "UDP queries", "UDP lost", "other %",
		"TCP CPU µs/query", "TCP queries/s", "TCP queries", "TCP lost", "other %", "PSS MB"}}
	for _, p := range r.bench.peers {
		for i, v := range r.visits[p.name] {
			row := []string{p.name, fmt.Sprint(i + 1)}
			for _, s := range []traffic{v.udp, v.tcp} {
				row = append(row, s.cells()...)
			}
			t.rows = append(t.rows, append(row, number(megabytes(v.pss), 1)))
		}
	}
	return t
}

func (t traffic) cells() []string {
	if !t.ran {
		return []string{none, none, none, none, none}
	}
	return []string{number(t.cpu, 2), number(t.rate, 0), fmt.Sprint(t.count), fmt.Sprint(t.lost), fmt.Sprintf("%.0f", 100*t.other)}
}

func (s stage) wall() []float64 {
	return collect(s.runs, func(r stageRun) (float64, bool) { return r.wall.Seconds(), true })
}

func (s stage) cpu() []float64 {
	return collect(s.runs, func(r stageRun) (float64, bool) { return r.cpu.Seconds(), true })
}

func (s stage) pss() []float64 {
	return collect(s.runs, func(r stageRun) (float64, bool) { return float64(r.pss), r.pss > 0 })
}

// stageTime is the median time of the named stage in seconds; 0 where it did not run.
func (r results) stageTime(name string) float64 {
	for _, s := range r.stages {
		if s.name == name {
			return median(s.wall())
		}
	}
	return 0
}

func (r results) loadTable() table {
	check := r.stageTime(checkStage)
	t := table{head: []string{"stage", "time s", "min", "× " + checkStage, "CPU s", "PSS MB", "bytes a record"}}
	for _, s := range r.stages {
		wall, pss := median(s.wall()), median(s.pss())
		t.rows = append(t.rows, []string{s.name,
			number(wall, 3), number(minimum(s.wall()), 3), ratio(wall, check), number(median(s.cpu()), 3),
			number(pss/1e6, 1), number(pss/float64(r.records), 0)})
	}
	if r.publish > 0 {
		t.rows = append(t.rows, []string{"one-record change published", fmt.Sprintf("%.1f µs", r.publish.Seconds()*1e6), none, none, none, none, none})
	}
	return t
}

// verdicts says how Truename stands against each bar of this benchmark.
func (r results) verdicts() []string {
	var lines []string
	if us, measured := r.visits["truename"]; measured {
		u, nsd, echo := summarize(us), summarize(r.visits[baseline]), summarize(r.visits["echo"])
		knot := summarize(r.visits["knot"])
		lines = append(lines,
			verdict("bar: CPU a UDP query beside nsd", u.udpCPU, nsd.udpCPU, 1),
			verdict("aim: CPU a UDP query beside echo", u.udpCPU, echo.udpCPU, 1.25),
			verdict("bar: PSS beside nsd", u.pss, nsd.pss, 1),
			verdict("aim: PSS beside knot", u.pss, knot.pss, 1))
	}
	if serve := r.stageTime("truename to first answer"); serve > 0 {
		check := r.stageTime(checkStage)
		lines = append(lines,
			verdict("bar: a million records served, beside nsd-checkzone", serve, check, 2),
			verdict("aim: a million records served, beside nsd-checkzone", serve, check, 1),
			verdict("bar: milliseconds to publish a one-record change", r.publish.Seconds()*1e3, 1, 1))
	}
	return lines
}

// quiet is the share of the cores that other programs may take in a round
// before its numbers are doubtful.
const quiet = 0.05

// disturbance warns of rounds in which the machine did something else too.
func (r results) disturbance() string {
	worst, doubtful := 0.0, 0
	for _, visits := range r.visits {
		for _, v := range visits {
			for _, other := range []float64{v.udp.other, v.tcp.other} {
				worst = max(worst, other)
				if other > quiet {
					doubtful++
				}
			}
		}
	}
	if doubtful == 0 {
		return ""
	}
	return fmt.Sprintf("Other programs took up to %.0f %% of the cores, and more than %.0f %% in %d measurements: trust the least values and the factors more than the medians, and repeat this on a quiet machine.\n\n",
		100*worst, 100*quiet, doubtful)
}

// text is the report for the terminal.
func (r results) text() string {
	var b strings.Builder
	if r.visits != nil {
		fmt.Fprintf(&b, "\nMedians of %d rounds of %s\n\n%s%s", r.bench.rounds, r.bench.length, r.disturbance(), r.servingTable().text())
	}
	if r.stages != nil {
		fmt.Fprintf(&b, "\nA zone of %d records, medians of %d rounds\n\n%s", r.records, r.bench.rounds, r.loadTable().text())
	}
	if lines := r.verdicts(); lines != nil {
		fmt.Fprintf(&b, "\n%s\n", strings.Join(lines, "\n"))
	}
	return b.String()
}

// markdown is the report for the file.
func (r results) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmark of %s\n\n%s\n", r.host.date, r.host.markdown(r.bench))
	if r.visits != nil {
		fmt.Fprintf(&b, "## Serving %d records\n\nMedians of %d rounds of %s; a factor below 1 is less than the other.\n\n%s%s\n",
			servedLayout.records(), r.bench.rounds, r.bench.length, r.disturbance(), r.servingTable().markdown())
	}
	if r.stages != nil {
		fmt.Fprintf(&b, "## Loading %d records\n\nMedians of %d rounds, on all cores.\n\n%s\n", r.records, r.bench.rounds, r.loadTable().markdown())
	}
	if lines := r.verdicts(); lines != nil {
		fmt.Fprintf(&b, "## Bars\n\n- %s\n\n", strings.Join(lines, "\n- "))
	}
	if r.visits != nil {
		fmt.Fprintf(&b, "## Every round\n\n%s", r.roundsTable().markdown())
	}
	return b.String()
}
