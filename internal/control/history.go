package control

import (
	"context"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/store"
)

// ChangeQuery picks Changes, newest first. The zero ChangeQuery is all.
type ChangeQuery struct {
	Zone   Ref             // only those of this zone; it may be deleted
	After  change.Revision // only later ones
	Before change.Revision // only earlier ones; 0 for no bound
	Limit  int             // at most so many; 0 for all
	Oldest bool            // oldest first instead
	Sets   bool            // with what they did to each RRset
}

// Changes yields the Changes to zones that p sees, and of them only what they
// did to those.
func (c *Control) Changes(ctx context.Context, p *access.Principal, q ChangeQuery) iter.Seq2[*change.Change, error] {
	return func(yield func(*change.Change, error) bool) {
		sq, err := c.query(ctx, p, q)
		if err != nil {
			yield(nil, err)
			return
		}
		n, eyes := 0, c.sight(ctx, p)
		eyes.zones[sq.Zone] = sq.Zone != change.ZoneID{} // else it had not been found
		for ch, err := range c.store.Changes(ctx, sq) {
			if err != nil {
				yield(nil, unavailable(err))
				return
			}
			if ch = eyes.of(ch); ch == nil {
				continue
			}
			if n++; !yield(ch, nil) || n == q.Limit {
				return
			}
		}
	}
}

func (c *Control) query(ctx context.Context, p *access.Principal, q ChangeQuery) (store.Query, error) {
	sq := store.Query{After: q.After, Before: q.Before, Newest: !q.Oldest, Heads: !q.Sets}
	if err := may(p, access.ZonesRead); err != nil {
		return sq, err
	}
	if q.Sets {
		if err := may(p, access.RecordsRead); err != nil {
			return sq, err
		}
	}
	if q.Zone.Apex == nil && q.Zone.ID == (change.ZoneID{}) {
		return sq, nil
	}
	id, err := c.everZone(ctx, p, q.Zone)
	sq.Zone = id
	return sq, err
}

// sight knows which zones p sees, those that are gone too.
type sight struct {
	c     *Control
	ctx   context.Context
	p     *access.Principal
	zones map[change.ZoneID]bool
}

func (c *Control) sight(ctx context.Context, p *access.Principal) *sight {
	return &sight{c: c, ctx: ctx, p: p, zones: make(map[change.ZoneID]bool)}
}

// of is ch with only the zones that p sees; nil where there is none.
func (s *sight) of(ch *change.Change) *change.Change {
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
func (s *sight) sees(d *change.ZoneDiff) bool {
	if sees, known := s.zones[d.ID]; known {
		return sees
	}
	z := s.last(d)
	sees := z != nil && s.p.Sees(z)
	s.zones[d.ID] = sees
	return sees
}

func (s *sight) last(d *change.ZoneDiff) *change.Zone {
	if z := s.c.committed.find(Ref{ID: d.ID}); z != nil {
		return &z.Zone
	}
	for ch, err := range s.c.store.Changes(s.ctx, store.Query{Zone: d.ID, Newest: true, Heads: true, Limit: 1}) {
		if err == nil && ch.Zones[0].Kind == change.Delete {
			return ch.Zones[0].Before
		}
	}
	return nil
}

// everZone is the id of a zone that is there, or of the last one of that apex that was.
func (c *Control) everZone(ctx context.Context, p *access.Principal, ref Ref) (change.ZoneID, error) {
	if z := c.committed.find(ref); z != nil && p.Sees(&z.Zone) {
		return z.ID, nil
	}
	d, err := c.deleted(ctx, p, ref)
	if err != nil {
		return change.ZoneID{}, err
	}
	return d.ID, nil
}

// deleted is the last deletion of a zone that is not there.
func (c *Control) deleted(ctx context.Context, p *access.Principal, ref Ref) (*change.ZoneDiff, error) {
	for ch, err := range c.store.Changes(ctx, store.Query{Newest: true, Heads: true, Zone: ref.ID}) {
		if err != nil {
			return nil, unavailable(err)
		}
		for i := range ch.Zones {
			d := &ch.Zones[i]
			if d.Kind == change.Delete && (d.ID == ref.ID || ref.Apex != nil && d.Apex.Equal(ref.Apex)) && d.Before != nil && p.Sees(d.Before) {
				return d, nil
			}
		}
	}
	return nil, noZone(ref)
}

// DeletedZones is the Changes that deleted zones which are not there again, newest first.
func (c *Control) DeletedZones(ctx context.Context, p *access.Principal) ([]*change.Change, error) {
	if err := may(p, access.ZonesRead); err != nil {
		return nil, err
	}
	var out []*change.Change
	listed := make(map[change.ZoneID]bool)
	for ch, err := range c.Changes(ctx, p, ChangeQuery{}) {
		if err != nil {
			return nil, err
		}
		gone := *ch
		gone.Zones = nil
		for _, d := range ch.Zones {
			if d.Kind == change.Delete && !listed[d.ID] && c.committed.find(Ref{ID: d.ID}) == nil {
				listed[d.ID] = true
				gone.Zones = append(gone.Zones, d)
			}
		}
		if len(gone.Zones) > 0 {
			out = append(out, &gone)
		}
	}
	return out, nil
}

// Change is the Change of that ID, or of that revision in decimal.
func (c *Control) Change(ctx context.Context, p *access.Principal, id string) (*change.Change, error) {
	ch, err := c.whole(ctx, p, id)
	if err != nil {
		return nil, err
	}
	return c.sight(ctx, p).of(ch), nil
}

// whole is a Change of which p sees at least one zone, with all of its zones.
func (c *Control) whole(ctx context.Context, p *access.Principal, id string) (*change.Change, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, err
	}
	missing := fault(Missing, "change-not-found", fmt.Sprintf("there is no change %q", id), "list the changes to see which there are")
	if id == "" {
		return nil, missing // it would be any
	}
	q := store.Query{ID: id, Limit: 1}
	if n, err := strconv.ParseUint(id, 10, 63); err == nil && n > 0 && len(id) < 20 {
		q = store.Query{After: change.Revision(n - 1), Before: change.Revision(n + 1), Limit: 1}
	}
	for ch, err := range c.store.Changes(ctx, q) {
		if err != nil {
			return nil, unavailable(err)
		}
		if c.sight(ctx, p).of(ch) != nil {
			return ch, nil
		}
	}
	return nil, missing
}

// At is a time in the history of a zone. One of its fields is set.
type At struct {
	Serial   *change.Serial  // when the zone had this serial
	Revision change.Revision // right after this Change
	Time     time.Time       // then
}

// revisionAt is the last revision that counts for at in the zone's history.
func (c *Control) revisionAt(ctx context.Context, id change.ZoneID, at At) (change.Revision, error) {
	if at.Revision != 0 {
		return at.Revision, nil
	}
	for ch, err := range c.store.Changes(ctx, store.Query{Zone: id, Newest: true, Heads: true}) {
		if err != nil {
			return 0, unavailable(err)
		}
		switch d := &ch.Zones[0]; {
		case at.Serial != nil && d.To == *at.Serial && d.Kind != change.Delete:
			return ch.Revision, nil
		case at.Serial != nil && d.From == *at.Serial:
			return ch.Revision - 1, nil
		case at.Serial == nil && !ch.Time.After(at.Time):
			return ch.Revision, nil
		}
	}
	if at.Serial != nil {
		return 0, fault(Missing, "serial-not-found", fmt.Sprintf("the zone never had the serial %d", *at.Serial), "list the changes of the zone to see which it had")
	}
	return 0, fault(Missing, "serial-not-found", "the zone was not there at that time", "list the changes of the zone to see since when it is")
}

// folded is the net difference that the Changes after one revision up to
// another made to a zone.
type folded struct {
	first         *change.ZoneDiff
	before, after *change.Zone // properties, where a Change wrote them
	sets          map[setKey]*change.SetDiff
}

func (c *Control) fold(ctx context.Context, id change.ZoneID, after, upTo change.Revision) (*folded, error) {
	f := &folded{sets: make(map[setKey]*change.SetDiff)}
	q := store.Query{Zone: id, After: after}
	if upTo != 0 {
		q.Before = upTo + 1
	}
	for ch, err := range c.store.Changes(ctx, q) {
		if err != nil {
			return nil, unavailable(err)
		}
		d := &ch.Zones[0]
		if f.first == nil {
			f.first = d
		}
		if f.before == nil {
			f.before = d.Before
		}
		if d.After != nil {
			f.after = d.After
		}
		for i := range d.Sets {
			f.add(&d.Sets[i])
		}
	}
	return f, nil
}

func (f *folded) add(d *change.SetDiff) {
	key := setKey{owner: string(d.Owner()), rtype: uint16(d.Type())}
	if have := f.sets[key]; have != nil {
		have.After = d.After
		return
	}
	net := *d
	net.Before.Owner, net.Before.Type = d.Owner(), d.Type()
	net.After.Owner, net.After.Type = d.Owner(), d.Type()
	f.sets[key] = &net
}

// list is the differences that are left, in canonical order.
func (f *folded) list() []change.SetDiff {
	var befores []change.RRset
	for _, d := range f.sets {
		if !sameRecords(&d.Before, &d.After) {
			befores = append(befores, d.Before)
		}
	}
	sortSets(befores)
	out := make([]change.SetDiff, len(befores))
	for i := range befores {
		key := setKey{owner: string(befores[i].Owner), rtype: uint16(befores[i].Type)}
		out[i] = *f.sets[key]
	}
	return out
}

// Diff is the net difference between two serials of a zone. Where from is the
// later one it is the way back.
func (c *Control) Diff(ctx context.Context, p *access.Principal, ref Ref, from, to change.Serial) (*change.ZoneDiff, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, err
	}
	id, err := c.everZone(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	a, err := c.revisionAt(ctx, id, At{Serial: &from})
	if err != nil {
		return nil, err
	}
	b, err := c.revisionAt(ctx, id, At{Serial: &to})
	if err != nil {
		return nil, err
	}
	f, err := c.fold(ctx, id, min(a, b), max(a, b))
	if err != nil {
		return nil, err
	}
	out := &change.ZoneDiff{Kind: change.Update, ID: id, From: from, To: to, Sets: f.list()}
	if f.before != nil && f.after != nil && !sameProps(f.before, f.after) {
		out.Before, out.After = f.before, f.after
	}
	if f.first != nil {
		out.Apex = f.first.Apex
	} else if z := c.committed.find(Ref{ID: id}); z != nil {
		out.Apex = z.Apex
	}
	if a > b {
		out.Before, out.After = out.After, out.Before
		for i := range out.Sets {
			out.Sets[i] = out.Sets[i].Inverse()
		}
	}
	return out, nil
}
