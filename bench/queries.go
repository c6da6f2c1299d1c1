package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"net/netip"

	"github.com/truename-dns/truename/internal/dns/rr"
)

const (
	noError  = 0
	nxDomain = 3
)

// query is one question and what a right answer to it holds.
type query struct {
	name    string
	qtype   rr.Type
	rcode   int
	answers int        // records in the answer section
	address netip.Addr // data of the last of them, where there are any
}

// kind is one part of the query mix.
type kind struct {
	name  string
	share int // percent
	make  func(l layout, r *rand.Rand) query
}

// mix is the query mix of the udp and tcp suites.
var mix = []kind{
	{"direct", 40, func(l layout, r *rand.Rand) query { return l.hostQuery(r.IntN(l.hosts)) }},
	{"cname", 30, func(l layout, r *rand.Rand) query { return l.aliasQuery(r.IntN(l.aliases)) }},
	{"chain", 10, func(l layout, r *rand.Rand) query { return l.chainQuery(r.IntN(l.chains)) }},
	{"wildcard", 10, func(l layout, r *rand.Rand) query { return l.wildcardQuery(r.IntN(l.wildcards), r.Uint32()) }},
	{"nxdomain", 10, func(l layout, r *rand.Rand) query { return l.missingQuery(r.Uint32()) }},
}

func (l layout) hostQuery(host int) query {
	return query{fmt.Sprintf("h%d.%s", host, l.origin), rr.TypeA, noError, 1, address4(host)}
}

func (l layout) aliasQuery(alias int) query {
	target := l.aliasTarget(alias)
	return query{fmt.Sprintf("a%d.%s", alias, l.origin), rr.TypeA, noError, 2, address4(target)}
}

func (l layout) chainQuery(chain int) query {
	target := l.aliasTarget(l.chainTarget(chain))
	return query{fmt.Sprintf("c%d.%s", chain, l.origin), rr.TypeAAAA, noError, 3, address6(target)}
}

// wildcardQuery asks for a name below the wildcard that hardly any other query
// asks for, so that a packet cache helps as little as it does in life.
func (l layout) wildcardQuery(wild int, label uint32) query {
	target := l.wildcardTarget(wild)
	return query{fmt.Sprintf("r%x.w%d.%s", label, wild, l.origin), rr.TypeA, noError, 2, address4(target)}
}

func (l layout) missingQuery(label uint32) query {
	return query{name: fmt.Sprintf("x%x.%s", label, l.origin), qtype: rr.TypeA, rcode: nxDomain}
}

// servedQueries is how many lines the query file has: dnsperf takes about two
// seconds of loopback to go through them once.
const servedQueries = 500_000

// makeQueries gives count queries in the proportions of the mix, in an order
// that is the same in every run.
func makeQueries(l layout, count int) []query {
	r := rand.New(rand.NewPCG(1034, 1035))
	queries := make([]query, 0, count)
	for _, k := range mix {
		for range count * k.share / 100 {
			queries = append(queries, k.make(l, r))
		}
	}
	r.Shuffle(len(queries), func(i, j int) { queries[i], queries[j] = queries[j], queries[i] })
	return queries
}

// writeQueries writes the queries in dnsperf's form.
func writeQueries(path string, queries []query) error {
	return writeFile(path, func(w *bufio.Writer) {
		for _, q := range queries {
			fmt.Fprintf(w, "%s %s\n", q.name, q.qtype)
		}
	})
}

// sample takes about count queries, spread evenly; at least one in any case.
func sample(queries []query, count int) []query {
	step := max(1, len(queries)/count)
	var taken []query
	for i := 0; i < len(queries); i += step {
		taken = append(taken, queries[i])
	}
	return taken
}
