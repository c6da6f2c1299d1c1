package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// pointer is a name in RDATA, looked up.
type pointer struct {
	*subject
	kind   kinds
	record rr.Record
	nth    int // of its set, from 0
	target dname.Name
	in     *zone.Snapshot // the zone that target lies in; nil where we hold none
	found  zone.Found     // what in says about target
	host   bool           // target has the form of a host's name
}

// targets shows the names in the RDATA of n to the rules about them.
func (c *check) targets(n *subject) {
	p := &c.points
	p.subject = n
	for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
		if p.kind = kindOf(s.Type()); p.kind&pointers == 0 {
			continue
		}
		for p.nth = 0; len(s) > 0; p.nth++ {
			p.record, s = s.Next()
			p.target = form.Target(p.record)
			// "." is none for mail and services (RFC 7505, Section 3; RFC 2782).
			if p.target == nil || p.target.IsRoot() && p.kind&(kindMX|kindSRV) != 0 {
				continue
			}
			p.in, p.found = c.Look(p.target)
			p.host = form.IsHostname(p.target)
			for _, c.rule = range c.byTarget {
				if p.kind&c.rule.when != 0 && (p.in != nil || c.rule.anywhere) {
					c.rule.target(c, p)
				}
			}
		}
	}
}

// where says whose name the target is, for messages.
func (p *pointer) where(c *check) string {
	if p.in.Apex().Equal(c.apex) {
		return "in this zone"
	}
	return "in the zone " + p.in.Apex().String() + " held here"
}

// isAlias reports whether the target's addresses stand under another name.
func (p *pointer) isAlias() bool {
	f := p.found
	return f.Match == zone.Redirected || (f.Match == zone.Exact || f.Match == zone.Synthesized) && f.Node.Is(zone.HasCNAME)
}
