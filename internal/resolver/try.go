package resolver

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/pace"
)

// exchange sends what the walk asks to the next server of the queue, unless
// somebody is asking servers of the zone for just that: then it waits for what they
// say, which may be of another server than the next. It returns the try that ended,
// or the newest, with errLate, where none did in time. What an earlier one brings
// late is taken as well.
func (w *walk) exchange() *try {
	select {
	case t := <-w.race.ended:
		if w.race.forget(t); t.err == nil {
			return t
		}
	default:
	}
	c := &w.search.cut
	fresh := &try{attempt: c.queue[0], q: w.race.q, zone: c.apex, late: make(chan struct{}), key: keyOf(c, w.race.q)}
	fresh.ctx, fresh.cancel = context.WithTimeout(w.r.flights.ctx, w.r.options.Patience)
	t, mine := w.r.asks.join(w.race, fresh)
	if i := slices.Index(c.queue, t.attempt); i >= 0 {
		c.queue = slices.Delete(c.queue, i, i+1)
	}
	if mine {
		w.send(t)
	} else {
		fresh.cancel()
	}
	if w.root.flight != nil {
		w.root.flight.waits.Store(t)
	}
	return w.await(t)
}

// errLate says that a try was not answered in time, which it may be yet.
var errLate = errors.New(exchange.Timeout.String())

// await waits until a try has ended of which there is something to learn, or the
// newest is late.
func (w *walk) await(newest *try) *try {
	without := func(err error) *try { return &try{attempt: newest.attempt, q: newest.q, err: err} }
	var spent <-chan time.Time
	for {
		select {
		case t := <-w.race.ended:
			w.race.forget(t)
			switch {
			case t.err == nil:
				return t
			case t == newest && t.kind() == exchange.Busy && len(w.race.open) > 0:
				// It was not sent; what was is waited for as if it had been.
				spent = time.After(w.r.servers.Standing(t.Server).Wait)
			case t == newest:
				return t
			case t.kind() == exchange.Unreachable:
				w.search.cut.drop(t.Server)
			}
		case <-newest.late:
			return without(errLate)
		case <-spent:
			return without(errLate)
		case <-w.ctx.Done():
			return without(errors.New(outOfTime))
		}
	}
}

// send sends t in the background. EDNS is left out where the server has been silent
// to more than one message, for it may be one of those that drop what they cannot read.
func (w *walk) send(t *try) {
	s := w.r.servers.Standing(t.Server)
	plain := s.Silences > 1 || s.Silences > 0 && w.race.quiet > 1
	q := exchange.Question{
		Name: w.race.q.Name, Type: w.race.q.Type, RD: w.search.cut.forward(), DO: w.r.options.Validator != nil,
		Plain: plain && !t.stream, Stream: t.stream,
	}
	if t.stream {
		s.Wait = min(max(2*s.Base, leastStream), pace.MostTimeout)
	}
	first := w.first()
	w.r.flights.wg.Go(func() { w.r.send(t, q, s, first) })
}

// leastStream is for how long at least an answer over TCP is waited for, whose
// handshake may cost a retransmission (RFC 6298, Section 2.1).
const leastStream = 1200 * time.Millisecond

// send sends t and listens until it is answered, or nobody cares any more.
func (r *Resolver) send(t *try, q exchange.Question, s pace.Standing, first bool) {
	defer t.cancel()
	defer r.asks.end(t)
	leave, err := r.gate.Enter(t.ctx, t.Server, first)
	if err != nil {
		r.counts.busy.Add(1)
		t.err = &exchange.Error{Kind: exchange.Busy, Server: t.Server, Question: q, Err: err}
		return
	}
	defer leave()
	r.counts.sent.Add(1)
	timer := time.AfterFunc(s.Wait, func() {
		r.missed(t.Server, s.Epoch)
		r.asks.lapse(t)
	})
	t.answer, t.err = r.options.Network.Ask(t.ctx, t.Server, q)
	timely := timer.Stop()
	switch {
	case t.err == nil:
		r.servers.Answered(t.Server, t.answer.Took)
	case timely && t.kind() == exchange.Timeout && !errors.Is(t.ctx.Err(), context.Canceled):
		r.missed(t.Server, s.Epoch)
	}
}

// missed takes in that s did not answer in time what was sent at that epoch.
func (r *Resolver) missed(s exchange.Server, epoch uint32) {
	r.counts.timeouts.Add(1)
	r.servers.Silent(s, epoch)
}
