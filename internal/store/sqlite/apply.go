package sqlite

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// A row of change_sets holds up to so many SetDiffs, and starts no further one
// behind so many octets.
const (
	setsInRow   = 500
	octetsInRow = 64 << 10
)

// apply writes c, which was admitted, as revision to the log and into the
// state. What goes is taken away before anything comes, so that zones may
// trade an apex and RRsets a record. All errors are faults.
func (w *writer) apply(c *change.Change, revision change.Revision) error {
	if err := w.putChange(c, revision); err != nil {
		return fault{err}
	}
	for i := range c.Zones {
		if err := w.dropOld(&c.Zones[i]); err != nil {
			return fault{fmt.Errorf("zone %s: %w", c.Zones[i].Apex, err)}
		}
	}
	for i := range c.Zones {
		if err := w.putZoneDiff(&c.Zones[i], revision, i); err != nil {
			return fault{fmt.Errorf("zone %s: %w", c.Zones[i].Apex, err)}
		}
	}
	return nil
}

func (w *writer) putChange(c *change.Change, revision change.Revision) error {
	var key, digest driver.Value
	if c.Request.Key != "" {
		key, digest = c.Request.Key, c.Request.Digest
	}
	o := &c.Origin
	_, err := w.conn.exec(sqlPutChange, int64(revision), c.ID, timeText(c.Time), o.Account, o.Token, o.Author,
		o.Via, o.Address, o.Agent, c.Reason, int64(c.Reverts), key, digest)
	return err
}

// dropOld takes what z replaces out of the state.
func (w *writer) dropOld(z *change.ZoneDiff) error {
	n := w.zones[z.ID]
	if z.Kind == change.Delete {
		if _, err := w.conn.exec(sqlDropAll, n); err != nil {
			return err
		}
		_, err := w.conn.exec(sqlDropZone, n)
		return err
	}
	for i := range z.Sets {
		s := &z.Sets[i].Before
		if s.Empty() {
			continue
		}
		w.key = s.Owner.AppendSortKey(w.key[:0])
		dropped, err := w.conn.exec(sqlDropSet, n, w.key, int64(s.Type))
		if err != nil {
			return err
		}
		if dropped != len(s.Records) {
			return fmt.Errorf("%s %s has %d records, where the change expects %d", s.Owner, s.Type, dropped, len(s.Records))
		}
	}
	return nil
}

// putZoneDiff writes z to the log and what it leaves into the state.
func (w *writer) putZoneDiff(z *change.ZoneDiff, revision change.Revision, pos int) error {
	before, err := zoneText(z.Before)
	if err != nil {
		return err
	}
	after, err := zoneText(z.After)
	if err != nil {
		return err
	}
	if _, err := w.conn.exec(sqlPutDiff, int64(revision), int64(pos), z.ID.String(), z.Apex.String(), z.Kind.String(),
		int64(z.Base), int64(z.From), int64(z.To), before, after); err != nil {
		return err
	}
	if err := w.putZone(z, revision); err != nil {
		return err
	}
	return w.putSets(z, revision, pos)
}

// putZone writes the row of the zone.
func (w *writer) putZone(z *change.ZoneDiff, revision change.Revision) error {
	records := 0
	for i := range z.Sets {
		records += z.Sets[i].Records()
	}
	if z.Kind == change.Create {
		p, err := zoneColumns(z.After)
		if err != nil {
			return err
		}
		head := []driver.Value{nil, z.ID.String(), z.Apex.String(), keyOf(z.Apex)}
		_, err = w.conn.exec(sqlPutZone, append(append(head, p...), int64(z.To), int64(revision), int64(records))...)
		if err != nil {
			return err
		}
		w.zones[z.ID], err = w.conn.number(sqlZoneHead, z.ID.String())
		return err
	}
	if z.Kind == change.Delete {
		return nil
	}
	n := w.zones[z.ID]
	if z.After != nil {
		p, err := zoneColumns(z.After)
		if err != nil {
			return err
		}
		if _, err := w.conn.exec(sqlEditZone, append(p, n)...); err != nil {
			return err
		}
	}
	_, err := w.conn.exec(sqlMoveZone, int64(z.To), int64(revision), int64(records), n)
	return err
}

// zoneColumns is the properties of p as in sqlEditZone.
func zoneColumns(p *change.Zone) ([]driver.Value, error) {
	settings, err := json.Marshal(&p.Settings)
	names, times := splitSOA(p.SOA)
	return []driver.Value{p.Account, p.Type, p.Region, p.Status, timeText(p.Created), timeText(p.Updated),
		names, times, int64(p.SOATTL), string(settings)}, err
}

// splitSOA is the text of an SOA before and behind its serial. A space inside
// of a name is escaped and no separator.
func splitSOA(data []byte) (names, times string) {
	if len(data) == 0 {
		return "", ""
	}
	fields := strings.SplitN(string(rr.AppendDataText(nil, rr.TypeSOA, data)), " ", 4)
	return fields[0] + " " + fields[1], fields[3]
}

// putSets writes the sets of z to the log, many to a row, and those that are
// left into the state.
func (w *writer) putSets(z *change.ZoneDiff, revision change.Revision, pos int) error {
	part, held := 0, 0
	for i := range z.Sets {
		d := &z.Sets[i]
		owner := w.ownerText(d.Owner())
		texts := w.dataTexts(d)
		if held == 0 {
			w.json = append(w.json[:0], '[')
		} else {
			w.json = append(w.json, ',')
		}
		w.json = appendSet(w.json, d, owner, texts)
		held++
		if held == setsInRow || len(w.json) > octetsInRow || i == len(z.Sets)-1 {
			text := string(append(w.json, ']'))
			if _, err := w.conn.exec(sqlPutSets, int64(revision), int64(pos), int64(part), text); err != nil {
				return err
			}
			part, held = part+1, 0
		}
		if z.Kind != change.Delete {
			if err := w.putRRset(w.zones[z.ID], &d.After, owner, texts[len(d.Before.Records):]); err != nil {
				return err
			}
		}
	}
	return nil
}

// putRRset writes s into the state.
func (w *writer) putRRset(zone int64, s *change.RRset, owner string, texts []string) error {
	if s.Empty() {
		return nil
	}
	w.key = s.Owner.AppendSortKey(w.key[:0])
	for i := range s.Records {
		r := &s.Records[i]
		var note driver.Value
		if !r.Note.Empty() {
			note = string(noteText(&r.Note))
		}
		if _, err := w.conn.exec(sqlPutRecord, zone, w.key, int64(s.Type), int64(i), int64(r.ID), owner, int64(s.TTL),
			texts[i], r.Disabled, r.Created, r.Modified, note); err != nil {
			return fmt.Errorf("%s %s, record %d: %w", owner, s.Type, r.ID, err)
		}
	}
	return nil
}

// ownerText is the presentation form of n.
func (w *writer) ownerText(n dname.Name) string {
	w.text = n.AppendText(w.text[:0])
	return string(w.text)
}

// dataTexts is the presentation form of all data of d: of Before, then of
// After. The list is valid until the next call.
func (w *writer) dataTexts(d *change.SetDiff) []string {
	w.texts = w.texts[:0]
	for _, s := range []*change.RRset{&d.Before, &d.After} {
		for i := range s.Records {
			w.text = rr.AppendDataText(w.text[:0], s.Type, s.Records[i].Data)
			w.texts = append(w.texts, string(w.text))
		}
	}
	return w.texts
}
