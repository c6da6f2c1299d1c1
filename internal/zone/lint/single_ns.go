package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var singleNS = Rule{
	Code:     "single-ns",
	Severity: Warning,
	Load:     Silent,
	Source:   "RFC 1034, Section 4.1; RFC 2182, Section 5",
	Fix:      "add a second nameserver, best one in another network",
	Good:     head,
	Bad:      "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n",
	when:     kindSOA,
	absent:   true,
	name: func(c *check, n *subject) {
		if s := n.node.Set(rr.TypeNS); n.isApex(c) && s.Count() == 1 {
			c.at(n.owner, rr.TypeNS, 0, "the zone %s has one nameserver only, %s", n.owner, s.Target())
		}
	},
}
