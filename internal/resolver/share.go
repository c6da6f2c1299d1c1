package resolver

import (
	"context"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// asks makes what several searches ask the servers of one zone at one time one
// message: A and AAAA of a name, and all names of a zone that nobody knows yet,
// have the way down from the root in common. The zero asks is empty.
type asks struct {
	mu   sync.Mutex
	open map[askKey]*asked
}

type askKey struct {
	zone, name string // in lower case
	t          rr.Type
	forward    bool
}

// asked is a message under way; what came of it is set when done is closed.
type asked struct {
	done   chan struct{}
	server exchange.Server
	answer *exchange.Answer
	err    error
}

// join is the message under way for key, or a new one, of which the caller is
// then in charge: it is to end it.
func (a *asks) join(key askKey) (one *asked, mine bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if one = a.open[key]; one != nil {
		return one, false
	}
	if a.open == nil {
		a.open = make(map[askKey]*asked)
	}
	one = &asked{done: make(chan struct{})}
	a.open[key] = one
	return one, true
}

func (a *asks) end(key askKey, one *asked) {
	a.mu.Lock()
	delete(a.open, key)
	a.mu.Unlock()
	close(one.done)
}

// exchange sends q to the next server of the queue, unless somebody is asking
// servers of the zone for just that: then it waits for what they say, which may
// be of another server than the next. Took is how long it was waited for.
func (w *walk) exchange(q Question) (one *asked, mine bool, took time.Duration) {
	c := &w.search.cut
	key := askKey{string(c.apex.Lower()), string(q.Name.Lower()), q.Type, c.forward()}
	if one, mine = w.r.asks.join(key); !mine {
		start := time.Now()
		select {
		case <-one.done:
			return one, false, time.Since(start)
		case <-w.ctx.Done():
			return &asked{err: w.ctx.Err()}, false, time.Since(start)
		}
	}
	defer w.r.asks.end(key, one)
	one.server, c.queue = c.queue[0], c.queue[1:]
	_, timeout := w.r.servers.rtt(one.server)
	ctx, cancel := context.WithTimeout(w.ctx, timeout)
	defer cancel()
	one.answer, one.err = w.r.options.Network.Ask(ctx, one.server, exchange.Question{
		Name: q.Name, Type: q.Type, RD: c.forward(), DO: w.r.options.Validator != nil,
	})
	if one.err == nil {
		w.r.servers.answered(one.server, one.answer.Took)
		took = one.answer.Took
	}
	return one, true, took
}
