package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var outOfZone = Rule{
	Code:     "out-of-zone",
	Severity: Error,
	Source:   "RFC 1035, Section 5.2",
	Fix:      "move it to the file of the zone that its owner belongs to, or check $ORIGIN and the final dot of the owner",
	Good:     head + "www.example.com. A 192.0.2.1\n",
	Bad:      head + "www.example.org. A 192.0.2.1\n",
	zone: func(c *check) {
		c.remarks(zone.OutOfZone, func(r zone.Remark) {
			if r.Type != rr.TypeSOA { // soa-not-at-apex
				c.add(r.At, r.Owner, "%s %s is not in the zone %s", r.Owner, r.Type, c.apex)
			}
		})
	},
}
