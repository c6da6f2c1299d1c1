package serve

import (
	"context"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/listen"
	"github.com/truename-dns/truename/internal/resolver"
)

// Warmer resolves what no Flattener knows yet.
type Warmer interface {
	// WarmType returns when target is resolved for t, which is A or AAAA, has
	// failed to be, or ctx ends.
	WarmType(ctx context.Context, target dname.Name, t rr.Type)
}

// How long a query may wait: a resolver gives up on a server after about two
// seconds, a client on a resolver after five or more.
const (
	coldPatience    = 1500 * time.Millisecond // for ALIAS targets nobody has asked for before
	recursePatience = 8 * time.Second
)

// need is what an answer wants before it can be given; the zero need is nothing.
type need struct {
	cold    []answer.Cold // what an ALIAS leads to
	recurse bool          // all of it is with others
}

func (n *need) nothing() bool { return len(n.cold) == 0 && !n.recurse }

// hold has the query wait for what it needs, beside all others. It is false
// where too many wait already, of all or of its network.
func (w *Worker) hold() bool {
	place, ok := w.server.places.take(w.in.Peer.Addr())
	if !ok {
		return false
	}
	h := w.in.Hold()
	if h == nil {
		w.server.places.giveBack(place)
		return false
	}
	n := need{recurse: w.need.recurse}
	for _, c := range w.need.cold {
		n.cold = append(n.cold, answer.Cold{Name: c.Name.Clone(), Type: c.Type})
	}
	question := resolver.Question{Name: w.query.Name.Clone(), Type: w.query.Type}
	w.server.waiting.Go(func() {
		defer w.server.places.giveBack(place)
		w.server.later(h, n, question)
	})
	return true
}

// later gets what h needs and replies.
func (s *Server) later(h *listen.Held, n need, q resolver.Question) {
	start := time.Now()
	var found *resolver.Result
	if n.recurse {
		ctx, cancel := context.WithTimeout(s.ctx, recursePatience)
		found = s.config.Recursion.Resolve(ctx, q)
		cancel()
	} else {
		s.warm(n.cold)
	}
	w := s.spare.get(s)
	defer s.spare.put(w)
	w.last, w.found = true, found
	h.Reply(w.Respond(w.buffer[:0], h.Query()))
	w.last, w.found = false, nil
	w.Done(1, time.Since(start))
}

// warm resolves all side by side.
func (s *Server) warm(cold []answer.Cold) {
	if s.config.Warmer == nil {
		return
	}
	ctx, cancel := context.WithTimeout(s.ctx, coldPatience)
	defer cancel()
	var all sync.WaitGroup
	for _, c := range cold {
		all.Go(func() { s.config.Warmer.WarmType(ctx, c.Name, c.Type) })
	}
	all.Wait()
}

// Close gives up the queries that wait, and returns when the last of them has
// been answered.
func (s *Server) Close() {
	s.cancel()
	s.waiting.Wait()
}

// spare lends Workers to queries that have waited. It makes one only when all
// are lent out, and keeps those it made, for they hold counters.
type spare struct {
	mu   sync.Mutex
	free []*Worker
}

func (p *spare) get(s *Server) *Worker {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.free); n > 0 {
		w := p.free[n-1]
		p.free = p.free[:n-1]
		return w
	}
	w := s.NewWorker()
	w.buffer = make([]byte, 0, DefaultMaxUDP)
	return w
}

func (p *spare) put(w *Worker) {
	p.mu.Lock()
	p.free = append(p.free, w)
	p.mu.Unlock()
}
