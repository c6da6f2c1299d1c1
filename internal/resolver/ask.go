package resolver

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/pace"
)

// enqueue puts servers into the queue, fastest first, and all of them once more
// behind that for those that stay silent; a lone one is tried three times, and then
// over TCP, which mends what the network loses. Those known to have no say in the
// zone, or held for dead, come last, once: that may have changed. Where the parent
// was asked again because all had failed, they are not asked again (RFC 9520,
// Section 3.1).
func (w *walk) enqueue(list []exchange.Server) {
	c := &w.search.cut
	list = w.r.servers.Order(list)
	if w.search.climbed {
		list = slices.DeleteFunc(list, func(s exchange.Server) bool { return slices.Contains(w.search.failed, s) })
	}
	bad := func(s exchange.Server) bool { return w.r.servers.IsLame(w.lameKey(s)) || w.r.servers.Standing(s).Dead }
	good := slices.DeleteFunc(slices.Clone(list), bad)
	rounds := 2
	if len(good) == 1 {
		rounds = 3
	}
	for range rounds {
		c.enqueue(good)
	}
	if len(list) == 1 && len(good) == 1 && list[0].TLSName == "" {
		c.queue = append(c.queue, attempt{list[0], true})
	}
	c.enqueue(slices.DeleteFunc(list, func(s exchange.Server) bool { return slices.Contains(good, s) }))
}

func (c *cut) enqueue(list []exchange.Server) {
	for _, s := range list {
		c.queue = append(c.queue, attempt{s, false})
	}
}

func (w *walk) lameKey(s exchange.Server) pace.Lame {
	return pace.Lame{Server: s, Zone: string(w.search.cut.apex.Lower()), Type: w.t}
}

// drop takes a server out of the queue for good.
func (c *cut) drop(s exchange.Server) {
	c.queue = slices.DeleteFunc(c.queue, func(q attempt) bool { return q.Server == s })
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
		return w.spent(outOfTime)
	}
	if apex := string(c.apex.Lower()); !c.forward() && !w.count(apex) {
		return w.busy(fmt.Sprintf("%s for names of %s at a time are as many as allowed", counted(w.r.options.PerZone, "question", "questions"), c.apex))
	}
	w.root.queries++
	w.enter(w.shown())
	start := time.Now()
	t := w.exchange()
	if t.err != nil {
		return w.silent(t, time.Since(start))
	}
	q := t.q
	took := min(t.answer.Took, time.Since(w.race.start))
	w.search.reply = reply{w.r.reader.Read(&t.answer.Reply), Step{Owner: q.Name, Type: q.Type, Zone: c.apex, Server: t.Server.String(), Took: took}}
	return w.judge(t.Server, q, w.search.from)
}

// count counts the walk among those that ask servers of that zone, and no longer among
// those of another; "" is no zone. It reports false where there are too many.
func (w *walk) count(zone string) bool {
	if w.zone == zone {
		return true
	}
	if w.zone != "" {
		w.r.zones.Leave(w.zone)
	}
	if w.zone = ""; zone != "" && !w.r.zones.Enter(zone, w.first()) {
		return false
	}
	w.zone = zone
	return true
}

// first reports whether the walk goes before what clients ask.
func (w *walk) first() bool { return w.root.renew.within > 0 }

// silent goes on to another server than that of t, which was waited for so long. A
// name shown in part may be why two in a row stayed silent: from there on it is shown
// whole.
func (w *walk) silent(t *try, waited time.Duration) state {
	why, busy := t.err.Error(), false
	if e := new(exchange.Error); errors.As(t.err, &e) {
		why, busy = e.Why(), e.Kind == exchange.Busy
		if busy || e.Kind == exchange.Unreachable || e.Kind == exchange.Insecure {
			w.search.cut.drop(t.Server)
		}
	}
	if s := &w.search; busy {
		s.busy = why
	} else {
		s.last, s.failed = why, append(s.failed, t.Server)
		w.race.quiet++
	}
	w.step(Step{Kind: Silent, Owner: t.q.Name, Type: t.q.Type, Zone: w.search.cut.apex, Server: t.Server.String(), Took: waited, Why: why})
	if w.race.quiet > 1 && !t.q.Name.Equal(w.name) {
		w.search.whole, w.race.q = true, Question{w.name, w.t}
	}
	return (*walk).ask
}

const outOfTime = "the time for the question is over"

// hear takes in which limit of ours a search for the address of a server met.
func (s *search) hear(sub *search) {
	if s.busy == "" {
		s.busy = sub.busy
	}
}

// busy ends the walk because of a limit of ours. That says nothing of the name, and
// so is not remembered.
func (w *walk) busy(why string) state {
	w.search.busy = why
	w.step(Step{Kind: Exhausted, Source: Ours, Zone: w.search.cut.apex, Why: why})
	return w.fail(code.Other, "too much to do: "+why)
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
	case s.busy != "":
		return w.busy(s.busy)
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
