package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// enqueue puts servers into the queue, fastest first, and all of them once more
// behind that for those that stay silent; a lone one is tried three times.
// Those known to have no say in the zone are left out.
func (w *walk) enqueue(list []exchange.Server) {
	c := &w.search.cut
	zone := string(c.apex.Lower())
	list = w.r.servers.order(slices.DeleteFunc(slices.Clone(list), func(s exchange.Server) bool {
		return w.r.servers.isLame(lameKey{s, zone, w.t})
	}))
	rounds := 2
	if len(list) == 1 {
		rounds = 3
	}
	for range rounds {
		c.queue = append(c.queue, list...)
	}
}

// drop takes a server out of the queue for good.
func (c *cut) drop(s exchange.Server) {
	c.queue = slices.DeleteFunc(c.queue, func(q exchange.Server) bool { return q == s })
}

// ask asks the next server of the queue.
func (w *walk) ask() state {
	c := &w.search.cut
	if len(c.queue) == 0 {
		return (*walk).fetch
	}
	if w.root.queries >= w.r.options.MaxQueries {
		return w.spent(fmt.Sprintf("more than %d queries to servers", w.r.options.MaxQueries))
	}
	if w.ctx.Err() != nil {
		return w.spent("the time for the question is over")
	}
	w.root.queries++
	server, q := c.queue[0], w.shown()
	c.queue = c.queue[1:]
	_, timeout := w.r.servers.rtt(server)
	ctx, cancel := context.WithTimeout(w.ctx, timeout)
	defer cancel()
	a, err := w.r.options.Network.Ask(ctx, server, exchange.Question{Name: q.Name, Type: q.Type, RD: c.forward(), DO: w.r.options.Validator != nil})
	if err != nil {
		return w.silent(server, q, err)
	}
	w.r.servers.answered(server, a.Took)
	w.search.reply = reply{w.r.messageOf(a), Step{Owner: q.Name, Type: q.Type, Zone: c.apex, Server: server.String(), Took: a.Took}}
	return w.judge(server, q, w.search.from)
}

// silent goes on to another server. A name shown in part may be why one stayed
// silent: from here on it is shown whole.
func (w *walk) silent(s exchange.Server, q Question, err error) state {
	why := err.Error()
	if e := new(exchange.Error); errors.As(err, &e) {
		why = e.Kind.String()
		switch e.Kind {
		case exchange.Unreachable, exchange.Insecure:
			w.search.cut.drop(s)
		case exchange.Timeout:
			w.r.servers.silent(s)
		}
	}
	w.search.last = why
	w.step(Step{Kind: Silent, Owner: q.Name, Type: q.Type, Zone: w.search.cut.apex, Server: s.String(), Why: why})
	if !q.Name.Equal(w.name) {
		w.search.whole = true
	}
	return (*walk).ask
}

// Limits of minimising (RFC 9156, Section 2.3).
const (
	maxShown = 10 // names shown in part to the servers of one zone
	oneLabel = 4  // of them with a single label more than the last
)

// shown is the question as the servers of the cut get to see it: the name in
// part, with a type that says nothing, until it is clear that they know more of
// it (RFC 9156, Section 2.1).
func (w *walk) shown() Question {
	c, labels := &w.search.cut, w.name.Labels()
	if c.shown == 0 {
		c.shown = c.apex.Labels() + 1
	}
	if c.forward() || w.search.whole || w.r.options.Minimise == Whole || c.showed >= maxShown || c.shown >= labels {
		return Question{w.name, w.t}
	}
	return Question{w.name.Suffix(c.shown), rr.TypeA}
}

// showMore shows the servers of the cut more of the name.
func (w *walk) showMore(s Step, why string) state {
	c := &w.search.cut
	s.Kind, s.Why = Shown, why
	w.step(s)
	c.showed++
	left := w.name.Labels() - c.shown
	if c.showed < oneLabel {
		c.shown++
	} else {
		rounds := max(maxShown-c.showed, 1)
		c.shown += max((left+rounds-1)/rounds, 1)
	}
	c.queue = nil
	w.enqueue(c.known)
	return (*walk).ask
}

// giveUp is where the servers of a cut have proved useless.
func (w *walk) giveUp() state {
	s := &w.search
	switch {
	case s.cut.resort != nil:
		s.reply, s.cut.resort = *s.cut.resort, nil
		return (*walk).answered
	case s.cut.route != nil && s.cut.route.First:
		w.skip = append(w.skip, s.cut.route)
		return (*walk).locate
	case s.cut.source == Cached && !s.climbed && s.cut.apex.Labels() > 0:
		// What the cache knows of the zone may be old: its parent knows better.
		s.climbed, s.ceiling = true, s.cut.apex.Labels()-1
		return (*walk).locate
	}
	why := fmt.Sprintf("no server of %s gave a usable answer", s.cut.apex)
	if s.last != "" {
		why += "; the last: " + s.last
	}
	return w.exhausted(why)
}

// spent ends the walk because its question has cost enough. That is held against
// the question alone, not against the name of a server that it led to.
func (w *walk) spent(why string) state {
	if w.parent == nil {
		return w.exhausted(why)
	}
	w.step(Step{Kind: Exhausted, Zone: w.search.cut.apex, Why: why})
	return w.fail(edeNoReachable, why)
}

// exhausted ends the walk, and spares those who ask the same soon (RFC 9520,
// Section 3.2).
func (w *walk) exhausted(why string) state {
	w.step(Step{Kind: Exhausted, Zone: w.search.cut.apex, Why: why})
	ede := edeNoReachable
	if w.search.bogus {
		ede = edeBogus
	}
	if w.r.flights.ctx.Err() == nil {
		w.r.options.Cache.Fail(&w.key, w.t, ede, why)
	}
	return w.fail(ede, why)
}
