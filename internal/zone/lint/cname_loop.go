package lint

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// At a load a warning, as the other names of the zone have nothing to do with it.
var cnameLoop = Rule{
	Code:     "cname-loop",
	Severity: Error,
	Load:     Warning,
	Source:   "RFC 1034, Section 3.6.2; RFC 1912, Section 2.4",
	Fix:      "let one of these names point to a host outside of the loop",
	Good:     head + "a CNAME host.example.org.\n",
	Bad:      head + "a CNAME back.example.org.\n",
	Beside:   beside + "host A 192.0.2.1\nback ALIAS a.example.com.\n",
	when:     kindCNAME | kindAlias | kindSVCB | kindDNAME,
	target:   (*check).gather,
	after: func(c *check) {
		for _, s := range c.chained {
			t, path, loop := c.tail(s.name, s.q)
			switch {
			case loop != nil:
				c.reportLoop(s, path, loop)
			case t.grows && s.t == rr.TypeDNAME && len(path) > 0:
				owner := s.name.Parent()
				f := c.at(owner, s.t, 0, "the names that this DNAME makes only grow: %s", pathText(path[:min(len(path), 4)], false)+" -> ...")
				f.Conflicts = c.links(path[:1], s.q)
				f.Fixes = c.removals(owner, s.t)
			}
		}
	},
}

const leadsIn = " leads into a circle of aliases: "

// reportLoop shows the loop from its first name in canonical order, so that
// the same zones always give the same text. A Change is told of the way into a
// loop that its names are no part of.
func (c *check) reportLoop(s start, path, loop []dname.Name) {
	owner, text := c.canonicalLoop(s.name, loop)
	if text = "these aliases run in a circle: " + text; c.pointers != nil && len(path) > len(loop) {
		owner, text = s.name, s.name.String()+leadsIn+pathText(append(slices.Clone(path), loop[0]), false)
	}
	t, shown := s.t, owner
	if owner.Equal(s.name) && t == rr.TypeDNAME {
		shown = owner.Parent()
	} else if t = c.aliasType(owner); t == 0 {
		shown, t = s.name, s.t
	}
	f := c.at(shown, t, 0, "%s", text)
	if f.Code != "" {
		f.Conflicts = c.links(loop, s.q)
		f.Fixes = c.removals(shown, t)
	}
}

// canonicalLoop is the text of the loop from its first name, and the first name
// that lies in the zone under judgement, if any; else that is fallback.
func (c *check) canonicalLoop(fallback dname.Name, loop []dname.Name) (owner dname.Name, text string) {
	first := 0
	for i, n := range loop {
		if n.Compare(loop[first]) < 0 {
			first = i
		}
	}
	turned := append(slices.Clone(loop[first:]), loop[:first]...)
	for _, n := range turned {
		if in := c.home(n); in == c.zone && c.aliasType(n) != 0 {
			return n, pathText(turned, true)
		}
	}
	return fallback, pathText(turned, true)
}

// aliasType is the type of the record that makes the name an alias by itself; 0
// where it is one by a wildcard or a DNAME, or of another zone.
func (c *check) aliasType(name dname.Name) rr.Type {
	if !name.IsAtOrBelow(c.apex) {
		return 0
	}
	c.key.Set(name)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil {
		return 0
	}
	for _, t := range [...]rr.Type{rr.TypeCNAME, rr.TypeALIAS, rr.TypeHTTPS, rr.TypeSVCB} {
		if !n.Set(t).Empty() {
			return t
		}
	}
	return 0
}
