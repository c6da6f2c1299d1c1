package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// NSEC3 and its signatures may stand below a DNAME at the apex (RFC 5155, Section 10.2).
var belowDNAME = Rule{
	Code:     "below-dname",
	Severity: Error,
	Source:   "RFC 6672, Section 2.4",
	Fix:      "remove the data, or the DNAME: no name below it is ever looked up",
	Good:     head + "old DNAME new.example.net.\nold A 192.0.2.1\n",
	Bad:      head + "old DNAME new.example.net.\nwww.old A 192.0.2.1\n",
	when:     shadedOnly,
	name: func(c *check, n *subject) {
		if n.above.Match != zone.Redirected || n.has&^(kindDenial|kindLarge) == 0 {
			return
		}
		dname := n.owner.Suffix(n.above.Depth)
		f := c.at(n.owner, n.someType(kindDenial), 0, "%s has data although it lies below the DNAME at %s", n.owner, dname)
		if f.Code != "" {
			f.Conflicts = c.records(dname, n.above.Node.Set(rr.TypeDNAME))
			f.Fixes = append([]Fix{c.emptied(n, kindDenial)}, c.removals(dname, rr.TypeDNAME)...)
		}
	},
}

// someType is the first type of n that is not of the kinds except.
func (n *subject) someType(except kinds) rr.Type {
	for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
		if kindOf(s.Type())&^except != 0 {
			return s.Type()
		}
	}
	return 0
}
