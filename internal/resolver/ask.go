package resolver

import (
	"errors"
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// enqueue puts servers into the queue, fastest first, and all of them once more
// behind that for those that stay silent; a lone one is tried three times.
// Those known to have no say in the zone come last: that may have changed. Where
// the parent was asked again because all had failed, they are not asked again
// (RFC 9520, Section 3.1).
func (w *walk) enqueue(list []exchange.Server) {
	c := &w.search.cut
	list = w.r.servers.order(list)
	if w.search.climbed {
		list = slices.DeleteFunc(list, func(s exchange.Server) bool { return slices.Contains(w.search.failed, s) })
	}
	lame := func(s exchange.Server) bool { return w.r.servers.isLame(w.lameKey(s)) }
	good := slices.DeleteFunc(slices.Clone(list), lame)
	rounds := 2
	if len(good) == 1 {
		rounds = 3
	}
	for range rounds {
		c.queue = append(c.queue, good...)
	}
	for _, s := range list {
		if lame(s) {
			c.queue = append(c.queue, s)
		}
	}
}

func (w *walk) lameKey(s exchange.Server) lameKey {
	return lameKey{s, string(w.search.cut.apex.Lower()), w.t}
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
	q := w.shown()
	one, mine, took := w.exchange(q)
	if one.err != nil {
		return w.silent(one, mine, q)
	}
	w.search.reply = reply{w.r.messageOf(one.answer), Step{Owner: q.Name, Type: q.Type, Zone: c.apex, Server: one.server.String(), Took: took}}
	return w.judge(one.server, q, w.search.from)
}

// silent goes on to another server. A name shown in part may be why one stayed
// silent: from here on it is shown whole.
func (w *walk) silent(one *asked, mine bool, q Question) state {
	why := one.err.Error()
	if e := new(exchange.Error); errors.As(one.err, &e) {
		why = e.Kind.String()
		switch {
		case e.Kind == exchange.Unreachable, e.Kind == exchange.Insecure:
			w.search.cut.drop(one.server)
		case e.Kind == exchange.Timeout && mine:
			w.r.servers.silent(one.server)
		}
	}
	w.search.last, w.search.failed = why, append(w.search.failed, one.server)
	s := Step{Kind: Silent, Owner: q.Name, Type: q.Type, Zone: w.search.cut.apex, Why: why}
	if one.server.Addr.IsValid() {
		s.Server = one.server.String()
	}
	w.step(s)
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
	if next, ok := w.fallBack(); ok {
		return next
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
	return w.fail(code.NoReachable, why)
}

// exhausted ends the walk, and spares those who ask the same soon (RFC 9520,
// Section 3.2).
func (w *walk) exhausted(why string) state {
	w.step(Step{Kind: Exhausted, Zone: w.search.cut.apex, Why: why})
	ede := code.NoReachable
	if w.search.bogus {
		ede = code.Bogus
	}
	if w.r.flights.ctx.Err() == nil {
		w.r.options.Cache.Fail(&w.key, cache.Entry{Type: w.t, EDE: ede, Text: why, TTL: w.recheck()})
	}
	return w.fail(ede, why)
}

// staleRecheck is for how many seconds servers that failed are left alone while
// there is expired data to serve (RFC 8767, Section 5).
const staleRecheck = 30

// recheck is for how long at least a failure is remembered; 0 for as usual.
func (w *walk) recheck() uint32 {
	hit, ok := w.r.options.Cache.Find(&w.key, w.t)
	if !ok && w.t != rr.TypeCNAME {
		hit, ok = w.r.options.Cache.Find(&w.key, rr.TypeCNAME)
	}
	if ok && hit.Stale && w.r.options.Stale {
		return staleRecheck
	}
	return 0
}
