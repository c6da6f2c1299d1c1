package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var arpa = dname.MustParse("arpa.")

var trailingDot = Rule{
	Code:     "trailing-dot",
	Severity: Warning,
	Source:   "RFC 1912, Section 2.2; RFC 1035, Section 5.1",
	Fix:      "put a dot behind the name",
	Good:     head + "www CNAME host.example.com.\nhost A 192.0.2.1\n",
	Bad:      head + "www CNAME host.example.com\nhost A 192.0.2.1\n",
	when:     pointers,
	zone: func(c *check) {
		c.key.Set(c.twice)
		if n := c.zone.Node(&c.key, c.key.Depth()); n != nil {
			c.doubled(c.twice, n)
		}
	},
	target: func(c *check, p *pointer) {
		// "com.com." is a name like any other, "example.com.example.com." a slip.
		twice := c.zone.Labels() > 1 && p.target.IsAtOrBelow(c.twice)
		// So is a host name below a reverse zone (RFC 1912, Section 2.1).
		host := p.kind == kindPTR && c.apex.IsBelow(arpa) && p.target.IsBelow(c.apex)
		if !twice && !host && !c.isUndotted(p) {
			return
		}
		t := p.record.Type()
		f := c.at(p.owner, t, p.nth, "%s %s points to %s: is a final dot missing?", p.owner, t, p.target)
		if f.Code != "" {
			f.Fixes = c.retarget(p, form.Relative(p.target, c.apex))
		}
	},
}

// doubled reports the owner at or below the apex under itself.
func (c *check) doubled(owner dname.Name, node zone.Node) {
	if c.zone.Labels() > 1 && owner.IsAtOrBelow(c.twice) {
		n := subject{node: node}
		c.at(owner, n.someType(0), 0, "there are names at or below %s: is a final dot missing behind their owner?", owner)
	}
}

// isUndotted reports whether the target of p is missing in its zone and would be a name
// elsewhere: in a zone held, or under a top-level domain that everybody knows.
func (c *check) isUndotted(p *pointer) bool {
	if p.in != c.zone || p.found.Match != zone.Missing || !p.target.IsBelow(c.apex) || c.apex.IsRoot() || c.apex.IsAtOrBelow(arpa) {
		return false
	}
	n := form.Relative(p.target, c.apex)
	if n.Labels() < 2 {
		return false
	}
	if c.options.World != nil {
		c.aux.Set(n)
		if e := c.options.World.Find(&c.aux, c.aux.Depth()); e != nil && len(e.Apex) > 1 {
			return true
		}
	}
	return form.IsWellKnown(n)
}
