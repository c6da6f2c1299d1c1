package doctor

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// internet is a private one inside the process: servers at addresses, each with
// zones, a delay, and whatever is wrong with it.
type internet struct {
	t     testing.TB
	mu    sync.Mutex
	hosts map[string]*host
	asked []string // "address name type", in order
}

// host is a server.
type host struct {
	zones *zone.Set
	delay time.Duration
	dead  bool
	open  bool // it recurses: its zones are what it has in memory
	// lie changes an answer before it is sent.
	lie func(q exchange.Question, m *dns.Msg)
}

// host is the server at that address, with these zones: lines whose first is the
// apex, or the apex and its serial; each record without its TTL takes 3600.
func (n *internet) host(address string, zones ...[]string) *host {
	h := &host{zones: zonesOf(n.t, zones...)}
	n.hosts[address] = h
	return h
}

func zonesOf(t testing.TB, zones ...[]string) *zone.Set {
	t.Helper()
	set := new(zone.Set)
	for _, lines := range zones {
		apex, serial, _ := strings.Cut(lines[0], " ")
		if serial == "" {
			serial = "1"
		}
		name := dname.MustParse(apex)
		b := zone.NewBuilder(name)
		bare := strings.TrimPrefix(apex, ".")
		soa := fmt.Sprintf("%s 3600 SOA ns.%s host.%s %s 3600 600 86400 300", apex, bare, bare, serial)
		for _, line := range append([]string{soa}, lines[1:]...) {
			owner, rec := parseRecord(t, line)
			b.Add(owner, rec.Type(), rec.TTL(), rec.Data(), zone.Place{})
		}
		set = set.With(zone.Entry{Apex: name, Zone: b.Build().Snapshot})
	}
	return set
}

// parseRecord reads "owner [ttl] type data"; the type may be ALIAS.
func parseRecord(t testing.TB, line string) (dname.Name, rr.Record) {
	t.Helper()
	alias := strings.Contains(line, " ALIAS ")
	r, err := dns.NewRR(strings.Replace(line, " ALIAS ", " CNAME ", 1))
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	buf := make([]byte, 4096)
	n, err := dns.PackRR(r, buf, 0, nil, false)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	end, err := dname.Len(buf)
	if err != nil {
		t.Fatal(err)
	}
	rec := rr.Record(buf[end:n])
	if alias {
		rec = rr.AppendRecord(nil, rr.TypeALIAS, rec.TTL(), rec.Data())
	}
	return dname.Name(buf[:end]), rec
}

var errNoHost = errors.New("nobody is there")

func (n *internet) Ask(ctx context.Context, server exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	address := server.Addr.Addr().String()
	n.mu.Lock()
	n.asked = append(n.asked, fmt.Sprintf("%s %s %s", address, q.Name, q.Type))
	h := n.hosts[address]
	n.mu.Unlock()
	if h == nil {
		return nil, &exchange.Error{Kind: exchange.Unreachable, Server: server, Question: q, Err: errNoHost}
	}
	wait := time.NewTimer(h.delay)
	defer wait.Stop()
	over := wait.C
	if h.dead {
		over = nil
	}
	select {
	case <-over:
	case <-ctx.Done():
		return nil, &exchange.Error{Kind: exchange.Timeout, Server: server, Question: q, Err: ctx.Err()}
	}
	a := &exchange.Answer{Took: h.delay}
	if err := a.Reply.Parse(h.say(q)); err != nil {
		return nil, err
	}
	return a, nil
}

// say is what a correct authority of the host's zones says, and then the lie.
func (h *host) say(q exchange.Question) []byte {
	query := new(wire.Query)
	ask := wire.Request{ID: 1, Name: q.Name, Type: q.Type}
	if err := query.Parse(ask.Append(nil)); err != nil {
		panic(err)
	}
	found := answer.NewFinder(0).Find(h.zones, answer.Question{Name: query.Name, Type: query.Type})
	var r wire.Response
	flags := wire.QR
	if h.open {
		flags |= wire.RA
	} else if found.Authoritative {
		flags |= wire.AA
	}
	r.Start(nil, query, flags, 65535)
	put := func(items []answer.Item) {
		for _, i := range items {
			r.Set(i.Owner, i.Set)
		}
	}
	put(found.Answer)
	r.Authority()
	put(found.Authority)
	r.Additional()
	put(found.Additional)
	r.SetRcode(found.Rcode)
	if h.lie == nil {
		return r.Bytes()
	}
	m := new(dns.Msg)
	if err := m.Unpack(r.Bytes()); err != nil {
		panic(err)
	}
	h.lie(q, m)
	raw, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return raw
}

// count is how often servers were asked since the last call.
func (n *internet) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	defer func() { n.asked = nil }()
	return len(n.asked)
}

// Addresses of the usual internet, which the world can reach.
const (
	rootAddr = "192.0.2.1"
	comAddr  = "192.0.2.2"
	netAddr  = "192.0.2.3"
	ns1Addr  = "192.0.2.11" // of example.com
	ns2Addr  = "192.0.2.12"
	cdnAddr  = "192.0.2.21" // of cdn.net
	open1    = "192.0.2.91" // resolvers for everybody
	open2    = "192.0.2.92"
)

var exampleCom = []string{"example.com. 7", "example.com. NS ns1.example.com.", "example.com. NS ns2.example.com.",
	"ns1.example.com. A 192.0.2.11", "ns2.example.com. A 192.0.2.12",
	"www.example.com. 60 A 198.51.100.1", "www.example.com. 60 AAAA 2001:db8::1", "text.example.com. TXT hello",
	"shop.example.com. 1800 CNAME edge.cdn.net.", "gone.example.com. CNAME nowhere.cdn.net.", "mute.example.com. CNAME edge.silent.net.",
	"bare.example.com. CNAME bare.cdn.net.", "*.wild.example.com. 120 A 198.51.100.9", "old.example.com. DNAME new.cdn.net.",
	"loop.example.com. CNAME loop.cdn.net."}

var cdnNet = []string{"cdn.net. 3", "cdn.net. NS ns.cdn.net.", "ns.cdn.net. A 192.0.2.21", "edge.cdn.net. 20 A 198.51.100.7",
	"bare.cdn.net. TXT nothing-here", "www.new.cdn.net. 90 A 198.51.100.8", "loop.cdn.net. CNAME loop.example.com.",
	"flow.cdn.net. 40 CNAME edge.cdn.net."}

// usual is an internet of a root, com and net, a customer and a CDN.
func usual(t testing.TB) *internet {
	n := &internet{t: t, hosts: make(map[string]*host)}
	n.host(rootAddr, []string{".", ". NS a.root.", "a.root. A 192.0.2.1", "com. NS ns.com.", "ns.com. A 192.0.2.2", "net. NS ns.net.", "ns.net. A 192.0.2.3"})
	n.host(comAddr, []string{"com.", "com. NS ns.com.", "ns.com. A 192.0.2.2",
		"example.com. NS ns1.example.com.", "example.com. NS ns2.example.com.", "ns1.example.com. A 192.0.2.11", "ns2.example.com. A 192.0.2.12",
		"ours.com. NS ns1.example.com."})
	n.host(netAddr, []string{"net.", "net. NS ns.net.", "ns.net. A 192.0.2.3", "cdn.net. NS ns.cdn.net.", "ns.cdn.net. A 192.0.2.21",
		"silent.net. NS ns.silent.net.", "ns.silent.net. A 192.0.2.66"})
	n.host(ns1Addr, exampleCom)
	n.host(ns2Addr, exampleCom)
	n.host(cdnAddr, cdnNet)
	n.host("192.0.2.66").dead = true
	n.host(open1, exampleCom, cdnNet).open = true
	n.host(open2, exampleCom, cdnNet).open = true
	return n
}

// table is a Flattener of fixed knowledge, by name and type.
type table map[string]answer.Flat

func (t table) Flatten(k *dname.Key, rt rr.Type, _ int64) answer.Flat {
	if f, ok := t[k.Name().String()+" "+rt.String()]; ok {
		return f
	}
	return answer.Flat{State: answer.Unasked}
}

// set is an RRset of addresses.
func set(t testing.TB, lines ...string) (s rr.Set) {
	t.Helper()
	for _, line := range lines {
		_, rec := parseRecord(t, line)
		s = append(s, rec...)
	}
	return s
}

// clinic is a Doctor on the internet n, with zones of ours.
func (n *internet) clinic(ours *zone.Set, change ...func(*Options)) *Doctor {
	if ours == nil {
		ours = new(zone.Set)
	}
	routes := []resolver.Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.MustParseAddrPort(rootAddr + ":53")}}}}
	held := resolver.Zones(func() *zone.Set { return ours })
	c := cache.New(cache.Options{})
	o := Options{
		Zones: held, Cache: c, Rate: -1,
		Cold:      resolver.Options{Network: n, Routes: routes, NoIPv6: true},
		Resolvers: []netip.AddrPort{netip.MustParseAddrPort(open1 + ":53"), netip.MustParseAddrPort(open2 + ":53")},
	}
	o.Resolver = resolver.New(resolver.Options{Network: n, Cache: c, Routes: routes, Own: held, NoIPv6: true})
	n.t.Cleanup(o.Resolver.Close)
	for _, f := range change {
		f(&o)
	}
	return New(o)
}

var (
	anybody = &Caller{Token: "anybody"}
	admin   = &Caller{Token: "admin", Admin: true}
)

func question(name string, t rr.Type) Question { return Question{Name: dname.MustParse(name), Type: t} }

// way is the steps in short: kind, owner, and target, what lies between left out.
func way(steps []Step) string {
	var out []string
	for _, s := range steps {
		if s.Depth > 0 || slices.Contains([]Kind{Servers, Fetch, Shown}, s.Kind) {
			continue
		}
		line := string(s.Kind) + " " + s.Owner.String()
		if s.Target != nil {
			line += ">" + s.Target.String()
		}
		out = append(out, line)
	}
	return strings.Join(slices.Compact(out), ", ") // how often a silent server is asked is the resolver's affair
}
