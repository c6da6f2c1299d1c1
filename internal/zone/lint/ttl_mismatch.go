package lint

import "github.com/truename-dns/truename/internal/zone"

var ttlMismatch = Rule{
	Code:     "ttl-mismatch",
	Severity: Error,
	Source:   "RFC 2181, Section 5.2",
	Fix:      "give all records of this type at this name the same TTL",
	Good:     head + "www 300 A 192.0.2.1\nwww 300 A 192.0.2.2\nwww 60 TXT \"another set\"\n",
	Bad:      head + "www 300 A 192.0.2.1\nwww 60 A 192.0.2.2\n",
	zone: func(c *check) {
		c.remarks(zone.TTLDiffers, func(r zone.Remark) {
			f := c.add(r.At, r.Owner, "%s %s: the TTL is not that of the first record of this set", r.Owner, r.Type)
			f.Fixes = c.rewritten("give all of them the TTL of the first", r)
		})
	},
}
