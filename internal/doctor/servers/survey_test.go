package servers

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// script is a Network of servers that are lists of zones: lines by apex. A zone
// whose only line is a word of a response code is answered with that.
type script map[string]map[string][]string

func (s script) Ask(_ context.Context, server exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	zones, ok := s[server.Addr.Addr().String()]
	if !ok {
		return nil, &exchange.Error{Kind: exchange.Unreachable, Server: server, Question: q, Err: errors.New("away")}
	}
	m := new(dns.Msg)
	m.SetQuestion(q.Name.String(), uint16(q.Type))
	m.Response = true
	if apex := nearest(zones, q.Name.String()); apex == "" {
		m.Rcode = dns.RcodeRefused
	} else if code, ok := dns.StringToRcode[zones[apex][0]]; ok {
		m.Rcode = code
	} else {
		say(m, apex, zones[apex])
	}
	raw, err := m.Pack()
	if err != nil {
		return nil, err
	}
	a := new(exchange.Answer)
	return a, a.Reply.Parse(raw)
}

func nearest(zones map[string][]string, name string) (best string) {
	for apex := range zones {
		if dns.IsSubDomain(apex, name) && (best == "" || dns.CountLabel(apex) > dns.CountLabel(best)) {
			best = apex
		}
	}
	return best
}

// say answers from the lines of a zone: the records at the name, a referral, or a denial.
func say(m *dns.Msg, apex string, lines []string) {
	name, t := m.Question[0].Name, m.Question[0].Qtype
	exists := false
	for _, line := range lines {
		r, err := dns.NewRR(line)
		if err != nil {
			panic(err)
		}
		owner := r.Header().Name
		exists = exists || dns.IsSubDomain(name, owner)
		switch {
		case r.Header().Rrtype == dns.TypeNS && owner != apex && dns.IsSubDomain(owner, name):
			m.Ns = append(m.Ns, r)
		case strings.EqualFold(owner, name) && r.Header().Rrtype == t:
			m.Answer = append(m.Answer, r)
		case slices.ContainsFunc(m.Ns, func(ns dns.RR) bool { return strings.EqualFold(ns.(*dns.NS).Ns, owner) }):
			m.Extra = append(m.Extra, r)
		}
	}
	if len(m.Ns) > 0 {
		m.Answer = nil
		return
	}
	if m.Authoritative = true; len(m.Answer) > 0 {
		return
	}
	soa, _ := dns.NewRR(apex + " 300 SOA ns. host. 1 1 1 1 300")
	if strings.EqualFold(apex, name) && t == dns.TypeSOA {
		m.Answer = []dns.RR{soa}
		return
	}
	if m.Ns = []dns.RR{soa}; !exists && name != apex {
		m.Rcode = dns.RcodeNameError
	}
}

const (
	root = "192.0.2.1"
	tld  = "192.0.2.2"
	one  = "192.0.2.11"
	two  = "192.0.2.12"
)

func world() script {
	return script{
		root: {".": {". NS a.root.", "a.root. A 192.0.2.1", "com. NS ns.com.", "ns.com. A 192.0.2.2", "net. NS ns.com."}},
		tld: {"com.": {"com. NS ns.com.", "ns.com. A 192.0.2.2", "example.com. NS ns1.example.com.", "example.com. NS ns2.host.net.", "ns1.example.com. A 192.0.2.11"},
			"net.": {"net. NS ns.com.", "ns2.host.net. A 192.0.2.12"}},
		one: {"example.com.": {"example.com. NS ns1.example.com.", "example.com. NS ns2.host.net.", "ns1.example.com. A 192.0.2.11", "www.example.com. A 198.51.100.1"}},
		two: {"example.com.": {"example.com. NS ns1.example.com.", "example.com. NS ns2.host.net.", "ns1.example.com. A 192.0.2.11", "www.example.com. A 198.51.100.1"}},
	}
}

// toldDelegation is a Delegation in short.
func toldDelegation(z *Delegation) string {
	var at []string
	for _, s := range z.Servers {
		at = append(at, fmt.Sprintf("%s=%s", s.Name, s.Addr.Addr()))
	}
	slices.Sort(at)
	out := fmt.Sprintf("%s: %d above, %d own; %s", z.Apex, len(z.Parent), len(z.Own), strings.Join(at, " "))
	if z.Lacking {
		out += "; lacking"
	}
	if z.Why != "" {
		out += "; " + z.Why
	}
	return out
}

func TestSurvey(t *testing.T) {
	for _, c := range []struct {
		situation, name string
		change          func(script)
		want            string
	}{
		{"with glue and without", "www.example.com.", nil, "example.com.: 2 above, 2 own; ns1.example.com.=192.0.2.11 ns2.host.net.=192.0.2.12"},
		{"the apex itself", "example.com.", nil, "example.com.: 2 above, 2 own; ns1.example.com.=192.0.2.11 ns2.host.net.=192.0.2.12"},
		{"a name that does not exist", "a.b.example.com.", nil, "example.com.: 2 above, 2 own; ns1.example.com.=192.0.2.11 ns2.host.net.=192.0.2.12"},
		{"a zone that nobody has", "www.none.com.", nil, "com.: 1 above, 1 own; ns.com.=192.0.2.2"},
		{"the root", ".", nil, ".: 0 above, 1 own; a.root.=192.0.2.1"},
		{"servers that refuse", "www.example.com.", func(s script) {
			s[one]["example.com."], s[two]["example.com."] = []string{"REFUSED"}, []string{"REFUSED"}
		}, "example.com.: 2 above, 0 own; ns1.example.com.=192.0.2.11 ns2.host.net.=192.0.2.12"},
		{"servers that are away", "www.example.com.", func(s script) { delete(s, one); delete(s, two) }, "example.com.: 2 above, 0 own; ns1.example.com.=192.0.2.11 ns2.host.net.=192.0.2.12"},
		{"a server that the zone adds", "www.example.com.", func(s script) {
			for _, at := range []string{one, two} {
				s[at]["example.com."] = append(s[at]["example.com."], "example.com. NS ns3.example.com.", "ns3.example.com. A 192.0.2.13")
			}
		}, "example.com.: 2 above, 3 own; ns1.example.com.=192.0.2.11 ns2.host.net.=192.0.2.12 ns3.example.com.=192.0.2.13"},
		{"both sides of the cut on one server", "www.sub.example.com.", func(s script) {
			for _, at := range []string{one, two} {
				s[at]["sub.example.com."] = []string{"sub.example.com. NS ns1.example.com.", "www.sub.example.com. A 198.51.100.2"}
			}
		}, "sub.example.com.: 1 above, 1 own; ns1.example.com.=192.0.2.11"},
		{"nobody is there", "www.example.com.", func(s script) { clear(s) }, "<nil>: 0 above, 0 own; ; no server of . gave a usable answer; the last: unreachable"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			network := world()
			if c.change != nil {
				c.change(network)
			}
			r, w := Cold(resolver.Options{Network: network, NoIPv6: true, Routes: []resolver.Route{{Apex: dname.Root, Servers: []exchange.Server{{Addr: netip.MustParseAddrPort(root + ":53")}}}}}, IsPublic)
			defer r.Close()
			s := Survey{Resolver: r, Network: w, NoIPv6: true, Held: func(dname.Name) *zone.Snapshot { return nil }}
			got := s.Find(t.Context(), dname.MustParse(c.name))
			told := toldDelegation(got)
			if got.Apex == nil {
				told = "<nil>" + strings.TrimPrefix(told, got.Apex.String())
			}
			if told != c.want {
				t.Errorf("%s, not\n%s", told, c.want)
			}
		})
	}
}

func TestWarnings(t *testing.T) {
	a, b := dname.MustParse("a.test."), dname.MustParse("b.test.")
	for _, c := range []struct {
		situation string
		z         Delegation
		odds      bool
		want      string
	}{
		{"the same servers", Delegation{Apex: a, Asked: true, Parent: []dname.Name{a, b}, Own: []dname.Name{b, a}}, false, ""},
		{"the zone has more", Delegation{Apex: a, Asked: true, Parent: []dname.Name{a}, Own: []dname.Name{b, a}}, true, "a.test. names servers that the zone above does not: b.test."},
		{"the zone above has more", Delegation{Apex: a, Asked: true, Parent: []dname.Name{a, b}, Own: []dname.Name{a}}, true, "the zone above names servers that a.test. itself does not: b.test."},
		{"the zone above was not asked", Delegation{Apex: a, Own: []dname.Name{a}}, false, ""},
		{"the zone does not answer", Delegation{Apex: a, Asked: true, Parent: []dname.Name{a}}, false, ""},
		{"not delegated", Delegation{Apex: a, Asked: true, Lacking: true, Own: []dname.Name{a}}, false, "the zone above does not delegate a.test.: only who asks its servers directly sees it"},
		{"not found", Delegation{Why: "nobody answers"}, false, "the zone could not be found: nobody answers"},
	} {
		if got := strings.Join(c.z.Warnings(), "; "); got != c.want || c.z.AtOdds() != c.odds {
			t.Errorf("%s: %q, %v", c.situation, got, c.z.AtOdds())
		}
	}
}

func TestAliases(t *testing.T) {
	name := func(text string) dname.Name { return dname.MustParse(text) }
	cname := func(owner, target string) Item {
		return Item{Owner: name(owner), Set: rr.Set(rr.AppendRecord(nil, rr.TypeCNAME, 60, name(target)))}
	}
	items := []Item{cname("b.test.", "c.test."), cname("a.test.", "b.test."), cname("x.test.", "x.test.")}
	if got := Join(Aliases(items, name("A.test."))); got != "b.test., c.test." {
		t.Error(got)
	}
	if got := Aliases(items, name("x.test.")); len(got) > len(items) {
		t.Errorf("a loop: %s", Join(got))
	}
	if Aliases(nil, name("a.test.")) != nil {
		t.Error("from nothing")
	}
}
