package lint

import (
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var svcbConsistency = Rule{
	Code:     "svcb-consistency",
	Severity: Warning,
	Source:   "RFC 9460, Section 2.4.3",
	Fix:      "add what is missing: alpn beside no-default-alpn, and every key that mandatory names",
	Good:     head + "www HTTPS 1 . mandatory=port alpn=h2 no-default-alpn port=8443\nwww A 192.0.2.1\n",
	Bad:      head + "www HTTPS 1 . mandatory=port alpn=h2\nwww A 192.0.2.1\n",
	when:     kindSVCB,
	name: func(c *check, n *subject) {
		for _, s := range n.svcb() {
			for i := 0; len(s) > 0; i++ {
				var r rr.Record
				if r, s = s.Next(); r.AliasMode() {
					continue
				}
				if key, lacks := form.Lacking(r); lacks {
					c.at(n.owner, r.Type(), i, "%s %s relies on %s, which it does not have", n.owner, r.Type(), form.KeyName(key))
				}
			}
		}
	},
}
