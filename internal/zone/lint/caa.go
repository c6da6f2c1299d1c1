package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var caaMalformed = Rule{
	Code:     "caa-malformed",
	Severity: Warning,
	Source:   "RFC 8659, Sections 4.1 and 4.2",
	Fix:      `write a tag and a value that certification authorities know, as in: CAA 0 issue "ca.example.net"`,
	Good:     head + "@ CAA 0 issue \"ca.example.net; account=1\"\n@ CAA 0 issuewild \";\"\n@ CAA 0 iodef \"mailto:security@example.com\"\n",
	Bad:      head + "@ CAA 128 isue \"ca.example.net\"\n",
	when:     kindCAA,
	name: func(c *check, n *subject) {
		s := n.node.Set(rr.TypeCAA)
		for nth := 0; len(s) > 0; nth++ {
			var r rr.Record
			r, s = s.Next()
			if wrong := form.CAAWrong(r.Data()); wrong != "" {
				c.at(n.owner, rr.TypeCAA, nth, "%s CAA: %s", n.owner, wrong)
			}
		}
	},
}

// A CAA query follows an alias like any other, so that what stands at the
// target counts before what stands above the alias.
var caaByAlias = Rule{
	Code:     "caa-by-alias",
	Severity: Warning,
	Load:     Silent,
	Source:   "RFC 8659, Section 3",
	Fix:      "use the same CAA records at the target and above the alias, or be sure that those of the target are meant to decide",
	Good:     head + "@ CAA 0 issue \"ca.example.net\"\nwww CNAME host\nhost A 192.0.2.1\nhost CAA 0 issue \"ca.example.net\"\n",
	Bad:      head + "@ CAA 0 issue \"ca.example.net\"\nwww CNAME host\nhost A 192.0.2.1\nhost CAA 0 issue \"ca.example.org\"\n",
	when:     kindCNAME,
	target: func(c *check, p *pointer) {
		if p.found.Match != zone.Exact && p.found.Match != zone.Synthesized {
			return
		}
		theirs := p.found.Node.Set(rr.TypeCAA)
		if theirs.Empty() {
			return
		}
		at, mine := c.caaAbove(p.owner)
		if mine.Empty() || form.SameData(theirs, mine) {
			return
		}
		f := c.at(p.owner, rr.TypeCNAME, p.nth, "the CAA records of %s decide about certificates for %s, not those of %s", p.target, p.owner, at)
		if f.Code != "" {
			f.Conflicts = append(c.records(at, mine), c.records(p.target, theirs)...)
		}
	},
}

// caaAbove is the CAA set that counts for a name without one, as far as its zone goes.
func (c *check) caaAbove(n dname.Name) (at dname.Name, s rr.Set) {
	c.key.Set(n)
	for depth := c.key.Depth() - 1; depth >= c.zone.Labels(); depth-- {
		if node := c.zone.Node(&c.key, depth); node != nil && !node.Set(rr.TypeCAA).Empty() {
			return c.key.Suffix(depth).Clone(), node.Set(rr.TypeCAA)
		}
	}
	return nil, nil
}
