package lint

import "github.com/truename-dns/truename/internal/zone"

var danglingTarget = Rule{
	Code:     "dangling-target",
	Severity: Warning,
	Source:   "RFC 1912, Section 2.4",
	Fix:      "add the name, or correct the target; one outside of the zone needs its final dot",
	Good:     head + "www CNAME host\nhost A 192.0.2.1\n@ MX 10 mail.example.net.\n",
	Bad:      head + "www CNAME host\n",
	when:     kindCNAME | kindMX | kindSRV | kindSVCB | kindAlias | kindPointer,
	absent:   true,
	target: func(c *check, p *pointer) {
		if p.found.Match == zone.Missing {
			t := p.record.Type()
			c.at(p.owner, t, p.nth, "%s %s points to %s, which is in this zone and does not exist", p.owner, t, p.target)
		}
	},
}
