package resolver

import (
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// read is the Message of m as it comes off the wire.
func read(t *testing.T, m *dns.Msg, o Options) Message {
	t.Helper()
	m.Response, m.Compress = true, true
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	a := new(exchange.Answer)
	if err := a.Reply.Parse(raw); err != nil {
		t.Fatal(err)
	}
	if o.Cache == nil {
		o.Cache = cache.New(cache.Options{})
	}
	return New(o).messageOf(a)
}

func shownSets(items []Item) string {
	var out []string
	for _, i := range items {
		out = append(out, fmt.Sprintf("%s %s %d x%d", i.Owner, i.Set.Type(), i.Set.TTL(), i.Set.Count()))
		for rest := i.Set; !rest.Empty(); {
			r, next := rest.Next()
			if r.TTL() != i.Set.TTL() {
				out = append(out, "TTLs differ")
			}
			rest = next
		}
	}
	return strings.Join(out, ", ")
}

// Records become sets: one TTL, the least; a record once; other classes and
// what is no record left out.
func TestMessage(t *testing.T) {
	for _, c := range []struct {
		situation string
		lines     []string
		want      string
	}{
		{"nothing", nil, ""},
		{"one", []string{"a.test. 60 A 192.0.2.1"}, "a.test. A 60 x1"},
		{"a set", []string{"a.test. 60 A 192.0.2.1", "a.test. 30 A 192.0.2.2", "A.Test. 90 A 192.0.2.3"}, "a.test. A 30 x3"},
		{"the same twice", []string{"a.test. 60 A 192.0.2.1", "a.test. 30 A 192.0.2.1"}, "a.test. A 30 x1"},
		{"in disorder", []string{"a.test. 60 A 192.0.2.1", "b.test. 60 A 192.0.2.1", "a.test. 60 TXT x", "a.test. 60 A 192.0.2.2"},
			"a.test. A 60 x2, b.test. A 60 x1, a.test. TXT 60 x1"},
		{"another class", []string{"a.test. 60 CH A 192.0.2.1", "a.test. 60 TXT x"}, "a.test. TXT 60 x1"},
		{"for years", []string{"a.test. 100000000 A 192.0.2.1"}, "a.test. A 86400 x1"},
		{"a TTL with the highest bit", []string{"a.test. 4000000000 A 192.0.2.1"}, "a.test. A 0 x1"},
	} {
		m := new(dns.Msg)
		for _, line := range c.lines {
			if strings.Contains(line, " CH ") {
				r := record(t, strings.Replace(line, " CH ", " IN ", 1))
				r.Header().Class = dns.ClassCHAOS
				m.Ns = append(m.Ns, r)
				continue
			}
			m.Ns = append(m.Ns, record(t, line))
		}
		if got := shownSets(read(t, m, Options{}).Authority); got != c.want {
			t.Errorf("%s: got %q, want %q", c.situation, got, c.want)
		}
	}
}

// A message full of one set, or of very many, is read in one go.
func TestMessageIsBounded(t *testing.T) {
	one, many := new(dns.Msg), new(dns.Msg)
	for i := range 4000 {
		ip := net.IPv4(10, byte(i>>8), byte(i), 1)
		one.Answer = append(one.Answer, &dns.A{Hdr: dns.RR_Header{Name: "a.", Rrtype: dns.TypeA, Class: 1, Ttl: uint32(4100 - i)}, A: ip})
		if i < 2000 {
			many.Answer = append(many.Answer, &dns.A{Hdr: dns.RR_Header{Name: fmt.Sprintf("n%d.", i), Rrtype: dns.TypeA, Class: 1, Ttl: 60}, A: ip})
		}
	}
	if got := shownSets(read(t, one, Options{}).Answer); got != "a. A 101 x4000" {
		t.Errorf("got %q", got)
	}
	if got := read(t, many, Options{}).Answer; len(got) != maxSets {
		t.Errorf("%d sets", len(got))
	}
	m := read(t, one, Options{Private: append(Options{}.Private, prefix("10.0.0.0/16"))})
	if m.Refused != 256 || m.Answer[0].Set.Count() != 4000-256 {
		t.Errorf("%d records refused, %d left", m.Refused, m.Answer[0].Set.Count())
	}
}
