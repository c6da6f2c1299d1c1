package serve

import (
	"testing"

	"github.com/miekg/dns"
)

// A response over UDP allocates nothing, whatever it says.
func TestRespondAllocatesNothing(t *testing.T) {
	b := serving(t, Config{RateLimit: 1 << 30, NSID: "ns1", Version: "v"}, example)
	for _, c := range []struct {
		situation, name string
		qtype           uint16
	}{
		{"hit", "www.example.", dns.TypeA},
		{"hit in another case", "wWw.eXample.", dns.TypeAAAA},
		{"chain of one", "alias.example.", dns.TypeA},
		{"chain of two", "alias2.example.", dns.TypeA},
		{"wildcard", "any.wild.example.", dns.TypeA},
		{"wildcard alias", "any.calias.example.", dns.TypeA},
		{"NXDOMAIN", "nowhere.example.", dns.TypeA},
		{"NODATA", "www.example.", dns.TypeMX},
		{"referral", "www.sub.example.", dns.TypeA},
		{"DNAME", "host.old.example.", dns.TypeA},
		{"MX", "example.", dns.TypeMX},
		{"ANY", "www.example.", dns.TypeANY},
		{"loop", "loop.example.", dns.TypeA},
		{"REFUSED", "www.elsewhere.test.", dns.TypeA},
		{"not ready", "www.broken.test.", dns.TypeA},
		{"AXFR", "example.", dns.TypeAXFR},
	} {
		first := b.ask(t, edns(query(c.name, c.qtype), 1232, withCookie(clientCookie)))
		for _, m := range []struct {
			with string
			msg  *dns.Msg
		}{
			{"without EDNS", query(c.name, c.qtype)},
			{"with EDNS", edns(query(c.name, c.qtype), 1232)},
			{"with a client cookie", edns(query(c.name, c.qtype), 1232, withCookie(clientCookie))},
			{"with a server cookie and NSID", edns(query(c.name, c.qtype), 1232, withCookie(cookieOf(first)), &dns.EDNS0_NSID{Code: dns.EDNS0NSID})},
		} {
			wire, err := m.msg.Pack()
			if err != nil {
				t.Fatal(err)
			}
			if n := testing.AllocsPerRun(50, func() { b.octets(wire) }); n != 0 {
				t.Errorf("%s %s: %v allocations", c.situation, m.with, n)
			}
		}
	}
}
