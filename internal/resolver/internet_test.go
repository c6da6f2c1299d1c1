package resolver

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/zone"
)

// internet is a private one inside the process: authorities at addresses, each
// with zones, a delay, and whatever is wrong with it.
type internet struct {
	t     *testing.T
	mu    sync.Mutex
	hosts map[string]*host
	asked []string // "address name type", in order
	net   string   // what all addresses begin with, in the place of 10.0
}

// host is an authority.
type host struct {
	zones *zone.Set
	delay time.Duration
	dead  bool
	// loses says of a message that it does not arrive.
	loses func(q exchange.Question) bool
	// lie changes an answer before it is sent.
	lie func(q exchange.Question, m *dns.Msg)
}

func newInternet(t *testing.T) *internet {
	return &internet{t: t, hosts: make(map[string]*host)}
}

// host is the authority at that address, with these zones: lines whose first is
// the apex, each record without its TTL taking 3600.
func (n *internet) host(address string, zones ...[]string) *host {
	if n.net != "" {
		address = n.net + strings.TrimPrefix(address, "10.0")
		for _, lines := range zones {
			for i := range lines {
				lines[i] = strings.Replace(lines[i], " A 10.0.", " A "+n.net+".", 1)
			}
		}
	}
	h := &host{zones: zonesOf(n.t, zones...)}
	n.hosts[address] = h
	return h
}

func zonesOf(t *testing.T, zones ...[]string) *zone.Set {
	t.Helper()
	set := new(zone.Set)
	for _, lines := range zones {
		apex := dname.MustParse(lines[0])
		b := zone.NewBuilder(apex)
		soa := fmt.Sprintf("%s 3600 SOA ns.%s host.%s 1 3600 600 86400 300", lines[0], strings.TrimPrefix(lines[0], "."), strings.TrimPrefix(lines[0], "."))
		for _, line := range append([]string{soa}, lines[1:]...) {
			owner, rec := parseRecord(t, line)
			b.Add(owner, rec.Type(), rec.TTL(), rec.Data(), zone.Place{})
		}
		set = set.With(zone.Entry{Apex: apex, Zone: b.Build().Snapshot})
	}
	return set
}

func parseRecord(t *testing.T, line string) (dname.Name, rr.Record) {
	t.Helper()
	if owner, target, ok := strings.Cut(line, " ALIAS "); ok {
		name := dname.MustParse(target)
		line = fmt.Sprintf("%s TYPE%d \\# %d %x", owner, rr.TypeALIAS, len(name), []byte(name))
	}
	r, err := dns.NewRR(line)
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
	return dname.Name(buf[:end]), rr.Record(buf[end:n])
}

func (n *internet) Ask(ctx context.Context, server exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	address := server.Addr.Addr().String()
	n.mu.Lock()
	n.asked = append(n.asked, fmt.Sprintf("%s %s %s", address, q.Name, q.Type))
	h := n.hosts[address]
	n.mu.Unlock()
	if h == nil || h.dead || h.loses != nil && h.loses(q) {
		<-ctx.Done()
		return nil, &exchange.Error{Kind: exchange.Timeout, Server: server, Question: q, Err: ctx.Err()}
	}
	select {
	case <-time.After(h.delay):
	case <-ctx.Done():
		return nil, &exchange.Error{Kind: exchange.Timeout, Server: server, Question: q, Err: ctx.Err()}
	}
	msg := h.say(q)
	a := &exchange.Answer{Took: h.delay}
	if err := a.Reply.Parse(msg); err != nil {
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
	if found.Authoritative {
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
	if len(found.Answer) == 0 || found.Outcome != answer.Loop && found.Outcome != answer.Exhausted { // as most servers do
		r.SetRcode(found.Rcode)
	}
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

// seen is what was asked since the last call.
func (n *internet) seen() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	out := n.asked
	n.asked = nil
	return out
}

// usual is an internet of a root, com, net and org, and hosters below them.
func usual(t *testing.T) *internet { return newInternet(t).usual() }

func (n *internet) usual() *internet {
	n.host("10.0.0.1", []string{".", ". NS a.root.", "a.root. A 10.0.0.1",
		"com. NS ns.com.", "ns.com. A 10.0.0.2", "net. NS ns.net.", "ns.net. A 10.0.0.3", "org. NS ns.org.", "ns.org. A 10.0.0.4",
		"dead.test. NS ns.dead.test.", "ns.dead.test. A 10.0.6.7"})
	n.host("10.0.0.2", []string{"com.", "com. NS ns.com.", "ns.com. A 10.0.0.2",
		"example.com. NS ns1.example.com.", "example.com. NS ns2.example.com.", "ns1.example.com. A 10.0.1.1", "ns2.example.com. A 10.0.1.2"})
	n.host("10.0.0.3", []string{"net.", "net. NS ns.net.", "ns.net. A 10.0.0.3", "example.net. NS ns1.example.com."})
	n.host("10.0.0.4", []string{"org.", "org. NS ns.org.", "ns.org. A 10.0.0.4", "example.org. NS ns1.example.com."})
	com := []string{"example.com.", "example.com. NS ns1.example.com.", "example.com. NS ns2.example.com.", "ns1.example.com. A 10.0.1.1", "ns2.example.com. A 10.0.1.2",
		"www.example.com. 60 A 192.0.2.1", "www.example.com. 60 AAAA 2001:db8::1", "mail.example.com. MX 10 www.example.com.",
		"alias.example.com. 3600 CNAME edge.example.net.", "old.example.com. DNAME new.example.net.",
		"self.example.com. CNAME self.example.com.", "loop.example.com. CNAME loop.example.net.", "gone.example.com. CNAME gone.example.net.",
		"*.wild.example.com. A 192.0.2.9", "deep.down.under.example.com. A 192.0.2.7",
		"turn.example.com. CNAME back.ours.test.", "to.example.com. DNAME fro.example.com.", "fro.example.com. DNAME to.example.com."}
	net := []string{"example.net.", "example.net. NS ns1.example.com.", "edge.example.net. 300 CNAME edge.example.org.", "loop.example.net. CNAME loop.example.com.", "back.example.net. CNAME loop.ours.test.",
		"www.new.example.net. A 192.0.2.5"}
	org := []string{"example.org.", "example.org. NS ns1.example.com.", "edge.example.org. 60 A 192.0.2.3"}
	n.host("10.0.1.1", com, net, org)
	n.host("10.0.1.2", com)
	return n
}

// resolver is one on that internet; it takes its time from the bubble it is in.
func (n *internet) resolver(t *testing.T, change ...func(*Options)) *Resolver {
	o := Options{Network: n, Cache: cache.New(cache.Options{}), NoIPv6: true,
		Routes: []Route{{Apex: dname.Root, Servers: servers("10.0.0.1")}}}
	for _, c := range change {
		c(&o)
	}
	r := New(o)
	t.Cleanup(r.Close)
	return r
}

func ask(t *testing.T, r *Resolver, name string, rtype rr.Type) *Result {
	t.Helper()
	return r.Resolve(t.Context(), Question{dname.MustParse(name), rtype})
}

// told is a result in one line: response code, the owners and types of the
// answer in order, what the last of them says, and the TTL.
func told(res *Result) string {
	var out []string
	for _, i := range res.Answer {
		out = append(out, fmt.Sprintf("%s %s %d %s", i.Owner, i.Set.Type(), i.Set.TTL(), rr.AppendDataText(nil, i.Set.Type(), i.Set.Data())))
	}
	if res.Rcode != code.NoError || len(out) == 0 {
		out = append(out, res.Rcode.String())
	}
	return strings.Join(out, ", ")
}

// kinds are the kinds of the steps of the question itself.
func kinds(c Chain) string {
	var out []string
	for _, s := range c {
		if s.Depth == 0 {
			out = append(out, s.Kind.String())
		}
	}
	return strings.Join(out, " ")
}

func fatalChain(t *testing.T, res *Result) {
	t.Helper()
	for _, s := range res.Chain {
		t.Log(s)
	}
	t.FailNow()
}

var errBogus = errors.New("the signature is of last year")

func prefix(text string) netip.Prefix { return netip.MustParsePrefix(text) }

// parrot is a network in which every server says the same.
type parrot []byte

func (p parrot) Ask(_ context.Context, s exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	a := new(exchange.Answer)
	if err := a.Reply.Parse(p); err != nil {
		return nil, &exchange.Error{Kind: exchange.Malformed, Server: s, Question: q, Err: err}
	}
	return a, nil
}
