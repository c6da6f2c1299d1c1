package past

import (
	"context"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/store"
)

// Sight knows which zones p sees, those that are gone too.
type Sight struct {
	r     *Reader
	ctx   context.Context
	p     *access.Principal
	zones map[change.ZoneID]bool
}

// Sight is that of p.
func (r *Reader) Sight(ctx context.Context, p *access.Principal) *Sight {
	return &Sight{r: r, ctx: ctx, p: p, zones: make(map[change.ZoneID]bool)}
}

// Of is ch with only the zones that p sees; nil where there is none.
func (s *Sight) Of(ch *change.Change) *change.Change {
	visible := *ch
	visible.Zones = nil
	for i := range ch.Zones {
		if s.sees(&ch.Zones[i]) {
			visible.Zones = append(visible.Zones, ch.Zones[i])
		}
	}
	if len(visible.Zones) == 0 {
		return nil
	}
	return &visible
}

// sees reports whether p sees the zone of d: as it is now, or as it was last.
func (s *Sight) sees(d *change.ZoneDiff) bool {
	if sees, known := s.zones[d.ID]; known {
		return sees
	}
	z := s.last(d)
	sees := z != nil && s.p.Sees(z)
	s.zones[d.ID] = sees
	return sees
}

func (s *Sight) last(d *change.ZoneDiff) *change.Zone {
	if z := s.r.Zones.ByID(d.ID); z != nil {
		return &z.Zone
	}
	for ch, err := range s.r.Log.Changes(s.ctx, store.Query{Zone: d.ID, Newest: true, Heads: true, Limit: 1}) {
		if err == nil && ch.Zones[0].Kind == change.Delete {
			return ch.Zones[0].Before
		}
	}
	return nil
}
