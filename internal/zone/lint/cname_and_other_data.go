package lint

import "github.com/truename-dns/truename/internal/dns/rr"

// RRSIG, NSEC, KEY and their forerunners may stand beside an alias
// (RFC 4034, Sections 3 and 4; RFC 2181, Section 10.1).
var cnameAndOtherData = Rule{
	Code:     "cname-and-other-data",
	Severity: Error,
	Source:   "RFC 1034, Section 3.6.2",
	Fix:      "keep the CNAME alone, or replace it with an ALIAS record or addresses, which may stand beside other data",
	Good:     head + "www CNAME host\nhost A 192.0.2.1\n",
	Bad:      head + "www CNAME host\nwww TXT \"other data\"\nhost A 192.0.2.1\n",
	when:     kindCNAME,
	name: func(c *check, n *subject) {
		if n.has&^(kindCNAME|kindBesideCNAME|kindDenial|kindLarge) == 0 || n.isShadowedChallenge() && !n.isApex(c) {
			return
		}
		f := c.at(n.owner, rr.TypeCNAME, 0, "%s has a CNAME record and other data", n.owner)
		if f.Code != "" {
			f.Conflicts = c.besideCNAME(n)
			if f.Fixes = c.insteadOfCNAME(n); !n.isApex(c) {
				f.Fixes = append(f.Fixes, c.alone(n))
			}
		}
	},
}

// alone removes all that may not stand beside the CNAME at n.
func (c *check) alone(n *subject) Fix {
	f := c.emptied(n, kindCNAME|kindBesideCNAME|kindDenial)
	f.Title = "keep the CNAME of " + n.owner.String() + " alone"
	return f
}
