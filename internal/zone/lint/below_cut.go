package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var belowCut = Rule{
	Code:     "below-cut",
	Severity: Warning,
	Source:   "RFC 1034, Section 4.2.1",
	Fix:      "move it to the zone that is delegated there, or remove the NS records that delegate it",
	Good:     head + "sub NS ns.sub\nns.sub A 192.0.2.1\nsub DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	Bad:      head + "sub NS ns1.example.net.\nwww.sub A 192.0.2.1\n",
	when:     shadedOnly | kindNS,
	name: func(c *check, n *subject) {
		switch {
		case n.shaded && n.above.Match == zone.Delegated:
			c.occluded(n, n.above.Node, kindDenial)
		case !n.shaded && n.node.Is(zone.IsCut):
			// CNAME and DNAME beside NS are errors of their own.
			c.occluded(n, n.node, kindDenial|kindNS|kindDS|kindCNAME|kindDNAME)
		}
	},
	after: (*check).strayAddresses,
}

// occluded judges n, which lies at or below cut. Kinds in allowed are in order;
// addresses are if they are glue.
func (c *check) occluded(n *subject, cut zone.Node, allowed kinds) {
	if n.has&^(allowed|kindAddress) != 0 {
		c.occlude(n.owner, n.someType(allowed|kindAddress))
		return
	}
	if n.has&kindAddress != 0 && !isTarget(n.owner, cut.Set(rr.TypeNS)) {
		c.glue = append(c.glue, n.owner.Clone())
	}
}

func (c *check) occlude(owner dname.Name, t rr.Type) {
	c.at(owner, t, 0, "%s %s lies in a delegated zone and is no glue: it is never answered", owner, t)
}

func isTarget(n dname.Name, ns rr.Set) bool {
	for len(ns) > 0 {
		var r rr.Record
		if r, ns = ns.Next(); dname.Name(r.Data()).Equal(n) {
			return true
		}
	}
	return false
}

// strayAddresses reports the addresses below cuts that no NS record of the zone asks for.
func (c *check) strayAddresses() {
	if len(c.glue) == 0 {
		return
	}
	asked := make(map[string]struct{})
	for owner, n := range c.zone.All() {
		if !n.Is(zone.IsCut) && len(owner) != len(c.apex) {
			continue
		}
		for ns := n.Set(rr.TypeNS); len(ns) > 0; {
			var r rr.Record
			r, ns = ns.Next()
			asked[string(dname.Name(r.Data()).Lower())] = struct{}{}
		}
	}
	for _, owner := range c.glue {
		if _, ok := asked[string(owner)]; !ok {
			c.key.Set(owner)
			n := subject{node: c.zone.Node(&c.key, c.key.Depth())}
			c.occlude(owner, n.someType(^kindAddress))
		}
	}
}
