package resolver

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver/local"
)

// Route sends questions for names at or below Apex to fixed servers.
type Route struct {
	Apex    dname.Name
	Servers []exchange.Server
	Forward bool // the servers recurse; otherwise they are those of the zone Apex
	First   bool // where they fail, the search goes on as if there were no Route
}

// routes are in order of their depth, deepest first.
type routes []*Route

func newRoutes(list []Route) routes {
	var out routes
	for i := range list {
		out = append(out, &list[i])
	}
	slices.SortStableFunc(out, func(a, b *Route) int { return b.Apex.Labels() - a.Apex.Labels() })
	return out
}

// find is the deepest route for name that is not skipped. Of two for the same
// apex a forwarder goes first.
func (rs routes) find(name dname.Name, skip func(*Route) bool) *Route {
	var best *Route
	for _, r := range rs {
		if !name.IsAtOrBelow(r.Apex) || skip(r) {
			continue
		}
		if best != nil && best.Apex.Labels() > r.Apex.Labels() {
			break
		}
		if best == nil || r.Forward {
			best = r
		}
	}
	return best
}

// RootHints are routes to the root servers, as IANA lists them.
func RootHints() []Route {
	return []Route{{Apex: dname.Root, Servers: slices.Clone(rootServers)}}
}

// special is what is known of a special name without asking, unless a route to servers
// for it, or for names below it, says otherwise.
func (r *Resolver) special(key *dname.Key, name dname.Name, t rr.Type) (m Message, ok bool) {
	apex, m, ok := local.Special(key, name, t)
	if !ok {
		return m, false
	}
	if route := r.routes.find(name, func(*Route) bool { return false }); route != nil && route.Apex.IsAtOrBelow(apex) {
		return m, false
	}
	return m, true
}
