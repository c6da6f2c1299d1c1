package serve

import (
	"fmt"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/net/listen"
)

// addresses is n A records of owner.
func addresses(owner string, n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "%s A 10.0.%d.%d\n", owner, i>>8, i&255)
	}
	return s.String()
}

// A response of n addresses at a.example. takes 12 + 11 + 4 + 16 n octets, 11 more with OPT.
func TestTruncationToTheOctet(t *testing.T) {
	const fixed = 12 + 11 + 4
	for _, c := range []struct {
		situation string
		maxUDP    int
		edns      int // buffer size, -1: none
		limit     int
	}{
		{"without EDNS", 1232, -1, 512},
		{"a buffer of 0 means 512", 1232, 0, 512 - 11},
		{"a buffer of 300 means 512", 1232, 300, 512 - 11},
		{"a buffer of 512", 1232, 512, 512 - 11},
		{"a buffer of 1000", 1232, 1000, 1000 - 11},
		{"a buffer above the maximum", 1232, 4096, 1232 - 11},
		{"a higher maximum", 4096, 4096, 4096 - 11},
		{"a lower maximum", 512, 4096, 512 - 11},
	} {
		t.Run(c.situation, func(t *testing.T) {
			fits := (c.limit - fixed) / 16
			for _, n := range []int{fits, fits + 1} {
				b := serving(t, Config{MaxUDP: c.maxUDP}, addresses("a", n))
				m := query("a.example.", dns.TypeA)
				if c.edns >= 0 {
					edns(m, uint16(c.edns))
				}
				got := b.ask(t, m)
				if n == fits && (got.Truncated || len(got.Answer) != n) {
					t.Errorf("%d addresses do not fit: %s with %d", n, describe(got), len(got.Answer))
				}
				if n > fits && (!got.Truncated || len(got.Answer) != 0 || (got.IsEdns0() != nil) != (c.edns >= 0)) {
					t.Errorf("%d addresses fit: %s with %d", n, describe(got), len(got.Answer))
				}
				b.in.Transport = listen.TCP
				if got := b.ask(t, m); got.Truncated || len(got.Answer) != n {
					t.Errorf("over TCP: %s with %d", describe(got), len(got.Answer))
				}
			}
		})
	}
}

func TestTCPUpTo64KiB(t *testing.T) {
	const fits = (65535 - 27) / 16
	for _, n := range []int{fits, fits + 1} {
		b := serving(t, Config{}, addresses("a", n))
		b.in.Transport = listen.TCP
		got := b.ask(t, query("a.example.", dns.TypeA))
		if got.Truncated != (n > fits) || !got.Truncated && len(got.Answer) != n {
			t.Errorf("%d addresses: %s with %d", n, describe(got), len(got.Answer))
		}
	}
}

// A chain whose end does not fit is no answer at all, nor is a denial without its SOA.
func TestWhatIsTruncated(t *testing.T) {
	label := strings.Repeat("x", 63)
	long := strings.Join([]string{label, label, label}, ".")
	for _, c := range []struct{ situation, text, qname, want string }{
		{"the end of a chain", "c CNAME a\n" + addresses("a", 40), "c.example.", "NOERROR aa tc rd"},
		{"the SOA of a denial", "@ 60 TXT x\n", long + "." + strings.Repeat("y", 45) + ".example.", "NXDOMAIN aa rd"},
		{"the servers of a cut", manyServers(40), "www.cut.example.", "NOERROR tc rd"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			b := serving(t, Config{}, c.text)
			got := b.ask(t, query(c.qname, dns.TypeA))
			if describe(got) != c.want {
				t.Errorf("got %s", describe(got))
			}
			if got.Truncated && len(got.Answer)+len(got.Ns)+len(got.Extra) > 0 {
				t.Errorf("records stayed: %v", got)
			}
		})
	}
}

func manyServers(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "cut NS server%d.elsewhere%d.test.\n", i, i)
	}
	return s.String()
}

// All glue at or below the cut or TC (RFC 9471, Section 3.1); what is only
// helpful is left out without a word.
func TestGlueThatDoesNotFit(t *testing.T) {
	servers := func(under string, n int) string {
		var s strings.Builder
		for i := range n {
			fmt.Fprintf(&s, "cut NS ns%d.%s\nns%d.%s AAAA 2001:db8::%d\n", i, under, i, under, i+1)
		}
		return s.String()
	}
	for _, c := range []struct {
		situation, text string
		tc              bool
		all             int // addresses there are
	}{
		{"glue that fits", servers("cut", 5), false, 5},
		{"glue that does not fit", servers("cut", 12), true, 12},
		{"addresses of a sibling that do not fit", servers("sibling", 12), false, 12},
		{"glue comes first", servers("sibling", 8) + servers("cut", 2), false, 10},
	} {
		t.Run(c.situation, func(t *testing.T) {
			b := serving(t, Config{}, c.text)
			got := b.ask(t, query("www.cut.example.", dns.TypeA))
			if got.Truncated != c.tc {
				t.Errorf("got %s with %d addresses", describe(got), len(got.Extra))
			}
			if len(got.Ns) == 0 || len(got.Extra) == 0 {
				t.Errorf("got %v", got)
			}
			glue := 0
			for _, r := range got.Extra {
				if dns.IsSubDomain("cut.example.", r.Header().Name) {
					glue++
				}
			}
			if want := strings.Count(c.text, ".cut AAAA"); !c.tc && glue != want {
				t.Errorf("%d of %d glue addresses", glue, want)
			}
			b.in.Transport = listen.TCP
			if got := b.ask(t, query("www.cut.example.", dns.TypeA)); got.Truncated || len(got.Extra) != c.all {
				t.Errorf("over TCP: %s with %d addresses", describe(got), len(got.Extra))
			}
		})
	}
}

func TestAdditionalDoesNotTruncate(t *testing.T) {
	b := serving(t, Config{}, "m MX 10 mail\n"+addresses("mail", 40)+"mail AAAA 2001:db8::1\n")
	got := b.ask(t, query("m.example.", dns.TypeMX))
	if got.Truncated || len(got.Answer) != 1 || lines(got.Extra) != "mail.example. 300 IN AAAA 2001:db8::1" {
		t.Errorf("got %v", got)
	}
}

// RFC 8482, Section 4.1 over UDP, everything over TCP.
func TestANY(t *testing.T) {
	b := serving(t, Config{}, example)
	if got := b.ask(t, query("www.example.", dns.TypeANY)); lines(got.Answer) != "www.example. 300 IN A 192.0.2.1" {
		t.Errorf("over UDP: %v", got)
	}
	b.in.Transport = listen.TCP
	if got := b.ask(t, query("www.example.", dns.TypeANY)); len(got.Answer) != 3 {
		t.Errorf("over TCP: %v", got)
	}
}

func TestSections(t *testing.T) {
	b := serving(t, Config{}, example)
	for _, c := range []struct {
		name                  string
		qtype                 uint16
		answer, ns, extra, is string
	}{
		{"alias2.example.", dns.TypeA, "alias2.example. 300 IN CNAME alias.example.\nalias.example. 300 IN CNAME www.example.\nwww.example. 300 IN A 192.0.2.1", "", "", "NOERROR aa rd"},
		{"any.calias.example.", dns.TypeAAAA, "any.calias.example. 300 IN CNAME www.example.\nwww.example. 300 IN AAAA 2001:db8::1", "", "", "NOERROR aa rd"},
		{"host.old.example.", dns.TypeA, "old.example. 300 IN DNAME new.example.\nhost.old.example. 300 IN CNAME host.new.example.\nhost.new.example. 300 IN A 192.0.2.7", "", "", "NOERROR aa rd"},
		{"away.example.", dns.TypeA, "away.example. 300 IN CNAME www.elsewhere.test.", "", "", "NOERROR aa rd"},
		{"nowhere.example.", dns.TypeA, "", "example. 60 IN SOA ns1.example. admin.example. 1 7200 900 1209600 60", "", "NXDOMAIN aa rd"},
		{"www.sub.example.", dns.TypeA, "", "sub.example. 300 IN NS ns.sub.example.", "ns.sub.example. 300 IN A 192.0.2.10", "NOERROR rd"},
		{"example.", dns.TypeMX, "example. 300 IN MX 10 mx.example.", "", "mx.example. 300 IN A 192.0.2.25", "NOERROR aa rd"},
	} {
		got := b.ask(t, query(c.name, c.qtype))
		if lines(got.Answer) != c.answer || lines(got.Ns) != c.ns || lines(got.Extra) != c.extra || describe(got) != c.is {
			t.Errorf("%s: got %v", c.name, got)
		}
	}
}
