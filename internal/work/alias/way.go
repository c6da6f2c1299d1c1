package alias

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// maxNames bounds the names that are looked at on one way.
const maxNames = 128

// way is where a name leads through our own zones: by CNAME, DNAME and ALIAS,
// in any order.
type way struct {
	exits []dname.Name // the names of others at which it leaves them
	zones []string     // apexes of the zones of ours that have a say in it
}

// walker finds a way.
type walker struct {
	way
	set  *zone.Set
	key  dname.Key
	seen []dname.Name
}

// find is the way of name through set.
func (w *walker) find(set *zone.Set, name dname.Name) way {
	w.way, w.set, w.seen = way{}, set, w.seen[:0]
	w.visit(name)
	return w.way
}

// visit goes on at name (RFC 1034, Section 4.3.2, steps 2 and 3).
func (w *walker) visit(name dname.Name) {
	if len(w.seen) == maxNames || slices.ContainsFunc(w.seen, name.Equal) {
		return
	}
	w.seen = append(w.seen, name)
	w.key.Set(name)
	e := w.set.Find(&w.key, w.key.Depth())
	if e == nil {
		w.leave(name)
		return
	}
	if apex := string(e.Apex); !slices.Contains(w.zones, apex) {
		w.zones = append(w.zones, apex)
	}
	if e.Zone != nil {
		w.within(e.Zone, name)
	}
}

func (w *walker) within(z *zone.Snapshot, name dname.Name) {
	found := z.Find(&w.key)
	switch found.Match {
	case zone.Missing:
	case zone.Delegated:
		w.leave(name)
	case zone.Redirected:
		w.redirect(name, name.Suffix(found.Depth), found.Node.Set(rr.TypeDNAME))
	default:
		if found.Match == zone.Exact && found.Node.Is(zone.IsCut) {
			w.leave(name)
			return
		}
		w.at(found.Node)
	}
}

// leave: name is with others.
func (w *walker) leave(name dname.Name) {
	if !slices.ContainsFunc(w.exits, name.Equal) {
		w.exits = append(w.exits, name)
	}
}

// redirect goes on at the name that the DNAME set of owner makes of name (RFC
// 6672, Section 2.2).
func (w *walker) redirect(name, owner dname.Name, set rr.Set) {
	prefix, target := name[:len(name)-len(owner)], set.Target()
	if len(prefix)+len(target) <= dname.MaxLen {
		w.visit(slices.Concat(prefix, target))
	}
}

// at goes on where n sends who asks for addresses; its own come before those of
// an ALIAS.
func (w *walker) at(n zone.Node) {
	switch {
	case n.Is(zone.HasCNAME):
		w.visit(n.Set(rr.TypeCNAME).Target())
	case !n.Is(zone.HasALIAS), !n.Set(rr.TypeA).Empty() && !n.Set(rr.TypeAAAA).Empty():
	default:
		for t := range targetsOf(n) {
			w.visit(t)
		}
	}
}

// targetsOf yields the targets of the ALIAS records of n, which may be the zero Node.
func targetsOf(n zone.Node) func(yield func(dname.Name) bool) {
	return func(yield func(dname.Name) bool) {
		if n == nil || !n.Is(zone.HasALIAS) {
			return
		}
		for set := n.Set(rr.TypeALIAS); !set.Empty(); {
			var r rr.Record
			if r, set = set.Next(); !yield(r.Data()) {
				return
			}
		}
	}
}
