package exchange

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// BADVERS to version 0 is as good as not knowing EDNS.
func TestBadVersion(t *testing.T) {
	s := start(t, nil, func(q heard) [][]byte {
		if q.IsEdns0() == nil {
			return good(q)
		}
		return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer = dns.RcodeBadVers, nil })}
	})
	a, err := client(t, Options{}).Ask(t.Context(), s.Server, www)
	if err != nil || a.Rcode != code.NoError || a.Count(wire.Answer) != 1 || ways(s) != "udp, udp plain" {
		t.Errorf("got %v, %v by %q", a, err, ways(s))
	}
}

// A server that answers over UDP alone, and cuts its answers short, has not answered.
func TestShortAndNoStream(t *testing.T) {
	s := start(t, nil, func(q heard) [][]byte {
		if q.network == "tcp" {
			return nil
		}
		return short(q)
	})
	_, err := client(t, Options{}).Ask(overdue(t, s, 2), s.Server, www)
	if e := new(Error); !errors.As(err, &e) || e.Kind != Timeout {
		t.Errorf("got %v", err)
	}
}

// A stream that is too slow for one question is not kept for the next.
func TestLateStreamIsClosed(t *testing.T) {
	hold := make(chan struct{})
	first := true
	s := start(t, nil, func(q heard) [][]byte {
		if q.network == "tcp" && first {
			first = false
			<-hold
		}
		return short(q)
	})
	c := client(t, Options{})
	if _, err := c.Ask(overdue(t, s, 2), s.Server, www); err == nil {
		t.Error("an answer that was never sent")
	}
	close(hold)
	if a, err := c.Ask(t.Context(), s.Server, www); err != nil || a.Transport != TCP {
		t.Errorf("got %v, %v", a, err)
	}
	if _, streams := s.seen(); streams != 2 {
		t.Errorf("%d streams", streams)
	}
}

func TestCanceledOnTheWay(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := start(t, nil, func(heard) [][]byte { cancel(); return nil })
	_, err := client(t, Options{}).Ask(ctx, s.Server, www)
	if e := new(Error); !errors.As(err, &e) || e.Kind != Canceled {
		t.Errorf("got %v", err)
	}
}

func TestNames(t *testing.T) {
	s := start(t, nil, good).Server
	if got := s.String(); got != s.Addr.String() {
		t.Errorf("got %q", got)
	}
	s.TLSName = "dns.example"
	if got := s.String(); got != "dns.example@"+s.Addr.String() {
		t.Errorf("got %q", got)
	}
	for k := Timeout; k <= Busy; k++ {
		if k.String() == "" || strings.Contains(k.String(), "%") {
			t.Errorf("kind %d is %q", k, k)
		}
	}
}

// A server that repeats names in lower case is asked over TCP, and where it has
// none, as it likes it.
func TestServerWithoutCase(t *testing.T) {
	// That all of its letters are lower by chance happens once in 2^55.
	q := Question{Name: dname.MustParse("wWw.a-name-of-so-many-letters-that-some-are-always.upper-case.Example."), Type: rr.TypeA}
	lower := func(m *dns.Msg) { m.Question[0].Name = strings.ToLower(m.Question[0].Name) }
	s := start(t, nil, func(q heard) [][]byte {
		if q.network == "tcp" {
			return [][]byte{{0}} // of no use
		}
		return [][]byte{answer(q, lower)}
	})
	c := client(t, Options{})
	for range 3 {
		a, err := c.Ask(t.Context(), s.Server, q)
		if err != nil || a.Transport != UDP || a.Rcode != code.NoError || a.Name.String() != q.Name.String() {
			t.Fatalf("got %v, %v by %q", a, err, ways(s))
		}
	}
	if got, want := ways(s), "udp, tcp, udp, udp, udp"; got != want {
		t.Errorf("asked by %q, want %q", got, want)
	}
	slow := start(t, nil, func(q heard) [][]byte {
		if q.network == "tcp" {
			return nil
		}
		return [][]byte{answer(q, lower)}
	})
	if _, err := c.Ask(overdue(t, slow, 2), slow.Server, q); err == nil {
		t.Fatalf("an answer by %q", ways(slow))
	}
	for range 2 {
		if _, err := c.Ask(t.Context(), slow.Server, q); err != nil {
			t.Fatalf("got %v by %q", err, ways(slow))
		}
	}
}
