package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var wildcardNS = Rule{
	Code:     "wildcard-ns",
	Severity: Warning,
	Source:   "RFC 4592, Section 4.2",
	Fix:      "delegate each name on its own: NS records at a wildcard have no defined meaning",
	Good:     head + "sub NS ns1.example.net.\n",
	Bad:      head + "* NS ns1.example.net.\n",
	when:     kindNS,
	name: func(c *check, n *subject) {
		if n.owner.IsWildcard() && !n.isApex(c) {
			f := c.at(n.owner, rr.TypeNS, 0, "the wildcard %s has NS records", n.owner)
			f.Fixes = c.removals(n.owner, rr.TypeNS)
		}
	},
}
