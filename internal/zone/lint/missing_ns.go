package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var missingNS = Rule{
	Code:     "missing-ns",
	Severity: Error,
	Source:   "RFC 1034, Section 4.2.1",
	Fix:      "add the nameservers of the zone at its apex, as in: @ NS ns1.example.net.",
	Good:     head,
	Bad:      "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n",
	absent:   true,
	zone: func(c *check) {
		c.key.Set(c.apex)
		if c.zone.Node(&c.key, c.zone.Labels()).Set(rr.TypeNS).Empty() {
			c.at(c.apex, rr.TypeSOA, 0, "the zone %s has no NS record at its apex", c.apex)
		}
	},
}
