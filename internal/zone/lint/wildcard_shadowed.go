package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
)

const kindReached = kindAddress | kindCNAME | kindAlias

// A wildcard stands for names that do not exist only, and a name exists where
// there is a name below it. Names that start with an underscore are never meant to have addresses.
var wildcardShadowed = Rule{
	Code:     "wildcard-shadowed",
	Severity: Warning,
	Load:     Silent,
	Source:   "RFC 4592, Section 2.2.1",
	Fix:      "write at the name itself what the wildcard should have given it",
	Good:     head + "*.apps A 192.0.2.1\nshop.apps TXT \"proof\"\nshop.apps A 192.0.2.1\n",
	Bad:      head + "*.apps A 192.0.2.1\n_acme-challenge.shop.apps TXT \"proof\"\n",
	when:     kindEmpty | kindTXT | kindMX | kindCAA,
	name: func(c *check, n *subject) {
		if n.shaded || n.has&(kindReached|kindNS|kindDNAME) != 0 || n.isApex(c) || n.owner.IsWildcard() || n.owner[1] == '_' {
			return
		}
		w := c.wildcardBeside(n)
		if w == nil || kindsOf(w)&kindReached == 0 {
			return
		}
		at, _ := c.locate(n.owner, n.someType(0), 0)
		why := "has data of its own"
		if n.has == kindEmpty {
			why = "exists because of names below it"
			at, _ = c.locate(n.owner.Parent().Wildcard(nil), (&subject{node: w}).someType(^kindReached), 0)
		}
		f := c.add(at, n.owner, "%s %s, so that the wildcard %s does not stand for it: it has no address", n.owner, why, n.owner.Parent().Wildcard(nil))
		if f.Code != "" {
			f.Fixes = []Fix{finding.Patch("give "+n.owner.String()+" what the wildcard has", c.copied(n, w)...)}
		}
	},
}

// wildcardBeside is the wildcard that would stand for n if it did not exist.
func (c *check) wildcardBeside(n *subject) zone.Node {
	c.key.Set(n.owner)
	depth := c.key.Depth() - 1
	if parent := c.zone.Node(&c.key, depth); parent == nil || !parent.Is(zone.HasWildcard) {
		return nil
	}
	c.key.Set(n.owner.Parent().Wildcard(nil))
	return c.zone.Node(&c.key, depth+1)
}

// copied writes what leads to addresses at w to n; a CNAME becomes an ALIAS where other data stands.
func (c *check) copied(n *subject, w zone.Node) []Edit {
	var edits []Edit
	for s, cur := w.Next(0); !s.Empty(); s, cur = w.Next(cur) {
		t := s.Type()
		if kindOf(t)&kindReached == 0 {
			continue
		}
		e := c.Edit(OpAdd, n.owner, t)
		if t == rr.TypeCNAME && n.has != kindEmpty {
			e.Type = rr.TypeALIAS.String()
		}
		e.TTL, e.Data = s.TTL(), finding.Texts(s)
		edits = append(edits, e)
	}
	return edits
}
