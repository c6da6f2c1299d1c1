package resolver

import (
	"testing"
	"testing/synctest"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Special names are nobody else's, unless somebody says that they are.
func TestSpecialNames(t *testing.T) {
	const six = "0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa."
	for _, c := range []struct {
		name  string
		t     rr.Type
		want  string
		asked bool
	}{
		{"localhost.", rr.TypeA, "localhost. A 10800 127.0.0.1", false},
		{"LocalHost.", rr.TypeAAAA, "LocalHost. AAAA 10800 ::1", false},
		{"a.b.localhost.", rr.TypeA, "a.b.localhost. A 10800 127.0.0.1", false},
		{"localhost.", rr.TypeMX, "NOERROR", false},
		{"localhost.", rr.TypeNS, "localhost. NS 10800 localhost.", false},
		{"invalid.", rr.TypeA, "NOERROR", false},
		{"www.invalid.", rr.TypeA, "NXDOMAIN", false},
		{"duckduckgo.onion.", rr.TypeAAAA, "NXDOMAIN", false},
		{"127.in-addr.arpa.", rr.TypeSOA, "127.in-addr.arpa. SOA 10800 127.in-addr.arpa. nobody.invalid. 1 3600 1200 604800 10800", false},
		{"1.0.0.127.in-addr.arpa.", rr.TypePTR, "1.0.0.127.in-addr.arpa. PTR 10800 localhost.", false},
		{"2.0.0.127.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"1." + six, rr.TypePTR, "1." + six + " PTR 10800 localhost.", false},
		{"0." + six, rr.TypePTR, "NOERROR", false},
		{"1.0.0.10.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"1.0.16.172.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"1.0.31.172.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"1.0.168.192.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"1.0.127.100.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"1.1.254.169.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"a.b.e.f.ip6.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"printer.home.arpa.", rr.TypeA, "NXDOMAIN", false},
		{"_dns.resolver.arpa.", rr.TypeSVCB, "NXDOMAIN", false},
		{"tolocal.example.com.", rr.TypeA, "tolocal.example.com. CNAME 3600 localhost., localhost. A 10800 127.0.0.1", true},
		// Next to them.
		{"1.0.15.172.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", true},
		{"1.0.32.172.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", true},
		{"1.0.128.100.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", true},
		{"www.test.", rr.TypeA, "NXDOMAIN", true},
		{"www.example.", rr.TypeA, "NXDOMAIN", true},
		// With servers of their own.
		{"1.0.1.10.in-addr.arpa.", rr.TypePTR, "1.0.1.10.in-addr.arpa. PTR 3600 host.corp.", true},
		{"1.0.2.10.in-addr.arpa.", rr.TypePTR, "NXDOMAIN", false},
		{"host.lab.invalid.", rr.TypeA, "host.lab.invalid. A 3600 192.0.2.3", false},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			n.host("10.0.1.1", []string{"example.com.", "tolocal.example.com. CNAME localhost."})
			delete(n.hosts, "10.0.1.2")
			n.host("10.0.7.1", []string{"1.10.in-addr.arpa.", "1.0.1.10.in-addr.arpa. PTR host.corp."})
			own := zonesOf(t, []string{"lab.invalid.", "host.lab.invalid. A 192.0.2.3"})
			r := n.resolver(t, func(o *Options) {
				o.Own = Zones(func() *zone.Set { return own })
				o.Routes = append(o.Routes, Route{Apex: dname.MustParse("1.10.in-addr.arpa."), Servers: servers("10.0.7.1")})
				o.Private = PrivateNetworks()
			})
			for range 2 {
				res := ask(t, r, c.name, c.t)
				if told(res) != c.want || (len(res.Answer) == 0 || res.Rcode == code.NXDomain) != (len(res.Authority) == 1) {
					t.Errorf("%s %s: got %s, want %s", c.name, c.t, told(res), c.want)
					fatalChain(t, res)
				}
			}
			if asked := n.seen(); (len(asked) > 0) != c.asked {
				t.Errorf("%s %s: asked %q", c.name, c.t, asked)
			}
			if res, ok := r.Known(Question{dname.MustParse(c.name), c.t}); !ok || told(res) != c.want {
				t.Errorf("%s %s: not known", c.name, c.t)
			}
		})
	}
}

// A forwarder for everything has no say in them, neither asked nor by way of a chain.
func TestSpecialNamesBesideForwarders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newInternet(t)
		n.host("10.0.7.3", []string{".", "www.example.com. CNAME localhost.", "localhost. A 203.0.113.66"})
		r := n.resolver(t, func(o *Options) {
			o.Routes = []Route{{Apex: dname.Root, Servers: servers("10.0.7.3"), Forward: true}}
		})
		for name, want := range map[string]string{
			"localhost.":       "localhost. A 10800 127.0.0.1",
			"www.example.com.": "www.example.com. CNAME 3600 localhost., localhost. A 10800 127.0.0.1",
		} {
			if res := ask(t, r, name, rr.TypeA); told(res) != want {
				t.Errorf("got %s, want %s", told(res), want)
			}
		}
	})
}
