package main

import (
	"context"
	"fmt"
	"runtime"
	"time"
)

// warmUp is how long a server is asked before it is measured.
const warmUp = time.Second

// verified is how many queries of the mix are verified before a server is measured.
const verified = 500

// visit is what one round measured of one server. A suite that did not run is
// left zero.
type visit struct {
	udp, tcp traffic
	pss      int64 // bytes, after the queries
}

// traffic is one measured run of dnsperf.
type traffic struct {
	ran   bool
	cpu   float64 // microseconds of core time a completed query
	rate  float64 // queries a second
	lost  int
	count int     // queries completed
	other float64 // share of all cores that went to other programs, 0 to 1
}

// serving holds what the udp and tcp suites need.
type serving struct {
	bench   bench
	zone    zoneFile
	queries []query
	file    string // the queries in dnsperf's form
}

// run measures every peer once a round, all peers in turn, so that what else
// the machine does falls on all of them alike.
func (s serving) run(ctx context.Context) (map[string][]visit, error) {
	visits := map[string][]visit{}
	for round := range s.bench.rounds {
		for _, p := range s.bench.peers {
			v, err := s.visit(ctx, p)
			if err != nil {
				return nil, fmt.Errorf("round %d, %s: %w", round+1, p.name, err)
			}
			visits[p.name] = append(visits[p.name], v)
			s.bench.progress("round %d/%d  %-9s %s", round+1, s.bench.rounds, p.name, v)
		}
	}
	return visits, nil
}

// visit starts one server, verifies its answers, measures it and stops it.
func (s serving) visit(ctx context.Context, p peer) (v visit, err error) {
	srv, err := startServer(p, s.bench.siteDir(p), s.zone, true)
	if err != nil {
		return v, err
	}
	defer srv.stop()
	if err := srv.ready(ctx); err != nil {
		return v, err
	}
	if err := srv.pin(); err != nil {
		return v, err
	}
	for _, mode := range []string{"udp", "tcp"} {
		if !s.bench.suites[mode] || mode == "tcp" && p.floor {
			continue
		}
		if *v.of(mode), err = s.measure(ctx, srv, mode); err != nil {
			return v, err
		}
		// The size after the first suite counts, whatever suites follow.
		if v.pss > 0 {
			continue
		}
		if v.pss, err = readPSS(srv.cmd.Process.Pid); err != nil {
			return v, err
		}
	}
	return v, nil
}

// of gives the traffic of one suite.
func (v *visit) of(mode string) *traffic {
	if mode == "tcp" {
		return &v.tcp
	}
	return &v.udp
}

// measure verifies answers, warms the server up and measures one run.
func (s serving) measure(ctx context.Context, srv *server, mode string) (traffic, error) {
	if !srv.peer.floor {
		if err := verify(ctx, mode, srv.addr(), sample(s.queries, verified)); err != nil {
			return traffic{}, fmt.Errorf("wrong answer: %w", err)
		}
	}
	port, load := srv.site.port, s.bench.load
	if _, err := dnsperf(ctx, port, load.args(mode, s.file, warmUp)); err != nil {
		return traffic{}, err
	}
	before, err := readMeter(srv)
	if err != nil {
		return traffic{}, err
	}
	result, err := dnsperf(ctx, port, load.args(mode, s.file, s.bench.length))
	if err != nil {
		return traffic{}, err
	}
	if err := result.check(); err != nil {
		return traffic{}, err
	}
	after, err := readMeter(srv)
	if err != nil {
		return traffic{}, err
	}
	return newTraffic(before, after, result)
}

// meter is what is read before and after a run.
type meter struct {
	at   time.Time
	cpu  cpuTimes      // of the server
	busy time.Duration // of all cores
}

func readMeter(srv *server) (m meter, err error) {
	m.at = time.Now()
	if m.busy, err = readBusy(); err != nil {
		return m, err
	}
	m.cpu, err = readCPU(srv.cmd.Process.Pid)
	return m, err
}

func newTraffic(before, after meter, r perfResult) (traffic, error) {
	used, err := after.cpu.since(before.cpu)
	if err != nil {
		return traffic{}, err
	}
	other := after.busy - before.busy - used - r.used
	there := after.at.Sub(before.at) * time.Duration(runtime.NumCPU())
	return traffic{
		ran:   true,
		cpu:   float64(used.Nanoseconds()) / 1e3 / float64(r.completed),
		rate:  r.rate,
		lost:  r.lost,
		count: r.completed,
		other: max(0, other.Seconds()/there.Seconds()),
	}, nil
}

func (v visit) String() string {
	return fmt.Sprintf("udp %s  tcp %s  %7.1f MB", v.udp, v.tcp, megabytes(v.pss))
}

func (t traffic) String() string {
	if !t.ran {
		return "-"
	}
	return fmt.Sprintf("%6.2f us/query %7.0f q/s (%2.0f %% other)", t.cpu, t.rate, 100*t.other)
}

// megabytes gives bytes in units of a million.
func megabytes(b int64) float64 { return float64(b) / 1e6 }
