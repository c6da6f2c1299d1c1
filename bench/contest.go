package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// contest measures servers that need the names of others, all in turn, each with the same
// loads.
type contest struct {
	bench bench
	suite string
	zone  zoneFile // of the server; of a resolver only what is asked to see that it works
	peers []peer
	loads []questions
}

// contestResults are what it measured: by peer and load, two of each for every round.
type contestResults struct {
	contest
	host    host
	traffic map[string]map[string][]traffic
	pss     map[string][]float64 // megabytes
}

// recursion is the suite of that name: chains that are in the cache already.
func (b bench) recursion(ctx context.Context) (contestResults, error) {
	return b.contest(ctx, func(outside int) (contest, error) {
		chains, err := b.writeQuestions("chain", outsideChains, outsideQuery)
		return contest{bench: b, suite: "recursion", zone: zoneFile{origin: outsideOrigin, probe: outsideQuery(0)},
			peers: []peer{resolvingPeer(b.root, outside), unboundPeer(outside)}, loads: []questions{chains}}, err
	})
}

// aliases is the suite alias: the addresses of others beside those of one's own.
func (b bench) aliases(ctx context.Context) (contestResults, error) {
	return b.contest(ctx, func(outside int) (contest, error) {
		zone := zoneFile{origin: aliasOrigin, path: b.work("zones/alias.example/alias.example.zone"), probe: aliasQuery(aliasNames - 1)}
		c := contest{bench: b, suite: "alias", zone: zone, peers: []peer{aliasPeer(b.root, outside)}}
		if slices.ContainsFunc(b.peers, func(p peer) bool { return p.name == "pdns" }) {
			c.peers = append(c.peers, pdnsAliasPeer(outside))
		}
		if err := writeFile(zone.path, writeAliases); err != nil {
			return c, err
		}
		for _, load := range []struct {
			name string
			ask  func(int) query
		}{{"plain", plainQuery}, {"alias", aliasQuery}} {
			q, err := b.writeQuestions(load.name, aliasNames, load.ask)
			if err != nil {
				return c, err
			}
			c.loads = append(c.loads, q)
		}
		return c, nil
	})
}

// counting is the suite of that name: the mix of the suite udp, by a server that counts
// zones and names and by one that does not.
func (b bench) counting(ctx context.Context) (contestResults, error) {
	counts, plain := truenamePeer(b.root), truenamePeer(b.root)
	plain.name = "uncounted"
	plain.configure = func(s site) ([]string, error) {
		args, err := counts.configure(s)
		return append(args, "--traffic=off"), err
	}
	zone, mix, err := b.writeServed()
	if err != nil {
		return contestResults{}, err
	}
	return contest{bench: b, suite: "counting", zone: zone, peers: []peer{counts, plain}, loads: []questions{mix}}.run(ctx)
}

// contest starts the server of the names of others, and goes through all rounds.
func (b bench) contest(ctx context.Context, prepare func(outside int) (contest, error)) (contestResults, error) {
	if err := require([]peer{nsdPeer()}); err != nil {
		return contestResults{}, err
	}
	outside, err := b.startOutside(ctx)
	if err != nil {
		return contestResults{}, err
	}
	defer outside.stop()
	c, err := prepare(outside.site.port)
	if err != nil {
		return contestResults{}, err
	}
	return c.run(ctx)
}

// run goes through all rounds.
func (c contest) run(ctx context.Context) (contestResults, error) {
	if err := require(c.peers); err != nil {
		return contestResults{}, err
	}
	c.bench.peers, c.bench.suites = c.peers, map[string]bool{c.suite: true}
	r := contestResults{contest: c, host: describeHost(ctx, c.bench), traffic: map[string]map[string][]traffic{}, pss: map[string][]float64{}}
	for round := range c.bench.rounds {
		for _, p := range c.peers {
			if err := r.visit(ctx, p, round); err != nil {
				return r, fmt.Errorf("round %d, %s: %w", round+1, p.name, err)
			}
		}
	}
	return r, nil
}

// visit starts one server, asks every question once, and measures every load twice, there
// and back, so that what else the machine does falls on all of them alike.
func (r *contestResults) visit(ctx context.Context, p peer, round int) error {
	srv, err := startServer(p, r.bench.siteDir(p), r.zone, true)
	if err != nil {
		return err
	}
	defer srv.stop()
	if err := srv.ready(ctx); err != nil {
		return err
	}
	if err := srv.pin(); err != nil {
		return err
	}
	for _, load := range thereAndBack(r.loads) {
		if err := verify(ctx, "udp", srv.addr(), load.queries[:min(len(load.queries), outsideChains)]); err != nil {
			return fmt.Errorf("wrong answer: %w", err)
		}
		one, err := (serving{bench: r.bench, zone: r.zone, file: load.file, queries: load.queries}).measure(ctx, srv, "udp")
		if err != nil {
			return err
		}
		r.note(p.name, load.name, one)
		r.bench.progress("%s %d/%d  %-9s %-6s %s", r.suite, round+1, r.bench.rounds, p.name, load.name, one)
	}
	pss, err := readPSS(srv.cmd.Process.Pid)
	r.pss[p.name] = append(r.pss[p.name], megabytes(pss))
	return err
}

func thereAndBack(loads []questions) []questions {
	back := slices.Clone(loads)
	slices.Reverse(back)
	return append(slices.Clone(loads), back...)
}

func (r *contestResults) note(peer, load string, t traffic) {
	if r.traffic[peer] == nil {
		r.traffic[peer] = map[string][]traffic{}
	}
	r.traffic[peer][load] = append(r.traffic[peer][load], t)
}

// cpu is that of a query, in microseconds, of each measurement.
func (r contestResults) cpu(peer, load string) []float64 {
	return collect(r.traffic[peer][load], func(t traffic) (float64, bool) { return t.cpu, true })
}

// table sets the peers side by side, each load with its factor to the other peer's and to
// the first load of the same server.
func (r contestResults) table() table {
	other := r.peers[len(r.peers)-1].name
	t := table{head: []string{"server", "questions", "CPU µs/query", "min", "× " + other, "× " + r.loads[0].name, "queries/s", "other %", "PSS MB"}}
	for _, p := range r.peers {
		for _, l := range r.loads {
			all := r.traffic[p.name][l.name]
			rate := collect(all, func(t traffic) (float64, bool) { return t.rate, true })
			worst := largest(collect(all, func(t traffic) (float64, bool) { return t.other, true }))
			cpu := median(r.cpu(p.name, l.name))
			t.rows = append(t.rows, []string{p.name, l.name, number(cpu, 2), number(minimum(r.cpu(p.name, l.name)), 2),
				ratio(cpu, median(r.cpu(other, l.name))), ratio(cpu, median(r.cpu(p.name, r.loads[0].name))),
				number(median(rate), 0), fmt.Sprintf("%.0f", 100*worst), number(median(r.pss[p.name]), 1)})
		}
	}
	return t
}

// verdicts says how Truename stands.
func (r contestResults) verdicts() []string {
	if r.suite == "recursion" {
		return []string{verdict("bar: CPU a question for a chain of two links in the cache, beside unbound",
			median(r.cpu("truename", "chain")), median(r.cpu("unbound", "chain")), 1)}
	}
	if r.suite == "counting" {
		return []string{verdict("bar: CPU a query, zones and names counted, beside the same without",
			median(r.cpu("truename", "mix")), median(r.cpu("uncounted", "mix")), 1.03)}
	}
	return []string{
		verdict("bar: CPU a question for an ALIAS beside one for an A record", median(r.cpu("truename", "alias")), median(r.cpu("truename", "plain")), 1.1),
		"PowerDNS, its resolver not counted: " + ratio(median(r.cpu("pdns", "alias")), median(r.cpu("pdns", "plain"))),
	}
}

func (r contestResults) text() string {
	return fmt.Sprintf("\nSuite %s, medians of %d rounds of %s\n\n%s\n%s\n", r.suite, r.bench.rounds, r.bench.length, r.table().text(), strings.Join(r.verdicts(), "\n"))
}

func (r contestResults) markdown() string {
	return fmt.Sprintf("# Benchmark of %s: %s\n\n%s\n%s\n\nMedians of %d rounds of %s.\n\n%s\n## Bars\n\n- %s\n", r.host.date, r.suite, r.host.markdown(r.bench),
		contestAbout[r.suite], r.bench.rounds, r.bench.length, r.table().markdown(), strings.Join(r.verdicts(), "\n- "))
}

var contestAbout = map[string]string{
	"counting":  "The zone and the queries of the suite udp, asked of a server as it is and of one with --traffic=off.",
	"recursion": fmt.Sprintf("%d names, each an alias of an alias of a name with an A record, all of them in the cache before anything is measured.", outsideChains),
	"alias":     fmt.Sprintf("A zone of %d names with an A record and %[1]d with an ALIAS, over %d targets in a zone that NSD serves.", aliasNames, outsideTargets),
}
