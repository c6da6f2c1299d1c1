package lint

import "github.com/truename-dns/truename/internal/zone"

var missingSOA = Rule{
	Code:     "missing-soa",
	Severity: Error,
	Source:   "RFC 1035, Section 5.2",
	Fix:      "start the zone with its SOA record, as in: @ 3600 SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300",
	Good:     head,
	Bad:      "$ORIGIN example.com.\n$TTL 3600\n@ NS ns1.example.net.\n",
	absent:   true,
	zone: func(c *check) {
		if c.zone.SOA().Empty() {
			c.add(zone.Place{}, c.apex, "the zone %s has no SOA record", c.apex)
		}
	},
}
