package lint

import "github.com/truename-dns/truename/internal/zone/lint/reach"

const targetFix = "name the host itself, the one that has the addresses"

var nsTargetIsAlias = Rule{
	Code:     "ns-target-is-alias",
	Severity: Warning,
	Source:   "RFC 2181, Section 10.3",
	Fix:      targetFix,
	Good:     head + "@ NS ns3\nns3 A 192.0.2.1\n",
	Bad:      head + "@ NS ns3\nns3 CNAME host\nhost A 192.0.2.1\n",
	when:     kindNS,
	target:   targetIsAlias,
}

var mxTargetIsAlias = Rule{
	Code:     "mx-target-is-alias",
	Severity: Warning,
	Source:   "RFC 2181, Section 10.3",
	Fix:      targetFix,
	Good:     head + "@ MX 10 mail.example.org.\n",
	Bad:      head + "@ MX 10 web.example.org.\n",
	Beside:   beside + "mail A 192.0.2.1\nweb CNAME mail\n",
	when:     kindMX,
	target:   targetIsAlias,
}

var srvTargetIsAlias = Rule{
	Code:     "srv-target-is-alias",
	Severity: Warning,
	Source:   "RFC 2782, The format of the SRV RR, Target",
	Fix:      targetFix,
	Good:     head + "_sip._tcp SRV 0 0 5060 sip\nsip A 192.0.2.1\n",
	Bad:      head + "_sip._tcp SRV 0 0 5060 sip\nsip CNAME host\nhost A 192.0.2.1\n",
	when:     kindSRV,
	target:   targetIsAlias,
}

func targetIsAlias(c *check, p *pointer) {
	if p.isAlias() {
		t := p.record.Type()
		f := c.at(p.owner, t, p.nth, "%s %s points to %s, which is an alias", p.owner, t, p.target)
		if t := c.Tail(p.target.Lower(), reach.Addresses); f.Code != "" && !t.Circle && !t.Grows && !t.Forks && t.Links > 0 {
			f.Fixes = c.retarget(p, t.End)
		}
	}
}
