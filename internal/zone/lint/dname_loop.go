package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var dnameLoop = Rule{
	Code:     "dname-loop",
	Severity: Error,
	Load:     Warning,
	Source:   "RFC 6672, Section 2.2",
	Fix:      "let the DNAME point outside of the names that it redirects",
	Good:     head + "old DNAME new.example.com.\nwww.new A 192.0.2.1\n",
	Bad:      head + "old DNAME even.old.example.com.\n",
	when:     kindDNAME,
	name: func(c *check, n *subject) {
		target := n.node.Set(rr.TypeDNAME).Target()
		if target.IsAtOrBelow(n.owner) {
			f := c.at(n.owner, rr.TypeDNAME, 0, "the DNAME at %s leads to %s, back into the names that it redirects", n.owner, target)
			f.Conflicts = c.records(n.owner, n.node.Set(rr.TypeDNAME))
			f.Fixes = c.removals(n.owner, rr.TypeDNAME)
		}
	},
}
