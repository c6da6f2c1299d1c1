package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
)

var multipleCNAMEs = Rule{
	Code:     "multiple-cnames",
	Severity: Error,
	Source:   "RFC 2181, Section 10.1",
	Fix:      "keep one CNAME; to spread load, give the name several addresses",
	Good:     head + "www CNAME host\nhost A 192.0.2.1\nhost A 192.0.2.2\n",
	Bad:      head + "www CNAME host\nwww CNAME other.example.net.\nhost A 192.0.2.1\n",
	when:     kindCNAME,
	name:     func(c *check, n *subject) { c.single(n, rr.TypeCNAME) },
}

// single is for types of which a name has one record at most.
func (c *check) single(n *subject, t rr.Type) {
	s := n.node.Set(t)
	if _, rest := s.Next(); rest.Empty() {
		return
	}
	f := c.at(n.owner, t, 1, "%s has %d %s records", n.owner, s.Count(), t)
	if f.Code != "" {
		f.Conflicts = c.records(n.owner, s)
		f.Fixes = c.KeepOne(n.owner, t, finding.Texts(s))
	}
}
