// Package past reads the log of Changes: which there were, what came of several, and
// how a zone gets back to what it was. It shows nobody what is not theirs.
package past

import (
	"context"
	"fmt"
	"iter"
	"strconv"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/store"
)

// Log is the Changes in order; see the store.
type Log interface {
	Changes(ctx context.Context, q store.Query) iter.Seq2[*change.Change, error]
}

// Reader reads a Log.
type Reader struct {
	Log   Log
	Zones *held.Registry // as they are now
}

// Query picks Changes, newest first. The zero Query is all.
type Query struct {
	Zone   request.Ref     // only those of this zone; it may be deleted
	After  change.Revision // only later ones
	Before change.Revision // only earlier ones; 0 for no bound
	Limit  int             // at most so many; 0 for all
	Oldest bool            // oldest first instead
	Sets   bool            // with what they did to each RRset
}

// Changes yields the Changes to zones that p sees, and of them only what they
// did to those.
func (r *Reader) Changes(ctx context.Context, p *access.Principal, q Query) iter.Seq2[*change.Change, error] {
	return func(yield func(*change.Change, error) bool) {
		sq, err := r.query(ctx, p, q)
		if err != nil {
			yield(nil, err)
			return
		}
		n, eyes := 0, r.Sight(ctx, p)
		eyes.zones[sq.Zone] = sq.Zone != change.ZoneID{} // else it had not been found
		for ch, err := range r.Log.Changes(ctx, sq) {
			if err != nil {
				yield(nil, fault.OfStore(err))
				return
			}
			if ch = eyes.Of(ch); ch == nil {
				continue
			}
			if n++; !yield(ch, nil) || n == q.Limit {
				return
			}
		}
	}
}

func (r *Reader) query(ctx context.Context, p *access.Principal, q Query) (store.Query, error) {
	sq := store.Query{After: q.After, Before: q.Before, Newest: !q.Oldest, Heads: !q.Sets}
	if err := fault.Denial(p.May(access.ZonesRead)); err != nil {
		return sq, err
	}
	if q.Sets {
		if err := fault.Denial(p.May(access.RecordsRead)); err != nil {
			return sq, err
		}
	}
	if q.Zone.Apex == nil && q.Zone.ID == (change.ZoneID{}) {
		return sq, nil
	}
	id, err := r.everZone(ctx, p, q.Zone)
	sq.Zone = id
	return sq, err
}

// everZone is the id of a zone that is there, or of the last one of that apex that was.
func (r *Reader) everZone(ctx context.Context, p *access.Principal, ref request.Ref) (change.ZoneID, error) {
	if z := r.Zones.Find(ref.ID, ref.Apex); z != nil && p.Sees(&z.Zone) {
		return z.ID, nil
	}
	d, err := r.deleted(ctx, p, ref)
	if err != nil {
		return change.ZoneID{}, err
	}
	return d.ID, nil
}

// deleted is the last deletion of a zone that is not there.
func (r *Reader) deleted(ctx context.Context, p *access.Principal, ref request.Ref) (*change.ZoneDiff, error) {
	for ch, err := range r.Log.Changes(ctx, store.Query{Newest: true, Heads: true, Zone: ref.ID}) {
		if err != nil {
			return nil, fault.OfStore(err)
		}
		for i := range ch.Zones {
			d := &ch.Zones[i]
			if d.Kind == change.Delete && (d.ID == ref.ID || ref.Apex != nil && d.Apex.Equal(ref.Apex)) && d.Before != nil && p.Sees(d.Before) {
				return d, nil
			}
		}
	}
	return nil, fault.NoZone(ref.String())
}

// DeletedZones is the Changes that deleted zones which are not there again, newest first.
func (r *Reader) DeletedZones(ctx context.Context, p *access.Principal) ([]*change.Change, error) {
	if err := fault.Denial(p.May(access.ZonesRead)); err != nil {
		return nil, err
	}
	var out []*change.Change
	listed := make(map[change.ZoneID]bool)
	for ch, err := range r.Changes(ctx, p, Query{}) {
		if err != nil {
			return nil, err
		}
		gone := *ch
		gone.Zones = nil
		for _, d := range ch.Zones {
			if d.Kind == change.Delete && !listed[d.ID] && r.Zones.ByID(d.ID) == nil {
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
func (r *Reader) Change(ctx context.Context, p *access.Principal, id string) (*change.Change, error) {
	ch, err := r.whole(ctx, p, id)
	if err != nil {
		return nil, err
	}
	return r.Sight(ctx, p).Of(ch), nil
}

// whole is a Change of which p sees at least one zone, with all of its zones.
func (r *Reader) whole(ctx context.Context, p *access.Principal, id string) (*change.Change, error) {
	if err := fault.Denial(p.May(access.ZonesRead, access.RecordsRead)); err != nil {
		return nil, err
	}
	missing := fault.New(fault.Missing, "change-not-found", fmt.Sprintf("there is no change %q", id), "list the changes to see which there are")
	if id == "" {
		return nil, missing // it would be any
	}
	q := store.Query{ID: id, Limit: 1}
	if n, err := strconv.ParseUint(id, 10, 63); err == nil && n > 0 && len(id) < 20 {
		q = store.Query{After: change.Revision(n - 1), Before: change.Revision(n + 1), Limit: 1}
	}
	for ch, err := range r.Log.Changes(ctx, q) {
		if err != nil {
			return nil, fault.OfStore(err)
		}
		if r.Sight(ctx, p).Of(ch) != nil {
			return ch, nil
		}
	}
	return nil, missing
}
