package servers

import (
	"bytes"
	"net/netip"
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Aliases are the names that a chain in items leads to from name.
func Aliases(items []Item, name dname.Name) (out []dname.Name) {
	for range items {
		set := SetOf(items, name, rr.TypeCNAME)
		if set.Empty() {
			break
		}
		name = set.Target()
		out = append(out, name)
	}
	return out
}

// SetOf is the set of that owner and type in items, or an empty one.
func SetOf(items []Item, owner dname.Name, t rr.Type) rr.Set {
	for _, i := range items {
		if i.Set.Type() == t && i.Owner.Equal(owner) {
			return i.Set
		}
	}
	return nil
}

// Addresses are those of the A or AAAA records of s.
func Addresses(s rr.Set) (out []netip.Addr) {
	for rest := s; !rest.Empty() && len(out) < maxRecords; {
		var rec rr.Record
		rec, rest = rest.Next()
		if t := rec.Type(); t != rr.TypeA && t != rr.TypeAAAA {
			continue
		}
		if a, ok := netip.AddrFromSlice(rec.Data()); ok {
			out = append(out, a.Unmap())
		}
	}
	return out
}

// Agrees reports whether two servers say the same, as far as both of them go: one
// of a zone stops where a chain leaves the zone, a resolver does not.
func Agrees(a, b *View) bool {
	n := min(len(a.Aliases), len(b.Aliases))
	for i := range n {
		if !a.Aliases[i].Equal(b.Aliases[i]) {
			return false
		}
	}
	if n < len(a.Aliases) && b.Ended || n < len(b.Aliases) && a.Ended {
		return false
	}
	if !a.Ended || !b.Ended {
		return true
	}
	return slices.EqualFunc(Canonical(a.Set), Canonical(b.Set), bytes.Equal)
}

// Canonical are the records of s, ready to be compared (RFC 4034, Section 6.2),
// in order.
func Canonical(s rr.Set) (out [][]byte) {
	for rest := s; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		data := bytes.Clone(rec.Data())
		rr.LowerNames(rec.Type(), data)
		out = append(out, data)
	}
	slices.SortFunc(out, bytes.Compare)
	return slices.CompactFunc(out, bytes.Equal)
}
