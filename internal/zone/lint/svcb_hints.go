package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

var svcbHints = Rule{
	Code:     "svcb-hints",
	Severity: Warning,
	Source:   "RFC 9460, Section 7.3",
	Fix:      "write the addresses of the target as hints, or leave the hints out",
	Good:     head + "www HTTPS 1 . ipv4hint=192.0.2.1\nwww A 192.0.2.1\nwww A 192.0.2.2\n",
	Bad:      head + "www HTTPS 1 . ipv4hint=192.0.2.9\nwww A 192.0.2.1\n",
	when:     kindSVCB,
	absent:   true,
	name: func(c *check, n *subject) {
		for _, s := range n.svcb() {
			for nth := 0; len(s) > 0; nth++ {
				var r rr.Record
				if r, s = s.Next(); r.AliasMode() {
					continue
				}
				if target := r.AdditionalTarget(n.owner); target != nil {
					c.hints(n, r, nth, target)
				}
			}
		}
	},
}

// hints compares the hints of r with the addresses of its target, where that is ours.
func (c *check) hints(n *subject, r rr.Record, nth int, target dname.Name) {
	for t, address := range form.Hints(r) {
		in, f := c.Look(target)
		if in == nil || f.Match != zone.Exact && f.Match != zone.Synthesized || f.Node.Set(t).Empty() {
			continue
		}
		if !form.HasData(f.Node.Set(t), address) {
			c.at(n.owner, r.Type(), nth, "%s %s hints at %s, which is no address of %s", n.owner, r.Type(), finding.Text(t, address), target)
		}
	}
}
