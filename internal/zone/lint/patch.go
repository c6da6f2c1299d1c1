package lint

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// removals offers to remove the set of type t at owner.
func (c *check) removals(owner dname.Name, t rr.Type) []Fix {
	c.key.Set(owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil {
		return nil // a wildcard or a DNAME stands for it
	}
	s := n.Set(t)
	if s.Empty() {
		return nil
	}
	return []Fix{finding.Patch("remove the "+t.String()+" record of "+owner.String(), c.Removal(owner, s))}
}

// removalOf offers to remove record nth of the set of type t at owner.
func (c *check) removalOf(owner dname.Name, t rr.Type, nth int) []Fix {
	c.key.Set(owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil || n.Set(t).Empty() || n.Set(t).Count() == 1 {
		return c.removals(owner, t)
	}
	e := c.Edit(OpRemove, owner, t)
	e.Old = finding.Texts(n.Set(t))[nth : nth+1]
	return []Fix{finding.Patch("remove "+t.String()+" "+e.Old[0]+" of "+owner.String(), e)}
}

// retarget offers to let the record of p point to target instead.
func (c *check) retarget(p *pointer, target dname.Name) []Fix {
	old, t := p.record.Data(), p.record.Type()
	skip := form.TargetAt(t)
	data := append(append(append([]byte(nil), old[:skip]...), target...), old[skip+len(p.target):]...)
	return []Fix{c.Replaced("point "+p.owner.String()+" "+t.String()+" to "+target.String(), p.owner, p.record, data)}
}

// rewritten offers to write the set that r is about as the zone has taken it:
// each record once, with the TTL of the first. Nothing is offered where it has been
// taken as another type, as a CNAME is that is served as ALIAS.
func (c *check) rewritten(title string, r zone.Remark) []Fix {
	c.key.Set(r.Owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil || n.Set(r.Type).Empty() || c.full() {
		return nil
	}
	f := c.WithTTL(r.Owner, n.Set(r.Type), n.Set(r.Type).TTL())
	f.Title = title
	return []Fix{f}
}
