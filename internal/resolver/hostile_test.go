package resolver

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

func record(t *testing.T, line string) dns.RR {
	t.Helper()
	r, err := dns.NewRR(line)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A server is believed about names in the zone it was asked for, and of those
// only what was asked.
func TestPoison(t *testing.T) {
	const victim, truth = "www.example.org.", "www.example.org. A 60 192.0.2.4"
	for _, c := range []struct {
		situation string
		poison    func(t *testing.T, m *dns.Msg)
	}{
		{"an address beside the answer", func(t *testing.T, m *dns.Msg) { m.Answer = append(m.Answer, record(t, victim+" A 203.0.113.66")) }},
		{"an address in the additional section", func(t *testing.T, m *dns.Msg) { m.Extra = append(m.Extra, record(t, victim+" A 203.0.113.66")) }},
		{"servers of another zone", func(t *testing.T, m *dns.Msg) {
			m.Ns = append(m.Ns, record(t, "example.org. NS ns.evil.test."))
			m.Extra = append(m.Extra, record(t, "ns.evil.test. A 10.0.6.6"))
		}},
		{"servers of the zone above", func(t *testing.T, m *dns.Msg) {
			m.Ns = append(m.Ns, record(t, "org. NS ns1.example.com."), record(t, ". NS ns1.example.com."))
		}},
		{"a referral to another zone", func(t *testing.T, m *dns.Msg) {
			m.Answer, m.Authoritative = nil, false
			m.Ns = []dns.RR{record(t, "org. NS ns.evil.test.")}
			m.Extra = []dns.RR{record(t, "ns.evil.test. A 10.0.6.6")}
		}},
		{"an alias and what it leads to", func(t *testing.T, m *dns.Msg) {
			m.Answer = []dns.RR{record(t, m.Question[0].Name+" CNAME "+victim), record(t, victim+" A 203.0.113.66")}
		}},
		{"a DNAME from above", func(t *testing.T, m *dns.Msg) {
			m.Answer = append([]dns.RR{record(t, "org. DNAME evil.test.")}, m.Answer...)
		}},
		{"no such name, of another zone", func(t *testing.T, m *dns.Msg) {
			m.Answer, m.Rcode = []dns.RR{record(t, m.Question[0].Name+" CNAME "+victim)}, dns.RcodeNameError
			m.Ns = []dns.RR{record(t, "org. SOA a. b. 1 2 3 4 5")}
		}},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			n.host("10.0.0.4", []string{"org.", "example.org. NS ns.org.", "org. NS ns.org.", "ns.org. A 10.0.0.4"},
				[]string{"example.org.", "example.org. NS ns.org.", "www.example.org. 60 A 192.0.2.4"})
			n.host("10.0.6.6", []string{"org.", "org. NS ns.evil.test.", victim + " A 203.0.113.66"})
			for _, address := range []string{"10.0.1.1", "10.0.1.2"} {
				n.hosts[address].lie = func(q exchange.Question, m *dns.Msg) {
					if q.Name.Labels() == 3 {
						c.poison(t, m)
					}
				}
			}
			r := n.resolver(t)
			ask(t, r, "www.example.com.", rr.TypeA)
			if res := ask(t, r, victim, rr.TypeA); told(res) != truth {
				t.Errorf("%s: got %s", c.situation, told(res))
				fatalChain(t, res)
			}
			for _, line := range n.seen() {
				if strings.HasPrefix(line, "10.0.6.6") {
					t.Errorf("%s: the attacker's server was asked: %s", c.situation, line)
				}
			}
		})
	}
}

// One question makes only so many others, however servers arrange it.
func TestWorkIsBounded(t *testing.T) {
	many := func(n int, format string) (lines []string) {
		for i := range n {
			lines = append(lines, fmt.Sprintf(format, i))
		}
		return lines
	}
	for _, c := range []struct {
		situation string
		build     func(n *internet)
		most      int
	}{
		{"a delegation to many servers that do not exist", func(n *internet) {
			n.host("10.0.5.1", append([]string{"evil.", "evil. NS ns.evil."}, many(40, "www.evil. NS n%d.example.com.")...))
		}, 3 + 2*maxCut + 4},
		{"delegations to servers below further delegations", func(n *internet) {
			lines := []string{"evil.", "evil. NS ns.evil."}
			for i := range 20 {
				lines = append(lines, fmt.Sprintf("d%d.evil. NS a.d%d.evil.", i, (i*2+1)%20), fmt.Sprintf("d%d.evil. NS a.d%d.evil.", i, (i*3+2)%20))
			}
			n.host("10.0.5.1", append(lines, "www.evil. NS a.d0.evil.", "www.evil. NS a.d1.evil."))
		}, 64},
		{"a server that is its own and silent", func(n *internet) {
			n.host("10.0.5.1", []string{"evil.", "evil. NS ns.evil."}).lie = func(_ exchange.Question, m *dns.Msg) { m.Rcode = dns.RcodeServerFailure }
		}, 8},
		{"referrals without end", func(n *internet) {
			n.host("10.0.5.1", []string{"evil."}).lie = func(q exchange.Question, m *dns.Msg) {
				m.Answer, m.Authoritative, m.Rcode = nil, false, 0
				m.Ns = []dns.RR{&dns.NS{Hdr: dns.RR_Header{Name: q.Name.String(), Rrtype: dns.TypeNS, Class: 1, Ttl: 60}, Ns: "ns.evil."}}
				m.Extra = []dns.RR{&dns.A{Hdr: dns.RR_Header{Name: "ns.evil.", Rrtype: dns.TypeA, Class: 1, Ttl: 60}, A: net.IPv4(10, 0, 5, 1)}}
			}
		}, 64},
		{"an alias at the root, which leads back to it", func(n *internet) {
			n.hosts["10.0.0.1"].lie = func(q exchange.Question, m *dns.Msg) {
				if !q.Name.Equal(dname.MustParse("a.root.")) {
					m.Rcode, m.Ns = 0, nil
					m.Answer = []dns.RR{&dns.CNAME{Hdr: dns.RR_Header{Name: q.Name.String(), Rrtype: dns.TypeCNAME, Class: 1, Ttl: 60}, Target: "x." + strings.TrimPrefix(q.Name.String(), ".")}}
				}
			}
		}, 64},
		{"an alias that leads on for ever", func(n *internet) {
			count := 0
			n.host("10.0.5.1", []string{"evil."}).lie = func(q exchange.Question, m *dns.Msg) {
				count++
				m.Rcode, m.Ns = 0, nil
				m.Answer = []dns.RR{&dns.CNAME{Hdr: dns.RR_Header{Name: q.Name.String(), Rrtype: dns.TypeCNAME, Class: 1, Ttl: 60}, Target: fmt.Sprintf("x%d.evil.", count)}}
			}
		}, 30},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := newInternet(t)
			n.host("10.0.0.1", []string{".", ". NS a.root.", "a.root. A 10.0.0.1", "evil. NS ns.evil.", "ns.evil. A 10.0.5.1", "com. NS ns.com.", "ns.com. A 10.0.0.2"})
			n.host("10.0.0.2", []string{"com.", "com. NS ns.com."})
			c.build(n)
			r := n.resolver(t)
			res := ask(t, r, strings.Repeat("a.", 60)+"www.evil.", rr.TypeA)
			if asked := n.seen(); res.Rcode != code.ServFail || len(asked) > c.most || len(res.Chain) > maxSteps {
				t.Errorf("%s: %s after %d questions (at most %d) and %d steps", c.situation, told(res), len(asked), c.most, len(res.Chain))
			}
			n.seen()
			if res := ask(t, r, "a.root.", rr.TypeA); res.Rcode != code.NoError {
				t.Errorf("%s: another name: %s", c.situation, told(res))
			}
		})
	}
}

// Names of others do not lead into our networks, unless they may.
func TestPrivateAddresses(t *testing.T) {
	for _, c := range []struct{ name, want string }{
		{"inside.example.com.", "NOERROR"},
		{"mixed.example.com.", "mixed.example.com. A 3600 192.0.2.8"},
		{"alias.example.com.", "alias.example.com. CNAME 3600 inside.example.com."},
		{"inside.example.net.", "inside.example.net. A 3600 192.168.0.1"},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			n.host("10.0.1.1", []string{"example.com.", "inside.example.com. A 192.168.0.1", "mixed.example.com. A 192.168.0.1", "mixed.example.com. A 192.0.2.8",
				"alias.example.com. CNAME inside.example.com."}, []string{"example.net.", "inside.example.net. A 192.168.0.1"})
			delete(n.hosts, "10.0.1.2")
			r := n.resolver(t, func(o *Options) {
				o.Private = append(o.Private, prefix("192.168.0.0/16"), prefix("fd00::/8"))
				o.PrivateNames = append(o.PrivateNames, dname.MustParse("example.net."))
			})
			res := ask(t, r, c.name, rr.TypeA)
			if told(res) != c.want {
				t.Errorf("%s: got %s, want %s", c.name, told(res), c.want)
				fatalChain(t, res)
			}
			if !strings.Contains(c.name, "alias") && c.want != "NOERROR" {
				return
			}
			if !strings.Contains(fmt.Sprint(res.Chain), leftOut) {
				t.Errorf("the chain does not say why: %s", res.Chain)
			}
			n.seen()
			again, ok := r.NewRecall().Find(Question{dname.MustParse(c.name), rr.TypeA})
			if res.EDE != code.Blocked || !ok || again.EDE != code.Blocked || again.Text != leftOut || told(again) != c.want || len(n.seen()) != 0 {
				t.Errorf("%s: EDE %s; again: %v %+v", c.name, res.EDE, ok, again)
			}
		})
	}
}

// Servers that drop questions for a part of a name are shown all of it.
func TestServersSilentToPartsOfNames(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		for _, address := range []string{"10.0.1.1", "10.0.1.2"} {
			n.hosts[address].loses = func(q exchange.Question) bool { return q.Name.Labels() < 5 }
		}
		if res := ask(t, n.resolver(t), "deep.down.under.example.com.", rr.TypeA); told(res) != "deep.down.under.example.com. A 3600 192.0.2.7" {
			t.Errorf("got %s", told(res))
			fatalChain(t, res)
		}
	})
}

// Servers that deny a part of a name that exists, or choke on it, are shown all of it.
func TestServersThatCannotBearPartsOfNames(t *testing.T) {
	for situation, lie := range map[string]func(*dns.Msg){
		"denies": func(m *dns.Msg) { m.Rcode = dns.RcodeNameError },
		"fails":  func(m *dns.Msg) { m.Rcode, m.Ns = dns.RcodeServerFailure, nil },
		"refers": func(m *dns.Msg) {
			m.Authoritative, m.Ns = false, []dns.RR{&dns.NS{Hdr: dns.RR_Header{Name: "example.com.", Rrtype: dns.TypeNS, Class: 1, Ttl: 60}, Ns: "ns1.example.com."}}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			for _, address := range []string{"10.0.1.1", "10.0.1.2"} {
				n.hosts[address].lie = func(q exchange.Question, m *dns.Msg) {
					if q.Name.Labels() < 5 && q.Name.String() != "ns1.example.com." {
						lie(m)
					}
				}
			}
			if res := ask(t, n.resolver(t), "deep.down.under.example.com.", rr.TypeA); told(res) != "deep.down.under.example.com. A 3600 192.0.2.7" {
				t.Errorf("%s: got %s", situation, told(res))
				fatalChain(t, res)
			}
		})
	}
}

// A DNAME without signatures redirects from the cache what it was sent for.
func TestDNAMEFromCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		const old = "old.example.com. DNAME 3600 new.example.net., www.old.example.com. CNAME 3600 www.new.example.net."
		for i, c := range []struct {
			name string
			t    rr.Type
			want string
			asks bool
		}{
			{"www.old.example.com.", rr.TypeA, old + ", www.new.example.net. A 3600 192.0.2.5", true},
			{"www.old.example.com.", rr.TypeA, old + ", www.new.example.net. A 3600 192.0.2.5", false},
			{"www.old.example.com.", rr.TypeCNAME, old, false},
			{"x.old.example.com.", rr.TypeCNAME, strings.ReplaceAll(old, "www.", "x."), true},
			{"x.old.example.com.", rr.TypeCNAME, strings.ReplaceAll(old, "www.", "x."), false},
		} {
			res := ask(t, r, c.name, c.t)
			if asked := n.seen(); told(res) != c.want || (len(asked) > 0) != c.asks {
				t.Errorf("%d: got %s by %q, want %s", i, told(res), asked, c.want)
			}
		}
	})
}

// A DNAME that signatures prove redirects all names below.
func TestProvenDNAME(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		owner, rec := parseRecord(t, "old.example.com. DNAME new.example.net.")
		var key dname.Key
		key.Set(owner)
		r.options.Cache.Put(&key, cache.Entry{Rank: cache.Secure, Type: rr.TypeDNAME, Set: rr.Set(rec), TTL: 60})
		ask(t, r, "www.new.example.net.", rr.TypeA)
		n.seen()
		if res := ask(t, r, "www.old.example.com.", rr.TypeA); len(res.Answer) != 3 || len(n.seen()) != 0 {
			t.Errorf("got %s", told(res))
		}
	})
}

// Servers that are known not to exist cost nothing, and do not keep those from being
// found that do.
func TestServersThatDoNotExist(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		org := []string{"org.", "org. NS ns.org.", "ns.org. A 10.0.0.4"}
		for i := range 2 * maxCut {
			org = append(org, fmt.Sprintf("many.org. NS a%d.example.com.", i))
		}
		n.host("10.0.0.4", append(org, "many.org. NS ns9.example.net."))
		n.host("10.0.1.1", []string{"example.com.", "example.com. NS ns1.example.com.", "ns1.example.com. A 10.0.1.1"},
			[]string{"example.net.", "ns9.example.net. A 10.0.1.1"}, []string{"many.org.", "*.many.org. A 192.0.2.1"})
		delete(n.hosts, "10.0.1.2")
		r := n.resolver(t, func(o *Options) { o.NoIPv6 = true })
		rounds := 0
		for ; rounds < 10; rounds++ {
			if res := ask(t, r, fmt.Sprintf("n%d.many.org.", rounds), rr.TypeA); len(res.Answer) == 1 {
				break
			}
			if asked := n.seen(); len(asked) > 3+maxCut*3 {
				t.Errorf("asked %q", asked)
			}
		}
		if rounds > 2 {
			t.Errorf("found after %d questions", rounds)
		}
	})
}
