package lint

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var soaTimers = Rule{
	Code:     "soa-timers",
	Severity: Warning,
	Source:   "RFC 1912, Section 2.2",
	Fix:      "use values such as refresh 7200, retry 900, expire 1209600, minimum 300",
	Good:     head,
	Bad:      "$ORIGIN example.com.\n$TTL 3600\n@ SOA ns1.example.net. hostmaster.example.net. 1 900 7200 600 300\n@ NS ns1.example.net.\n",
	when:     kindSOA,
	name: func(c *check, n *subject) {
		data := n.node.Set(rr.TypeSOA).Data()
		field := func(i int) uint32 { return binary.BigEndian.Uint32(data[len(data)-20+4*i:]) }
		refresh, retry, expire, minimum := field(1), field(2), field(3), field(4)
		if retry >= refresh {
			f := c.at(n.owner, rr.TypeSOA, 0, "retry %d is not less than refresh %d", retry, refresh)
			f.Fixes = c.usualTimers(n)
		}
		if expire <= retry || expire <= refresh || expire <= minimum {
			f := c.at(n.owner, rr.TypeSOA, 0, "expire %d is not greater than refresh %d, retry %d and minimum %d: secondaries drop the zone before they try again",
				expire, refresh, retry, minimum)
			f.Fixes = c.usualTimers(n)
		}
	},
}

// usualTimers offers to give the SOA of n timers that go together.
func (c *check) usualTimers(n *subject) []Fix {
	r, _ := n.node.Set(rr.TypeSOA).Next()
	return []Fix{c.Replaced("use the usual values", n.owner, r, form.UsualTimers(r.Data()))}
}
