package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// changesResults is what the changes suite measured.
type changesResults struct {
	bench   bench
	host    host
	floors  []float64          // fdatasync-ed appends a second, one before each round
	tallies map[string][]tally // by peer, all rounds
	imports []importRun
	herd    herdRun
	graph   float64 // microseconds of a one-edge update beside a million
}

// changesPhases are the measurements of one round, for each zone.
func changesPhases(zones []zoneFile) []phase {
	var all []phase
	for _, z := range zones {
		for _, look := range []bool{false, true} {
			for _, connections := range []int{1, 32} {
				all = append(all, phase{z.origin, connections, look})
			}
		}
	}
	return all
}

// changes runs the changes suite.
func (b bench) changes(ctx context.Context) (changesResults, error) {
	r := changesResults{bench: b, host: describeHost(ctx, b), tallies: map[string][]tally{}}
	if err := requireWritables(b.writables()); err != nil {
		return r, err
	}
	var zones []zoneFile
	for _, l := range []layout{smallLayout, loadedLayout} {
		z, err := writeZone(b.work("zones"), l)
		if err != nil {
			return r, err
		}
		zones = append(zones, z)
	}
	for round := range b.rounds {
		if err := r.round(ctx, zones, round); err != nil {
			return r, fmt.Errorf("round %d, %w", round+1, err)
		}
	}
	for range b.rounds {
		if err := r.importOnce(ctx, zones[1]); err != nil {
			return r, err
		}
	}
	var err error
	if r.graph, err = graphUpdate(ctx, b.root); err != nil {
		return r, err
	}
	r.herd, err = b.herd(ctx)
	return r, err
}

// requireWritables finds the programs before anything is measured.
func requireWritables(all []writable) error {
	for _, w := range all {
		if _, err := exec.LookPath(w.peer.program); err != nil {
			return fmt.Errorf("%s is not there (%w): %s, or leave it out with -peers", w.peer.name, err, w.peer.missing)
		}
	}
	return nil
}

// round measures the disk, then all phases of one server after another.
func (r *changesResults) round(ctx context.Context, zones []zoneFile, round int) error {
	floor, err := syncFloor(r.bench.work("run"), r.bench.length/2)
	if err != nil {
		return err
	}
	r.floors = append(r.floors, floor)
	r.bench.progress("changes %d/%d  floor     %7.0f fdatasync/s", round+1, r.bench.rounds, floor)
	for _, w := range r.bench.writables() {
		if err := r.visit(ctx, w, zones, round); err != nil {
			return fmt.Errorf("%s: %w", w.peer.name, err)
		}
	}
	return nil
}

// visit starts one server with all zones, measures and stops it.
func (r *changesResults) visit(ctx context.Context, w writable, zones []zoneFile, round int) error {
	s, err := w.start(ctx, r.bench.siteDir(w.peer), zones)
	if err != nil {
		return err
	}
	defer s.stop()
	m := &changing{server: s, dialect: w.dialect, length: warmUp}
	// What filling has left to do, as moving the write-ahead log, is not counted.
	if _, err := m.measure(ctx, phase{zone: zones[0].origin, connections: 1}); err != nil {
		return err
	}
	m.length = r.bench.length
	for _, p := range changesPhases(zones) {
		t, err := m.measure(ctx, p)
		if err != nil {
			return err
		}
		r.tallies[w.peer.name] = append(r.tallies[w.peer.name], t)
		r.bench.progress("changes %d/%d  %-9s %s", round+1, r.bench.rounds, w.peer.name, t)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

func (t tally) String() string {
	return fmt.Sprintf("%-14s %2d connections  %6.0f/s  %6.1f us CPU (%.1f here)  ack %6.2f %6.2f ms  seen %6.3f %6.3f ms  load %s (%2.0f %% other)",
		t.zone, t.connections, t.rate(), t.per(t.server), t.per(t.client), quantile(t.acks, .5), quantile(t.acks, .99),
		quantile(t.seen, .5), quantile(t.seen, .99), t.load, 100*t.other)
}

// importOnce imports the zone into an empty server, if Truename is measured.
func (r *changesResults) importOnce(ctx context.Context, z zoneFile) error {
	for _, w := range r.bench.writables() {
		if w.after == nil {
			continue
		}
		s, err := w.start(ctx, r.bench.siteDir(w.peer), nil)
		if err != nil {
			return err
		}
		run, err := importTimed(ctx, s, z)
		s.stop()
		if err != nil {
			return err
		}
		r.imports = append(r.imports, run)
		r.bench.progress("import of %d records: %.2f s (read %.2f, check %.2f, write %.2f), CPU %.2f s", run.records,
			run.whole.Seconds(), run.read.Seconds(), run.check.Seconds(), run.write.Seconds(), run.cpu.Seconds())
	}
	return nil
}

// seconds of a duration with two decimals.
func seconds(d time.Duration) string { return fmt.Sprintf("%.2f", d.Seconds()) }
