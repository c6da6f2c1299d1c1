package resolver

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/message"
)

// cut is a zone and its servers, as far as they are known.
type cut struct {
	apex    dname.Name
	source  Source
	until   int64             // when the delegation ends, in Unix seconds; 0 for never
	route   *Route            // where the servers are those of a route
	servers []dname.Name      // names of all
	names   []dname.Name      // of those whose address was not looked for yet
	known   []exchange.Server // all whose address is known
	queue   []attempt         // to be asked, in this order
	shown   int               // labels of the name that were shown last; 0 for none
	showed  int               // how often the name was shown in part
	resort  *reply            // of a server that only recurses, for want of a better
}

func (c *cut) forward() bool { return c.route != nil && c.route.Forward }

// Limits of the search for servers.
const (
	maxPerName = 4 // addresses of one server
	maxDepth   = 4 // of searches for addresses of servers within one another
	maxCut     = 3 // searches for addresses of servers of one zone ("NXNS attack")
)

// locate finds the nearest zone above the name whose servers are known: that of
// a route, or of an NS set in the cache (RFC 1034, Section 5.3.3, step 2).
func (w *walk) locate() state {
	s := &w.search
	route := w.r.routes.find(w.zoneSide(), func(r *Route) bool { return slices.Contains(w.skip, r) })
	if route == nil {
		w.step(Step{Kind: Exhausted, Source: Ours, Why: "no root hints, stub zone or forwarder for the name"})
		return w.fail(code.NoReachable, fmt.Sprintf("no servers are configured for %s", w.name))
	}
	if !route.Forward {
		if c, ok := w.cachedCut(route.Apex.Labels()); ok {
			s.cut = c
			return (*walk).gather
		}
	}
	s.cut = cut{apex: route.Apex, source: Ours, route: route, known: route.Servers}
	if route.Apex.IsRoot() && !route.Forward && w.prime() {
		return (*walk).locate
	}
	return (*walk).gather
}

// zoneSide is the name whose zone is wanted: a DS record is its parent's (RFC
// 4035, Section 3.1.4.1).
func (w *walk) zoneSide() dname.Name {
	if w.t == rr.TypeDS {
		return w.name.Parent()
	}
	return w.name
}

// cachedCut is the deepest NS set of the cache above the name, below least
// labels; the root's own counts where the search begins there.
func (w *walk) cachedCut(least int) (cut, bool) {
	for d := min(w.search.ceiling, w.zoneSide().Labels()); d > least || d == 0 && least == 0; d-- {
		hit, ok := w.r.options.Cache.FindAbove(&w.key, d, rr.TypeNS)
		if ok && !hit.Stale && hit.Kind == cache.Positive && (d == 0 || !w.renew.wantsServers(hit)) {
			c := cut{apex: hit.Owner, source: Cached, servers: message.Targets(hit.Set)}
			c.names = slices.Clone(c.servers)
			if d > 0 {
				c.until = w.r.options.Clock().Unix() + int64(hit.TTL)
			}
			return c, true
		}
	}
	return cut{}, false
}

// prime asks the servers of the hints who the root's servers are, and reports
// whether the cache knows now (RFC 9609, Section 3). A question does so once,
// whatever they say.
func (w *walk) prime() bool {
	if w.root.primed {
		return false
	}
	w.root.primed = true
	sub := w.sub(Question{dname.Root, rr.TypeNS})
	res := sub.run()
	if w.search.hear(&sub.search); len(res.Answer) == 0 {
		return false
	}
	_, ok := w.cachedCut(0)
	return ok
}

// sub is a walk on behalf of w.
func (w *walk) sub(q Question) *walk {
	return &walk{
		r: w.r, ctx: w.ctx, root: w.root, parent: w, depth: w.depth + 1, top: dname.MaxLabels,
		skip: slices.Clone(w.skip), name: q.Name, t: q.Type,
	}
}

// gather takes the addresses that are at hand.
func (w *walk) gather() state {
	c := &w.search.cut
	names := c.names
	c.names = nil
	for _, name := range names {
		list := w.addressesOf(name)
		c.know(list)
		if len(list) == 0 {
			c.names = append(c.names, name)
		}
	}
	w.step(Step{Kind: Servers, Zone: c.apex, Source: c.source, Why: found(len(c.known), len(c.names))})
	w.enqueue(c.known)
	return (*walk).ask
}

// found says how far the servers of a zone are known.
func found(addresses, names int) string {
	text := counted(addresses, "address", "addresses")
	if names > 0 {
		text += " and " + counted(names, "name", "names") + " without"
	}
	return text
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

func (c *cut) know(list []exchange.Server) {
	for _, s := range list {
		if !slices.Contains(c.known, s) {
			c.known = append(c.known, s)
		}
	}
}

// addressesOf are the addresses that the cache has of a server, from wherever.
func (w *walk) addressesOf(name dname.Name) (list []exchange.Server) {
	var key dname.Key
	key.Set(name)
	for _, t := range []rr.Type{rr.TypeA, rr.TypeAAAA} {
		if hit, ok := w.r.options.Cache.Find(&key, t); ok && !hit.Stale && hit.Kind == cache.Positive {
			list = append(list, w.serversIn(hit.Set)...)
		}
	}
	return list
}

// serversIn are the servers at the addresses of s.
func (w *walk) serversIn(s rr.Set) (list []exchange.Server) {
	for !s.Empty() && len(list) < maxPerName {
		var rec rr.Record
		rec, s = s.Next()
		if a, ok := message.Address(rec); ok && !(a.Is6() && w.r.options.NoIPv6) && !a.IsUnspecified() && !a.IsMulticast() {
			list = append(list, exchange.Server{Addr: netip.AddrPortFrom(a, w.r.options.Port)})
		}
	}
	return list
}

// fetch looks for the address of a further server of the zone. One that is being
// looked for already leads round in a circle; one that the cache denies costs nothing.
func (w *walk) fetch() state {
	c := &w.search.cut
	for tries := 0; len(c.names) > 0 && tries < maxCut && w.depth < maxDepth && w.root.fetches < w.r.options.MaxFetches; {
		name := c.names[0]
		c.names = c.names[1:]
		if w.wanted(name) {
			continue
		}
		before := w.root.queries
		w.root.fetches++
		list := w.fetchAddresses(name)
		if w.root.queries > before {
			tries++
		} else {
			w.root.fetches--
		}
		if len(list) > 0 {
			c.know(list)
			w.enqueue(list)
			return (*walk).ask
		}
	}
	return (*walk).giveUp
}

// wanted reports whether the address of name is what this walk or one above it
// is for.
func (w *walk) wanted(name dname.Name) bool {
	for up := w; up != nil; up = up.parent {
		if up.name.Equal(name) && (up.t == rr.TypeA || up.t == rr.TypeAAAA) {
			return true
		}
	}
	return false
}

// fetchAddresses asks for the addresses of a server. Where it lies below the cut
// and nobody there is known, only the servers above can be asked, who ought to
// have sent them as glue. Where all fails, what came as glue meanwhile will do.
func (w *walk) fetchAddresses(name dname.Name) (list []exchange.Server) {
	c := &w.search.cut
	for _, t := range []rr.Type{rr.TypeA, rr.TypeAAAA} {
		if t == rr.TypeAAAA && (w.r.options.NoIPv6 || len(list) > 0) {
			break
		}
		w.step(Step{Kind: Fetch, Owner: name, Type: t, Zone: c.apex, Source: Live})
		sub := w.sub(Question{name, t})
		if name.IsAtOrBelow(c.apex) && len(c.known) == 0 {
			sub.top = c.apex.Labels() - 1
		}
		answer := sub.run().Answer
		w.search.hear(&sub.search)
		for _, item := range answer {
			if item.Set.Type() == t {
				list = append(list, w.serversIn(item.Set)...)
			}
		}
	}
	if len(list) == 0 {
		return w.addressesOf(name)
	}
	return list
}
