package graph

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Limits of the steps of a chain: unless said otherwise, and whatever is said.
const (
	DefaultLimit = 16
	MaxLimit     = 64
)

// Chain is the way from a name to what it stands for, as far as the zones held go.
type Chain struct {
	Steps []Step
	End   End
	Last  dname.Name // the name where it ended, lower-cased
	Apex  dname.Name // the zone of Last; nil if none is held
	TTL   uint32     // of the records found, or of the denial (RFC 2308, Section 5); 0 for other ends
	// Loop is the path of a loop, its first name again at its end; nil without one.
	Loop []dname.Name
}

// Depth is the number of redirecting steps.
func (c *Chain) Depth() int { return len(c.Steps) }

// Follow is the Chain of name for records of type t: any type of data but CNAME,
// which is not followed when asked for, and DS, which lives on the other side of a
// cut. CNAME and DNAME lead on for all types, ALIAS for addresses, AliasMode for
// its own type and then addresses (RFC 9460, Section 2.4.2). Of several targets of
// an ALIAS it goes to the first; Loop and Ways go to all of them. limit is 1
// to MaxLimit; 0 means DefaultLimit.
func Follow(set *zone.Set, name dname.Name, t rr.Type, limit int) Chain {
	f := follower{walker: walker{set: set}, seen: make(map[visit]bool)}
	return f.follow(name.Lower(), t, bounded(limit))
}

func bounded(limit int) int {
	if limit <= 0 {
		return DefaultLimit
	}
	return min(limit, MaxLimit)
}

// follower makes one Chain.
type follower struct {
	walker
	chain Chain
	seen  map[visit]bool
}

// visit is a name and what was wanted there: a name may be passed twice for different types.
type visit struct {
	name string
	t    rr.Type
}

func (f *follower) follow(name dname.Name, t rr.Type, limit int) Chain {
	c := &f.chain
	for {
		c.Last = name
		s, next, end := f.step(name, t)
		switch {
		case end == Looping:
			c.End, c.Loop = Looping, []dname.Name{s.Owner, s.Target, s.Owner}
			return *c
		case end != goesOn && end != Overflow:
			f.finish(name, t, end)
			return *c
		case len(c.Steps) == limit:
			c.End = TooLong
			return *c
		case end == Overflow:
			f.finish(name, t, end)
			return *c
		}
		f.seen[visit{string(name), t}] = true
		c.Steps = append(c.Steps, s)
		name, t = s.Target, next
		c.Last = name
		if f.seen[visit{string(name), t}] {
			c.End, c.Loop = Looping, loopOf(c.Steps)
			return *c
		}
	}
}

// finish notes where and with which TTL the chain ends.
func (f *follower) finish(name dname.Name, t rr.Type, end End) {
	c := &f.chain
	c.End = end
	p, _ := f.find(name)
	if p.zone == nil {
		return
	}
	c.Apex = p.zone.Apex()
	switch end {
	case Found:
		c.TTL = leastOf(p.found.Node, t)
	case NoData, NXDomain:
		c.TTL = p.zone.DenialSOA().TTL()
	}
}

// leastOf is the least TTL of what n has of type t.
func leastOf(n zone.Node, t rr.Type) uint32 {
	if t != addresses {
		return n.Set(t).TTL()
	}
	least := uint32(rr.MaxTTL)
	for _, t := range [...]rr.Type{rr.TypeA, rr.TypeAAAA} {
		if set := n.Set(t); !set.Empty() {
			least = min(least, set.TTL())
		}
	}
	return least
}

// loopOf is the path from the name that the last of steps leads back to, to that
// name again.
func loopOf(steps []Step) []dname.Name {
	back := steps[len(steps)-1].Target
	start := len(steps) - 1
	for start > 0 && !steps[start].Name.Equal(back) {
		start--
	}
	var path []dname.Name
	for _, s := range steps[start:] {
		path = append(path, s.Name)
	}
	return append(path, back)
}

// PathString is names as "a -> b -> a".
func PathString(names []dname.Name) string {
	text := make([]string, len(names))
	for i, n := range names {
		text[i] = n.String()
	}
	return strings.Join(text, " -> ")
}
