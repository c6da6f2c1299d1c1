package main

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// Names of others: a zone that NSD serves, with chains for resolvers and targets for
// ALIAS records, and a zone of our own whose names lead there.
const (
	outsideOrigin  = "outside.example."
	outsideChains  = 10_000 // aN is an alias of bN, and that of hN
	outsideTargets = 1000   // the targets are the first of the hN
	aliasOrigin    = "alias.example."
	aliasNames     = 100_000 // pN has an A record, lN an ALIAS
)

// outsideTTL keeps all of it in caches for as long as a run takes.
const outsideTTL = 86400

func writeOutside(w *bufio.Writer) {
	fmt.Fprintf(w, "$ORIGIN %s\n$TTL %d\n@ IN SOA h0 hostmaster 1 7200 900 1209600 300\n@ IN NS h0\n", outsideOrigin, outsideTTL)
	for i := range outsideChains {
		fmt.Fprintf(w, "h%d IN A %s\nb%[1]d IN CNAME h%[3]d\na%[1]d IN CNAME b%[4]d\n", i, address4(i), chainHost(i), chainStep(i))
	}
}

// The multipliers are primes, as those of layout are.
func chainHost(step int) int   { return (step*7919 + 13) % outsideChains }
func chainStep(chain int) int  { return (chain*4_729 + 7) % outsideChains }
func aliasTarget(name int) int { return (name*7919 + 13) % outsideTargets }

func writeAliases(w *bufio.Writer) {
	fmt.Fprintf(w, "$ORIGIN %s\n$TTL 3600\n@ IN SOA p0 hostmaster 1 7200 900 1209600 300\n@ IN NS p0\n", aliasOrigin)
	for i := range aliasNames {
		fmt.Fprintf(w, "p%d IN A %s\nl%[1]d IN ALIAS h%[3]d.%[4]s\n", i, address4(i), aliasTarget(i), outsideOrigin)
	}
}

func outsideQuery(chain int) query {
	return query{fmt.Sprintf("a%d.%s", chain, outsideOrigin), rr.TypeA, noError, 3, address4(chainHost(chainStep(chain)))}
}

func plainQuery(name int) query {
	return query{fmt.Sprintf("p%d.%s", name, aliasOrigin), rr.TypeA, noError, 1, address4(name)}
}

func aliasQuery(name int) query {
	return query{fmt.Sprintf("l%d.%s", name, aliasOrigin), rr.TypeA, noError, 1, address4(aliasTarget(name))}
}

// questions is a named load: every question once, and the shuffled row of them that
// dnsperf asks.
type questions struct {
	name    string
	file    string
	queries []query
}

// writeQuestions makes count questions and the file of them.
func (b bench) writeQuestions(name string, count int, ask func(int) query) (questions, error) {
	q := questions{name: name, file: b.work("queries-" + name)}
	for i := range count {
		q.queries = append(q.queries, ask(i))
	}
	r := rand.New(rand.NewPCG(1034, 1035))
	row := make([]query, servedQueries)
	for i := range row {
		row[i] = q.queries[r.IntN(count)]
	}
	return q, writeQueries(q.file, row)
}

// startOutside starts NSD with the names of others.
func (b bench) startOutside(ctx context.Context) (*server, error) {
	zone := zoneFile{origin: outsideOrigin, path: filepath.Join(b.work("zones"), "outside.example", "outside.example.zone"), probe: outsideQuery(outsideChains - 1)}
	if err := writeFile(zone.path, writeOutside); err != nil {
		return nil, err
	}
	s, err := startServer(nsdPeer(), b.work("run/outside"), zone, false)
	if err != nil {
		return nil, err
	}
	if err := s.ready(ctx); err != nil {
		s.stop()
		return nil, err
	}
	return s, nil
}

// unboundConfig is one thread that forgets nothing of what it was told.
const unboundConfig = `server:
	interface: 127.0.0.1@%[1]d
	port: %[1]d
	num-threads: 1
	do-daemonize: no
	use-syslog: no
	verbosity: 0
	username: ""
	chroot: ""
	directory: "%[2]s"
	pidfile: ""
	module-config: "iterator"
	do-ip6: no
	do-not-query-localhost: no
	msg-cache-size: 64m
	rrset-cache-size: 64m
remote-control:
	control-enable: no
stub-zone:
	name: "%[3]s"
	stub-addr: 127.0.0.1@%[4]d
`

// unboundPeer resolves the names of others at that port.
func unboundPeer(outside int) peer {
	return peer{
		name: "unbound", program: sbin("unbound"), missing: install("unbound"), version: []string{"-V"},
		configure: func(s site) ([]string, error) {
			path := filepath.Join(s.dir, "unbound.conf")
			config := fmt.Sprintf(unboundConfig, s.port, s.dir, outsideOrigin, outside)
			return []string{"-d", "-c", path}, os.WriteFile(path, []byte(config), 0o644)
		},
	}
}

// resolvingPeer is Truename, which finds the names of others at that port and resolves
// them for everybody on this machine.
func resolvingPeer(root string, outside int) peer {
	p := truenamePeer(root)
	p.configure = func(s site) ([]string, error) {
		return []string{"serve", "--data", filepath.Join(s.dir, "data"),
			"--dns", fmt.Sprintf("127.0.0.1:%d", s.port), "--http", fmt.Sprintf("127.0.0.1:%d", s.http), "--rrl=off",
			"--recursion", "127.0.0.0/8", "--stub", fmt.Sprintf("%s=127.0.0.1:%d", outsideOrigin, outside)}, nil
	}
	return p
}

// aliasPeer is Truename with a zone of ALIAS records.
func aliasPeer(root string, outside int) peer {
	p, resolving := truenamePeer(root), resolvingPeer(root, outside)
	p.configure = func(s site) ([]string, error) {
		args, err := resolving.configure(s)
		return append(args, "--zones", filepath.Dir(s.zone.path)), err
	}
	return p
}

// pdnsAliasPeer is PowerDNS, which asks another server at every question for an ALIAS.
func pdnsAliasPeer(outside int) peer {
	p := pdnsPeer()
	plain := p.configure
	p.configure = func(s site) ([]string, error) {
		args, err := plain(s)
		if err != nil {
			return nil, err
		}
		config, err := os.OpenFile(filepath.Join(s.dir, "pdns.conf"), os.O_APPEND|os.O_WRONLY, 0o644)
		if err != nil {
			return nil, err
		}
		defer config.Close()
		_, err = fmt.Fprintf(config, "expand-alias=yes\nresolver=127.0.0.1:%d\n", outside)
		return args, err
	}
	return p
}
