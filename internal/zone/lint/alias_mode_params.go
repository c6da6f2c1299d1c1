package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var aliasModeParams = Rule{
	Code:     "alias-mode-params",
	Severity: Warning,
	Source:   "RFC 9460, Section 2.4.2",
	Fix:      "leave the parameters out, or give the record a priority above 0: with 0, clients take no notice of them",
	Good:     head + "www HTTPS 0 svc.example.net.\n",
	Bad:      head + "www HTTPS 0 svc.example.net. alpn=h2\n",
	when:     kindSVCB,
	name: func(c *check, n *subject) {
		for _, s := range n.svcb() {
			for nth := 0; len(s) > 0; nth++ {
				var r rr.Record
				if r, s = s.Next(); !r.AliasMode() || len(form.Params(r)) == 0 {
					continue
				}
				f := c.at(n.owner, r.Type(), nth, "%s %s is in AliasMode (priority 0) and has parameters", n.owner, r.Type())
				if f.Code != "" {
					bare := r.Data()[:len(r.Data())-len(form.Params(r))]
					f.Fixes = []Fix{c.Replaced("leave the parameters out", n.owner, r, bare)}
				}
			}
		}
	},
}
