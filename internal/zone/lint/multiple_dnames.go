package lint

import "github.com/truename-dns/truename/internal/dns/rr"

var multipleDNAMEs = Rule{
	Code:     "multiple-dnames",
	Severity: Error,
	Source:   "RFC 6672, Section 2.4",
	Fix:      "keep one DNAME",
	Good:     head + "old DNAME new.example.net.\n",
	Bad:      head + "old DNAME new.example.net.\nold DNAME other.example.net.\n",
	when:     kindDNAME,
	name:     func(c *check, n *subject) { c.single(n, rr.TypeDNAME) },
}
