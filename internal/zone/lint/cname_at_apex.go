package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// An apex has an SOA record and NS records always, so that cname-and-other-data
// says the same of it; this one says what to do.
var cnameAtApex = Rule{
	Code:     "cname-at-apex",
	Severity: Error,
	Source:   "RFC 1034, Section 3.6.2; RFC 1912, Section 2.4",
	Fix:      "write ALIAS instead of CNAME: it gives the addresses of the target and may stand beside SOA, NS and MX records",
	Good:     head + "@ ALIAS host.example.net.\n",
	Bad:      head + "@ CNAME host.example.net.\n",
	when:     kindCNAME,
	name: func(c *check, n *subject) {
		if !n.isApex(c) {
			return
		}
		f := c.at(n.owner, rr.TypeCNAME, 0, "%s is the apex of the zone and has a CNAME record", n.owner)
		if f.Code == "" {
			return
		}
		f.Conflicts = c.besideCNAME(n)
		f.Fixes = c.insteadOfCNAME(n)
	},
}

// besideCNAME lists the CNAME at n and all that may not stand beside it.
func (c *check) besideCNAME(n *subject) []string {
	var out []string
	for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
		if kindOf(s.Type())&kindBesideCNAME == 0 {
			out = append(out, c.records(n.owner, s)...)
		}
	}
	return out
}

// insteadOfCNAME offers to make the CNAME at n an ALIAS, which takes the place of the
// addresses there are, and to remove it.
func (c *check) insteadOfCNAME(n *subject) []Fix {
	s := n.node.Set(rr.TypeCNAME)
	edits := []Edit{c.Removal(n.owner, s)}
	drop := finding.Patch("remove the CNAME record of "+n.owner.String(), edits...)
	title := "use ALIAS instead of CNAME at " + n.owner.String()
	for _, t := range [...]rr.Type{rr.TypeALIAS, rr.TypeA, rr.TypeAAAA} {
		if old := n.node.Set(t); !old.Empty() {
			title = replacing(n)
			edits = append(edits, c.Removal(n.owner, old))
		}
	}
	if form.HasData(n.node.Set(rr.TypeALIAS), s.Data()) {
		return []Fix{drop} // that ALIAS is there
	}
	edits = append(edits, c.Addition(n.owner, rr.TypeALIAS, s.TTL(), finding.Text(rr.TypeALIAS, s.Data())))
	return []Fix{finding.Patch(title, edits...), drop}
}

// replacing is what an ALIAS in place of what n has its addresses from is called.
func replacing(n *subject) string {
	if n.has&kindAddress == 0 {
		return "point the ALIAS record of " + n.owner.String() + " there instead"
	}
	return "replace the addresses of " + n.owner.String() + " with an ALIAS record"
}
