package graph

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Drain is how long after a change caches may still hold what was there before.
//
// A resolver keeps every RRset of a chain on its own, for its own TTL (RFC 1035,
// Section 3.2.1; RFC 2181, Section 5.2), and hands it on with what is left of that
// TTL, so that caches behind caches add nothing. What was changed is gone
// everywhere after its own old TTL, however long the TTLs of the CNAME, DNAME and
// AliasMode records are that lead there: these go on to be true. ALIAS is
// different: the addresses are given out under its owner's name, with the least TTL
// along the chain, by a server that may have learnt them a moment before the
// change came to it. So each ALIAS on the way adds the TTL of its answers. That
// is never more than the TTL of what was changed, which is so always the greatest part.
type Drain struct {
	Name    dname.Name // where the change is
	Seconds uint64
	Owner   dname.Name // of the RRset whose TTL takes the most of Seconds
	Type    rr.Type    // of that; SOA stands for a denial (RFC 2308, Section 5)
	TTL     uint32     // of that, in seconds
	Aliases int        // how many ALIAS on the way added to it

	changed rr.Type // what was asked about
}

// DrainOf is how long caches may hold the answer that set gives to name and t once
// that is changed: for its RRset's TTL, or that of the CNAME, DNAME or wildcard
// that stands there, or that of the denial. ok is false where no zone
// of set answers for name. An RRset of ALIAS is never seen itself: what counts is the
// addresses given out, for the least TTL along its chain.
func DrainOf(set *zone.Set, name dname.Name, t rr.Type) (d Drain, ok bool) {
	w := walker{set: set}
	p, end := w.find(name)
	if p.zone == nil {
		return d, false
	}
	source := given(&p, end, t)
	if source.Empty() {
		p.owner, source = p.zone.Apex(), p.zone.DenialSOA()
	}
	d = Drain{Name: name.Lower(), Owner: p.owner, Type: source.Type(), TTL: source.TTL(), changed: t}
	if d.Type == rr.TypeALIAS {
		d.TTL = leastAlong(set, name, d.TTL)
	}
	d.Seconds = uint64(d.TTL)
	return d, true
}

// given is the RRset that the answer to type t at p is made of first; an empty
// one where it is a denial.
func given(p *place, end End, t rr.Type) rr.Set {
	switch n := p.found.Node; {
	case p.found.Match == zone.Redirected:
		return n.Set(rr.TypeDNAME)
	case end == Delegated:
		return n.Set(rr.TypeNS)
	case end != goesOn:
		return nil
	case !n.Set(t).Empty():
		return n.Set(t)
	case n.Is(zone.HasCNAME):
		return n.Set(rr.TypeCNAME)
	case t == rr.TypeA || t == rr.TypeAAAA:
		return n.Set(rr.TypeALIAS)
	}
	return nil
}

// leastAlong is the TTL that addresses are given out with by the ALIAS at name: the
// least along all ways to them, as those of all targets are one RRset.
func leastAlong(set *zone.Set, name dname.Name, ttl uint32) uint32 {
	for s := range Ways(set, name, addresses, MaxLimit) {
		ttl = min(ttl, s.TTL)
		switch c := Follow(set, s.Target, addresses, 1); c.End {
		case Found, NoData, NXDomain:
			if len(c.Steps) == 0 {
				ttl = min(ttl, c.TTL)
			}
		}
	}
	return ttl
}

// Through is how long caches may hold the old answer for d, a dependent of the
// name that base is for. ok is false where the change cannot be seen there.
func (d *Dependent) Through(base Drain) (drain Drain, ok bool) {
	back := slices.Clone(d.Path)
	slices.Reverse(back)
	return through(back, base)
}

// through is Through for a path from the name that base is for, the last step first.
func through(back []Step, base Drain) (drain Drain, ok bool) {
	drain = base
	least := base.TTL
	for i := range back {
		s := &back[i]
		if !s.Kind.carries(base.changed) {
			return drain, false
		}
		if least = min(least, s.TTL); s.Kind == ALIAS {
			drain.Seconds += uint64(least)
			drain.Aliases++
		}
	}
	return drain, true
}

// carries reports whether a change of records of type t behind a step of kind k
// can be seen in front of it: CNAME and DNAME stand for all types, the others for
// addresses and what leads to them, AliasMode for its own type too.
func (k Kind) carries(t rr.Type) bool {
	if k == CNAME || k == DNAME {
		return true
	}
	switch t {
	case rr.TypeA, rr.TypeAAAA, rr.TypeCNAME, rr.TypeDNAME, rr.TypeALIAS:
		return true
	}
	return k.Follows() && k != ALIAS && t == k.Type()
}

// Drain is the longest of base and what its name's dependents make of it by any of
// their targets, up to maxDepth steps away. It looks at up to work edges and names;
// exact is false where that was not enough, and others may take longer.
func (g *Graph) Drain(world *zone.Set, base Drain, maxDepth, work int) (longest Drain, exact bool) {
	longest = base
	exact = g.climb(world, base.Name, maxDepth, work, func(path []Step) bool {
		if one, ok := through(path, base); ok && one.Seconds > longest.Seconds {
			longest = one
		}
		return true
	})
	return longest, exact
}
