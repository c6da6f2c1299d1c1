package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// Bars of the changes suite.
const (
	barOne    = 1000 // changes a second from one connection
	barMany   = 5000 // from 32
	barSeen   = 10   // milliseconds from acknowledgement to answer, 99th percentile
	barImport = 15   // seconds for a million records
	barStart  = 10   // seconds until the herd is served
	barPage   = 50   // milliseconds to the first page of followers
	barGraph  = 0.2  // share of the graph in the server's time for a write
)

// merged is the tallies of one peer and phase, in medians over the rounds.
type merged struct {
	rate, server, client       float64
	ack50, ack99, see50, see99 float64
	best, other                float64 // rate of the best round; share of others in the worst one
	refused                    int
	loads                      []string
}

func (r changesResults) merge(peer string, p phase) merged {
	var m merged
	of := func(take func(tally) float64) float64 {
		return median(collect(r.tallies[peer], func(t tally) (float64, bool) { return take(t), t.phase == p }))
	}
	m.rate = of(tally.rate)
	m.server = of(func(t tally) float64 { return t.per(t.server) })
	m.client = of(func(t tally) float64 { return t.per(t.client) })
	m.ack50 = of(func(t tally) float64 { return quantile(t.acks, .5) })
	m.ack99 = of(func(t tally) float64 { return quantile(t.acks, .99) })
	m.see50 = of(func(t tally) float64 { return quantile(t.seen, .5) })
	m.see99 = of(func(t tally) float64 { return quantile(t.seen, .99) })
	for _, t := range r.tallies[peer] {
		if t.phase == p {
			m.best, m.other = max(m.best, t.rate()), max(m.other, t.other)
			m.refused += t.refused
			m.loads = append(m.loads, t.load)
		}
	}
	return m
}

func recordsOf(zone string) string {
	if zone == smallLayout.origin {
		return fmt.Sprint(smallLayout.records())
	}
	return fmt.Sprint(loadedLayout.records())
}

// phases in the order in which they were measured.
func (r changesResults) phases() []phase {
	return changesPhases([]zoneFile{{origin: smallLayout.origin}, {origin: loadedLayout.origin}})
}

// ratesTable is what can be written, and what it costs.
func (r changesResults) ratesTable() table {
	t := table{head: []string{"server", "zone of", "connections", "changes/s", "best", "× pdns", "× fdatasync", "CPU µs/change", "× pdns",
		"ack ms p50", "p99", "refused", "client CPU µs", "load", "other %"}}
	floor := median(r.floors)
	r.eachRow(false, func(peer string, p phase, m, pdns merged) {
		t.rows = append(t.rows, []string{peer, recordsOf(p.zone), fmt.Sprint(p.connections), number(m.rate, 0), number(m.best, 0), ratio(m.rate, pdns.rate), ratio(m.rate, floor),
			number(m.server, 0), ratio(m.server, pdns.server), number(m.ack50, 2), number(m.ack99, 2), fmt.Sprint(m.refused), number(m.client, 0),
			strings.Join(m.loads, " "), fmt.Sprintf("%.0f", 100*m.other)})
	})
	return t
}

// seenTable is how long after the acknowledgement DNS answers as the change says.
func (r changesResults) seenTable() table {
	t := table{head: []string{"server", "zone of", "connections", "changes/s", "seen ms p50", "p99", "load", "other %"}}
	r.eachRow(true, func(peer string, p phase, m, _ merged) {
		t.rows = append(t.rows, []string{peer, recordsOf(p.zone), fmt.Sprint(p.connections), number(m.rate, 0), number(m.see50, 3), number(m.see99, 3),
			strings.Join(m.loads, " "), fmt.Sprintf("%.0f", 100*m.other)})
	})
	return t
}

func (r changesResults) eachRow(look bool, row func(string, phase, merged, merged)) {
	for _, p := range r.phases() {
		pdns := r.merge("pdns", p)
		for _, w := range r.bench.writables() {
			if p.look == look {
				row(w.peer.name, p, r.merge(w.peer.name, p), pdns)
			}
		}
	}
}

func (r changesResults) importTable() table {
	t := table{head: []string{"import", "whole s", "read s", "check s", "write s", "CPU s"}}
	for i, one := range r.imports {
		t.rows = append(t.rows, []string{fmt.Sprint(i + 1), seconds(one.whole), seconds(one.read), seconds(one.check), seconds(one.write), seconds(one.cpu)})
	}
	return t
}

func (r changesResults) herdTable() table {
	t := table{head: []string{"start", "serving after s", "CPU s", "PSS MB", "octets a zone"}}
	for i, one := range r.herd.starts {
		t.rows = append(t.rows, []string{fmt.Sprint(i + 1), seconds(one.wall), number(one.cpu.Seconds(), 2), number(megabytes(one.pss), 1), number(float64(one.pss)/herdZones, 0)})
	}
	return t
}

// disturbance warns of rounds in which the machine did something else too.
func (r changesResults) disturbance() string {
	worst, doubtful, all := 0.0, 0, 0
	for _, tallies := range r.tallies {
		for _, t := range tallies {
			worst = max(worst, t.other)
			if all++; t.other > quiet {
				doubtful++
			}
		}
	}
	if doubtful == 0 {
		return ""
	}
	return fmt.Sprintf("Other programs took up to %.0f %% of the cores, and more than %.0f %% in %d of %d measurements: trust CPU and the best rates more than the medians, and repeat this on a quiet machine.\n\n",
		100*worst, 100*quiet, doubtful, all)
}

// least says whether a value reaches a bar, in one line.
func least(what string, value, bar float64) string {
	word := "kept"
	if value < bar {
		word = "MISSED"
	}
	return fmt.Sprintf("%s: %.0f (at least %.0f): %s", what, value, bar, word)
}

// verdicts says how Truename stands against each bar of this suite.
func (r changesResults) verdicts() []string {
	lines, cheapest := r.writingVerdicts()
	seconds := func(d time.Duration) (float64, bool) { return d.Seconds(), true }
	imports := median(collect(r.imports, func(i importRun) (float64, bool) { return seconds(i.whole) }))
	starts := median(collect(r.herd.starts, func(s stageRun) (float64, bool) { return seconds(s.wall) }))
	pages := median(collect(r.herd.pages, seconds))
	return append(lines,
		verdict("bar: seconds to import a million records", imports, 1, barImport),
		verdict(fmt.Sprintf("bar: seconds until %d zones are served", herdZones), starts, 1, barStart),
		verdict("bar: milliseconds to the first page of a hundred thousand followers", pages*1e3, 1, barPage),
		verdict("bar: share of the graph in the least core time of a change", r.graph, cheapest, barGraph))
}

// writingVerdicts is the bars of single-record changes, and the least core time of one.
func (r changesResults) writingVerdicts() (lines []string, cheapest float64) {
	for _, p := range r.phases() {
		m := r.merge("truename", p)
		where := fmt.Sprintf("zone of %s, %d connections", recordsOf(p.zone), p.connections)
		switch {
		case p.look:
			lines = append(lines, verdict("bar: milliseconds until seen at p99, "+where, m.see99, 1, barSeen))
			continue
		case p.connections == 1:
			lines = append(lines, least("bar: changes a second, "+where, m.rate, barOne))
		default:
			lines = append(lines, least("bar: changes a second, "+where, m.rate, barMany))
		}
		if cheapest == 0 || m.server < cheapest {
			cheapest = m.server
		}
	}
	return lines, cheapest
}

// text is the report for the terminal.
func (r changesResults) text() string {
	return fmt.Sprintf("\nChanges, medians of %d rounds of %s; the disk takes %.0f fdatasync-ed appends a second\n\n%s%s\n%s\n%s\n%s\n%s\n",
		r.bench.rounds, r.bench.length, median(r.floors), r.disturbance(), r.ratesTable().text(), r.seenTable().text(), r.importTable().text(), r.herdTable().text(),
		strings.Join(r.verdicts(), "\n"))
}

// markdown is the report for the file.
func (r changesResults) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Benchmark of changes of %s\n\n%s\n", r.host.date, r.hostMarkdown())
	fmt.Fprintf(&b, "## Single-record changes\n\nMedians of %d rounds of %s. Every connection makes a record and takes it away again, in turn; each is acknowledged durable. "+
		"The disk takes %.0f appends of 4 KiB a second, each with fdatasync (%s).\n\n%s%s\n",
		r.bench.rounds, r.bench.length, median(r.floors), joined(r.floors), r.disturbance(), r.ratesTable().markdown())
	fmt.Fprintf(&b, "## From acknowledgement to answer\n\nThe client asks over UDP as soon as it has the acknowledgement, again and again until the answer is what the change says.\n\n%s\n", r.seenTable().markdown())
	fmt.Fprintf(&b, "## Import of %d records\n\nOne request, one Change, into an empty store.\n\n%s\n", loadedLayout.records(), r.importTable().markdown())
	if h := r.herd; h.ran {
		fmt.Fprintf(&b, "## %d zones of %d aliases\n\nWritten in %d Changes in %s s. From exec to the first right answer for the last zone:\n\n%s\n", herdZones, herdAliases, herdZones/herdBatch, seconds(h.fill), r.herdTable().markdown())
		var pages []float64
		for _, p := range h.pages {
			pages = append(pages, p.Seconds()*1e3)
		}
		fmt.Fprintf(&b, "Who follows a name that %d records point at: the first page of 100 after %.2f ms (median of %d; %.2f at least, %.2f at most), all of them in pages of 1000 after %s s.\n\n",
			h.found, median(pages), len(pages), minimum(pages), largest(pages), seconds(h.all))
	}
	fmt.Fprintf(&b, "Keeping the alias graph up takes %.1f µs for one alias of a million.\n\n## Bars\n\n- %s\n", r.graph, strings.Join(r.verdicts(), "\n- "))
	return b.String()
}

func (r changesResults) hostMarkdown() string {
	var t strings.Builder
	fmt.Fprintf(&t, "- Processor: %s, %d cores; server and client share them\n- Kernel: %s; Go: %s\n- Run as: `%s`\n",
		r.host.cpu, r.host.cores, r.host.kernel, runtime.Version(), r.bench.command())
	for _, w := range r.bench.writables() {
		fmt.Fprintf(&t, "- %s: %s\n", w.peer.name, r.host.versions[w.peer.name])
	}
	return t.String()
}
