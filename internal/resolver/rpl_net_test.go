package resolver

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"sync"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// stage is the network of a scenario: its fake servers, and the questions that
// none of them answers, which wait for a step to say what becomes of them.
type stage struct {
	mu      sync.Mutex
	script  *scenario
	now     int // step
	waiting []*waiting
	log     []*dns.Msg
	over    chan struct{}
}

type waiting struct {
	address string
	query   *dns.Msg
	reply   chan *dns.Msg // nil: it fails
	err     error
}

func (s *stage) at(number int) {
	s.mu.Lock()
	s.now = number
	s.mu.Unlock()
}

// Ask waits for the steps, whatever the time: a scenario says what times out.
func (s *stage) Ask(ctx context.Context, server exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	query := new(dns.Msg).SetQuestion(q.Name.String(), uint16(q.Type))
	query.RecursionDesired = q.RD
	address := server.Addr.Addr().String()
	wait := &waiting{address: address, query: query, reply: make(chan *dns.Msg, 1)}
	s.mu.Lock()
	s.log = append(s.log, query)
	raw, ok := s.scripted(address, query)
	if !ok {
		s.waiting = append(s.waiting, wait)
	}
	s.mu.Unlock()
	if ok {
		return received(raw, query)
	}
	defer s.forget(wait)
	select {
	case m := <-wait.reply:
		if m == nil {
			return nil, wait.err
		}
		raw, err := m.Pack()
		if err != nil {
			return nil, err
		}
		return received(raw, query)
	case <-ctx.Done():
		return nil, &exchange.Error{Kind: exchange.Canceled, Server: server, Question: q, Err: ctx.Err()}
	case <-s.over:
		return nil, &exchange.Error{Kind: exchange.Canceled, Server: server, Question: q, Err: errors.New("the scenario is over")}
	}
}

// received reads a reply as exchange does, which does not let pass what answers
// another question.
func received(raw []byte, query *dns.Msg) (*exchange.Answer, error) {
	a := new(exchange.Answer)
	err := a.Reply.Parse(raw)
	if a.Name == nil || !strings.EqualFold(a.Name.String(), query.Question[0].Name) || a.Type != rr.Type(query.Question[0].Qtype) {
		return nil, &exchange.Error{Kind: exchange.Mismatch, Err: errors.New("another question")}
	}
	return a, err
}

func (s *stage) forget(w *waiting) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, other := range s.waiting {
		if other == w {
			s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
			return
		}
	}
}

// scripted is the answer of the first entry that fits; one cut short is asked
// for again over TCP.
func (s *stage) scripted(address string, query *dns.Msg) ([]byte, bool) {
	raw, ok := s.entryFor(address, query, false)
	if ok && len(raw) > 2 && raw[2]&2 != 0 {
		return s.entryFor(address, query, true)
	}
	return raw, ok
}

func (s *stage) entryFor(address string, query *dns.Msg, tcp bool) ([]byte, bool) {
	for _, r := range s.script.ranges {
		if s.now < r.from || s.now > r.to || len(r.addresses) > 0 && !has(r.addresses, address) {
			continue
		}
		for i := range r.entries {
			if r.entries[i].fits(query, tcp) {
				return r.entries[i].reply(query), true
			}
		}
	}
	return nil, false
}

// fits reports whether query is one that the entry answers.
func (e *entry) fits(query *dns.Msg, tcp bool) bool {
	q := query.Question[0]
	for _, m := range e.match {
		ok := true
		switch strings.ToLower(m) {
		case "qtype":
			ok = q.Qtype == e.question.Qtype
		case "qname":
			ok = strings.EqualFold(q.Name, e.question.Name)
		case "question":
			ok = q.Qtype == e.question.Qtype && strings.EqualFold(q.Name, e.question.Name)
		case "subdomain":
			ok = dns.IsSubDomain(e.question.Name, q.Name)
		case "tcp":
			ok = tcp
		case "udp":
			ok = !tcp
		}
		if !ok {
			return false
		}
	}
	return true
}

func (e *entry) reply(query *dns.Msg) []byte {
	if e.hex != nil {
		raw := append([]byte{}, e.hex...)
		binary.BigEndian.PutUint16(raw, query.Id)
		return raw
	}
	m := new(dns.Msg)
	m.Id, m.Response = query.Id, has(e.flags, "QR")
	m.Authoritative, m.Truncated = has(e.flags, "AA"), has(e.flags, "TC")
	m.RecursionDesired, m.RecursionAvailable = has(e.flags, "RD"), has(e.flags, "RA")
	m.Rcode = e.rcode()
	if e.question != nil {
		m.Question = []dns.Question{*e.question}
	}
	if has(e.adjust, "copy_query") {
		m.Question = query.Question
	}
	m.Answer, m.Ns, m.Extra = e.sections[0], e.sections[1], e.sections[2]
	raw, err := m.Pack()
	if err != nil {
		panic(err)
	}
	return raw
}

// settle gives the first waiting question that e fits an answer, or, where e is
// nil, lets the first one fail.
func (s *stage) settle(e *entry, kind exchange.Kind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, w := range s.waiting {
		if e != nil && !e.fits(w.query, false) {
			continue
		}
		s.waiting = append(s.waiting[:i:i], s.waiting[i+1:]...)
		if e == nil {
			w.err = &exchange.Error{Kind: kind, Err: errors.New("so the scenario wants it")}
			w.reply <- nil
			return true
		}
		m := new(dns.Msg)
		if err := m.Unpack(e.reply(w.query)); err != nil {
			panic(err)
		}
		m.Question = w.query.Question
		w.reply <- m
		return true
	}
	return false
}

// asked reports whether a question that was asked is one that e describes.
func (s *stage) asked(e *entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, query := range s.log {
		if e.fits(query, false) {
			return true
		}
	}
	return false
}
