package control

import (
	"fmt"

	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// apart checks that a zone to be made takes no names over from a zone of
// another account: one above it, unless that delegates the apex (RFC 1034,
// Section 4.2.1), or one below. The longest apex answers for a name, so that
// whoever makes a zone would otherwise decide about names of others.
func (w *zoneWork) apart(account string) error {
	if w.p.Admin {
		return nil
	}
	apex := w.edit.Zone.Apex
	for at := apex.Parent(); !at.IsRoot(); at = at.Parent() {
		z := w.c.latest(Ref{Apex: at})
		if z == nil {
			continue
		}
		if z.Account != account && held.Set(z.Snapshot, apex, rr.TypeNS).Empty() {
			return foreign(apex)
		}
		break // what lies above that has nothing to say any more
	}
	if z := w.c.below(apex, account); z != nil {
		return foreign(apex)
	}
	return nil
}

func foreign(apex dname.Name) *Error {
	return fault.New(Denied, "zone-of-others", fmt.Sprintf("the zone %s would take names over from a zone of another account", apex),
		"let that account delegate the name to its own NS RRset, or ask an admin to make the zone")
}

// below is a zone of another account than the one given below apex; nil where there is none.
func (c *Control) below(apex dname.Name, account string) *ZoneInfo {
	for _, p := range c.ahead.apexes {
		if p.info != nil && p.info.Account != account && p.info.Apex.IsBelow(apex) {
			return p.info
		}
	}
	return c.committed.Below(apex, account)
}
