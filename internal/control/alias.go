package control

import (
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// Chain is the way from name, through all zones held, for records of type t. Where an
// ALIAS points in a zone that p does not see is not shown: the DNS keeps it to itself.
func (c *Control) Chain(p *access.Principal, name dname.Name, t rr.Type) (graph.Chain, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return graph.Chain{}, err
	}
	chain := graph.Follow(c.served.Zones(), name, t, c.config.MaxChain)
	for i := range chain.Steps {
		if s := &chain.Steps[i]; s.Kind == graph.ALIAS && !c.seesApex(p, s.Apex) {
			return veiled(chain, i), nil
		}
	}
	return chain, nil
}

// veiled is chain as all the world sees it from step i on, an ALIAS of others: a
// name with addresses of its own.
func veiled(chain graph.Chain, i int) graph.Chain {
	s := &chain.Steps[i]
	return graph.Chain{Steps: chain.Steps[:i], End: graph.Found, Last: s.Name, Apex: s.Apex, TTL: s.TTL}
}

// Followers is a page of those who point at a name.
type Followers struct {
	graph.Page
	Hidden int // of the page, in zones of others; they are not named
}

// Dependents is a page of those who point at name.
func (c *Control) Dependents(p *access.Principal, name dname.Name, q graph.Query) (Followers, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return Followers{}, err
	}
	page, err := c.graph.Dependents(c.served.Zones(), name, q)
	if err != nil {
		return Followers{}, fault.New(Invalid, "bad-cursor", "the cursor is none of this query", "use the one that the page before gave, or none for the first page")
	}
	f := Followers{Page: page}
	f.Dependents = nil
	for _, d := range page.Dependents {
		if c.seesApex(p, d.Apex) {
			f.Dependents = append(f.Dependents, d)
		} else {
			f.Hidden++
		}
	}
	return f, nil
}

func (c *Control) seesApex(p *access.Principal, apex dname.Name) bool {
	z := c.committed.ByApex(apex)
	return z != nil && p.Sees(&z.Zone)
}

// DrainOf is how long caches may hold the answer that a dependent gives now,
// once the addresses of the name asked about change. ok is false where such a
// change is not seen there.
func (c *Control) DrainOf(name dname.Name, d *graph.Dependent) (graph.Drain, bool) {
	base, ok := graph.DrainOf(c.served.Zones(), name, rr.TypeA)
	if !ok {
		return base, false
	}
	return d.Through(base)
}
