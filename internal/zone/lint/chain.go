package lint

import (
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// start is a record that is the first link of a chain of more than one.
type start struct {
	name   dname.Name // lower-cased; below a DNAME owner, "*" stands for any name
	t      rr.Type    // of the record
	q      reach.Question
	target dname.Name // where the record leads, lower-cased
	record rr.Record  // nil where none stands at name itself
	nth    int        // of its set
}

// link is the step of s.
func (s *start) link() reach.Link { return reach.Link{From: s.name, Q: s.q, To: s.target} }

// steps lists the records that lead q from each of names to the next, with their
// owners: those of a name that a wildcard or a DNAME makes are there.
func (c *check) steps(names []dname.Name, q reach.Question) []string {
	const most = 20
	var out []string
	for i, n := range names[:len(names)-1] {
		if i == most {
			return append(out, fmt.Sprintf("and %d more", len(names)-1-most))
		}
		in, f := c.Look(n)
		if in == nil || f.Match == zone.Missing {
			continue
		}
		owner := reach.Source(n, f)
		if r, nth, ok := reach.LinkTo(f, q, names[i+1]); ok {
			out = append(out, owner.String()+" "+c.line(owner, r, nth))
		}
	}
	return out
}

// linkAt is that of the record that stands at owner itself, in the zone under judgement.
func (c *check) linkAt(owner dname.Name, q reach.Question, next dname.Name) (r rr.Record, nth int, ok bool) {
	if !owner.IsAtOrBelow(c.apex) {
		return nil, 0, false
	}
	c.key.Set(owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil {
		return nil, 0, false
	}
	return reach.LinkTo(zone.Found{Match: zone.Exact, Node: n}, q, next)
}

// questionOf is what the alias p redirects; ok is false where it is no alias.
func (p *pointer) questionOf() (q reach.Question, ok bool) {
	switch t := p.record.Type(); {
	case p.kind == kindCNAME, p.kind == kindAlias:
		return reach.Addresses, true
	case p.kind == kindSVCB && p.record.AliasMode() && t == rr.TypeSVCB:
		return reach.SVCB, true
	case p.kind == kindSVCB && p.record.AliasMode():
		return reach.HTTPS, true
	}
	return 0, false
}

// gather notes p if it is the first link of a chain of several.
func (c *check) gather(p *pointer) {
	if p.kind == kindDNAME {
		again := p.found.Match == zone.Redirected || p.found.Match == zone.Exact && p.found.Node.Is(zone.HasDNAME)
		probe, made := p.owner.Wildcard(nil), p.target.Wildcard(nil)
		if again && max(len(probe), len(made)) <= dname.MaxLen && !p.target.IsAtOrBelow(p.owner) { // dname-loop
			c.chained = append(c.chained, start{name: probe.Lower(), t: rr.TypeDNAME, target: made.Lower()})
		}
		return
	}
	own, ok := p.questionOf()
	for q := reach.Addresses; ok && q <= reach.HTTPS; q++ {
		// A check of all names comes by a circle through AliasMode from there.
		if q != own && (c.pointers == nil || p.kind != kindCNAME) {
			continue
		}
		if reach.IsLink(p.found, q) {
			c.chained = append(c.chained, start{p.owner.Lower(), p.record.Type(), q, p.target.Lower(), p.record, p.nth})
		}
	}
}
