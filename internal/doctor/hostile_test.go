package doctor

import (
	"context"
	"net/netip"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// parrot is a network in which every server says the same to everything.
type parrot []byte

func (p parrot) Ask(_ context.Context, s exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	a := new(exchange.Answer)
	if err := a.Reply.Parse(p); err != nil {
		return nil, &exchange.Error{Kind: exchange.Malformed, Server: s, Question: q, Err: err}
	}
	return a, nil
}

// hostile is a doctor in such a network.
func hostile(t testing.TB, p parrot) *Doctor {
	routes := []resolver.Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.MustParseAddrPort(rootAddr + ":53")}}}}
	o := resolver.Options{Network: p, Cache: cache.New(cache.Options{Bytes: 1 << 18}), Routes: routes, NoIPv6: true, Patience: 2 * time.Second}
	r := resolver.New(o)
	t.Cleanup(r.Close)
	ours := zonesOf(t, oursCom)
	return New(Options{
		Zones: func() *zone.Set { return ours }, Resolver: r, Cache: o.Cache, Cold: o, Flattener: warm(t), Dial: nobodyListens, Rate: -1,
		Resolvers: []netip.AddrPort{netip.MustParseAddrPort(open1 + ":53")}, Patience: 2 * time.Second,
	})
}

// FuzzExamine: whatever servers send, every examination ends within its bounds.
func FuzzExamine(f *testing.F) {
	n := usual(f)
	for _, name := range []string{"www.example.com.", "shop.example.com.", "www.old.example.com.", "nobody.example.com.", "example.com."} {
		for _, t := range []rr.Type{rr.TypeA, rr.TypeNS, rr.TypeSOA, rr.TypeCAA} {
			for _, at := range []string{rootAddr, comAddr, ns1Addr} {
				f.Add(n.hosts[at].say(exchange.Question{Name: dname.MustParse(name), Type: t}), name == "example.com.")
			}
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, ours bool) {
		d := hostile(t, raw)
		name := "www.example.com."
		if ours {
			name = "out.ours.com."
		}
		for _, rt := range []rr.Type{rr.TypeA, rr.TypeCAA, rr.TypeHTTPS} {
			e, err := d.Explain(t.Context(), anybody, question(name, rt))
			if err != nil || e.End == "" || e.Why == "" || len(e.Steps) > maxSteps {
				t.Fatalf("%+v (%v)", e, err)
			}
		}
		if tr, err := d.Trace(t.Context(), anybody, question(name, rr.TypeA)); err != nil || tr.End == "" || len(tr.Steps) > maxSteps {
			t.Fatalf("%+v (%v)", tr, err)
		}
		p, err := d.Propagation(t.Context(), anybody, question(name, rr.TypeA), Expected{})
		if err != nil || len(p.Rows) > 65 || p.Matches+p.Differs+p.Errors != len(p.Rows) {
			t.Fatalf("%+v (%v)", p, err)
		}
		if got, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse(name)}); err != nil || len(got.Verdicts) != 6 {
			t.Fatalf("%+v (%v)", got, err)
		}
	})
}

// A zone whose servers answer everything with a name that only grows, or with
// hundreds of servers, costs no more than the bounds.
func TestCostsAreBounded(t *testing.T) {
	for situation, lie := range map[string]func(exchange.Question, *dns.Msg){
		"a CNAME to a name below": func(q exchange.Question, m *dns.Msg) {
			name := q.Name.String()
			if len(name) < 200 {
				m.Rcode, m.Ns = 0, nil
				m.Answer = []dns.RR{&dns.CNAME{Hdr: dns.RR_Header{Name: name, Rrtype: dns.TypeCNAME, Class: 1, Ttl: 1}, Target: "x." + name}}
			}
		},
		"hundreds of servers": func(q exchange.Question, m *dns.Msg) {
			m.Rcode, m.Answer, m.Ns, m.Extra = 0, nil, nil, nil
			for i := range 300 {
				ns := &dns.NS{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeNS, Class: 1, Ttl: 60}, Ns: "n" + string(rune('a'+i%26)) + string(rune('a'+i/26)) + ".example.net."}
				if q.Type == rr.TypeNS {
					m.Answer = append(m.Answer, ns)
				} else {
					m.Ns = append(m.Ns, ns)
				}
			}
		},
	} {
		t.Run(situation, func(t *testing.T) {
			n := usual(t)
			n.hosts[ns1Addr].lie, n.hosts[ns2Addr].lie = lie, lie
			d := n.clinic(nil, func(o *Options) { o.Dial = nobodyListens })
			n.count()
			if _, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("www.example.com.")}); err != nil {
				t.Fatal(err)
			}
			if sent := n.count(); sent > 400 {
				t.Errorf("%d questions were sent", sent)
			}
		})
	}
}
