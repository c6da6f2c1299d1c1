package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
)

var arpa = dname.MustParse("arpa.")

var trailingDot = Rule{
	Code:     "trailing-dot",
	Severity: Warning,
	Source:   "RFC 1912, Section 2.2; RFC 1035, Section 5.1",
	Fix:      "put a dot behind the name",
	Good:     head + "www CNAME host.example.com.\nhost A 192.0.2.1\n",
	Bad:      head + "www CNAME host.example.com\nhost A 192.0.2.1\n",
	when:     pointers,
	target: func(c *check, p *pointer) {
		// "com.com." is a name like any other, "example.com.example.com." a slip.
		twice := c.zone.Labels() > 1 && p.target.IsAtOrBelow(c.twice)
		// So is a host name below a reverse zone (RFC 1912, Section 2.1).
		host := p.kind == kindPTR && c.apex.IsBelow(arpa)
		if twice || host {
			t := p.record.Type()
			c.at(p.owner, t, p.nth, "%s %s points to %s: is a final dot missing?", p.owner, t, p.target)
		}
	},
}
