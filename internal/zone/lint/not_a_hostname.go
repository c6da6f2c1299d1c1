package lint

import "github.com/truename-dns/truename/internal/zone/lint/form"

var notAHostname = Rule{
	Code:     "not-a-hostname",
	Severity: Warning,
	Source:   "RFC 1123, Section 2.1; RFC 2181, Section 11",
	Fix:      "name the host with letters, digits and hyphens only: mail servers and resolvers refuse other names",
	Good:     head + "@ MX 10 mail-1.example.net.\n",
	Bad:      head + "@ MX 10 mail_1.example.net.\n",
	when:     kindMX | kindNS | kindSRV,
	anywhere: true,
	target: func(c *check, p *pointer) {
		if p.host || form.IsURL(p.target) {
			return
		}
		t := p.record.Type()
		c.at(p.owner, t, p.nth, "%s %s points to %s, which is no name of a host", p.owner, t, p.target)
	},
}
