package app

import (
	"net/netip"
	"path/filepath"
	"slices"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/doctor"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/serve"
	"github.com/truename-dns/truename/internal/work/alias"
	"github.com/truename-dns/truename/internal/zone"
)

// resolving is the side of the house that asks the servers of others.
type resolving struct {
	cache    *cache.Cache
	client   *exchange.Client
	options  resolver.Options
	resolver *resolver.Resolver
	aliases  *alias.Table
	memory   *memory
}

// buildResolving builds that side; nothing is asked before somebody wants to know.
func (a *App) buildResolving() {
	c, r := &a.config.Resolving, &a.resolving
	zones := func() *zone.Set { return a.serve.Zones() }
	r.cache = cache.New(cache.Options{Bytes: c.CacheBytes, Clock: c.Clock.Now})
	r.client = exchange.New(exchange.Options{Roots: c.Trusted})
	r.options = resolver.Options{
		Network: r.client, Cache: r.cache, Clock: c.Clock.Now, Own: resolver.Zones(zones), Routes: c.routes(), Port: uint16(c.Port),
		MaxHops: c.Hops, Private: c.Private, PrivateNames: c.PrivateNames, Stale: !c.NoStale,
	}
	r.resolver = resolver.New(r.options)
	r.memory = &memory{path: filepath.Join(a.config.Data, "aliases")}
	r.aliases = alias.New(alias.Options{
		Memory:   r.memory,
		Resolver: r.resolver, Zones: zones, Account: func(apex dname.Name) string { return a.control.Owner(apex) },
		Clock: c.Clock.Now, ClockChanged: c.Clock.Changed(), Log: a.log,
	})
}

// routes are all routes, with the root servers at the end.
func (r *Resolving) routes() []resolver.Route {
	roots := r.Roots
	if len(roots) == 0 {
		roots = resolver.RootHints()
	}
	for i := range roots {
		for j := range roots[i].Servers {
			s := &roots[i].Servers[j]
			s.Addr = netip.AddrPortFrom(s.Addr.Addr(), uint16(r.Port))
		}
	}
	return append(slices.Clone(r.Routes), roots...)
}

// recursion is for the networks that may ask for names of others; nil without any.
func (a *App) recursion() *serve.Recursion {
	networks := a.config.Resolving.Networks
	if len(networks) == 0 {
		return nil
	}
	return &serve.Recursion{
		Networks: networks,
		Resolve:  a.resolving.resolver.Resolve,
		Known:    a.resolving.resolver.Known,
		Recall:   func() serve.Recall { return a.resolving.resolver.NewRecall() },
	}
}

// doctor examines names with what this server knows of them, and as somebody
// who knows nothing.
func (a *App) doctor() *doctor.Doctor {
	r := &a.resolving
	return doctor.New(doctor.Options{
		Zones: a.serve.Zones, Resolver: r.resolver, Cache: r.cache, Cold: r.options, Clock: a.config.Resolving.Clock.Now,
		Flattener: r.aliases, Warm: r.aliases.WarmType, HideALIAS: a.config.Resolving.HideALIAS, MaxChain: a.config.MaxChain,
		Resolvers: a.config.Resolving.Witnesses,
	})
}

// close waits for what is being asked.
func (r *resolving) close() error {
	r.resolver.Close()
	r.client.Close()
	return r.memory.close()
}

// memory is the last good answers in a file of --data, which is opened with the
// store.
type memory struct {
	path string
	*alias.File
}

func (m *memory) open() (err error) {
	m.File, err = alias.OpenFile(m.path)
	return err
}

func (m *memory) close() error {
	if m.File == nil {
		return nil
	}
	return m.File.Close()
}

// publisher tells who follows the zones that they have changed.
type publisher struct{ app *App }

func (p publisher) Zones() *zone.Set { return p.app.serve.Zones() }

func (p publisher) Publish(set *zone.Set) {
	p.app.serve.Publish(set)
	p.app.resolving.aliases.Notify()
}
