package past

import (
	"context"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
)

// Restore is the edit that brings z back to what it was at a time, which is the
// revision that comes with it; only RRsets of owner, if that is not nil.
func (r *Reader) Restore(ctx context.Context, p *access.Principal, z *held.Zone, at At, owner dname.Name) (request.Zone, change.Revision, error) {
	revision, f, err := r.since(ctx, p, z.ID, at)
	if err != nil {
		return request.Zone{}, 0, err
	}
	e := request.Zone{Zone: request.Ref{ID: z.ID}, State: request.State{Sets: f.backward(owner)}}
	if owner == nil && f.before != nil && !request.SameProps(f.before, &z.Zone) {
		e.Props = request.PatchOf(f.before, &z.Zone)
		e.Props.Account = nil // whose it is now, it stays
	}
	return e, revision, nil
}

// Revive is the edit that makes a deleted zone again, as it was when it was
// deleted, or at a time before that.
func (r *Reader) Revive(ctx context.Context, p *access.Principal, ref request.Ref, at At) (*request.Zone, error) {
	d, err := r.deleted(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	for ch, err := range r.Log.Changes(ctx, store.Query{Zone: d.ID, Newest: true, Limit: 1}) {
		if err != nil {
			return nil, fault.OfStore(err)
		}
		d = &ch.Zones[0]
	}
	e := revival(d)
	if at == (At{}) {
		return e, nil
	}
	_, f, err := r.since(ctx, p, d.ID, at)
	if err != nil {
		return nil, err
	}
	if f.first != nil { // else it is a time when the zone was gone already: it comes back as it was last
		e.State.Sets = f.backward(nil) // the deletion, which is among them, took all that was left
	}
	if f.before != nil {
		back := *f.before
		back.Account = d.Before.Account
		e.Create.Restore = &back
	}
	return e, nil
}
