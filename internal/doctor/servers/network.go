// Package servers finds out who the servers of a zone are, by the zone above it
// and by the zone itself, and what one of them says of a name. It asks servers as
// a resolver does that knows nothing, and only those that may be asked.
package servers

import (
	"context"
	"errors"
	"net/netip"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

// unlisted are networks that are nobody's in public and that netip has no word
// for (RFC 6890), or that stand for IPv4 addresses.
var unlisted = prefixes("0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "100::/64", "fec0::/10")

func prefixes(texts ...string) (out []netip.Prefix) {
	for _, t := range texts {
		out = append(out, netip.MustParsePrefix(t))
	}
	return out
}

// IsPublic reports whether a is an address that the world can reach, so that to
// send something there tells a stranger nothing of our own networks.
func IsPublic(a netip.Addr) bool {
	a = a.Unmap().WithZone("")
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, p := range unlisted {
		if p.Contains(a) {
			return false
		}
	}
	return true
}

// ErrPrivate is why an address is not asked.
var ErrPrivate = errors.New("the address is private, and only an administrator may have it asked")

// Asked is one question that was sent.
type Asked struct {
	Server exchange.Server
	Failed bool
	Took   time.Duration
	Ended  time.Time
}

// Watched is a Network that keeps to what may be reached, and notes what is
// asked. A server that keeps silent may be asked again while the first question
// is waited for still.
type Watched struct {
	resolver.Network
	reach   func(netip.Addr) bool
	trusted map[exchange.Server]bool // that the configuration names

	mu  sync.Mutex
	log []Asked
}

// Ask passes q on.
func (w *Watched) Ask(ctx context.Context, s exchange.Server, q exchange.Question) (*exchange.Answer, error) {
	if !w.trusted[s] && !w.reach(s.Addr.Addr()) {
		w.note(Asked{Server: s, Failed: true, Ended: time.Now()})
		return nil, &exchange.Error{Kind: exchange.Unreachable, Server: s, Question: q, Err: ErrPrivate}
	}
	start := time.Now()
	a, err := w.Network.Ask(ctx, s, q)
	took := time.Since(start)
	if err == nil {
		took = a.Took
	}
	w.note(Asked{s, err != nil, took, time.Now()})
	return a, err
}

func (w *Watched) note(a Asked) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, a)
}

// Log is what was asked so far, in order.
func (w *Watched) Log() []Asked {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Asked(nil), w.log...)
}

// Cold is a resolver as o has it, but that knows nothing and holds no zones, with
// the network that it asks through, as far as reach lets it; Close ends it. It
// asks servers itself: forwarders would not show who says what.
func Cold(o resolver.Options, reach func(netip.Addr) bool) (*resolver.Resolver, *Watched) {
	w := &Watched{Network: o.Network, reach: reach, trusted: make(map[exchange.Server]bool)}
	o.Routes = withoutForwarders(o.Routes)
	for _, r := range o.Routes {
		for _, s := range r.Servers {
			w.trusted[s] = true
		}
	}
	o.Network, o.Cache, o.Own, o.Stale = w, cache.New(cache.Options{Bytes: 1 << 20, Clock: o.Clock}), nil, false
	return resolver.New(o), w
}

// withoutForwarders is routes without forwarders, and with the root hints where
// there are no other servers of the root.
func withoutForwarders(routes []resolver.Route) (out []resolver.Route) {
	root := false
	for _, r := range routes {
		if !r.Forward {
			out = append(out, r)
			root = root || r.Apex.IsRoot()
		}
	}
	if !root {
		out = append(out, resolver.RootHints()...)
	}
	return out
}
