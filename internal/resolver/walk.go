package resolver

import (
	"context"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// walk is one question on its way:
//
//	begin ─► recall ─► locate ─► gather ─► ask ─► judge ─► end
//	  ▲        │          ▲        ▲        ▲      │
//	  │        │          │        └─ fetch ┘      │ refer
//	  └────────┴─ follow ─┴────────────────────────┘
//
// Names of servers without a known address are walks of their own, which share
// the chain and the limits of the first.
type walk struct {
	r      *Resolver
	ctx    context.Context
	root   *walk // of the question itself
	parent *walk // that wants the address of a server
	depth  int
	top    int // labels that a cut from the cache may have at most, where there is a parent

	offline bool // nobody is asked
	stale   bool // what has expired will do
	renew   bool // the cache does not answer the question itself

	name    dname.Name // at hand: the question's, then each alias's target
	t       rr.Type
	key     dname.Key // of name
	seen    []dname.Name
	search  search
	skip    []*Route // that failed and have another way beside them
	result  Result
	missing bool       // offline, and the cache does not know
	due     []Question // to be asked anew

	// Of the root only.
	chain   Chain
	primed  bool
	queries int
	fetches int
}

// search is what has been done for the name at hand.
type search struct {
	cut     cut
	ceiling int    // labels that the next cut may have at most
	refers  bool   // the message at hand is a referral of our own zones
	climbed bool   // a cut from the cache proved useless, and the parent was asked
	whole   bool   // the name is shown whole from here on
	last    string // what was wrong with the last server
	bogus   bool   // a validator rejected what a server said
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
	w.result.Chain = w.root.chain
	for _, due := range w.due {
		w.r.flights.start(due, func(ctx context.Context) *Result { return w.r.search(ctx, due, true) })
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
	if w.renew && len(w.seen) == 0 {
		if w.t == rr.TypeNS && w.search.ceiling > 0 {
			w.search.ceiling-- // the servers of the zone do not decide about themselves
		}
		return (*walk).locate
	}
	return (*walk).recall
}

// recall answers from the cache, or takes a link of a chain from there.
func (w *walk) recall() state {
	if w.t == rr.TypeANY {
		return (*walk).miss
	}
	if hit, ok := w.usable(w.r.options.Cache.Find(&w.key, w.t)); ok {
		return w.recalled(hit)
	}
	if w.t != rr.TypeCNAME {
		if hit, ok := w.usable(w.r.options.Cache.Find(&w.key, rr.TypeCNAME)); ok && hit.Kind == cache.Positive {
			return w.onward(w.follow(w.remembered(hit, CNAME), withTTL(hit.Set, hit.TTL)))
		}
	}
	if next, ok := w.recallDNAME(); ok {
		return next
	}
	if f, ok := w.r.options.Cache.Failure(&w.key, w.t); ok && !w.stale {
		w.step(Step{Kind: Exhausted, Source: Cached, TTL: f.TTL, Why: f.Text})
		return w.fail(edeCachedError, f.Text)
	}
	return (*walk).miss
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
	if hit.Stale {
		hit.TTL = min(w.r.options.StaleTTL, hit.Entry.TTL)
		w.result.Stale = true
	}
	if hit.Prefetch || hit.Stale {
		w.due = append(w.due, Question{hit.Owner, hit.Type})
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
		w.result.Answer = append(w.result.Answer, Item{w.name, withTTL(hit.Set, hit.TTL)})
		return nil
	case cache.NoName:
		w.step(w.remembered(hit, NoName))
		w.result.Rcode = code.NXDomain
	default:
		w.step(w.remembered(hit, NoData))
	}
	if !hit.SOA.Empty() {
		w.result.Authority = []Item{{hit.Apex, withTTL(hit.SOA, hit.TTL)}}
	}
	return nil
}

// recallDNAME follows a DNAME that the cache has of a name above; ok is false
// where it has none.
func (w *walk) recallDNAME() (next state, ok bool) {
	for d := w.key.Depth() - 1; d > 0; d-- {
		hit, ok := w.r.options.Cache.FindAbove(&w.key, d, rr.TypeDNAME)
		if !ok || hit.Kind != cache.Positive {
			continue
		}
		if hit, ok = w.usable(hit, ok); ok {
			s := w.remembered(hit, DNAME)
			return w.onward(w.redirect(s, Item{hit.Owner, withTTL(hit.Set, hit.TTL)})), true
		}
	}
	return nil, false
}

// fail ends the walk with SERVFAIL; of a chain nothing is passed on.
func (w *walk) fail(ede code.EDE, text string) state {
	w.result.Rcode, w.result.EDE, w.result.Text = code.ServFail, ede, text
	w.result.Answer, w.result.Authority = nil, nil
	return nil
}
