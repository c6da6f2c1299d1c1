package control

import (
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
)

// ZoneInfo is a zone as it is at one time. It is immutable.
type ZoneInfo = held.Zone

// The states of a zone.
const (
	StatusActive = held.StatusActive
	StatusPaused = held.StatusPaused
)

// find is the zone as it has been written for good; nil where there is none.
func (c *Control) find(ref Ref) *ZoneInfo { return c.committed.Find(ref.ID, ref.Apex) }

// Zones is the zones that p sees, and that keep keeps if it is not nil, by apex.
// It is none for one who may not read zones.
func (c *Control) Zones(p *access.Principal, keep func(*ZoneInfo) bool) []*ZoneInfo {
	if p.May(access.ZonesRead) != nil {
		return nil
	}
	return slices.DeleteFunc(c.committed.All(), func(z *ZoneInfo) bool {
		return !p.Sees(&z.Zone) || keep != nil && !keep(z)
	})
}

// Zone is the zone of that id or apex.
func (c *Control) Zone(p *access.Principal, ref Ref) (*ZoneInfo, error) {
	if err := may(p, access.ZonesRead); err != nil {
		return nil, err
	}
	return c.see(p, ref)
}

// see finds a zone; one that p does not see is not there for it.
func (c *Control) see(p *access.Principal, ref Ref) (*ZoneInfo, error) {
	z := c.find(ref)
	if z == nil || !p.Sees(&z.Zone) {
		return nil, fault.NoZone(ref.String())
	}
	return z, nil
}
