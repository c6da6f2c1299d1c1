package resolver

import (
	"fmt"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// An empty answer, which does not even say whose denial it is, is believed if
// nobody says more.
func TestEmptyAnswer(t *testing.T) {
	for _, all := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			empty := func(_ exchange.Question, m *dns.Msg) { m.Answer, m.Ns, m.Extra = nil, nil, nil }
			n.hosts["10.0.1.1"].lie = empty
			want := "www.example.com. A 60 192.0.2.1"
			if all {
				n.hosts["10.0.1.2"].lie, want = empty, "NOERROR"
			}
			if res := ask(t, n.resolver(t), "www.example.com.", rr.TypeA); told(res) != want {
				t.Errorf("got %s, want %s", told(res), want)
				fatalChain(t, res)
			}
		})
	}
}

// A denial by the root, or by a domain of its top, of a part of the name is one of the
// name, and is not asked for twice.
func TestDenialOfAPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		for _, c := range []struct {
			name string
			want []string
		}{
			{"a.b.nowhere.", []string{"10.0.0.1 . NS", "10.0.0.1 nowhere. A"}},
			{"c.nowhere.", nil},
			{"nowhere.", nil},
			{"a.b.nowhere.com.", []string{"10.0.0.1 com. A", "10.0.0.2 nowhere.com. A"}},
			{"d.e.f.nowhere.com.", nil},
		} {
			for _, asked := range []rr.Type{rr.TypeMX, rr.TypeA} {
				res := ask(t, r, c.name, asked)
				if got := n.seen(); res.Rcode != code.NXDomain || len(res.Authority) != 1 || fmt.Sprint(got) != fmt.Sprint(c.want) {
					t.Errorf("%s %s: %s, asked %q", c.name, asked, told(res), got)
					fatalChain(t, res)
				}
				c.want = nil
			}
		}
	})
}

// A server that has lost the zone, and denies in the name of the one above, which it
// holds, is not believed as long as another has better.
func TestDenialOfAZoneAbove(t *testing.T) {
	for _, rcode := range []int{dns.RcodeSuccess, dns.RcodeNameError} {
		for _, all := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				n := usual(t)
				above := func(_ exchange.Question, m *dns.Msg) {
					m.Rcode, m.Answer, m.Extra = rcode, nil, nil
					m.Ns = []dns.RR{record(t, "com. 900 SOA ns.com. host.com. 1 1 1 1 900")}
				}
				n.hosts["10.0.1.1"].lie = above
				want := "www.example.com. A 60 192.0.2.1"
				if all {
					n.hosts["10.0.1.2"].lie, want = above, dns.RcodeToString[rcode]
				}
				r := n.resolver(t)
				for range 4 {
					if res := ask(t, r, "www.example.com.", rr.TypeA); told(res) != want {
						t.Errorf("got %s, want %s", told(res), want)
						fatalChain(t, res)
					}
					time.Sleep(2 * time.Minute)
				}
			})
		}
	}
}

// An answer of which nothing can be read is no denial: another server is asked, and
// nothing of it is kept.
func TestUnreadableAnswers(t *testing.T) {
	for situation, answer := range map[string]dns.RR{
		"an address of three octets": &dns.RFC3597{Hdr: dns.RR_Header{Name: "www.example.com.", Rrtype: dns.TypeA, Class: 1, Ttl: 60}, Rdata: "0a0000"},
		"another class":              &dns.A{Hdr: dns.RR_Header{Name: "www.example.com.", Rrtype: dns.TypeA, Class: dns.ClassCHAOS, Ttl: 60}, A: net.IPv4(192, 0, 2, 66)},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			n.hosts["10.0.1.1"].lie = func(q exchange.Question, m *dns.Msg) {
				if q.Name.Equal(dname.MustParse("www.example.com.")) {
					m.Answer = []dns.RR{answer}
					m.Ns = []dns.RR{record(t, "example.com. 900 SOA ns1.example.com. host.example.com. 1 1 1 1 900")}
				}
			}
			for range 4 {
				r := n.resolver(t)
				if res := ask(t, r, "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" {
					t.Errorf("%s: got %s", situation, told(res))
					fatalChain(t, res)
				}
			}
			good := n.hosts["10.0.1.2"]
			n.hosts["10.0.1.2"] = n.hosts["10.0.1.1"]
			r := n.resolver(t)
			if res := ask(t, r, "www.example.com.", rr.TypeA); len(res.Answer) > 0 {
				t.Errorf("%s: got %s", situation, told(res))
			}
			n.hosts["10.0.1.1"], n.hosts["10.0.1.2"] = good, good
			if res := ask(t, r, "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" {
				t.Errorf("%s: it was kept: %s", situation, told(res))
			}
		})
	}
}
