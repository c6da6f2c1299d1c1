package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var hidesParent = Rule{
	Code:     "hides-records-of-parent",
	Severity: Warning,
	Load:     Silent,
	Source:   "RFC 1034, Section 4.3.2",
	Fix:      "move those records into this zone, or delegate its name there and remove the rest",
	Good:     "$ORIGIN sub.example.org.\n" + good,
	Bad:      "$ORIGIN www.example.org.\n" + good,
	Beside:   beside + "sub NS ns1.example.net.\nsub NS ns2.example.net.\nwww A 192.0.2.1\n",
	zone: func(c *check) {
		parent, node := c.parentNode()
		if node == nil || !hides(node) {
			return
		}
		c.at(c.apex, rr.TypeSOA, 0, "the zone %s answers for its names from now on: what the zone %s has at or below them is hidden", c.apex, parent)
	},
}

// good is the records at the apex of a zone that breaks no rule.
const good = `$TTL 3600
@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300
@ NS ns1.example.net.
@ NS ns2.example.net.
`

// parentNode is what the zone held above c's has at c's apex.
func (c *check) parentNode() (parent dname.Name, node zone.Node) {
	if c.options.World == nil {
		return nil, nil
	}
	c.aux.Set(c.apex)
	e := c.options.World.Find(&c.aux, c.aux.Depth()-1)
	if e == nil || e.Zone == nil {
		return nil, nil
	}
	return e.Apex, e.Zone.Node(&c.aux, c.aux.Depth())
}

// hides reports whether a node at the apex of a child zone has more than a
// delegation with its glue.
func hides(n zone.Node) bool {
	for s, cur := n.Next(0); !s.Empty(); s, cur = n.Next(cur) {
		if t := s.Type(); t != rr.TypeNS && t != rr.TypeDS && kindOf(t)&kindDenial == 0 {
			return true
		}
	}
	return n.Set(rr.TypeNS).Empty() && n.Children() > 0
}
