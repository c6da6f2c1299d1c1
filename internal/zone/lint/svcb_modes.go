package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var svcbAliasAndService = Rule{
	Code:     "svcb-alias-and-service",
	Severity: Warning,
	Source:   "RFC 9460, Section 2.4.1",
	Fix:      "keep the AliasMode record (priority 0) or the ServiceMode records: clients ignore the latter",
	Good:     head + "www HTTPS 1 . alpn=h2\nwww A 192.0.2.1\nsvc HTTPS 0 www\n",
	Bad:      head + "www HTTPS 1 . alpn=h2\nwww HTTPS 0 svc.example.net.\nwww A 192.0.2.1\n",
	when:     kindSVCB,
	name: func(c *check, n *subject) {
		for _, s := range n.svcb() {
			if alias, service := form.Modes(s); alias > 0 && service > 0 {
				f := c.at(n.owner, s.Type(), 0, "%s has %s records in AliasMode and in ServiceMode", n.owner, s.Type())
				f.Conflicts = c.records(n.owner, s)
				f.Fixes = []Fix{c.withoutMode(n.owner, s, true), c.withoutMode(n.owner, s, false)}
			}
		}
	},
}

var multipleAliasModes = Rule{
	Code:     "multiple-alias-modes",
	Severity: Warning,
	Source:   "RFC 9460, Section 2.4.2",
	Fix:      "keep one AliasMode record: clients pick one at random",
	Good:     head + "www HTTPS 0 svc.example.net.\n",
	Bad:      head + "www HTTPS 0 svc.example.net.\nwww HTTPS 0 other.example.net.\n",
	when:     kindSVCB,
	name: func(c *check, n *subject) {
		for _, s := range n.svcb() {
			if alias, _ := form.Modes(s); alias > 1 {
				f := c.at(n.owner, s.Type(), 1, "%s has %d %s records in AliasMode", n.owner, alias, s.Type())
				f.Conflicts = c.records(n.owner, s)
				f.Fixes = c.KeepOne(n.owner, s.Type(), inMode(s, true))
			}
		}
	},
}

// inMode is the RDATA of the records of s in AliasMode, or of those in ServiceMode.
func inMode(s rr.Set, alias bool) []string {
	var out []string
	for len(s) > 0 {
		var r rr.Record
		if r, s = s.Next(); r.AliasMode() == alias {
			out = append(out, finding.Text(r.Type(), r.Data()))
		}
	}
	return out
}

// withoutMode removes the records of s that are in AliasMode, or those that are not.
func (c *check) withoutMode(owner dname.Name, s rr.Set, alias bool) Fix {
	e := c.Edit(OpRemove, owner, s.Type())
	e.Old = inMode(s, alias)
	mode := "ServiceMode"
	if alias {
		mode = "AliasMode"
	}
	return finding.Patch("remove the "+mode+" records of "+owner.String(), e)
}

func (n *subject) svcb() [2]rr.Set {
	return [2]rr.Set{n.node.Set(rr.TypeSVCB), n.node.Set(rr.TypeHTTPS)}
}
