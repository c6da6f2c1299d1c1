package listen

import (
	"slices"
	"sync"
	"sync/atomic"
)

// Hold takes the query out of its burst, so that its reply may come later and
// delay no other: Respond returns dst[:0] now, and whoever has the Held replies
// once, from any goroutine. It is called during Respond only, once a query. It
// returns nil if the query must be answered now: MaxHeld or MaxHeldPerConn are
// reached, the message is longer than MaxDatagram, or nothing received it.
func (q *Query) Hold() *Held {
	if q.origin == nil {
		return nil
	}
	back := q.origin.hold(len(q.Msg))
	if back == nil {
		return nil
	}
	h := &Held{query: *q, back: back}
	h.query.Msg = slices.Clone(q.Msg)
	h.query.origin = nil
	return h
}

// ReplyTo lets a Query that no socket received be held: send gets the reply, not
// empty, and must not keep it.
func (q *Query) ReplyTo(send func(msg []byte)) { q.origin = by(send) }

// Held is a query that waits for its reply. Until then it takes a place of
// MaxHeld, and Serve, when it ends, waits for it up to Grace.
type Held struct {
	query   Query
	back    wayBack
	replied atomic.Bool
}

// Query is the query with a message of its own; both are the caller's to keep.
func (h *Held) Query() *Query { return &h.query }

// Reply sends msg to the peer, or nothing if msg is empty, and gives the place
// back; only the first call does anything. It does not wait for the peer: over
// UDP, what a full send buffer does not take is dropped, over TCP the reply
// leaves when the peer takes it, in the time WriteTimeout gives. If the peer or
// the server has gone meanwhile, nothing is sent. msg is the caller's again
// when Reply returns.
func (h *Held) Reply(msg []byte) {
	if !h.replied.Swap(true) {
		h.back.reply(msg)
	}
}

// origin is what received a query.
type origin interface {
	// hold takes a place for the query being responded to, of size octets, or
	// returns nil.
	hold(size int) wayBack
}

// wayBack leads from a held query to its peer.
type wayBack interface {
	// reply is called once. It gives the place back.
	reply(msg []byte)
}

type by func(msg []byte)

func (b by) hold(int) wayBack { return b }

func (b by) reply(msg []byte) {
	if len(msg) > 0 {
		b(msg)
	}
}

// room has the places for held queries of all sockets.
type room struct {
	max   int
	count *Counters

	mu     sync.Mutex
	taken  int
	vacant chan struct{} // closed when no place is taken; nil until asked for
}

// take takes a place for a query of size octets, if there is one. What is long
// is no query of an honest peer and would make the places cost too much.
func (r *room) take(size int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.taken >= r.max || size > MaxDatagram {
		r.count.HeldRefused.Add(1)
		return false
	}
	r.taken++
	r.count.Held.Store(int64(r.taken))
	r.count.HeldTotal.Add(1)
	return true
}

func (r *room) giveBack() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.taken--
	r.count.Held.Store(int64(r.taken))
	if r.taken == 0 && r.vacant != nil {
		close(r.vacant)
		r.vacant = nil
	}
}

// whenVacant returns a channel that closes as soon as no place is taken.
func (r *room) whenVacant() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.taken == 0:
		return ended
	case r.vacant == nil:
		r.vacant = newSignal()
	}
	return r.vacant
}

// ended is a signal already given.
var ended = func() <-chan struct{} {
	c := newSignal()
	close(c)
	return c
}()
