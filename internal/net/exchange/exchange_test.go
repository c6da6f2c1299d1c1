package exchange

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// ways are the transports and buffer sizes in the order in which the server was asked.
func ways(s *server) string {
	queries, _ := s.seen()
	var out []string
	for _, q := range queries {
		way := q.network
		if q.IsEdns0() == nil {
			way += " plain"
		}
		out = append(out, way)
	}
	return strings.Join(out, ", ")
}

// otherCase is the letter in upper case for one in lower case, and the other way round.
func otherCase(r rune) rune {
	if unicode.IsUpper(r) {
		return unicode.ToLower(r)
	}
	return unicode.ToUpper(r)
}

func TestAsk(t *testing.T) {
	strangers := func(q heard, n int) (out [][]byte) {
		for range n {
			out = append(out, answer(q, func(m *dns.Msg) { m.Id++ }))
		}
		return out
	}
	onlyUDP := func(bad behaviour) behaviour {
		return func(q heard) [][]byte {
			if q.network == "udp" {
				return bad(q)
			}
			return good(q)
		}
	}
	noEDNS := func(rcode int) behaviour {
		return func(q heard) [][]byte {
			if q.IsEdns0() == nil {
				return good(q)
			}
			return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer, m.Extra = rcode, nil, nil })}
		}
	}
	for _, c := range []struct {
		situation string
		do        behaviour
		ways      string
		rcode     code.Rcode
		answers   int
	}{
		{"an answer", good, "udp", code.NoError, 1},
		{"a refusal is an answer", func(q heard) [][]byte {
			return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer = dns.RcodeRefused, nil })}
		}, "udp", code.Refused, 0},
		{"cut short", onlyUDP(func(q heard) [][]byte {
			return [][]byte{answer(q, func(m *dns.Msg) { m.Truncated, m.Answer = true, nil })}
		}), "udp, tcp", code.NoError, 1},
		{"cut in the middle of a record", onlyUDP(func(q heard) [][]byte {
			b := answer(q, func(m *dns.Msg) { m.Truncated = true })
			return [][]byte{b[:len(b)-13]}
		}), "udp, tcp", code.NoError, 1},
		{"guesses before the answer", func(q heard) [][]byte { return append(strangers(q, 5), answer(q)) }, "udp", code.NoError, 1},
		{"a query sent back", func(q heard) [][]byte {
			back, _ := q.Pack()
			return [][]byte{back, {1, 2, 3}, answer(q)}
		}, "udp", code.NoError, 1},
		{"another question answered first", func(q heard) [][]byte {
			other := answer(q, func(m *dns.Msg) { m.Question[0].Name = "www.example.com." })
			wrongType := answer(q, func(m *dns.Msg) { m.Question[0].Qtype = dns.TypeMX })
			return [][]byte{other, wrongType, answer(q)}
		}, "udp", code.NoError, 1},
		{"a flood of guesses", onlyUDP(func(q heard) [][]byte { return strangers(q, maxStrangers+1) }), "udp, tcp", code.NoError, 1},
		{"letters in another case", func(q heard) [][]byte { // in lower case, one of 1024 questions was asked
			return [][]byte{answer(q, func(m *dns.Msg) { m.Question[0].Name = strings.Map(otherCase, m.Question[0].Name) })}
		}, "udp, tcp", code.NoError, 1},
		{"FORMERR to EDNS", noEDNS(dns.RcodeFormatError), "udp, udp plain", code.NoError, 1},
		{"NOTIMP to EDNS", noEDNS(dns.RcodeNotImplemented), "udp, udp plain", code.NoError, 1},
		{"FORMERR without a question", func(q heard) [][]byte {
			if q.IsEdns0() == nil {
				return good(q)
			}
			return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer, m.Extra, m.Question = 1, nil, nil, nil })}
		}, "udp, udp plain", code.NoError, 1},
		{"FORMERR to everything", func(q heard) [][]byte {
			return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer, m.Extra = 1, nil, nil })}
		}, "udp, udp plain", code.FormErr, 0},
		{"FORMERR by a server that knows EDNS", func(q heard) [][]byte {
			return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer = 1, nil })}
		}, "udp, udp plain", code.FormErr, 0},
		{"FORMERR because of an option", func(q heard) [][]byte {
			if q.IsEdns0() == nil {
				return good(q)
			}
			return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer = 1, nil })}
		}, "udp, udp plain", code.NoError, 1},
	} {
		t.Run(c.situation, func(t *testing.T) {
			s := start(t, nil, c.do)
			a, err := client(t, Options{}).Ask(t.Context(), s.Server, www)
			if err != nil {
				t.Fatal(err)
			}
			if a.Rcode != c.rcode || a.Count(wire.Answer) != c.answers || ways(s) != c.ways || a.Took <= 0 {
				t.Errorf("%s with %d answers by way of %q, want %s with %d by %q", a.Rcode, a.Count(wire.Answer), ways(s), c.rcode, c.answers, c.ways)
			}
			if last := c.ways[strings.LastIndexByte(c.ways, ' ')+1:]; last != "plain" && a.Transport.String() != last {
				t.Errorf("the answer came by %s", a.Transport)
			}
		})
	}
}

func TestErrors(t *testing.T) {
	nobody := Server{Addr: netip.MustParseAddrPort("127.0.0.1:1")} // a port that no system gives away
	silent := start(t, nil, func(heard) [][]byte { return nil })
	lower := func(q heard) [][]byte {
		if q.network == "udp" {
			return [][]byte{answer(q, func(m *dns.Msg) { m.Truncated = true })}
		}
		return [][]byte{answer(q, func(m *dns.Msg) { m.Id++ })}
	}
	garbled := func(q heard) [][]byte { b := answer(q); return [][]byte{b[:len(b)-3]} }
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range []struct {
		situation string
		ctx       context.Context
		server    Server
		want      Kind
	}{
		{"nobody listens", t.Context(), nobody, Unreachable},
		{"no answer", overdue(t, silent, 1), silent.Server, Timeout},
		{"not wanted any more", canceled, silent.Server, Canceled},
		{"a stranger's answer on a stream", t.Context(), start(t, nil, lower).Server, Mismatch},
		{"half a message", t.Context(), start(t, nil, garbled).Server, Malformed},
	} {
		_, err := client(t, Options{}).Ask(c.ctx, c.server, www)
		var e *Error
		if !errors.As(err, &e) || e.Kind != c.want || e.Server != c.server {
			t.Errorf("%s: got %v, want %s", c.situation, err, c.want)
			continue
		}
		if text := e.Error(); !strings.Contains(text, "www.example. A: "+c.want.String()) || !strings.Contains(text, c.server.Addr.String()) {
			t.Errorf("%s: the message is %q", c.situation, text)
		}
	}
}

func TestTimeoutWithoutADeadline(t *testing.T) {
	silent := start(t, nil, func(heard) [][]byte { return nil })
	_, err := client(t, Options{Timeout: 50 * time.Millisecond}).Ask(t.Context(), silent.Server, www)
	if e := new(Error); !errors.As(err, &e) || e.Kind != Timeout {
		t.Errorf("got %v", err)
	}
}

// Every question has an ID, a mix of case and a port of its own.
func TestWhatAGuesserMustGuess(t *testing.T) {
	s := start(t, nil, good)
	c := client(t, Options{})
	ids, names := map[uint16]bool{}, map[string]bool{}
	for range 20 {
		if _, err := c.Ask(t.Context(), s.Server, Question{Name: www.Name, Type: rr.TypeAAAA, RD: true, CD: true, DO: true}); err != nil {
			t.Fatal(err)
		}
	}
	queries, _ := s.seen()
	for _, q := range queries {
		ids[q.Id], names[q.Question[0].Name] = true, true
		opt := q.IsEdns0()
		if !strings.EqualFold(q.Question[0].Name, "www.example.") || q.Question[0].Qtype != dns.TypeAAAA || !q.RecursionDesired || !q.CheckingDisabled || opt.UDPSize() != bufferSize || !opt.Do() {
			t.Fatalf("the query is %v", q)
		}
	}
	if len(ids) < 15 || len(names) < 10 {
		t.Errorf("%d IDs and %d mixes of case in 20 questions", len(ids), len(names))
	}
	if www.Name.String() != "www.example." {
		t.Errorf("the name asked for became %s", www.Name)
	}
}

// The mix of case does not reach the names in the answer, which may point at
// the question.
func TestCaseIsRestored(t *testing.T) {
	compressed := func(m *dns.Msg) {
		m.Compress = true
		m.Answer = append(m.Answer, &dns.CNAME{Hdr: dns.RR_Header{Name: m.Question[0].Name, Rrtype: dns.TypeCNAME, Class: 1}, Target: "edge." + m.Question[0].Name})
	}
	for _, network := range []string{"udp", "tcp"} {
		s := start(t, nil, func(q heard) [][]byte {
			if q.network != network {
				return short(q)
			}
			return [][]byte{answer(q, compressed)}
		})
		a, err := client(t, Options{}).Ask(t.Context(), s.Server, www)
		if err != nil {
			t.Fatal(err)
		}
		rows := a.Rows(wire.Answer, nil)
		rows.Next()
		row, _, ok := rows.Next()
		if !ok || row.Owner.String() != "www.example." || rr.Set(row.Record).Target().String() != "edge.www.example." || a.Name.String() != "www.example." {
			t.Errorf("%s: %s says %s to %s", network, row.Owner, row.Record.Data(), a.Name)
		}
	}
}

func TestServerWithoutEDNSIsRemembered(t *testing.T) {
	s := start(t, nil, func(q heard) [][]byte {
		if q.IsEdns0() == nil {
			return good(q)
		}
		return [][]byte{answer(q, func(m *dns.Msg) { m.Rcode, m.Answer, m.Extra = 1, nil, nil })}
	})
	c := client(t, Options{})
	for range 2 {
		if _, err := c.Ask(t.Context(), s.Server, www); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := ways(s), "udp, udp plain, udp plain"; got != want {
		t.Errorf("asked by %q, want %q", got, want)
	}
}

func TestNoMoreSocketsThanAllowed(t *testing.T) {
	release := make(chan struct{})
	s := start(t, nil, func(q heard) [][]byte { <-release; return good(q) })
	c := client(t, Options{Sockets: 1})
	first := make(chan error)
	go func() {
		_, err := c.Ask(t.Context(), s.Server, www)
		first <- err
	}()
	for len(c.datagrams) == 0 {
		time.Sleep(time.Millisecond)
	}
	_, err := c.Ask(briefly(t), s.Server, www)
	if e := new(Error); !errors.As(err, &e) || e.Kind != Busy {
		t.Errorf("got %v", err)
	}
	close(release)
	if err := <-first; err != nil {
		t.Error(err)
	}
}
