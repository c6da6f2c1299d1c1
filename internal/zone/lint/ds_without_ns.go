package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var dsWithoutNS = Rule{
	Code:     "ds-without-ns",
	Severity: Warning,
	Source:   "RFC 4035, Section 2.4",
	Fix:      "add the NS records of the delegation, or remove the DS; that of this zone itself belongs into its parent",
	Good:     head + "sub NS ns1.example.net.\nsub DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	Bad:      head + "sub DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	when:     kindDS,
	absent:   true,
	name: func(c *check, n *subject) {
		if n.has&kindNS == 0 || n.isApex(c) {
			f := c.at(n.owner, rr.TypeDS, 0, "%s has a DS record but is not delegated in this zone", n.owner)
			f.Fixes = c.removals(n.owner, rr.TypeDS)
		}
	},
}
