package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

var challengeShadowed = Rule{
	Code:     "challenge-shadowed",
	Severity: Error,
	Source:   "RFC 1034, Section 3.6.2; RFC 8555, Section 8.4",
	Fix:      "keep the CNAME, which hands the proof over to its target, and let the TXT record be written at the target; or keep the TXT record and hand nothing over",
	Good:     head + "_acme-challenge CNAME proof\nproof TXT \"token\"\n",
	Bad:      head + "_acme-challenge CNAME proof\n_acme-challenge TXT \"token\"\nproof TXT \"other\"\n",
	when:     kindCNAME,
	name: func(c *check, n *subject) {
		if !n.isShadowedChallenge() || n.isApex(c) {
			return
		}
		target := n.node.Set(rr.TypeCNAME).Target()
		f := c.at(n.owner, rr.TypeTXT, 0, "%s hands its proof over to %s by CNAME, and a TXT record beside it gets in the way", n.owner, target)
		if f.Code == "" {
			return
		}
		f.Conflicts = c.besideCNAME(n)
		f.Fixes = append(c.moveProof(n, target), c.removals(n.owner, rr.TypeTXT)...)
		f.Fixes = append(f.Fixes, c.removals(n.owner, rr.TypeCNAME)...)
	},
}

// isShadowedChallenge reports whether n proves control of a name by both CNAME and TXT.
func (n *subject) isShadowedChallenge() bool {
	return n.has&^(kindBesideCNAME|kindDenial|kindLarge) == kindCNAME|kindTXT && form.IsChallenge(n.owner)
}

// moveProof offers to write the TXT records of n at target, where that is ours and free for it.
func (c *check) moveProof(n *subject, target dname.Name) []Fix {
	in, f := c.Look(target)
	if in == nil || reach.IsLink(f, reach.Addresses) {
		return nil
	}
	s := n.node.Set(rr.TypeTXT)
	there := Edit{Op: OpAdd, Zone: in.Apex().String(), Owner: target.String(), Type: "TXT", TTL: s.TTL(), Data: finding.Texts(s)}
	return []Fix{finding.Patch("move the TXT record of "+n.owner.String()+" to "+target.String(), c.Removal(n.owner, s), there)}
}
