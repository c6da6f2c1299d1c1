package exchange

import (
	"encoding/hex"
	"net"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// option is the COOKIE option of m in hexadecimal digits, "" where there is none.
func option(m *dns.Msg) string {
	if opt := m.IsEdns0(); opt != nil {
		for _, o := range opt.Option {
			if c, ok := o.(*dns.EDNS0_COOKIE); ok {
				return c.Cookie
			}
		}
	}
	return ""
}

// with puts a COOKIE option of these digits into an answer.
func with(digits string) func(*dns.Msg) {
	return func(m *dns.Msg) {
		opt := m.IsEdns0()
		opt.Option = append(opt.Option, &dns.EDNS0_COOKIE{Code: dns.EDNS0COOKIE, Cookie: digits})
	}
}

func bad(m *dns.Msg) { m.Rcode, m.Answer = dns.RcodeBadCookie, nil }

// baker answers as a server of RFC 9018 does; strict wants its cookie back.
type baker struct {
	jar    *cookie.Jar
	strict bool
}

func (b baker) do(q heard) [][]byte {
	if q.network != "udp" || q.IsEdns0() == nil {
		return good(q)
	}
	peer, now := netip.MustParseAddr("127.0.0.1"), time.Now()
	sent, _ := hex.DecodeString(option(q.Msg))
	var server [cookie.ServerLen]byte
	b.jar.Server(&server, sent[:cookie.ClientLen], peer, now)
	change := []func(*dns.Msg){with(hex.EncodeToString(append(sent[:cookie.ClientLen:cookie.ClientLen], server[:]...)))}
	if b.strict && b.jar.Verify(sent, peer, now) != cookie.Valid {
		change = append(change, bad)
	}
	return [][]byte{answer(q, change...)}
}

func TestCookies(t *testing.T) {
	jar := cookie.NewJar(cookie.NewSecret())
	first := func(bad, then behaviour) behaviour {
		var count atomic.Int32
		return func(q heard) [][]byte {
			if count.Add(1) == 1 {
				return bad(q)
			}
			return then(q)
		}
	}
	forged := func(q heard) []byte {
		return answer(q, with("0123456789abcdef"), func(m *dns.Msg) { m.Answer = nil })
	}
	for _, c := range []struct {
		situation string
		do        behaviour
		ways      string // of three questions
		last      int    // octets of the last cookie
	}{
		{"a server that knows none", good, "udp, udp, udp", 8},
		{"one that gives them", baker{jar, false}.do, "udp, udp, udp", 24},
		{"one that wants them", baker{jar, true}.do, "udp, udp, udp, udp", 24},
		{"one that echoes ours", func(q heard) [][]byte { return [][]byte{answer(q, with(option(q.Msg)))} }, "udp, udp, udp", 8},
		{"one that is never content", func(q heard) [][]byte {
			if q.network != "udp" {
				return good(q)
			}
			return [][]byte{answer(q, with(option(q.Msg)[:16]+strings.Repeat("ab", 16)), bad)}
		}, "udp, udp, tcp, udp, udp, tcp, udp, udp, tcp", 0},
		{"somebody else is faster", func(q heard) [][]byte { return append([][]byte{forged(q)}, baker{jar, false}.do(q)...) }, "udp, udp, udp", 24},
		{"one that gave a cookie and no longer does", first(baker{jar, false}.do, good), "udp, udp, tcp, udp", 8},
		{"one that changed its secret", first(baker{jar, false}.do, baker{cookie.NewJar(cookie.NewSecret()), true}.do), "udp, udp, udp, udp", 24},
	} {
		t.Run(c.situation, func(t *testing.T) {
			s := start(t, nil, c.do)
			ours := client(t, Options{})
			for range 3 {
				if a, err := ours.Ask(t.Context(), s.Server, www); err != nil || a.Rcode != code.NoError || a.Count(wire.Answer) != 1 {
					t.Fatalf("got %v, %v by %q", a, err, ways(s))
				}
			}
			queries, _ := s.seen()
			if got := option(queries[len(queries)-1].Msg); ways(s) != c.ways || len(got) != 2*c.last {
				t.Errorf("asked by %q, at last with cookie %q; want %q, %d octets", ways(s), got, c.ways, c.last)
			}
		})
	}
}

// Nobody can tell by a cookie that two questions are of the same client.
func TestClientCookiesDiffer(t *testing.T) {
	var j, other jar
	j.init()
	other.init()
	a, b := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	s := Server{Addr: netip.MustParseAddrPort("198.51.100.1:53")}
	elsewhere := Server{Addr: netip.MustParseAddrPort("198.51.100.2:53")}
	if again := j.client(a, s); j.client(a, s) != again {
		t.Error("a server gets another each time")
	}
	if j.client(a, s) == j.client(b, s) || j.client(a, s) == j.client(a, elsewhere) || j.client(a, s) == other.client(a, s) {
		t.Error("two addresses, servers or clients share one")
	}
}

// local is a connection from an address.
type local struct {
	net.Conn
	from string
}

func (l local) LocalAddr() net.Addr {
	return net.UDPAddrFromAddrPort(netip.MustParseAddrPort(l.from + ":4711"))
}

// What a server gave holds for the address that it was given to, for an hour.
func TestServerCookiesEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j jar
		j.init()
		s := Server{Addr: netip.MustParseAddrPort("198.51.100.1:53")}
		here, there := local{from: "192.0.2.1"}, local{from: "192.0.2.2"}
		j.learn(s, append(j.find(here, s), "of the server 16"...))
		if got := j.find(here, s); len(got) != 24 || string(got[8:]) != "of the server 16" {
			t.Errorf("got %q", got)
		}
		if got := j.find(there, s); len(got) != 8 {
			t.Errorf("another address has %q", got)
		}
		time.Sleep(jarTime + time.Second)
		if got := j.find(here, s); len(got) != 8 {
			t.Errorf("after an hour: %q", got)
		}
		for n := range memorySize + 10 {
			at := Server{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 53)}
			j.learn(at, append(j.find(here, at), "of the server 16"...))
		}
		if len(j.known) > memorySize {
			t.Errorf("%d are kept", len(j.known))
		}
	})
}

// Who was silent to EDNS and answers without, twice, is asked without from then on;
// who has answered with it once never is, and nobody because he was silent once.
func TestServerSilentToEDNS(t *testing.T) {
	plain := func(q Question) Question { q.Plain = true; return q }
	signed := plain(www)
	signed.DO = true
	for _, c := range []struct {
		situation string
		bears     bool
		asked     []Question
		want      string
	}{
		{"drops EDNS", false, []Question{www, www, plain(www), www, plain(www), www, www}, "udp, udp, udp plain, udp, udp plain, udp plain, udp plain"},
		{"knows EDNS", true, []Question{www, plain(www), plain(www)}, "udp, udp, udp"},
		{"may know EDNS", true, []Question{plain(www), www, plain(www)}, "udp plain, udp, udp"},
		{"signatures are wanted", true, []Question{signed}, "udp"},
	} {
		s := start(t, nil, func(q heard) [][]byte {
			if q.IsEdns0() != nil && !c.bears {
				return nil
			}
			return good(q)
		})
		ours := client(t, Options{})
		for i, q := range c.asked {
			ctx := t.Context()
			if !c.bears && strings.Split(c.want, ", ")[i] == "udp" {
				ctx = overdue(t, s, 1) // silence
			}
			ours.Ask(ctx, s.Server, q)
		}
		if got := ways(s); got != c.want {
			t.Errorf("%s: asked by %q, want %q", c.situation, got, c.want)
		}
	}
}

// What is to go over TCP does so at once.
func TestStream(t *testing.T) {
	s := start(t, nil, good)
	q := www
	q.Stream = true
	if a, err := client(t, Options{}).Ask(t.Context(), s.Server, q); err != nil || a.Transport != TCP || ways(s) != "tcp" {
		t.Errorf("got %v, %v by %q", a, err, ways(s))
	}
}
