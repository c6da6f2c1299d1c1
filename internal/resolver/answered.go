package resolver

import (
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/message"
	"github.com/truename-dns/truename/internal/resolver/pace"
)

// answered takes from the message what it says about the name at hand. What it
// says about the names that a chain leads to is a forwarder's to say, or that of
// our own zones; others are asked again for each (RFC 2181, Section 5.4.1).
func (w *walk) answered() state {
	m, c := &w.search.message, &w.search.cut
	w.hearOfServers()
	for linked := false; ; linked = true {
		if !w.name.IsAtOrBelow(c.apex) || linked && !w.ownSaid() && w.isOurs() {
			return (*walk).begin
		}
		if linked {
			w.key.Set(w.name)
		}
		more, ok := w.link()
		if more && !c.forward() && !w.ownSaid() {
			return (*walk).begin
		}
		set := message.Find(m.Answer, w.name, w.t)
		switch {
		case !ok:
			return nil
		case more:
		case w.t == rr.TypeANY && w.all():
			return nil
		case w.ownSaid() && w.stoodInFor():
			return w.expand()
		case !set.Empty():
			return w.found(set)
		case linked:
			return w.afterChain()
		default:
			return w.denied()
		}
	}
}

// isOurs reports whether our own zones hold the name at hand, or it is special: then
// nobody else has a say in it, and a chain that comes back here is seen to.
func (w *walk) isOurs() bool {
	if w.r.options.Own != nil {
		if _, ok := w.r.options.Own.Find(w.name, w.t); ok {
			return true
		}
	}
	var key dname.Key
	key.Set(w.name)
	_, ok := w.r.special(&key, w.name, w.t)
	return ok
}

// hearOfServers goes by what a zone says of its own servers beside an answer: not
// whom to ask, which its parent says, as long as they answer, but how soon to
// ask that again.
func (w *walk) hearOfServers() {
	m, c := &w.search.message, &w.search.cut
	ns := message.Find(m.Authority, c.apex, rr.TypeNS)
	if !m.AA || c.forward() || ns.Empty() || c.apex.IsRoot() || w.ownSaid() {
		return
	}
	w.spareNames(ns)
	var key dname.Key
	key.Set(c.apex)
	hit, ok := w.r.options.Cache.Find(&key, rr.TypeNS)
	if ok && !hit.Stale && hit.Kind == cache.Positive && ns.TTL() < hit.TTL {
		w.put(c.apex, cache.Entry{Rank: hit.Rank, Type: rr.TypeNS, Set: hit.Set, TTL: ns.TTL()})
	}
}

// said is a step of what the server just said.
func (w *walk) said(k Kind, ttl uint32) Step {
	if w.ownSaid() {
		return Step{Kind: k, Source: Ours, TTL: ttl}
	}
	s := w.search.from
	s.Kind, s.Owner, s.Type, s.TTL = k, w.name, w.t, ttl
	return s
}

// ownSaid reports whether the message at hand is of our own zones.
func (w *walk) ownSaid() bool {
	return w.search.cut.source == Ours && w.search.cut.route == nil
}

// link takes the link that the message has for the name at hand. more is false
// where it has none, ok where the walk has ended.
func (w *walk) link() (more, ok bool) {
	m, c := &w.search.message, &w.search.cut
	if d, found := message.Above(m.Answer, w.name.Parent(), c.apex, rr.TypeDNAME); found && w.name.IsBelow(d.Owner) {
		w.keep(d)
		ok = w.redirect(w.said(DNAME, d.Set.TTL()), d)
		return ok, ok
	}
	cname := message.Find(m.Answer, w.name, rr.TypeCNAME)
	if w.t == rr.TypeCNAME || w.t == rr.TypeANY || cname.Empty() {
		return false, true
	}
	w.keep(Item{Owner: w.name, Set: cname})
	ok = w.follow(w.said(CNAME, cname.TTL()), cname)
	return ok, ok
}

func (w *walk) found(set rr.Set) state {
	w.keep(Item{Owner: w.name, Set: set})
	if w.t == rr.TypeNS {
		w.keepGlue(set, nil)
	}
	w.step(w.said(Found, set.TTL()))
	w.result.Answer = append(w.result.Answer, Item{Owner: w.name, Set: set})
	return nil
}

// all answers QTYPE ANY with what the server chose to show (RFC 8482, Section
// 4); the cache learns nothing from it.
func (w *walk) all() (any bool) {
	for _, i := range w.search.message.Answer {
		if i.Owner.Equal(w.name) {
			w.result.Answer = append(w.result.Answer, i)
			any = true
		}
	}
	if any {
		w.step(w.said(Found, leastTTL(w.result.Answer)))
	}
	return any
}

// afterChain is where the chain of a message ends in the zone that was asked,
// and no records follow: a denial of the last name, with the SOA that proves
// whose it is (RFC 6604, Section 3), or nothing at all.
func (w *walk) afterChain() state {
	if _, ok := message.Above(w.search.message.Authority, w.name, w.search.cut.apex, rr.TypeSOA); ok {
		return w.denied()
	}
	return (*walk).begin
}

// What a client is told whose answer consisted of private addresses only, for how
// many seconds.
const (
	leftOut    = "private addresses were left out"
	refusedTTL = 60
)

// denied: there are no such records (RFC 2308, Section 2).
func (w *walk) denied() state {
	m, kind, e := &w.search.message, NoData, cache.Entry{Kind: cache.NoData, Type: w.t}
	if m.Rcode == code.NXDomain {
		kind, e.Kind = NoName, cache.NoName
		w.result.Rcode = code.NXDomain
	}
	if m.Refused > 0 {
		e.TTL, e.EDE, e.Text = refusedTTL, code.Blocked, leftOut
		w.result.EDE, w.result.Text = e.EDE, e.Text
	}
	ok := w.prove(&e)
	if ok {
		w.result.Authority = []Item{{Owner: e.Apex, Set: message.WithTTL(e.SOA, e.TTL)}}
	}
	s := w.said(kind, e.TTL)
	s.Why = e.Text
	w.step(s)
	if (ok || m.Refused > 0) && m.Broken == 0 && !w.ownSaid() { // without SOA it is not for keeping (RFC 2308, Section 5)
		e.Rank = w.rank(cache.Answer, cache.Authority)
		w.put(w.name, e)
	}
	return nil
}

// prove adds to e, a denial of the name at hand or of a part of it, the SOA that the
// message has for it; ok is false where it has none.
func (w *walk) prove(e *cache.Entry) (ok bool) {
	soa, ok := message.Above(w.search.message.Authority, w.name, w.search.cut.apex, rr.TypeSOA)
	if ok {
		e.TTL = w.r.options.Cache.Bound(e.Kind, soa.Set.NegativeTTL())
		e.Apex, e.SOA = soa.Owner, soa.Set
	}
	return ok
}

// keepDenial keeps that a part of the name at hand does not exist, as the message says.
func (w *walk) keepDenial(part dname.Name) {
	e := cache.Entry{Kind: cache.NoName, Rank: w.rank(cache.Answer, cache.Authority)}
	if w.prove(&e) {
		w.put(part, e)
	}
}

// rank is one of two: for what a server recursed for, and for what it is the
// authority of.
func (w *walk) rank(other, authority cache.Rank) cache.Rank {
	if w.search.message.AA && !w.search.cut.forward() {
		return authority
	}
	return other
}

// keep takes a set of the answer section into the cache, unless it is ours.
func (w *walk) keep(i Item) {
	if w.ownSaid() {
		return
	}
	w.put(i.Owner, cache.Entry{Rank: w.rank(cache.Answer, cache.Authoritative), Type: i.Set.Type(), Set: i.Set, TTL: i.Set.TTL()})
}

func (w *walk) put(owner dname.Name, e cache.Entry) {
	var key dname.Key
	key.Set(owner)
	e.Renew = e.Renew || e.Rank != cache.Glue && (w.search.climbed || w.renew.within > 0)
	if e.Text == "" {
		e.EDE = code.NoEDE
	}
	w.r.options.Cache.Put(&key, e)
}

// keepGlue takes the addresses of the servers in ns from the additional section
// into the cache, as far as the zone that was asked lies above them, and
// returns them. Of servers below ended, a zone whose delegation was at an end, they
// take the place of what the servers of old said of themselves, who may have lost it.
func (w *walk) keepGlue(ns rr.Set, ended dname.Name) map[string][]exchange.Server {
	m, c := &w.search.message, &w.search.cut
	glue := make(map[string][]exchange.Server)
	for _, name := range message.Targets(ns) {
		if !name.IsAtOrBelow(c.apex) {
			continue
		}
		ttl := ^uint32(0)
		for _, t := range []rr.Type{rr.TypeA, rr.TypeAAAA} {
			if set := message.Find(m.Additional, name, t); !set.Empty() {
				w.put(name, cache.Entry{Rank: cache.Glue, Type: t, Set: set, TTL: set.TTL(), Renew: ended != nil && name.IsAtOrBelow(ended)})
				glue[string(name)] = append(glue[string(name)], w.serversIn(set)...)
				ttl = min(ttl, set.TTL())
			}
		}
		if list := glue[string(name)]; len(list) > 0 {
			w.r.spares.Put(name, pace.Spare{Servers: list}, ttl)
		}
	}
	return glue
}

// refer goes on with the servers of a cut nearer to the name.
func (w *walk) refer(s Step, ns Item) state {
	// A delegation lasts no longer than the one above it: who lost his zone has
	// no say in those below ("ghost domain names").
	next := cut{apex: ns.Owner, source: Live, until: w.r.options.Clock().Unix() + int64(ns.Set.TTL())}
	if until := w.search.cut.until; until > 0 && until < next.until {
		message.SetTTL(ns.Set, uint32(max(until-w.r.options.Clock().Unix(), 0)))
		next.until = until
	}
	s.Kind, s.TTL = Refer, ns.Set.TTL()
	s.Target = ns.Owner
	w.step(s)
	w.put(ns.Owner, cache.Entry{Rank: cache.Referral, Type: rr.TypeNS, Set: ns.Set, TTL: ns.Set.TTL()})
	glue := w.keepGlue(ns.Set, next.apex)
	next.servers = message.Targets(ns.Set)
	for _, name := range next.servers {
		if list := glue[string(name)]; len(list) > 0 {
			next.know(list)
			continue
		}
		next.names = append(next.names, name)
	}
	w.search.cut = next
	return (*walk).gather
}
