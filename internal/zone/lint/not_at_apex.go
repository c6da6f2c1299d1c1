package lint

var notAtApex = Rule{
	Code:     "not-at-apex",
	Severity: Warning,
	Source:   "RFC 4034, Section 2; RFC 5155, Section 4; RFC 7344, Section 4.1; RFC 8976, Section 2",
	Fix:      "move it to the apex: records of this type say something about a zone",
	Good:     head + "@ NSEC3PARAM 1 0 0 -\n",
	Bad:      head + "www NSEC3PARAM 1 0 0 -\n",
	when:     kindApexOnly,
	name: func(c *check, n *subject) {
		if n.isApex(c) || n.shaded {
			return
		}
		for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
			if kindOf(s.Type()) != kindApexOnly {
				continue
			}
			f := c.at(n.owner, s.Type(), 0, "%s has a %s record, but the zone is %s", n.owner, s.Type(), c.apex)
			if f.Code != "" {
				f.Fixes = c.removals(n.owner, s.Type())
			}
		}
	},
}
