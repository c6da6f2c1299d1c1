package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var dnameAndNS = Rule{
	Code:     "dname-and-ns",
	Severity: Error,
	Source:   "RFC 6672, Section 2.3",
	Fix:      "keep the DNAME to redirect the names below, or the NS records to delegate them",
	Good:     "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n@ DNAME example.net.\n",
	Bad:      head + "sub DNAME new.example.net.\nsub NS ns1.example.net.\n",
	when:     kindDNAME,
	name: func(c *check, n *subject) {
		if n.has&kindNS == 0 || n.isApex(c) {
			return
		}
		f := c.at(n.owner, rr.TypeDNAME, 0, "%s has a DNAME record beside NS records below the apex", n.owner)
		if f.Code != "" {
			f.Conflicts = append(c.records(n.owner, n.node.Set(rr.TypeDNAME)), c.records(n.owner, n.node.Set(rr.TypeNS))...)
			f.Fixes = append(c.removals(n.owner, rr.TypeDNAME), c.removals(n.owner, rr.TypeNS)...)
		}
	},
}
