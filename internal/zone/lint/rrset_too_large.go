package lint

import "github.com/truename-dns/truename/internal/zone/lint/form"

// maxMessage is what a message over TCP may hold.
const maxMessage = 65535

var rrsetTooLarge = Rule{
	Code:     "rrset-too-large",
	Severity: Error,
	Source:   "RFC 1035, Section 4.2.2; RFC 2181, Section 5",
	Fix:      "spread the records over several names: a set is answered as a whole or not at all",
	Good:     head + "www A 192.0.2.1\n",
	when:     kindLarge,
	name: func(c *check, n *subject) {
		for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
			if form.AnswerSize(len(n.owner), s) > maxMessage {
				c.at(n.owner, s.Type(), 0, "the %s records of %s do not fit into any message, which has 65535 octets at most", s.Type(), n.owner)
			}
		}
	},
}
