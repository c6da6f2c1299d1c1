package lint

import "github.com/truename-dns/truename/internal/zone/lint/form"

// What clients take over UDP: mostly, since the flag day of 2020, and at most.
const (
	usualPayload  = 1232
	utmostPayload = 4096
)

var rrsetTruncates = Rule{
	Code:     "rrset-truncates",
	Severity: Warning,
	Load:     Silent,
	Source:   "RFC 6891, Section 6.2.5; RFC 2181, Section 9",
	Fix:      "remove records that nobody needs any more, or spread them over several names: an answer so large takes a second query, over TCP",
	Good:     head + "www A 192.0.2.1\n",
	Bad:      head + "$GENERATE 1-100 www A 192.0.2.$\n",
	when:     kindLarge,
	name: func(c *check, n *subject) {
		for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
			size := form.AnswerSize(len(n.owner), s)
			switch {
			case size <= usualPayload, size > maxMessage, kindOf(s.Type())&(kindAlias|kindDenial) != 0: // ALIAS is not sent itself
			case size > utmostPayload:
				c.at(n.owner, s.Type(), 0, "the %s records of %s take %d octets: no client gets them over UDP", s.Type(), n.owner, size)
			default:
				c.at(n.owner, s.Type(), 0, "the %s records of %s take %d octets: most clients take up to %d over UDP and have to ask again", s.Type(), n.owner, size, usualPayload)
			}
		}
	},
}
