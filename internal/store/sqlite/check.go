package sqlite

import (
	"fmt"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// sound says whether c can be written down and read back at all. It asks
// nothing of the state, so that callers do it before they queue up.
func sound(c *change.Change) error {
	if c.ID == "" {
		return fmt.Errorf("a change needs an id")
	}
	for i := range c.Zones {
		if err := soundZone(&c.Zones[i]); err != nil {
			return fmt.Errorf("change %s, zone %s: %w", c.ID, c.Zones[i].Apex, err)
		}
	}
	return nil
}

func soundZone(z *change.ZoneDiff) error {
	if z.Kind > change.Delete {
		return fmt.Errorf("kind %d is unknown", z.Kind)
	}
	if z.Kind == change.Create && z.After == nil {
		return fmt.Errorf("a zone is created without properties")
	}
	for _, p := range []*change.Zone{z.Before, z.After} {
		if p == nil || len(p.SOA) == 0 {
			continue
		}
		if err := rr.CheckData(rr.TypeSOA, p.SOA); err != nil {
			return fmt.Errorf("SOA: %w", err)
		}
	}
	for i := range z.Sets {
		if err := soundSet(&z.Sets[i]); err != nil {
			return fmt.Errorf("%s %s: %w", z.Sets[i].Owner(), z.Sets[i].Type(), err)
		}
	}
	return nil
}

func soundSet(d *change.SetDiff) error {
	if d.Owner() == nil {
		return fmt.Errorf("a set needs an owner")
	}
	for _, side := range []*change.RRset{&d.Before, &d.After} {
		for i := range side.Records {
			if err := rr.CheckData(d.Type(), side.Records[i].Data); err != nil {
				return fmt.Errorf("record %d: %w", side.Records[i].ID, err)
			}
		}
	}
	return nil
}

// admit says whether c follows from the state, and remembers the rows of its
// zones for apply. It writes nothing.
func (w *writer) admit(c *change.Change) error {
	if taken, err := w.conn.first(sqlIDTaken, c.ID); err != nil || taken != nil {
		return conflict(err, "change %s is in the log", c.ID)
	}
	if c.Request.Key != "" {
		if taken, err := w.conn.first(sqlKeyTaken, c.Origin.Account, c.Request.Key); err != nil || taken != nil {
			return conflict(err, "request key %q is taken", c.Request.Key)
		}
	}
	clear(w.zones)
	gone := 0
	for i := range c.Zones {
		if err := w.admitHead(&c.Zones[i]); err != nil {
			return err
		}
		if c.Zones[i].Kind == change.Delete {
			gone++
		}
	}
	return w.admitApexes(c, gone > 0)
}

// admitHead looks at the head of the zone.
func (w *writer) admitHead(z *change.ZoneDiff) error {
	id := z.ID.String()
	if _, twice := w.zones[z.ID]; twice {
		return fmt.Errorf("zone %s stands twice in one change", z.Apex)
	}
	found, err := w.conn.first(sqlZoneHead, id)
	switch {
	case err != nil:
		return fault{err}
	case z.Kind == change.Create && found != nil:
		return conflict(nil, "zone %s exists", id)
	case z.Kind == change.Create:
		w.zones[z.ID] = 0
		return nil
	case found == nil:
		return conflict(nil, "zone %s (%s) does not exist", z.Apex, id)
	case change.Revision(found.int(1)) != z.Base:
		return conflict(nil, "zone %s is at revision %d, the change was made upon %d", z.Apex, found.int(1), z.Base)
	}
	w.zones[z.ID] = found.int(0)
	return nil
}

// admitApexes refuses to create a zone where one is, unless c deletes that one.
func (w *writer) admitApexes(c *change.Change, deletes bool) error {
	deleted := map[string]bool{}
	for i := range c.Zones {
		if deletes && c.Zones[i].Kind == change.Delete {
			deleted[c.Zones[i].ID.String()] = true
		}
	}
	for i := range c.Zones {
		z := &c.Zones[i]
		if z.Kind != change.Create {
			continue
		}
		taken, err := w.conn.first(sqlApexTaken, keyOf(z.Apex))
		if err != nil || taken != nil && !deleted[taken.text(0)] {
			return conflict(err, "there is a zone %s", z.Apex)
		}
	}
	return nil
}

// conflict is err as a fault, or a refusal in these words if there is none.
func conflict(err error, format string, args ...any) error {
	if err != nil {
		return fault{err}
	}
	return fmt.Errorf("%w: %s", store.ErrConflict, fmt.Sprintf(format, args...))
}

// fault is an error of the disk, or one that shows only while writing: the
// transaction cannot go on.
type fault struct{ error }

func (f fault) Unwrap() error { return f.error }
