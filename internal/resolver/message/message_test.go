package message

import (
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// read is the Message of m as it comes off the wire.
func read(t *testing.T, m *dns.Msg, p Private) Message {
	t.Helper()
	m.Response, m.Compress = true, true
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	a := new(wire.Reply)
	if err := a.Parse(raw); err != nil {
		t.Fatal(err)
	}
	c := cache.New(cache.Options{})
	r := Reader{Bound: func(ttl uint32) uint32 { return c.Bound(cache.Positive, ttl) }, Private: p}
	return r.Read(a)
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
		if got := shownSets(read(t, m, Private{}).Authority); got != c.want {
			t.Errorf("%s: got %q, want %q", c.situation, got, c.want)
		}
	}
}

// hostile is as much as a message over TCP holds: long names that differ little, each
// with a set of its own, and then records that all belong to the first.
func hostile(t testing.TB) (*wire.Reply, []string) {
	m, base := new(dns.Msg).SetQuestion("x.", dns.TypeA), strings.Repeat(strings.Repeat("a", 60)+".", 3)
	m.Response, m.Compress = true, true
	var owners []string
	for i := range maxSets - 1 {
		owners = append(owners, fmt.Sprintf("n%03d.%s", i, base))
	}
	for i := range 3600 {
		ip := net.IPv4(10, 1, byte(i>>8), byte(i))
		owner := owners[max(maxSets-2-i, 0)]
		m.Answer = append(m.Answer, &dns.A{Hdr: dns.RR_Header{Name: owner, Rrtype: dns.TypeA, Class: 1, Ttl: 60}, A: ip})
	}
	raw, err := m.Pack()
	if err != nil {
		t.Fatal(err)
	}
	a := new(wire.Reply)
	if err := a.Parse(raw); err != nil {
		t.Fatal(err)
	}
	return a, owners
}

func TestHostileMessage(t *testing.T) {
	a, owners := hostile(t)
	r := Reader{Bound: func(ttl uint32) uint32 { return ttl }}
	got := r.Read(a)
	if n := len(got.Answer); n != len(owners) || got.Answer[n-1].Set.Count() != 3600-n+1 || got.Answer[0].Set.Count() != 1 {
		t.Errorf("%d sets, %d records in the last", n, got.Answer[n-1].Set.Count())
	}
}

func BenchmarkHostileMessage(b *testing.B) {
	a, _ := hostile(b)
	r := Reader{Bound: func(ttl uint32) uint32 { return ttl }}
	for b.Loop() {
		r.Read(a)
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
	if got := shownSets(read(t, one, Private{}).Answer); got != "a. A 101 x4000" {
		t.Errorf("got %q", got)
	}
	if got := read(t, many, Private{}).Answer; len(got) != maxSets {
		t.Errorf("%d sets", len(got))
	}
	m := read(t, one, Private{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/16")}})
	if m.Refused != 256 || m.Answer[0].Set.Count() != 4000-256 {
		t.Errorf("%d records refused, %d left", m.Refused, m.Answer[0].Set.Count())
	}
}

func TestPrintable(t *testing.T) {
	if got := printable([]byte("a\x1b[31m\xff" + string(make([]byte, 200)))); len(got) != 100 || got[:8] != "a?[31m??" {
		t.Errorf("got %q", got)
	}
}

func record(t *testing.T, line string) dns.RR {
	t.Helper()
	r, err := dns.NewRR(line)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return r
}

// parseRecord is the record in line, as it stands in a message.
func parseRecord(t *testing.T, line string) (dname.Name, rr.Record) {
	t.Helper()
	buf := make([]byte, 4096)
	n, err := dns.PackRR(record(t, line), buf, 0, nil, false)
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	end, err := dname.Len(buf)
	if err != nil {
		t.Fatal(err)
	}
	return dname.Name(buf[:end]), rr.Record(buf[end:n])
}

// What lies where: at an owner, above a name, in an NS set.
func TestItems(t *testing.T) {
	name := dname.MustParse("a.b.test.")
	var items []Item
	for _, line := range []string{"test. SOA a. b. 1 2 3 4 5", "B.test. DNAME c.", "b.test. TXT x", "x.test. DNAME d."} {
		owner, rec := parseRecord(t, line)
		items = append(items, Item{owner, rr.Set(rec)})
	}
	for _, c := range []struct {
		apex string
		t    rr.Type
		want string
	}{{".", rr.TypeDNAME, "B.test."}, {"b.test.", rr.TypeDNAME, "B.test."}, {"a.b.test.", rr.TypeDNAME, ""}, {".", rr.TypeSOA, "test."}, {"b.test.", rr.TypeSOA, ""}} {
		got, ok := Above(items, name, dname.MustParse(c.apex), c.t)
		if ok != (c.want != "") || ok && got.Owner.String() != c.want {
			t.Errorf("%s below %s: %v, %s", c.t, c.apex, ok, got.Owner)
		}
	}
	if Find(items, dname.MustParse("b.TEST."), rr.TypeTXT).Empty() || !Find(items, name, rr.TypeTXT).Empty() {
		t.Error("a set is not where it is")
	}
	set := WithTTL(items[2].Set, 7)
	if set.TTL() != 7 || items[2].Set.TTL() != 3600 {
		t.Errorf("the copy has %d s, the set %d s", set.TTL(), items[2].Set.TTL())
	}
	var ns rr.Set
	for n := range 20 {
		_, rec := parseRecord(t, fmt.Sprintf("test. NS n%d.test.", n))
		ns = append(ns, rec...)
	}
	if got := Targets(ns); len(got) != mostTargets || got[0].String() != "n0.test." {
		t.Errorf("the servers are %v", got)
	}
}

// What cannot be read of an answer, or is of another class, is left out and counted.
func TestBrokenAnswers(t *testing.T) {
	short := &dns.RFC3597{Hdr: dns.RR_Header{Name: "a.test.", Rrtype: dns.TypeA, Class: 1, Ttl: 60}, Rdata: "0a0000"}
	chaos := record(t, "a.test. 60 A 192.0.2.9")
	chaos.Header().Class = dns.ClassCHAOS
	for _, c := range []struct {
		situation string
		answer    []dns.RR
		broken    int
		want      string
	}{
		{"none", []dns.RR{record(t, "a.test. 60 A 192.0.2.1")}, 0, "a.test. A 60 x1"},
		{"all", []dns.RR{short, short}, 2, ""},
		{"another class", []dns.RR{chaos}, 1, ""},
		{"some, before, between and behind", []dns.RR{short, record(t, "a.test. 60 A 192.0.2.1"), chaos, record(t, "a.test. 60 A 192.0.2.2"), short}, 3, "a.test. A 60 x2"},
	} {
		got := read(t, &dns.Msg{Answer: c.answer, Ns: []dns.RR{short}}, Private{})
		if got.Broken != c.broken || shownSets(got.Answer) != c.want {
			t.Errorf("%s: %d broken, %s", c.situation, got.Broken, shownSets(got.Answer))
		}
	}
}
