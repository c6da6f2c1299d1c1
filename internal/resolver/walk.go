package resolver

import (
	"context"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/message"
)

// walk is one question on its way:
//
//	begin ─► recall ─► locate ─► gather ─► ask ─► judge ─► end
//	  ▲        │          ▲        ▲        ▲      │
//	  │        │          │        └─ fetch ┘      │ refer
//	  └────────┴─ follow ─┴────────────────────────┘
//
// Names of servers without a known address are walks of their own, and so is the
// way to each target of an ALIAS of ours (expand.go); they share the chain and
// the limits of the first.
type walk struct {
	r      *Resolver
	ctx    context.Context
	root   *walk // of the question itself
	parent *walk // that wants the address of a server
	depth  int
	top    int // labels that a cut from the cache may have at most, where there is a parent

	offline bool // nobody is asked
	stale   bool // what has expired will do
	renew   renewal

	tree    *tree      // where an ALIAS was met
	name    dname.Name // at hand: the question's, then each alias's target
	t       rr.Type
	key     dname.Key // of name
	seen    []dname.Name
	search  search
	race    *race    // under way
	zone    string   // that the walk is counted in
	skip    []*Route // that failed and have another way beside them
	result  Result
	missing bool   // offline, and the cache does not know
	again   bool   // nothing was found but what another branch of the tree brings
	least   uint32 // TTL on the way there
	due     []due

	// Of the root only.
	chain   Chain
	flight  *flight // nil where nobody waits
	primed  bool
	queries int
	fetches int
}

// search is what has been done for the name at hand.
type search struct {
	cut      cut
	ceiling  int               // labels that the next cut may have at most
	refers   bool              // the message at hand is a referral of our own zones
	fellBack int               // how often spare servers were asked
	failed   []exchange.Server // that were silent or lame
	climbed  bool              // a cut from the cache proved useless, and the parent was asked
	whole    bool              // the name is shown whole from here on
	last     string            // what was wrong with the last server
	bogus    bool              // a validator rejected what a server said
	busy     string            // the limit of ours that kept a server from being asked
	reply
}

// reply is a message at hand, and the step that it made: who was asked, and how
// long that took.
type reply struct {
	message Message
	from    Step
}

type state func(*walk) state

func (r *Resolver) walk(q Question) *walk {
	w := &walk{r: r, ctx: context.Background(), name: q.Name, t: q.Type}
	w.root, w.chain = w, make(Chain, 0, 4)
	w.result.Answer = make([]Item, 0, 4)
	return w
}

// run walks to the end.
func (w *walk) run() *Result {
	w.result.EDE = code.NoEDE
	for s := state((*walk).begin); s != nil; {
		s = s(w)
	}
	w.leave(nil, Question{})
	w.count("")
	w.result.Chain = w.root.chain
	for _, d := range w.due {
		w.r.prefetch(d)
	}
	w.result.TTL = leastTTL(w.result.Answer, w.result.Authority)
	return &w.result
}

func leastTTL(sections ...[]Item) uint32 {
	least, any := ^uint32(0), false
	for _, items := range sections {
		for _, i := range items {
			least, any = min(least, i.Set.TTL()), true
		}
	}
	if !any {
		return 0
	}
	return least
}

// begin starts the search for the name at hand.
func (w *walk) begin() state {
	w.key.Set(w.name)
	w.search = search{ceiling: w.name.Labels()}
	if w.parent != nil {
		w.search.ceiling = min(w.search.ceiling, w.top)
	}
	if w.r.options.Own != nil {
		if m, ok := w.r.options.Own.Find(w.name, w.t); ok {
			return w.ours(m)
		}
	}
	if m, ok := w.r.special(&w.key, w.name, w.t); ok {
		return w.ours(m)
	}
	return w.outside()
}

// ours goes by what our own zones say; what lies below a cut of theirs is with
// others, and may be in the cache.
func (w *walk) ours(m Message) state {
	w.search.message, w.search.cut = m, cut{apex: dname.Root, source: Ours}
	_, refers := w.referral(w.name)
	switch {
	case refers:
		w.search.refers = true
		return w.outside()
	case m.Rcode == code.ServFail:
		w.step(Step{Kind: Exhausted, Source: Ours, Why: "our zone is not loaded"})
		return w.fail(code.NotReady, "the zone of "+w.name.String()+" is not loaded")
	}
	return (*walk).answered
}

// outside: the name is with others.
func (w *walk) outside() state {
	if w.renew.within > 0 && w.t == rr.TypeNS && w.search.ceiling > 0 {
		w.search.ceiling-- // the servers of the zone do not decide about themselves
	}
	return (*walk).recall
}

// recall answers from the cache, or takes a link of a chain from there.
func (w *walk) recall() state {
	if w.t == rr.TypeANY {
		return (*walk).miss
	}
	if hit, ok := w.usable(w.r.options.Cache.Find(&w.key, w.t)); ok && !hit.Made {
		return w.recalled(hit)
	}
	if next, ok := w.recallLink(); ok {
		return next
	}
	if hit, ok := w.recallNothing(); ok {
		return w.recalled(hit)
	}
	if f, ok := w.r.options.Cache.Failure(&w.key, w.t); ok && !w.stale && !w.retries(f) {
		w.step(Step{Kind: Exhausted, Source: Cached, TTL: f.TTL, Why: f.Text})
		return w.fail(code.CachedError, f.Text)
	}
	return (*walk).miss
}

// retries reports whether a failure that is known does not keep the walk from
// asking: who renews bounds how often he does himself. It was a second ago at
// least (RFC 9520, Section 3.2).
func (w *walk) retries(f cache.Hit) bool {
	return w.root.renew.within > 0 && f.Since < w.root.renew.since
}

// miss goes on to ask, where that is wanted.
func (w *walk) miss() state {
	if w.offline {
		w.missing = true
		w.step(Step{Kind: Unknown, Source: Cached})
		return nil
	}
	if w.search.refers {
		ns, _ := w.referral(w.name)
		return w.refer(Step{Source: Ours}, ns)
	}
	return (*walk).locate
}

// usable adapts a hit to what the walk may use: what came as additional data
// answers nobody's question (RFC 2181, Section 5.4.1), what has expired only
// where that will do. A TTL of 0 makes one that is used now, and not later.
func (w *walk) usable(hit cache.Hit, ok bool) (cache.Hit, bool) {
	if !ok || hit.Stale && !w.stale || hit.Kind == cache.Positive && hit.Rank < cache.Answer {
		return hit, false
	}
	if w.renew.wants(hit) {
		return hit, false
	}
	if hit.Prefetch || hit.Stale {
		w.due = append(w.due, dueOf(hit))
	}
	if hit.Stale {
		hit.TTL = min(w.r.options.StaleTTL, hit.Entry.TTL)
		w.result.Stale = true
	}
	return hit, true
}

// remembered is the step that hit makes.
func (w *walk) remembered(hit cache.Hit, k Kind) Step {
	s := Step{Kind: k, Owner: w.name, Source: Cached, TTL: hit.TTL}
	if hit.Stale {
		s.Source = Stale
	}
	return s
}

func (w *walk) recalled(hit cache.Hit) state {
	switch hit.Kind {
	case cache.Positive:
		w.step(w.remembered(hit, Found))
		w.result.Answer = append(w.result.Answer, Item{Owner: w.name, Set: message.WithTTL(hit.Set, hit.TTL)})
		return nil
	case cache.NoName:
		w.step(w.remembered(hit, NoName))
		w.result.Rcode = code.NXDomain
	default:
		w.step(w.remembered(hit, NoData))
	}
	if hit.Text != "" {
		w.result.EDE, w.result.Text = hit.EDE, hit.Text
	}
	if !hit.SOA.Empty() {
		w.result.Authority = []Item{{Owner: hit.Apex, Set: message.WithTTL(hit.SOA, hit.TTL)}}
	}
	return nil
}

// recallLink takes a link of a chain from the cache; ok is false where it has none.
func (w *walk) recallLink() (next state, ok bool) {
	hit, ok := w.usable(w.r.options.Cache.Find(&w.key, rr.TypeCNAME))
	switch {
	case !ok || hit.Kind != cache.Positive:
		return w.recallDNAME(cache.Secure)
	case hit.Made:
		return w.recallDNAME(cache.Answer)
	case w.t == rr.TypeCNAME:
		return nil, false
	}
	return w.onward(w.follow(w.remembered(hit, CNAME), message.WithTTL(hit.Set, hit.TTL))), true
}

// recallDNAME follows a DNAME of that rank at least that the cache has of a name
// above. One that is not proven by signatures is followed only for names that it
// was sent for: a lie about one name does not get a hold of all.
func (w *walk) recallDNAME(least cache.Rank) (next state, ok bool) {
	for d := w.key.Depth() - 1; d > 0; d-- {
		hit, ok := w.r.options.Cache.FindAbove(&w.key, d, rr.TypeDNAME)
		if !ok || hit.Kind != cache.Positive || hit.Rank < least {
			continue
		}
		if hit, ok = w.usable(hit, ok); ok {
			s := w.remembered(hit, DNAME)
			return w.onward(w.redirect(s, Item{Owner: hit.Owner, Set: message.WithTTL(hit.Set, hit.TTL)})), true
		}
	}
	return nil, false
}

// maxDenied is how deep a name may lie whose denial is one of all names below.
const maxDenied = 3

// recallNothing is the denial of a name above (RFC 8020, Section 2), where it is
// of the root or of a domain directly below it. Of the servers of other zones too
// many deny names that have only others below them.
func (w *walk) recallNothing() (cache.Hit, bool) {
	for d := 1; d < w.key.Depth() && d <= maxDenied && !w.search.refers; d++ {
		hit, ok := w.r.options.Cache.FindAbove(&w.key, d, rr.TypeSOA)
		if !ok || hit.Kind != cache.NoName || hit.SOA.Empty() || !w.deniesBelow(hit.Apex) {
			continue
		}
		if hit, ok = w.usable(hit, ok); ok {
			return hit, true
		}
	}
	return cache.Hit{}, false
}

// deniesBelow reports whether the zone at apex is one whose denial of a name is that of
// all below, the name at hand among them, unless that has servers of its own which those
// of the zone need not know.
func (w *walk) deniesBelow(apex dname.Name) bool {
	route := w.r.routes.find(w.name, func(*Route) bool { return false })
	return apex.Labels() <= 1 && (route == nil || route.Apex.Labels() <= apex.Labels())
}

// fail ends the walk with SERVFAIL; of a chain nothing is passed on.
func (w *walk) fail(ede code.EDE, text string) state {
	w.result.Rcode, w.result.EDE, w.result.Text = code.ServFail, ede, text
	w.result.Answer, w.result.Authority = nil, nil
	return nil
}
