package exchange

import (
	"errors"
	"net"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"
)

// short cuts every answer over UDP, so that TCP is asked.
func short(q heard) [][]byte {
	if q.network != "udp" {
		return good(q)
	}
	return [][]byte{answer(q, func(m *dns.Msg) { m.Truncated, m.Answer = true, nil })}
}

func TestStreamsAreUsedAgain(t *testing.T) {
	s := start(t, nil, short)
	c := client(t, Options{})
	for range 3 {
		if _, err := c.Ask(t.Context(), s.Server, www); err != nil {
			t.Fatal(err)
		}
	}
	if queries, streams := s.seen(); streams != 1 || len(queries) != 6 {
		t.Errorf("%d queries over %d streams", len(queries), streams)
	}
}

// A stream that the server closed in between is replaced without a word.
func TestStreamClosedByTheServer(t *testing.T) {
	s := start(t, nil, short)
	close(s.hangUp)
	c := client(t, Options{})
	for range 3 {
		if a, err := c.Ask(t.Context(), s.Server, www); err != nil || a.Transport != TCP {
			t.Fatal(a, err)
		}
	}
	if _, streams := s.seen(); streams != 3 {
		t.Errorf("%d streams", streams)
	}
}

func TestTLS(t *testing.T) {
	conf, roots := certificate(t, "dns.example")
	named := func(s *server, name string) Server { return Server{Addr: s.Addr, TLSName: name} }
	s := start(t, conf, good)
	c := client(t, Options{Roots: roots})
	for range 2 {
		a, err := c.Ask(t.Context(), named(s, "dns.example"), www)
		if err != nil || a.Transport != TLS {
			t.Fatal(a, err)
		}
	}
	if got := ways(s); got != "tls, tls" {
		t.Errorf("asked by %q", got)
	}
	if _, streams := s.seen(); streams != 1 {
		t.Errorf("%d streams", streams)
	}
	for _, bad := range []struct {
		situation string
		server    Server
		client    *Client
	}{
		{"another name", named(s, "dns.example.net"), c},
		{"an unknown authority", named(s, "dns.example"), client(t, Options{})},
	} {
		_, err := bad.client.Ask(t.Context(), bad.server, www)
		if e := new(Error); !errors.As(err, &e) || e.Kind != Insecure {
			t.Errorf("%s: got %v", bad.situation, err)
		}
	}
	if got := ways(s); got != "tls, tls" {
		t.Errorf("a question reached a server that could not prove its name: %q", got)
	}
}

// Streams are kept within limits of number and time.
func TestPool(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var p pool
		p.init(Options{Idle: 3, IdlePer: 2, IdleTime: 10 * time.Second})
		at := func(n byte) Server {
			return Server{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{192, 0, 2, n}), 53)}
		}
		open := func(c net.Conn) bool {
			c.SetReadDeadline(time.Now().Add(time.Millisecond))
			_, err := c.Read(make([]byte, 1))
			n, ok := err.(net.Error)
			return ok && n.Timeout()
		}
		put := func(n byte) net.Conn {
			near, far := net.Pipe()
			t.Cleanup(func() { far.Close(); near.Close() })
			p.put(at(n), near)
			return near
		}
		first, second, third := put(1), put(1), put(1)
		if open(third) || !open(first) || !open(second) {
			t.Error("the third stream to a server is closed, the others are kept")
		}
		fourth, fifth := put(2), put(3)
		if !open(fourth) || open(fifth) {
			t.Error("the fourth stream in all is closed")
		}
		if p.take(at(1)) != second || p.take(at(1)) != first || p.take(at(1)) != nil || p.take(at(9)) != nil {
			t.Error("streams are given out once, the last first")
		}
		time.Sleep(11 * time.Second)
		if open(fourth) || !open(first) || p.take(at(2)) != nil || p.count != 0 {
			t.Error("a stream is closed when its time is over, unless it was taken")
		}
		sixth := put(4)
		p.close()
		if open(sixth) || open(put(5)) {
			t.Error("nothing is kept after the end")
		}
	})
}

func TestMemoryIsBoundedAndForgets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var m memory
		at := func(n int) Server {
			return Server{Addr: netip.AddrPortFrom(netip.AddrFrom4([4]byte{10, 0, byte(n >> 8), byte(n)}), 53)}
		}
		for n := range memorySize + 10 {
			m.add(at(n))
		}
		if len(m.until) != memorySize || !m.has(at(memorySize+9)) {
			t.Errorf("%d servers are remembered", len(m.until))
		}
		time.Sleep(memoryTime + time.Second)
		if m.has(at(memorySize + 9)) {
			t.Error("a server is remembered for ever")
		}
	})
}
