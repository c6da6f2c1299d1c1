package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var missingGlue = Rule{
	Code:     "missing-glue",
	Severity: Warning,
	Source:   "RFC 1034, Section 4.2.1; RFC 9471, Section 3",
	Fix:      "add an A or AAAA record for the nameserver to this zone, or correct its name",
	Good:     head + "sub NS ns.sub\nns.sub A 192.0.2.1\n@ NS ns3\nns3 AAAA 2001:db8::1\n",
	Bad:      head + "sub NS ns.sub\n",
	when:     kindNS,
	absent:   true,
	target: func(c *check, p *pointer) {
		if !p.target.IsAtOrBelow(c.apex) {
			return // target-without-address
		}
		found := p.found
		if !p.target.Equal(c.key.Name()) {
			c.key.Set(p.target)
		}
		if p.in != c.zone {
			found = c.zone.Find(&c.key)
		}
		n := found.Node
		switch found.Match {
		case zone.Exact, zone.Synthesized:
		case zone.Delegated: // glue stands below the cut, whoever holds the zone there
			n = c.zone.Node(&c.key, c.key.Depth())
		default:
			n = nil
		}
		if n != nil && kindsOf(n)&(kindAddress|kindAlias) != 0 {
			return
		}
		c.at(p.owner, rr.TypeNS, p.nth, "nameserver %s of %s lies in this zone, which has no address for it", p.target, p.owner)
	},
}
