package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var soaNotAtApex = Rule{
	Code:     "soa-not-at-apex",
	Severity: Error,
	Source:   "RFC 1035, Section 5.2",
	Fix:      "remove it, or move it with all names below it to a zone file of its own",
	Good:     head,
	Bad:      head + "sub SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n",
	when:     kindSOA,
	name: func(c *check, n *subject) {
		if !n.isApex(c) {
			f := c.at(n.owner, rr.TypeSOA, 0, "%s has an SOA record, but the zone is %s", n.owner, c.apex)
			f.Fixes = c.removals(n.owner, rr.TypeSOA)
		}
	},
	zone: func(c *check) {
		if c.build == nil {
			return
		}
		for _, r := range c.build.Remarks {
			if r.Kind == zone.OutOfZone && r.Type == rr.TypeSOA {
				c.add(r.At, r.Owner, "%s has an SOA record in the file of the zone %s", r.Owner, c.apex)
			}
		}
	},
}
