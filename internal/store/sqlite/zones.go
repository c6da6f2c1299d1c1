package sqlite

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
)

// Zones is as store.State says. What it yields is of one state; the RRsets of a
// zone may be walked over once, before the next zone is asked for.
func (s *Store) Zones(ctx context.Context) iter.Seq2[store.ZoneState, error] {
	return func(yield func(store.ZoneState, error) bool) {
		err := s.walks.snapshot(ctx, func(c *conn) error {
			l := startLoad(ctx, c)
			defer l.close()
			return l.each(func(z store.ZoneState) bool { return yield(z, nil) }, func() error { return s.alive(ctx) })
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(store.ZoneState{}, err)
		}
	}
}

// parseZoneRow reads the columns of sqlZones.
func parseZoneRow(r row) (z store.ZoneState, err error) {
	z.Serial, z.Head, z.Records = change.Serial(r.int(13)), change.Revision(r.int(14)), int(r.int(15))
	p := &z.Zone
	p.Account, p.Type, p.Region, p.Status, p.SOATTL = r.text(3), r.text(4), r.text(5), r.text(6), uint32(r.int(11))
	if p.ID, err = change.ParseZoneID(r.text(1)); err != nil {
		return z, err
	}
	if p.Apex, err = dname.Parse(r.text(2), nil); err != nil {
		return z, err
	}
	if p.Created, err = parseTime(r.text(7)); err != nil {
		return z, err
	}
	if p.Updated, err = parseTime(r.text(8)); err != nil {
		return z, err
	}
	if z.Changed, err = parseTime(r.text(16)); err != nil {
		return z, err
	}
	if err = json.Unmarshal([]byte(r.text(12)), &p.Settings); err != nil {
		return z, fmt.Errorf("settings: %w", err)
	}
	if names := r.text(9); names != "" {
		err = parseSOA(p, names+" 0 "+r.text(10))
	}
	return z, err
}
