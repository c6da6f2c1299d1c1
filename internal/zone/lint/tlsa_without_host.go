package lint

import "github.com/truename-dns/truename/internal/dns/dname"

var tlsaWithoutHost = Rule{
	Code:     "tlsa-without-host",
	Severity: Warning,
	Source:   "RFC 6698, Section 3; RFC 4592, Section 2.2.1",
	Fix:      "give the host records of its own, or move the TLSA record to the name of the host; a wildcard does not stand for a host that has names below it",
	Good:     head + "*.apps A 192.0.2.1\nshop.apps A 192.0.2.1\n_443._tcp.shop.apps TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	Bad:      head + "_443._tcp.shop.apps TLSA 3 1 1 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n",
	when:     kindTLSA,
	absent:   true,
	name: func(c *check, n *subject) {
		if n.shaded || n.owner.Labels() < c.zone.Labels()+2 || n.owner[1] != '_' {
			return
		}
		host := n.owner.Parent().Parent()
		if n.owner.Parent()[1] != '_' || host.IsWildcard() {
			return
		}
		if c.isBare(host) {
			c.at(n.owner, typeTLSA, 0, "%s is about the host %s, which has no records", n.owner, host)
		}
	},
}

// isBare reports whether the name in the zone has no data itself.
func (c *check) isBare(name dname.Name) bool {
	c.key.Set(name)
	n := c.zone.Node(&c.key, c.key.Depth())
	return n == nil || n.Empty()
}
