// Package resolver finds what a name leads to by asking the servers of others:
// from the root downwards, or from stub zones, or through forwarders; zones of
// our own are answered without a socket. A question is a walk through named
// states, one function a state, and each leaves a step in the Chain, so that
// whoever asks can also be told why.
package resolver

import (
	"context"
	"net/netip"
	"time"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/local"
	"github.com/truename-dns/truename/internal/resolver/message"
	"github.com/truename-dns/truename/internal/resolver/pace"
)

// Network asks one server one thing, and fails with an *exchange.Error;
// *exchange.Client does.
type Network interface {
	Ask(context.Context, exchange.Server, exchange.Question) (*exchange.Answer, error)
}

// Own holds the zones that need no asking.
type Own interface {
	// Find is what our zones say to the question, as a server of them would:
	// with the chain as far as it stays in them, or the NS set of a cut and its
	// glue, or, where it stands for addresses asked for, an ALIAS set and the
	// SOA of its zone. ok is false where none of them holds the name.
	Find(name dname.Name, t rr.Type) (m Message, ok bool)
	// Link is the CNAME set that our zones have for the name k, a view that is not
	// to be changed; it is empty where they say something else. ok is as in Find.
	Link(k *dname.Key) (cname rr.Set, ok bool)
}

// Validator judges a message before anything of it is believed; the zone is the
// one whose servers were asked. An error is EDE text, and makes the message
// count as a lie of its server.
type Validator interface {
	Validate(ctx context.Context, zone dname.Name, q Question, m *Message) error
}

// Question is a name and type of class IN.
type Question struct {
	Name dname.Name
	Type rr.Type
}

// Item is an RRset at an owner.
type Item = message.Item

// Message is what a server said, or our own zones would.
type Message = message.Message

// Zones are Own zones out of a set that changes.
type Zones = local.Zones

// Result is what became of a question.
type Result struct {
	Rcode     code.Rcode
	Answer    []Item // the chain in order, then the records; each with the TTL left
	Authority []Item // the SOA of a denial
	EDE       code.EDE
	Text      string // of the EDE
	Stale     bool   // something in it has expired (RFC 8767)
	TTL       uint32 // the least along the chain, in seconds: how long the whole is true
	Chain     Chain
}

// Options are the settings of a Resolver; a zero value means the default.
type Options struct {
	Network   Network          // must be given
	Cache     *cache.Cache     // must be given
	Clock     func() time.Time // time.Now
	Own       Own
	Validator Validator
	Routes    []Route  // stub zones and forwarders; one for "." replaces the root hints
	MaxHops   int      // links of a chain, 1 to 64; 10
	Minimise  Minimise // how much of a name servers are shown
	NoIPv6    bool     // servers are not asked over IPv6
	Port      uint16   // at which servers found on the way listen; 53

	Private      []netip.Prefix // addresses that names of others may not have; see PrivateNetworks
	PrivateNames []dname.Name   // names, with all below them, that may

	MaxQueries int           // to servers, for one question; 64, and 4 for each link beyond 10 in MaxHops
	MaxFetches int           // of addresses of name servers, for one question; 16
	Patience   time.Duration // for one question; 10 s
	Walks      int           // questions being worked on at one time; 4096

	// Of each of these, and of Walks, an eighth is kept for Renew, and for what is
	// asked for anew before it ends.
	Messages  int // to servers, under way at one time; 768, half of them to those known to answer
	PerServer int // of them to a server that is not known to answer; 64, and 1 to one held for dead
	PerZone   int // questions being worked on whose servers are those of one zone, forwarders apart; 1024

	Stale      bool          // serve what has expired where nothing better is to be had
	StaleAfter time.Duration // of waiting; 1.8 s (RFC 8767, Section 5); below 0: at once
	StaleTTL   uint32        // of what is served so, in seconds; 30 (RFC 8767, Section 4)
}

// Minimise says how much of a name is shown to servers above its zone.
type Minimise uint8

// The ways of minimising.
const (
	Relaxed Minimise = iota // a label at a time; all of it where that leads nowhere (RFC 9156)
	Whole                   // the whole name to everybody
)

func (o Options) withDefaults() Options {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.MaxHops, 10)
	o.MaxHops = min(max(o.MaxHops, 1), 64)
	def(&o.MaxQueries, 64+4*max(o.MaxHops-10, 0))
	def(&o.MaxFetches, 16)
	def(&o.Walks, 4096)
	def(&o.Messages, 768)
	def(&o.PerServer, 64)
	def(&o.PerZone, 1024)
	if o.Port == 0 {
		o.Port = port
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	if o.StaleAfter == 0 {
		o.StaleAfter = 1800 * time.Millisecond
	}
	if o.StaleTTL == 0 {
		o.StaleTTL = 30
	}
	return o
}

// PrivateNetworks are those that the names of strangers have no business in.
func PrivateNetworks() []netip.Prefix { return message.PrivateNetworks() }

// Resolver answers questions; it is safe for use by many at once.
type Resolver struct {
	options Options
	routes  routes
	reader  message.Reader
	servers *pace.Servers
	spares  *pace.Spares
	gate    *pace.Gate
	zones   *pace.Zones
	flights flights
	asks    asks
	counts  counts
}

// New makes a Resolver. Close waits for what it does in the background.
func New(o Options) *Resolver {
	o = o.withDefaults()
	servers := pace.NewServers(o.Clock)
	r := &Resolver{
		options: o, routes: newRoutes(o.Routes), servers: servers, spares: pace.NewSpares(o.Clock),
		gate: pace.NewGate(servers, o.Messages, o.PerServer), zones: pace.NewZones(o.PerZone),
	}
	r.reader.Bound = func(ttl uint32) uint32 { return o.Cache.Bound(cache.Positive, ttl) }
	r.reader.Private = message.Private{Networks: o.Private, Names: o.PrivateNames}
	r.flights.init(o.Walks)
	return r
}

// Close gives up all questions under way and returns when they have ended.
func (r *Resolver) Close() { r.flights.close() }

// Resolve answers q, from the cache where it can. It returns by the deadline of
// ctx; the search itself goes on within its own limits, for the cache. Equal
// questions share the Result, which is not to be changed.
func (r *Resolver) Resolve(ctx context.Context, q Question) *Result {
	if res := unaskable(q); res != nil {
		return res
	}
	q.Name = q.Name.Clone() // the search may go on when the caller is gone
	if res, ok := r.fromCache(q, false); ok {
		return r.counts.answered(r.orStale(q, res), hit)
	}
	return r.counts.answered(r.search(ctx, q), miss)
}

// search answers q by asking, or with what has expired.
func (r *Resolver) search(ctx context.Context, q Question) *Result {
	if r.options.Stale && r.options.StaleAfter < 0 {
		if res, ok := r.fromCache(q, true); ok {
			return res
		}
	}
	f := r.flights.join(due{Question: q}, r.searcher(due{Question: q}))
	if f == nil {
		return r.orStale(q, tooBusy())
	}
	wait, stop := r.stalePatience()
	defer stop()
	for {
		select {
		case <-f.done:
			return r.orStale(q, f.result)
		case <-wait:
			if res, ok := r.fromCache(q, true); ok {
				return res
			}
			wait = nil
		case <-ctx.Done():
			return r.orStale(q, tooLate(f))
		}
	}
}

// unaskable is what there is to say to a question for what are no records (RFC
// 6895, Section 3.1), or nil.
func unaskable(q Question) *Result {
	if !q.Type.IsMeta() || q.Type == rr.TypeANY {
		return nil
	}
	return failed(code.InvalidType, q.Type.String()+" is not a type of records")
}

// ResolveBoth asks for the A and AAAA records of a name side by side.
func (r *Resolver) ResolveBoth(ctx context.Context, name dname.Name) (a, aaaa *Result) {
	return both(name, func(q Question) *Result { return r.Resolve(ctx, q) })
}

func both(name dname.Name, ask func(Question) *Result) (a, aaaa *Result) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		aaaa = ask(Question{name, rr.TypeAAAA})
	}()
	a = ask(Question{name, rr.TypeA})
	<-done
	return a, aaaa
}

// Known is what the cache and our own zones say to q, without asking anybody:
// what a client gets who does not want recursion. ok is false where they do not
// know.
func (r *Resolver) Known(q Question) (*Result, bool) {
	if res := unaskable(q); res != nil {
		return res, true
	}
	if res, ok := r.fromCache(q, false); ok {
		return res, true
	}
	if r.options.Stale {
		return r.fromCache(q, true)
	}
	return nil, false
}
