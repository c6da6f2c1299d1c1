package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

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
			f := c.at(c.apex, rr.TypeSOA, 0, "the zone %s has no NS record at its apex", c.apex)
			f.Fixes = c.primary()
		}
	},
}

// primary offers the server that the SOA record names, where the zone has its data
// from (RFC 1035, Section 3.3.13).
func (c *check) primary() []Fix {
	if c.zone.SOA().Empty() {
		return nil
	}
	soa, _ := c.zone.SOA().Next()
	server := form.Target(soa)
	if server == nil || server.IsRoot() {
		return nil
	}
	return []Fix{finding.Patch("name "+server.String()+", the server of the SOA record", c.Addition(c.apex, rr.TypeNS, soa.TTL(), server.String()))}
}
