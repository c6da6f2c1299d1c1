package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// pointer is a name in RDATA that lies in the zone, looked up.
type pointer struct {
	*subject
	kind   kinds
	record rr.Record
	nth    int // of its set, from 0
	target dname.Name
	found  zone.Found
}

func (c *check) targets(n *subject, rules []*Rule) {
	p := &c.points
	p.subject = n
	for s, cur := n.node.Next(0); !s.Empty(); s, cur = n.node.Next(cur) {
		if p.kind = kindOf(s.Type()); p.kind&pointers == 0 {
			continue
		}
		for p.nth = 0; len(s) > 0; p.nth++ {
			p.record, s = s.Next()
			p.target = targetOf(p.record)
			if p.target == nil || !p.target.IsAtOrBelow(c.apex) {
				continue
			}
			c.key.Set(p.target)
			p.found = c.zone.Find(&c.key)
			for _, c.rule = range rules {
				if p.kind&c.rule.when != 0 {
					c.rule.target(c, p)
				}
			}
		}
	}
}

// targetOf is the first name in the RDATA of r, nil where there is none that counts.
func targetOf(r rr.Record) dname.Name {
	switch r.Type() {
	case rr.TypeCNAME, rr.TypeDNAME, rr.TypeALIAS, rr.TypePTR:
		return dname.Name(r.Data())
	case rr.TypeSOA:
		n, err := dname.Len(r.Data())
		if err != nil {
			return nil
		}
		return dname.Name(r.Data()[:n])
	}
	return r.AdditionalTarget(nil)
}

// isAlias reports whether the target's addresses stand under another name.
func (p *pointer) isAlias() bool {
	f := p.found
	return f.Match == zone.Redirected || (f.Match == zone.Exact || f.Match == zone.Synthesized) && f.Node.Is(zone.HasCNAME)
}
