package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// oddTTLs is how many times one TTL must be the other to be worth a word.
const oddTTLs = 30

var ttlAtOdds = Rule{
	Code:     "ttl-at-odds",
	Severity: Warning,
	Load:     Silent,
	Source:   "RFC 1035, Section 3.2.1; RFC 2308, Section 5",
	Fix:      "give the alias and its target TTLs of one order: both are waited for when something moves",
	Good:     head + "www 300 CNAME host\nhost 60 A 192.0.2.1\n",
	Bad:      head + "www 3600 CNAME host\nhost 60 A 192.0.2.1\n",
	when:     kindCNAME | kindAlias,
	target: func(c *check, p *pointer) {
		if p.found.Match != zone.Exact && p.found.Match != zone.Synthesized {
			return
		}
		s := p.found.Node.Set(rr.TypeA)
		if s.Empty() {
			s = p.found.Node.Set(rr.TypeAAAA)
		}
		if s.Empty() {
			return
		}
		t, mine, other := p.record.Type(), p.record.TTL(), s.TTL()
		why := "a new target takes longer to be seen than a new address"
		switch {
		case mine >= oddTTLs*max(other, 1):
		case other >= oddTTLs*max(mine, 1) && p.kind == kindCNAME:
			why = "a new address takes longer to be seen than the alias promises"
		default:
			return
		}
		f := c.at(p.owner, t, p.nth, "%s %s has the TTL %d and its target %s the TTL %d: %s", p.owner, t, mine, p.target, other, why)
		if f.Code != "" {
			f.Fixes = []Fix{c.WithTTL(p.owner, p.node.Set(t), other)}
		}
	},
}
