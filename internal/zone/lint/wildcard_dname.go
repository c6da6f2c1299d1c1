package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var wildcardDNAME = Rule{
	Code:     "wildcard-dname",
	Severity: Warning,
	Source:   "RFC 4592, Section 4.4",
	Fix:      "give each name its own DNAME: one at a wildcard cannot be answered in one way only",
	Good:     head + "old DNAME new.example.net.\n",
	Bad:      head + "* DNAME new.example.net.\n",
	when:     kindDNAME,
	name: func(c *check, n *subject) {
		if n.owner.IsWildcard() && !n.isApex(c) {
			f := c.at(n.owner, rr.TypeDNAME, 0, "the wildcard %s has a DNAME record", n.owner)
			f.Fixes = c.removals(n.owner, rr.TypeDNAME)
		}
	},
}
