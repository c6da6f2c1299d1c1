package lint

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// A warning, as the other names of the zone have nothing to do with it.
var cnameLoop = Rule{
	Code:     "cname-loop",
	Severity: Warning,
	Source:   "RFC 1034, Section 3.6.2; RFC 1912, Section 2.4",
	Fix:      "let one of these names point to a host outside of the loop",
	Good:     head + "a CNAME b\nb CNAME c\nc A 192.0.2.1\n",
	Bad:      head + "a CNAME b\nb CNAME c\nc CNAME a\n",
	when:     kindCNAME,
	target: func(c *check, p *pointer) {
		if p.isAlias() {
			c.chained = append(c.chained, p.owner.Clone())
		}
	},
	after: func(c *check) {
		done := make(map[string]struct{}, len(c.chained))
		for _, start := range c.chained {
			if loop := c.follow(start, done); loop != nil {
				c.reportLoop(start, loop)
			}
		}
	},
}

// follow walks the chain that starts at name until it ends, leaves the zone or
// comes to a name that is done, and returns the loop that it runs into, if any.
// All names on the way are done then, so that no name is walked twice.
func (c *check) follow(name dname.Name, done map[string]struct{}) (loop []dname.Name) {
	var path []dname.Name
	seen := make(map[string]int)
	for name != nil {
		if _, ok := done[string(name)]; ok {
			break
		}
		if i, ok := seen[string(name)]; ok {
			loop = path[i:]
			break
		}
		seen[string(name)] = len(path)
		path = append(path, name)
		name = c.step(name)
	}
	for _, n := range path {
		done[string(n)] = struct{}{}
	}
	return loop
}

// step is the name that name is an alias of, lower-cased; nil if it is none or
// the target is not in the zone.
func (c *check) step(name dname.Name) dname.Name {
	c.key.Set(name)
	f := c.zone.Find(&c.key)
	var next dname.Name
	switch {
	case f.Match == zone.Redirected:
		target := f.Node.Set(rr.TypeDNAME).Target()
		under := name[:len(name)-len(name.Suffix(f.Depth))]
		next = append(append(next, under...), target...)
	case f.Match != zone.Exact && f.Match != zone.Synthesized, !f.Node.Is(zone.HasCNAME):
		return nil
	default:
		next = f.Node.Set(rr.TypeCNAME).Target()
	}
	if len(next) > dname.MaxLen || !next.IsAtOrBelow(c.apex) {
		return nil
	}
	return next.Lower()
}

// reportLoop shows the loop from its first name in canonical order, so that
// the same zone always gives the same text.
func (c *check) reportLoop(start dname.Name, loop []dname.Name) {
	const most = 20
	first := 0
	for i, n := range loop {
		if n.Compare(loop[first]) < 0 {
			first = i
		}
	}
	var path strings.Builder
	for i := range min(len(loop), most) {
		path.WriteString(loop[(first+i)%len(loop)].String() + " -> ")
	}
	if len(loop) > most {
		path.WriteString("... -> ")
	}
	path.WriteString(loop[first].String())
	owner := loop[first]
	if _, ok := c.build.Locate(owner, rr.TypeCNAME, 0); !ok {
		owner = start // the first name is made from a wildcard or a DNAME
	}
	c.at(owner, rr.TypeCNAME, 0, "these aliases run in a circle: %s", path.String())
}
