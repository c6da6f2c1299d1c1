package lint

import "github.com/truename-dns/truename/internal/zone"

// missing-glue judges nameservers of the same zone.
var targetWithoutAddress = Rule{
	Code:     "target-without-address",
	Severity: Warning,
	Source:   "RFC 5321, Section 5.1; RFC 2782; RFC 1912, Section 2.8",
	Fix:      "give the host an A or AAAA record, or correct its name",
	Good:     head + "@ MX 10 mail\nmail A 192.0.2.1\n",
	Bad:      head + "@ MX 10 mail\nmail TXT \"no address\"\n",
	when:     kindMX | kindSRV | kindNS,
	absent:   true,
	target: func(c *check, p *pointer) {
		if p.found.Match != zone.Exact && p.found.Match != zone.Synthesized || p.kind == kindNS && p.target.IsAtOrBelow(c.apex) {
			return
		}
		if kindsOf(p.found.Node)&(kindAddress|kindAlias|kindCNAME) != 0 {
			return
		}
		t := p.record.Type()
		c.at(p.owner, t, p.nth, "%s %s points to %s, which is %s and has no address", p.owner, t, p.target, p.where(c))
	},
}
