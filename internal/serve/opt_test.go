package serve

import (
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/net/listen"
)

func TestOptionsPerTransport(t *testing.T) {
	b := serving(t, Config{NSID: "ns1"}, example)
	all := []dns.EDNS0{
		&dns.EDNS0_NSID{Code: dns.EDNS0NSID},
		withCookie(clientCookie),
		&dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE},
	}
	for _, c := range []struct {
		transport listen.Transport
		want      string
	}{
		{listen.UDP, "NOERROR aa rd opt/1232 cookie24 nsid=6e7331"},
		{listen.TCP, "NOERROR aa rd opt/1232 cookie24 nsid=6e7331 keepalive=100"},
	} {
		b.in.Transport = c.transport
		if got := describe(b.ask(t, edns(query("www.example.", dns.TypeA), 1232, all...))); got != c.want {
			t.Errorf("%s: got %s, want %s", c.transport, got, c.want)
		}
		if got := describe(b.ask(t, edns(query("www.example.", dns.TypeA), 1232))); got != "NOERROR aa rd opt/1232" {
			t.Errorf("%s, nothing asked for: got %s", c.transport, got)
		}
		if got := describe(b.ask(t, query("www.example.", dns.TypeA))); got != "NOERROR aa rd" {
			t.Errorf("%s, without EDNS: got %s", c.transport, got)
		}
	}
}

func TestNSIDOnlyWhereConfigured(t *testing.T) {
	b := serving(t, Config{}, example)
	if got := describe(b.ask(t, edns(query("www.example.", dns.TypeA), 1232, &dns.EDNS0_NSID{Code: dns.EDNS0NSID}))); got != "NOERROR aa rd opt/1232" {
		t.Errorf("got %s", got)
	}
}

func TestKeepaliveWithoutAnIdleTime(t *testing.T) {
	b := serving(t, Config{}, example)
	b.idle = nil
	b.in.Transport = listen.TCP
	m := edns(query("www.example.", dns.TypeA), 1232, &dns.EDNS0_TCP_KEEPALIVE{Code: dns.EDNS0TCPKEEPALIVE})
	if got := describe(b.ask(t, m)); got != "NOERROR aa rd opt/1232" {
		t.Errorf("got %s", got)
	}
	b.idle = func() time.Duration { return 3 * time.Hour } // more than the option can say
	if got := describe(b.ask(t, m)); got != "NOERROR aa rd opt/1232 keepalive=65535" {
		t.Errorf("got %s", got)
	}
}

// A client's first query brings it a server cookie, which is kept while fresh,
// renewed when half an hour old and replaced where it does not verify
// (RFC 9018, Section 4.3).
func TestCookie(t *testing.T) {
	b := serving(t, Config{}, example)
	ask := func(cookie string) string {
		return cookieOf(b.ask(t, edns(query("www.example.", dns.TypeA), 1232, withCookie(cookie))))
	}
	first := ask(clientCookie)
	if len(first) != 48 || !strings.HasPrefix(first, clientCookie) {
		t.Fatalf("the first cookie is %q", first)
	}
	b.later(time.Second)
	if got := ask(first); got != first {
		t.Errorf("a fresh cookie was replaced by %s", got)
	}
	b.later(30 * time.Minute)
	second := ask(first)
	if second == first || !strings.HasPrefix(second, clientCookie) {
		t.Errorf("a cookie of half an hour was answered with %s", second)
	}
	b.later(31 * time.Minute)
	if got := ask(first); got == first || got == second {
		t.Errorf("a cookie of an hour was answered with %s", got)
	}
	forged := clientCookie + strings.Repeat("00", 16)
	if got := ask(forged); got == forged || len(got) != 48 {
		t.Errorf("a forged cookie was answered with %s", got)
	}
	b.from("198.51.100.8:4711")
	now := ask(clientCookie)
	b.from("198.51.100.9:4711")
	if got := ask(now); got == now {
		t.Error("the cookie of another address was taken")
	}
	foreign := clientCookie + strings.Repeat("11", 32)
	if got := ask(foreign); len(got) != 48 {
		t.Errorf("a server cookie of 32 octets was answered with %s", got)
	}
}

// A cookie outlives one change of the secret and not two.
func TestCookieRotation(t *testing.T) {
	b := serving(t, Config{}, example)
	ask := func(cookie string) string {
		return cookieOf(b.ask(t, edns(query("www.example.", dns.TypeA), 1232, withCookie(cookie))))
	}
	cookie := ask(clientCookie)
	b.RotateCookies()
	if ask(cookie) != cookie {
		t.Error("a cookie was lost with the first change")
	}
	b.RotateCookies()
	if ask(cookie) == cookie {
		t.Error("a cookie outlived two changes")
	}
}

// The extended error gives way to the records: first its text, then itself.
func TestEDEMakesDoWithTheRoomLeft(t *testing.T) {
	label := strings.Repeat("l", 60)
	long := strings.Join([]string{label, label, label}, ".") + ".example."
	b := serving(t, Config{}, strings.Join([]string{label, label, label}, ".")+" CNAME "+long+"\n")
	sizes := map[string]bool{}
	for nsid := range 129 {
		b.config.NSID = strings.Repeat("n", nsid)
		m := edns(query(long, dns.TypeA), 512, &dns.EDNS0_NSID{Code: dns.EDNS0NSID}, withCookie(clientCookie))
		wire, err := m.Pack()
		if err != nil {
			t.Fatal(err)
		}
		out := b.octets(wire)
		if len(out) > 512 {
			t.Fatalf("NSID of %d octets: %d octets", nsid, len(out))
		}
		got := new(dns.Msg)
		if err := got.Unpack(out); err != nil {
			t.Fatal(err)
		}
		if got.Rcode != dns.RcodeServerFailure || cookieOf(got) == "" {
			t.Fatalf("NSID of %d octets: %v", nsid, got)
		}
		_, after, has := strings.Cut(describe(got), " ede0")
		sizes[map[bool]string{true: "with text", false: "bare"}[strings.HasPrefix(after, "(")]] = true
		if !has {
			sizes["none"] = true
		}
	}
	if !sizes["with text"] || !sizes["bare"] {
		t.Errorf("only %v came about", sizes)
	}
}
