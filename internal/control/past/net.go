package past

import (
	"context"
	"fmt"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
)

// At is a time in the history of a zone. One of its fields is set.
type At struct {
	Serial   *change.Serial  // when the zone had this serial
	Revision change.Revision // right after this Change
	Time     time.Time       // then
}

// revisionAt is the last revision that counts for at in the zone's history.
func (r *Reader) revisionAt(ctx context.Context, id change.ZoneID, at At) (change.Revision, error) {
	if at.Revision != 0 {
		return at.Revision, nil
	}
	for ch, err := range r.Log.Changes(ctx, store.Query{Zone: id, Newest: true, Heads: true}) {
		if err != nil {
			return 0, fault.OfStore(err)
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
		return 0, fault.New(fault.Missing, "serial-not-found", fmt.Sprintf("the zone never had the serial %d", *at.Serial), "list the changes of the zone to see which it had")
	}
	return 0, fault.New(fault.Missing, "serial-not-found", "the zone was not there at that time", "list the changes of the zone to see since when it is")
}

// net is the difference that the Changes after one revision up to
// another made to a zone.
type net struct {
	first         *change.ZoneDiff
	before, after *change.Zone // properties, where a Change wrote them
	sets          map[held.Key]*change.SetDiff
}

func (r *Reader) fold(ctx context.Context, id change.ZoneID, after, upTo change.Revision) (*net, error) {
	f := &net{sets: make(map[held.Key]*change.SetDiff)}
	q := store.Query{Zone: id, After: after}
	if upTo != 0 {
		q.Before = upTo + 1
	}
	for ch, err := range r.Log.Changes(ctx, q) {
		if err != nil {
			return nil, fault.OfStore(err)
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

func (f *net) add(d *change.SetDiff) {
	key := held.Key{Owner: string(d.Owner()), Type: d.Type()}
	if have := f.sets[key]; have != nil {
		have.After = d.After
		return
	}
	whole := *d
	whole.Before.Owner, whole.Before.Type = d.Owner(), d.Type()
	whole.After.Owner, whole.After.Type = d.Owner(), d.Type()
	f.sets[key] = &whole
}

// list is the differences that are left, in canonical order.
func (f *net) list() []change.SetDiff {
	var befores []change.RRset
	for _, d := range f.sets {
		if !held.SameRecords(&d.Before, &d.After) {
			befores = append(befores, d.Before)
		}
	}
	held.SortSets(befores)
	out := make([]change.SetDiff, len(befores))
	for i := range befores {
		key := held.Key{Owner: string(befores[i].Owner), Type: befores[i].Type}
		out[i] = *f.sets[key]
	}
	return out
}

// Diff is the net difference between two serials of a zone. Where from is the
// later one it is the way back.
func (r *Reader) Diff(ctx context.Context, p *access.Principal, ref request.Ref, from, to change.Serial) (*change.ZoneDiff, error) {
	if err := fault.Denial(p.May(access.ZonesRead, access.RecordsRead)); err != nil {
		return nil, err
	}
	id, err := r.everZone(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	a, err := r.revisionAt(ctx, id, At{Serial: &from})
	if err != nil {
		return nil, err
	}
	b, err := r.revisionAt(ctx, id, At{Serial: &to})
	if err != nil {
		return nil, err
	}
	f, err := r.fold(ctx, id, min(a, b), max(a, b))
	if err != nil {
		return nil, err
	}
	out := &change.ZoneDiff{Kind: change.Update, ID: id, From: from, To: to, Sets: f.list()}
	if f.before != nil && f.after != nil && !request.SameProps(f.before, f.after) {
		out.Before, out.After = f.before, f.after
	}
	if f.first != nil {
		out.Apex = f.first.Apex
	} else if z := r.Zones.ByID(id); z != nil {
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

// since is what happened to a zone after a time.
func (r *Reader) since(ctx context.Context, p *access.Principal, id change.ZoneID, at At) (change.Revision, *net, error) {
	if err := fault.Denial(p.May(access.RecordsRead)); err != nil {
		return 0, nil, err
	}
	if at == (At{}) {
		return 0, nil, fault.New(fault.Invalid, "no-time", "it is not said to when", "give a serial, a revision or a time")
	}
	revision, err := r.revisionAt(ctx, id, at)
	if err != nil {
		return 0, nil, err
	}
	f, err := r.fold(ctx, id, revision, 0)
	if err == nil && f.first != nil && f.first.Kind == change.Create {
		err = fault.New(fault.Missing, "serial-not-found", "the zone was not there then", "list the changes of the zone to see since when it is")
	}
	return revision, f, err
}

// backward is the RRsets as they were before all that f holds; only those of
// owner, if it is not nil.
func (f *net) backward(owner dname.Name) []request.RRset {
	var out []request.RRset
	for _, d := range f.list() {
		if owner == nil || d.Owner().Equal(owner) {
			out = append(out, request.RRset{Want: d.Before})
		}
	}
	return out
}
