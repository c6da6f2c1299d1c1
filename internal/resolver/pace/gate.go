package pace

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/net/exchange"
)

// Gate bounds the messages under way, so that servers that do not answer leave
// room for those that do, and what is renewed finds room whatever clients ask.
type Gate struct {
	servers *Servers
	total   int // messages
	per     int // to a server of which no answer is known, or that is silent

	mu      sync.Mutex
	open    map[exchange.Server]int
	all     int
	doubted int // of them to servers of which nobody knows that they answer
	waiting []*waiter
}

// waiter waits for room.
type waiter struct {
	server exchange.Server
	first  bool
	ready  chan struct{}
	pass   pass // when ready is closed
}

// pass is leave to have one message under way.
type pass struct {
	server  exchange.Server
	doubted bool
}

// gatePatience is for how long room is waited for.
const gatePatience = time.Second

// NewGate lets total messages be under way, half of them to servers of which no
// answer is known, and per to one of these.
func NewGate(servers *Servers, total, per int) *Gate {
	return &Gate{servers: servers, total: total, per: per, open: make(map[exchange.Server]int)}
}

// Share is how many of n may be taken: of each limit an eighth is kept for what
// goes first.
func Share(n int, first bool) int {
	if first {
		return n
	}
	return n - n/8
}

// refusal is why there is no room; the zero refusal is none.
type refusal struct {
	format string
	server exchange.Server
	count  int
}

func (r refusal) Error() string {
	messages := "1 message"
	if r.count != 1 {
		messages = fmt.Sprintf("%d messages", r.count)
	}
	return fmt.Sprintf(r.format, messages, r.server)
}

// room is leave for one more message to s, or why there is none.
func (g *Gate) room(s exchange.Server, first bool) (p pass, r refusal) {
	n, at := g.open[s], g.servers.Standing(s)
	p = pass{s, at.Doubted}
	switch {
	case at.Dead && n > 0:
		r = refusal{"no answer to the last %s to %s, which is tried by one question at a time", s, at.Silences}
	case g.all >= Share(g.total, first):
		r = refusal{"%s to servers under way, as many as allowed, and none to %s can be sent", s, g.all}
	case !at.Doubted && n >= Share(max(g.total/2, 1), first):
		r = refusal{"%s to %s under way, as many as allowed", s, n}
	case at.Doubted && n >= Share(g.per, first):
		r = refusal{"%s to %s under way already, and no answer yet", s, n}
	case at.Doubted && g.doubted >= Share(max(g.total/2, 1), first):
		r = refusal{"%s to servers that may be dead under way, as many as allowed, and none to %s can be sent", s, g.doubted}
	}
	return p, r
}

func (g *Gate) take(p pass) {
	g.open[p.server]++
	g.all++
	if p.doubted {
		g.doubted++
	}
}

// Enter makes room for a message to s, waits for it a while, or says why there is
// none: at once where s is silent. first is for what goes before what clients ask.
func (g *Gate) Enter(ctx context.Context, s exchange.Server, first bool) (leave func(), err error) {
	g.mu.Lock()
	p, why := g.room(s, first)
	if why == (refusal{}) {
		g.take(p)
		g.mu.Unlock()
		return func() { g.leave(p) }, nil
	}
	if g.servers.Standing(s).Silences > 1 || len(g.waiting) >= g.total {
		g.mu.Unlock()
		return nil, why
	}
	w := &waiter{server: s, first: first, ready: make(chan struct{})}
	g.waiting = append(g.waiting, w)
	g.mu.Unlock()
	return g.wait(ctx, w, why)
}

func (g *Gate) wait(ctx context.Context, w *waiter, why refusal) (leave func(), err error) {
	timer := time.NewTimer(gatePatience)
	defer timer.Stop()
	select {
	case <-w.ready:
	case <-timer.C:
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if i := slices.Index(g.waiting, w); i >= 0 {
		g.waiting = slices.Delete(g.waiting, i, i+1)
		return nil, why
	}
	return func() { g.leave(w.pass) }, nil
}

// leave gives room back, to those who have waited longest.
func (g *Gate) leave(p pass) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open[p.server]--; g.open[p.server] == 0 {
		delete(g.open, p.server)
	}
	g.all--
	if p.doubted {
		g.doubted--
	}
	g.waiting = slices.DeleteFunc(g.waiting, func(w *waiter) bool {
		p, why := g.room(w.server, w.first)
		if why != (refusal{}) {
			return false
		}
		w.pass = p
		g.take(p)
		close(w.ready)
		return true
	})
}

// Count is how many messages are under way, and how many of them to servers of
// which nobody knows that they answer.
func (g *Gate) Count() (all, doubted int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.all, g.doubted
}

// To is how many messages to s are under way.
func (g *Gate) To(s exchange.Server) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.open[s]
}
