package lint

import (
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var danglingTarget = Rule{
	Code:     "dangling-target",
	Severity: Warning,
	Source:   "RFC 1912, Section 2.4",
	Fix:      "add the name, or correct the target; one outside of the zone needs its final dot",
	Good:     head + "www CNAME host\nhost A 192.0.2.1\n@ MX 10 mail.example.net.\n",
	Bad:      head + "www CNAME hots.example.org.\n",
	Beside:   beside + "host A 192.0.2.1\n",
	when:     kindCNAME | kindMX | kindSRV | kindSVCB | kindAlias | kindPointer | kindNS | kindPTR,
	absent:   true,
	anywhere: true,
	target: func(c *check, p *pointer) {
		t := p.record.Type()
		switch {
		case p.in == nil:
			for _, apex := range c.gone {
				if p.target.IsAtOrBelow(apex) {
					c.at(p.owner, t, p.nth, "%s %s points to %s, which went with the zone %s", p.owner, t, p.target, apex)
				}
			}
		case p.kind&(kindNS|kindPTR) != 0 && p.target.IsAtOrBelow(c.apex): // missing-glue
		case p.found.Match == zone.Missing && !form.IsChallenge(p.owner) && !c.isUndotted(p):
			c.at(p.owner, t, p.nth, "%s %s points to %s, which is %s and does not exist", p.owner, t, p.target, p.where(c))
		}
	},
}
