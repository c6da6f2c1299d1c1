package targets

import (
	"slices"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// maxAliasNames bounds the names that are looked at from one target on.
const maxAliasNames = 64

// aliasWalk finds where targets lead through the zones that are served.
type aliasWalk struct {
	c    handler
	set  *zone.Set
	now  time.Time
	seen []dname.Name
	ends []dname.Name // the names of others that were come to
}

func (c handler) aliasWalk() *aliasWalk {
	w := &aliasWalk{c: c, set: c.Served(), now: time.Now()}
	if c.Traffic != nil {
		w.now = c.Traffic.Now() // the clock of the program
	}
	return w
}

// targets is those of the ALIAS records of n, a node of z.
func (w *aliasWalk) targets(z *zone.Snapshot, n zone.Node) []api.AliasTarget {
	out := []api.AliasTarget{}
	for rest := n.Set(rr.TypeALIAS); !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		target := dname.Name(r.Data())
		out = append(out, w.target(target, z.Policy(n, target)))
	}
	return out
}

// target is what is known of name, to which a record leads that says p of failures.
func (w *aliasWalk) target(name dname.Name, p *zone.Policy) api.AliasTarget {
	w.seen, w.ends = w.seen[:0], w.ends[:0]
	w.visit(name)
	if len(w.ends) == 1 && w.ends[0].Equal(name) {
		return w.foreign(name, p)
	}
	out := api.AliasTarget{Target: name.String(), State: api.AliasOwn}
	for _, end := range w.ends {
		out.Ends = append(out.Ends, w.foreign(end, p))
	}
	return out
}

// visit goes on at name (RFC 1034, Section 4.3.2, steps 2 and 3).
func (w *aliasWalk) visit(name dname.Name) {
	if len(w.seen) == maxAliasNames || slices.ContainsFunc(w.seen, name.Equal) {
		return
	}
	w.seen = append(w.seen, name)
	var key dname.Key
	key.Set(name)
	e := w.set.Find(&key, key.Depth())
	switch {
	case e == nil:
		w.ends = append(w.ends, name.Clone())
		return
	case e.Zone == nil:
		return
	}
	switch found := e.Zone.Find(&key); {
	case found.Match == zone.Delegated, found.Match == zone.Exact && found.Node.Is(zone.IsCut):
		w.ends = append(w.ends, name.Clone())
	case found.Match == zone.Redirected:
		w.redirect(name, name.Suffix(found.Depth), found.Node.Set(rr.TypeDNAME))
	case found.Match != zone.Missing:
		w.at(e, found.Node)
	}
}

// redirect goes on at the name that the DNAME set of owner makes of name (RFC
// 6672, Section 2.2).
func (w *aliasWalk) redirect(name, owner dname.Name, set rr.Set) {
	prefix := name[:len(name)-len(owner)]
	if len(prefix)+len(set.Target()) <= dname.MaxLen {
		w.visit(slices.Concat(prefix, set.Target()))
	}
}

// at goes on where n sends who asks for addresses. Where an ALIAS of a zone that
// the client does not see leads is not shown: the DNS keeps it to itself.
func (w *aliasWalk) at(e *zone.Entry, n zone.Node) {
	switch {
	case n.Is(zone.HasCNAME):
		w.visit(n.Set(rr.TypeCNAME).Target())
	case n.Is(zone.HasALIAS) && w.sees(e.Apex):
		for rest := n.Set(rr.TypeALIAS); !rest.Empty(); {
			var r rr.Record
			r, rest = rest.Next()
			w.visit(dname.Name(r.Data()))
		}
	}
}

func (w *aliasWalk) sees(apex dname.Name) bool {
	_, err := w.c.Control.Zone(w.c.Who, control.Ref{Apex: apex})
	return err == nil
}
