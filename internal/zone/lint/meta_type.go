package lint

var metaType = Rule{
	Code:     "meta-type",
	Severity: Error,
	Source:   "RFC 6895, Section 3.1",
	Fix:      "remove the record: types of this kind may only be asked for or live inside a message",
	Good:     head + "www TYPE65280 \\# 1 00\n",
	Bad:      head + "www TYPE200 \\# 1 00\n", // refused by the parser already
	when:     kindMeta,
	name: func(c *check, n *subject) {
		for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
			if s.Type().IsMeta() {
				f := c.at(n.owner, s.Type(), 0, "%s %s: this type is not data", n.owner, s.Type())
				f.Fixes = c.removals(n.owner, s.Type())
			}
		}
	},
}
