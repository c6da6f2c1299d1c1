package control

import (
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// ZoneInfo is a zone as it is at one time. It is immutable.
type ZoneInfo struct {
	change.Zone
	Serial   change.Serial
	Head     change.Revision // of the last Change to it; 0 for a zone from a file
	Changed  time.Time       // of that Change
	Records  int             // disabled ones included, the SOA not
	ReadOnly bool            // it comes from a file
	Source   string          // store, or files
	Snapshot *zone.Snapshot  // as it is served, or would be if it is paused

	disabled int // how many records are
}

// Paused reports whether the zone is kept but not served.
func (z *ZoneInfo) Paused() bool { return z.Status == StatusPaused }

// The states of a zone.
const (
	StatusActive = "active"
	StatusPaused = "paused"
)

// entry is what is to be published of z.
func (z *ZoneInfo) entry() zone.Entry {
	if z.Paused() {
		return zone.Entry{Apex: z.Apex}
	}
	return zone.Entry{Apex: z.Apex, Zone: z.Snapshot}
}

// soa is the SOA RRset with the zone's serial.
func (z *ZoneInfo) soa() rr.Set { return soaSet(&z.Zone, z.Serial) }

// registry is the zones that have been written for good, and those from files.
type registry struct {
	mu     sync.RWMutex
	byID   map[change.ZoneID]*ZoneInfo
	byApex map[string]*ZoneInfo
	order  []*ZoneInfo    // by apex; nil when it has to be made anew
	under  map[string]int // how many zones lie below a name
}

func (r *registry) reset() {
	r.byID, r.byApex, r.order = make(map[change.ZoneID]*ZoneInfo), make(map[string]*ZoneInfo), nil
	r.under = make(map[string]int)
}

func (r *registry) find(ref Ref) *ZoneInfo {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if ref.ID != (change.ZoneID{}) {
		return r.byID[ref.ID]
	}
	return r.byApex[string(ref.Apex)]
}

// put replaces before by after; either may be nil.
func (r *registry) put(before, after *ZoneInfo) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.putLocked(before, after)
}

func (r *registry) putLocked(before, after *ZoneInfo) {
	if before != nil {
		delete(r.byID, before.ID)
		delete(r.byApex, string(before.Apex))
		r.count(before.Apex, -1)
	}
	if after != nil {
		r.byID[after.ID] = after
		r.byApex[string(after.Apex)] = after
		r.count(after.Apex, 1)
	}
	switch {
	case before == nil || after == nil:
		r.order = nil
	case r.order != nil:
		if i, ok := slices.BinarySearchFunc(r.order, after.Apex, compareApex); ok {
			r.order[i] = after
		}
	}
}

func compareApex(z *ZoneInfo, apex dname.Name) int { return z.Apex.Compare(apex) }

// all is the zones by apex, as they are now.
func (r *registry) all() []*ZoneInfo {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.order == nil {
		r.order = make([]*ZoneInfo, 0, len(r.byID))
		for _, z := range r.byID {
			r.order = append(r.order, z)
		}
		slices.SortFunc(r.order, func(a, b *ZoneInfo) int { return a.Apex.Compare(b.Apex) })
	}
	return slices.Clone(r.order)
}

// Zones is the zones that p sees, and that keep keeps if it is not nil, by apex.
// It is none for one who may not read zones.
func (c *Control) Zones(p *access.Principal, keep func(*ZoneInfo) bool) []*ZoneInfo {
	if p.May(access.ZonesRead) != nil {
		return nil
	}
	return slices.DeleteFunc(c.committed.all(), func(z *ZoneInfo) bool {
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
	z := c.committed.find(ref)
	if z == nil || !p.Sees(&z.Zone) {
		return nil, noZone(ref)
	}
	return z, nil
}

func noZone(ref Ref) *Error {
	name := ref.Apex.String()
	if ref.Apex == nil {
		name = ref.ID.String()
	}
	return fault(Missing, "zone-not-found", "there is no zone "+name, "list the zones to see which there are")
}

// may turns a missing scope into an Error.
func may(p *access.Principal, scopes ...access.Scope) error {
	if err := p.May(scopes...); err != nil {
		return denied(err)
	}
	return nil
}

func denied(err error) *Error {
	e := fault(Denied, "denied", err.Error(), "")
	e.Cause = err
	return e
}
