package control

import (
	"context"
	"iter"
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// ahead is how the state differs from what has been written for good: by the
// Changes that are accepted and wait in the queue. It is what the next Change
// is judged upon. All of it is guarded by Control.accept.
type ahead struct {
	set      *zone.Set
	revision change.Revision // of the last accepted Change
	zones    map[change.ZoneID]*pendingZone
	apexes   map[string]*pendingZone
	sets     map[held.Key]*pendingSet
	large    []*ticket          // that wrote too many RRsets for sets, oldest first
	requests map[string]*ticket // by account and key
}

type pendingZone struct {
	info *ZoneInfo // nil for a zone that is deleted
	by   *ticket   // the last one that wrote it
}

type pendingSet struct {
	rrset change.RRset
	by    *ticket
}

// reset forgets what waits: the state is that of set and revision.
func (a *ahead) reset(set *zone.Set, revision change.Revision) {
	*a = ahead{
		set: set, revision: revision,
		zones: make(map[change.ZoneID]*pendingZone), apexes: make(map[string]*pendingZone),
		sets: make(map[held.Key]*pendingSet), requests: make(map[string]*ticket),
	}
}

// latest finds a zone as the next Change will find it.
func (c *Control) latest(ref Ref) *ZoneInfo {
	p := c.ahead.zones[ref.ID]
	if ref.ID == (change.ZoneID{}) {
		p = c.ahead.apexes[string(ref.Apex)]
	}
	if p != nil {
		return p.info
	}
	return c.find(ref)
}

// rrset is the RRset as the next Change will find it.
func (c *Control) rrset(ctx context.Context, z *ZoneInfo, owner dname.Name, t rr.Type) (change.RRset, error) {
	if p := c.ahead.pending(held.Key{Zone: z.ID, Owner: string(owner), Type: t}); p != nil {
		return p.Clone(), nil
	}
	if z.Disabled == 0 && z.Snapshot != nil && !held.Shows(z.Snapshot, owner, t) {
		return change.RRset{}, nil
	}
	if z.Head == 0 {
		return change.RRset{}, nil
	}
	s, err := c.store.RRset(ctx, z.ID, owner, t)
	if err != nil {
		return s, fault.OfStore(err)
	}
	return s, nil
}

// byID is the RRset that has the record of that id, as the next Change will find it.
func (c *Control) byID(ctx context.Context, z *ZoneInfo, id uint64) (change.RRset, bool, error) {
	for p := range c.ahead.pendingOf(z.ID) {
		if p.ByID(id) >= 0 {
			return p.Clone(), true, nil
		}
	}
	s, err := c.store.Record(ctx, z.ID, id)
	switch {
	case isNotFound(err):
		return s, false, nil
	case err != nil:
		return s, false, fault.OfStore(err)
	}
	if p := c.ahead.pending(held.KeyOf(z.ID, &s)); p != nil { // where the record is no more
		return change.RRset{}, false, nil
	}
	return s, true, nil
}

// take makes what t does part of the state that the next Change finds.
func (a *ahead) take(t *ticket) {
	a.set, a.revision = t.set, t.revision
	for i := range t.zones {
		z := &t.zones[i]
		diff := &t.change.Zones[i]
		p := &pendingZone{info: z.After, by: t}
		a.zones[diff.ID], a.apexes[string(diff.Apex)] = p, p
		if len(diff.Sets) > largeDiff {
			continue
		}
		for j := range diff.Sets {
			a.sets[setKeyOf(diff, j)] = &pendingSet{rrset: held.After(&diff.Sets[j]), by: t}
		}
	}
	if t.large() {
		a.large = append(a.large, t)
	}
	if key := requestKey(t.change); key != "" {
		a.requests[key] = t
	}
}

// largeDiff is how many RRsets of one zone are looked for in the Change itself.
const largeDiff = 1000

// large reports whether t wrote more of a zone than that.
func (t *ticket) large() bool {
	return slices.ContainsFunc(t.change.Zones, func(d change.ZoneDiff) bool { return len(d.Sets) > largeDiff })
}

func setKeyOf(d *change.ZoneDiff, i int) held.Key {
	return held.Key{Zone: d.ID, Owner: string(d.Sets[i].Owner()), Type: d.Sets[i].Type()}
}

// pending is the RRset of that key as the last accepted Change that waits and
// wrote it left it; nil where none did.
func (a *ahead) pending(key held.Key) *change.RRset {
	p := a.sets[key]
	for i := len(a.large) - 1; i >= 0; i-- {
		t := a.large[i]
		if p != nil && p.by.revision > t.revision {
			break
		}
		if s := t.wrote(key); s != nil {
			return s
		}
	}
	if p == nil {
		return nil
	}
	return &p.rrset
}

// wrote is what t made of the RRset of that key, if it is in a large part of t.
func (t *ticket) wrote(key held.Key) *change.RRset {
	for i := range t.change.Zones {
		d := &t.change.Zones[i]
		if d.ID != key.Zone || len(d.Sets) <= largeDiff {
			continue
		}
		at, ok := slices.BinarySearchFunc(d.Sets, key, func(s change.SetDiff, key held.Key) int {
			if c := s.Owner().Compare(dname.Name(key.Owner)); c != 0 {
				return c
			}
			return int(s.Type()) - int(key.Type)
		})
		if ok {
			s := held.After(&d.Sets[at])
			return &s
		}
	}
	return nil
}

// pendingOf yields all RRsets of a zone that wait to be written, as they will
// be; one that was written several times only as it was last.
func (a *ahead) pendingOf(id change.ZoneID) iter.Seq[*change.RRset] {
	return func(yield func(*change.RRset) bool) {
		for key := range a.sets {
			if key.Zone == id && !yield(a.pending(key)) {
				return
			}
		}
		for _, t := range a.large {
			for i := range t.change.Zones {
				d := &t.change.Zones[i]
				if d.ID == id && len(d.Sets) > largeDiff && !a.yieldLarge(t, d, yield) {
					return
				}
			}
		}
	}
}

// yieldLarge yields what t, and no later one, wrote.
func (a *ahead) yieldLarge(t *ticket, d *change.ZoneDiff, yield func(*change.RRset) bool) bool {
	later := a.large[slices.Index(a.large, t)+1:]
	for j := range d.Sets {
		key := setKeyOf(d, j)
		again := func(l *ticket) bool { return l.wrote(key) != nil }
		if a.sets[key] != nil || slices.ContainsFunc(later, again) {
			continue
		}
		if s := held.After(&d.Sets[j]); !yield(&s) {
			return false
		}
	}
	return true
}
