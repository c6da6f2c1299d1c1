package resolver

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// Who loses a domain loses it when the delegation ends, not later.
func TestGhosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		ask(t, r, "www.example.com.", rr.TypeA)
		n.host("10.0.0.2", []string{"com.", "com. NS ns.com.", "ns.com. A 10.0.0.2"})
		for range 8 {
			time.Sleep(10 * time.Minute)
			ask(t, r, "example.com.", rr.TypeNS)
			ask(t, r, fmt.Sprintf("n%d.example.com.", time.Now().Unix()), rr.TypeA)
		}
		if res := ask(t, r, "mail.example.com.", rr.TypeMX); res.Rcode != code.NXDomain {
			t.Errorf("80 minutes after its delegation of an hour was taken away, the domain says %s", told(res))
			fatalChain(t, res)
		}
	})
}

// Who loses a domain keeps no hold of it by what his server said of its own address.
func TestGhostAddresses(t *testing.T) {
	for _, asked := range []rr.Type{rr.TypeA, rr.TypeNS} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			tld := []string{"com.", "com. NS ns.com.", "ns.com. A 10.0.0.2", "lost.com. 60 NS ns.lost.com."}
			lost := func(address, says string) []string {
				return []string{"lost.com.", "lost.com. 86400 NS ns.lost.com.", "ns.lost.com. 86400 A " + address, "*.lost.com. 5 A " + says}
			}
			n.host("10.0.0.2", append(tld, "ns.lost.com. 60 A 10.0.5.1"))
			n.host("10.0.5.1", lost("10.0.5.1", "192.0.2.66"))
			r := n.resolver(t)
			ask(t, r, "www.lost.com.", rr.TypeA)
			n.host("10.0.0.2", append(tld, "ns.lost.com. 60 A 10.0.5.2"))
			n.host("10.0.5.2", lost("10.0.5.2", "192.0.2.2"))
			for range 30 { // the old owner has it asked for all the time
				time.Sleep(7 * time.Second)
				ask(t, r, "lost.com.", rr.TypeNS)
				ask(t, r, "ns.lost.com.", asked)
			}
			if res := ask(t, r, "a.lost.com.", rr.TypeA); told(res) != "a.lost.com. A 5 192.0.2.2" {
				t.Errorf("%s: long after its delegation of a minute changed: %s", asked, told(res))
				fatalChain(t, res)
			}
		})
	}
}

// A zone that says that its servers stay for less long than its parent does has
// the parent asked sooner, so that a move is seen.
func TestZoneShortensItsDelegation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		n.hosts["10.0.1.1"].lie = func(q exchange.Question, m *dns.Msg) {
			if len(m.Answer) > 0 && q.Name.IsBelow(dname.MustParse("example.org.")) {
				m.Ns = []dns.RR{record(t, "example.org. 300 NS ns1.example.com.")}
			}
		}
		r := n.resolver(t)
		ask(t, r, "edge.example.org.", rr.TypeA)
		n.host("10.0.1.7", []string{"example.org.", "edge.example.org. 60 A 192.0.2.77"})
		n.host("10.0.0.4", []string{"org.", "org. NS ns.org.", "ns.org. A 10.0.0.4", "example.org. NS ns7.example.org.", "ns7.example.org. A 10.0.1.7"})
		time.Sleep(290 * time.Second)
		if res := ask(t, r, "edge.example.org.", rr.TypeA); told(res) != "edge.example.org. A 60 192.0.2.3" {
			t.Errorf("before its time: %s", told(res))
		}
		time.Sleep(70 * time.Second)
		if res := ask(t, r, "edge.example.org.", rr.TypeA); told(res) != "edge.example.org. A 60 192.0.2.77" {
			t.Errorf("after its time: %s", told(res))
			fatalChain(t, res)
		}
	})
}

// Where the parent's servers of a zone fail, the zone's own are tried, and where
// a server's own address fails, that which came as glue.
func TestSpareServers(t *testing.T) {
	for _, c := range []struct {
		situation string
		spoil     func(n *internet)
		want      string
	}{
		{"the zone has one more", func(n *internet) {
			n.host("10.0.1.7", []string{"example.org.", "new.example.org. 60 A 192.0.2.77"})
			n.hosts["10.0.1.1"].lie = func(q exchange.Question, m *dns.Msg) {
				if len(m.Answer) > 0 && q.Name.IsBelow(dname.MustParse("example.org.")) {
					m.Ns = []dns.RR{record(t, "example.org. 600 NS ns7.example.net."), record(t, "example.org. 600 NS ns1.example.com.")}
				}
			}
		}, "new.example.org. A 60 192.0.2.77"},
		{"one that is not asked for any more", func(n *internet) { n.host("10.0.1.7", []string{"example.org.", "new.example.org. 60 A 192.0.2.77"}) }, "SERVFAIL"},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			net := []string{"example.net.", "ns7.example.net. A 10.0.1.7"}
			n.host("10.0.0.3", []string{"net.", "net. NS ns.net."}, net)
			c.spoil(n)
			r := n.resolver(t)
			ask(t, r, "edge.example.org.", rr.TypeA)
			n.hosts["10.0.1.1"].dead = true
			res := ask(t, r, "new.example.org.", rr.TypeA)
			if told(res) != c.want {
				t.Errorf("%s: got %s, want %s", c.situation, told(res), c.want)
				fatalChain(t, res)
			}
		})
	}
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		n.host("10.0.1.1", []string{"example.com.", "www.example.com. 60 A 192.0.2.1", "example.com. NS ns1.example.com.", "ns1.example.com. A 10.0.6.7"})
		delete(n.hosts, "10.0.1.2")
		n.host("10.0.0.2", []string{"com.", "com. NS ns.com.", "ns.com. A 10.0.0.2", "example.com. NS ns1.example.com.", "ns1.example.com. A 10.0.1.1"})
		r := n.resolver(t)
		ask(t, r, "ns1.example.com.", rr.TypeA) // says 10.0.6.7, where nobody is
		if res := ask(t, r, "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" {
			t.Errorf("the address of the parent: got %s", told(res))
			fatalChain(t, res)
		}
	})
}
