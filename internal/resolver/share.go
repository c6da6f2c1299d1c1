package resolver

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// asks makes what several searches ask the servers of one zone at one time one
// message: A and AAAA of a name, and all names of a zone that nobody knows yet,
// have the way down from the root in common. The zero asks is empty.
type asks struct {
	mu   sync.Mutex
	open map[askKey]*try
}

type askKey struct {
	zone, name string // in lower case
	t          rr.Type
	forward    bool
}

// attempt is a server to be asked.
type attempt struct {
	exchange.Server
	stream bool // over TCP at once
}

// try is a message to a server. It is waited for until it is late; then the next
// is sent, but what is late is listened for as long as anybody wants to know.
type try struct {
	attempt
	q      Question
	key    askKey
	zone   dname.Name
	ctx    context.Context
	cancel context.CancelFunc
	late   chan struct{} // closed when it is

	races []*race // that want to know, under asks.mu
	// Set before the races hear of it.
	answer *exchange.Answer
	err    error
}

// kind is why there is no answer.
func (t *try) kind() exchange.Kind {
	if e := new(exchange.Error); errors.As(t.err, &e) {
		return e.Kind
	}
	return exchange.Unreachable
}

// race is what a walk asks the servers of a zone: tries that are under way, of
// which the first answer counts. Those of before the name was shown whole because of
// silence are among them.
type race struct {
	zone  dname.Name
	q     Question // that is asked now
	start time.Time
	open  []*try    // that have not ended
	ended chan *try // with room for all of them
	quiet int       // tries that failed or came to be late
}

func (r *race) isOf(zone dname.Name, q Question) bool {
	return r.q.Type == q.Type && r.q.Name.Equal(q.Name) && r.zone.Equal(zone)
}

// forget takes t, which has ended, out of those under way.
func (r *race) forget(t *try) {
	r.open = slices.DeleteFunc(r.open, func(o *try) bool { return o == t })
}

// join is the try under way for fresh's key that is not late, or fresh itself, of
// which the caller is then in charge: it is to be sent.
func (a *asks) join(r *race, fresh *try) (t *try, mine bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if t = a.open[fresh.key]; t == nil {
		if a.open == nil {
			a.open = make(map[askKey]*try)
		}
		t, mine = fresh, true
		a.open[t.key] = t
	}
	t.races = append(t.races, r)
	r.open = append(r.open, t)
	return t, mine
}

// lapse makes t late: nobody joins it any more.
func (a *asks) lapse(t *try) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(t)
	close(t.late)
}

func (a *asks) drop(t *try) {
	if a.open[t.key] == t {
		delete(a.open, t.key)
	}
}

// end tells all who want to know that t has ended.
func (a *asks) end(t *try) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.drop(t)
	for _, r := range t.races {
		r.ended <- t
	}
	t.races = nil
}

// leave ends the interest of r in t. When nobody has any, nobody listens.
func (a *asks) leave(r *race, t *try) {
	a.mu.Lock()
	defer a.mu.Unlock()
	t.races = slices.DeleteFunc(t.races, func(o *race) bool { return o == r })
	if len(t.races) == 0 {
		a.drop(t)
		t.cancel()
	}
}

// leave ends what the walk asks, where that is something else than q of the
// servers of zone.
func (w *walk) leave(zone dname.Name, q Question) {
	if w.race == nil || zone != nil && w.race.isOf(zone, q) {
		return
	}
	for _, t := range w.race.open {
		w.r.asks.leave(w.race, t)
	}
	w.race = nil
}

// enter makes q of the servers of the cut what the walk asks.
func (w *walk) enter(q Question) {
	zone := w.search.cut.apex
	if w.leave(zone, q); w.race == nil {
		w.race = &race{zone: zone, q: q, start: time.Now(), ended: make(chan *try, w.r.options.MaxQueries+1)}
	}
}

func keyOf(c *cut, q Question) askKey {
	return askKey{string(c.apex.Lower()), string(q.Name.Lower()), q.Type, c.forward()}
}
