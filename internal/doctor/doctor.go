// Package doctor says of a name what is answered, why, and what is wrong with
// it: Explain walks its Chain as this server does, Trace as a resolver that knows
// nothing, Propagation asks everybody who has a say or keeps a copy, and Diagnose
// judges the usual causes of trouble. It only reads, and what it makes the server
// send is bounded for each request and for each caller.
package doctor

import (
	"context"
	"crypto/x509"
	"net"
	"net/netip"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/propagation"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// Options are what a Doctor looks at, and its limits; a zero value means the
// default, or that it cannot look there.
type Options struct {
	Zones     func() *zone.Set   // held by this server; must be given
	Resolver  *resolver.Resolver // of this server; nil: it asks nobody
	Cache     *cache.Cache       // of the Resolver, for the TTLs that were declared
	Flattener answer.Flattener   // that ALIAS answers come from
	// Warm resolves a name for the Flattener, and returns when that is settled.
	Warm      func(ctx context.Context, target dname.Name, t rr.Type)
	HideALIAS bool // ALIAS records are not shown in the DNS
	MaxChain  int  // links of a chain that this server follows in its zones

	// Cold is how a resolver that knows nothing asks: its Network, Routes and
	// Port. Cache and Own do not count. Without a Network nobody is asked.
	Cold resolver.Options

	Resolvers    []netip.AddrPort // of others, asked by Propagation; propagation.PublicResolvers
	AllowPrivate bool             // everybody may have private addresses asked
	Roots        *x509.CertPool   // that certificates should lead to; the system's
	Dial         func(ctx context.Context, network, address string) (net.Conn, error)
	Clock        func() time.Time // time.Now

	Patience time.Duration // for one request; 10 s
	Servers  int           // asked for one request; 64
	Rate     float64       // points a second that a caller earns, below 0 for no limit; 4
	Burst    int           // points that a caller has from rest; 60
	Requests int           // at one time; 32
	PerToken int           // at one time by one caller; 4
}

func (o Options) withDefaults() Options {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.Servers, 64)
	def(&o.Burst, 60)
	def(&o.Requests, 32)
	def(&o.PerToken, 4)
	def(&o.MaxChain, answer.DefaultMaxChain)
	if o.Rate == 0 {
		o.Rate = 4
	}
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Dial == nil {
		o.Dial = new(net.Dialer).DialContext
	}
	if o.Resolvers == nil {
		o.Resolvers = propagation.PublicResolvers()
	}
	return o
}

// Caller is on whose behalf a Doctor looks.
type Caller struct {
	Token string // by which requests are counted
	Admin bool   // may have private addresses asked
	// Sees reports whether the inside of the zone of that apex is the caller's
	// business; nil for every zone.
	Sees func(apex dname.Name) bool
}

func (c *Caller) sees(apex dname.Name) bool { return c.Sees == nil || c.Sees(apex) }

// Question is a name and type of class IN.
type Question = resolver.Question

// Item is an RRset at an owner.
type Item = resolver.Item

// Doctor examines names; it is safe for use by many at once.
type Doctor struct {
	options Options
	gate    gate
	known   *servers.Memory
}

// New makes a Doctor.
func New(o Options) *Doctor {
	o = o.withDefaults()
	d := &Doctor{options: o, known: servers.NewMemory(o.Clock)}
	d.gate.init(access.NewLimiter(max(o.Rate, 0), o.Burst, access.MaxKeys), o.Requests, o.PerToken)
	return d
}

// mayReach reports whether something may be sent to a on behalf of who.
func (d *Doctor) mayReach(who *Caller, a netip.Addr) bool {
	return who.Admin || d.options.AllowPrivate || servers.IsPublic(a)
}

// cold is a resolver that knows nothing, with the network that it asks through.
func (d *Doctor) cold(who *Caller) (*resolver.Resolver, *servers.Watched) {
	o := d.options.Cold
	o.Patience = d.options.Patience * 9 / 10 // so that its Chain comes in time
	return servers.Cold(o, func(a netip.Addr) bool { return d.mayReach(who, a) })
}

// delegation is the zone that name is in, with its servers. Who may have private
// addresses asked gets answers of their own.
func (d *Doctor) delegation(ctx context.Context, who *Caller, name dname.Name) *servers.Delegation {
	key := string(name.Lower())
	if who.Admin {
		key += "\x00admin"
	}
	if found := d.known.Find(key); found != nil {
		return found
	}
	r, w := d.cold(who)
	defer r.Close()
	s := servers.Survey{
		Resolver: r, Network: w, Port: d.options.Cold.Port, NoIPv6: d.options.Cold.NoIPv6, Held: d.snapshot,
		Lookup: func(ctx context.Context, name dname.Name, t rr.Type) []Item {
			return d.explain(ctx, who, Question{Name: name, Type: t}).Items
		},
	}
	found := s.Find(ctx, name)
	if found.Apex != nil && ctx.Err() == nil {
		d.known.Keep(key, found)
	}
	return found
}

// askOne asks a server for q.
func (d *Doctor) askOne(ctx context.Context, s exchange.Server, q exchange.Question) servers.View {
	return servers.Ask(ctx, d.options.Cold.Network, s, q)
}

// snapshot is the zone of ours that answers for name, nil where none does.
func (d *Doctor) snapshot(name dname.Name) *zone.Snapshot {
	if e := held(d.options.Zones(), name); e != nil {
		return e.Zone
	}
	return nil
}

// held is the zone of ours that answers for name; nil where it lies with others,
// and below a cut of ours it does.
func held(set *zone.Set, name dname.Name) *zone.Entry {
	var key dname.Key
	key.Set(name)
	e := set.Find(&key, key.Depth())
	if e == nil || e.Zone == nil {
		return e
	}
	if found := e.Zone.Find(&key); found.Match == zone.Delegated || found.Match == zone.Exact && found.Node.Is(zone.IsCut) {
		return nil
	}
	return e
}

// isOurs reports whether apex is that of a zone of set.
func isOurs(set *zone.Set, apex dname.Name) bool {
	if apex == nil {
		return false
	}
	var key dname.Key
	key.Set(apex)
	return set.Exact(&key, key.Depth()) != nil
}
