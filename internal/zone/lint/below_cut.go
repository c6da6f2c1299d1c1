package lint

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
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
	if n.has&^(allowed|kindAddress|kindLarge) != 0 {
		c.occlude(n, allowed|kindAddress)
		return
	}
	if n.has&kindAddress != 0 && !form.Names(n.owner, cut.Set(rr.TypeNS)) {
		c.glue = append(c.glue, n.owner.Clone())
	}
}

// occlude reports what n has of other kinds than allowed.
func (c *check) occlude(n *subject, allowed kinds) {
	t := n.someType(allowed)
	f := c.at(n.owner, t, 0, "%s %s lies in a delegated zone and is no glue: it is never answered", n.owner, t)
	if f.Code != "" {
		f.Fixes = []Fix{c.emptied(n, allowed)}
	}
}

// emptied removes what n has of other kinds than keep.
func (c *check) emptied(n *subject, keep kinds) Fix {
	var edits []Edit
	for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
		if kindOf(s.Type())&keep == 0 {
			edits = append(edits, c.Removal(n.owner, s))
		}
	}
	return finding.Patch("remove the data of "+n.owner.String(), edits...)
}

// strayAddresses reports the addresses below cuts that no NS record of the zone asks for.
func (c *check) strayAddresses() {
	if len(c.glue) == 0 {
		return
	}
	if c.pointers != nil {
		c.strayOfChange()
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
			c.stray(owner)
		}
	}
}

func (c *check) stray(owner dname.Name) {
	c.key.Set(owner)
	c.occlude(&subject{owner: owner, node: c.zone.Node(&c.key, c.key.Depth())}, ^kindAddress)
}

// strayOfChange does so without a look at the whole zone.
func (c *check) strayOfChange() {
	for _, owner := range c.glue {
		if !c.isAsked(owner) {
			c.stray(owner)
		}
	}
}

// isAsked reports whether an NS record of the zone names the server ns.
func (c *check) isAsked(ns dname.Name) (asked bool) {
	if _, blind := c.pointers.(noPointers); blind || slices.ContainsFunc(c.asked, ns.Equal) {
		return true
	}
	c.pointers.To(ns, func(apex, owner dname.Name, t rr.Type) bool {
		if t == rr.TypeNS && apex.Equal(c.apex) {
			c.key.Set(owner)
			n := c.zone.Node(&c.key, c.key.Depth())
			asked = n != nil && form.Names(ns, n.Set(rr.TypeNS))
		}
		return !asked
	})
	return asked
}
