package control

import (
	"context"
	"fmt"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
)

// Undo takes one Change back, in all its zones. It refuses where what the
// Change wrote has been changed since. Of req, the reason, the origin, the key
// and the dry run count.
func (c *Control) Undo(ctx context.Context, p *access.Principal, id string, req *Request) (*Result, error) {
	ch, err := c.whole(ctx, p, id)
	if err != nil {
		return nil, err
	}
	undo := *req
	undo.Reverts, undo.Zones = ch.Revision, nil
	if undo.Reason == "" {
		undo.Reason = fmt.Sprintf("undo of change %d", ch.Revision)
	}
	for i := range ch.Zones {
		e, err := c.inverse(ch, &ch.Zones[i])
		if err != nil {
			return nil, err
		}
		undo.Zones = append(undo.Zones, *e)
	}
	return c.Apply(ctx, p, &undo)
}

// inverse is the edit that takes d, a part of ch, back.
func (c *Control) inverse(ch *change.Change, d *change.ZoneDiff) (*ZoneEdit, error) {
	switch d.Kind {
	case change.Create:
		return &ZoneEdit{Zone: Ref{ID: d.ID}, Delete: true, Head: ch.Revision}, nil
	case change.Delete:
		return revival(d), nil
	}
	e := &ZoneEdit{Zone: Ref{ID: d.ID}}
	for i := range d.Sets {
		s := &d.Sets[i]
		want, expect := s.Before, s.After
		want.Owner, want.Type = s.Owner(), s.Type()
		e.exact = append(e.exact, exact{want: want, expect: &expect})
	}
	if d.Before != nil && d.After != nil {
		props, err := c.backTo(d)
		if err != nil {
			return nil, err
		}
		e.Props = props
	}
	return e, nil
}

// backTo is the properties as they were before d; those that d did not change stay.
func (c *Control) backTo(d *change.ZoneDiff) (*ZonePatch, error) {
	z := c.committed.find(Ref{ID: d.ID})
	if z == nil {
		return nil, noZone(Ref{ID: d.ID})
	}
	if _, same := changed(&z.Zone, d.After); !same {
		return nil, fault(Conflict, "changed-since", fmt.Sprintf("the properties of %s have been changed since", d.Apex),
			"undo the later changes first")
	}
	return patchOf(d.Before), nil
}

// patchOf is a patch that brings a zone to the properties of z.
func patchOf(z *change.Zone) *ZonePatch {
	b := *z
	return &ZonePatch{Type: &b.Type, Region: &b.Region, Status: &b.Status, Account: &b.Account, SOA: b.SOA, SOATTL: &b.SOATTL, Settings: &b.Settings}
}

// revival is the edit that brings a deleted zone back, with a serial that
// follows its last one.
func revival(d *change.ZoneDiff) *ZoneEdit {
	e := &ZoneEdit{Zone: Ref{Apex: d.Apex}, Create: &NewZone{Restore: d.Before, Serial: nextSerial(d.From)}}
	for i := range d.Sets {
		e.exact = append(e.exact, exact{want: d.Sets[i].Before})
	}
	return e
}

// RestoreZone brings a zone back to what it was at a time; a zone that is
// deleted comes back, as it was when it was deleted if at is zero.
func (c *Control) RestoreZone(ctx context.Context, p *access.Principal, ref Ref, at At, req *Request) (*Result, error) {
	z, err := c.see(p, ref)
	if err != nil {
		return c.revive(ctx, p, ref, at, req)
	}
	revision, f, err := c.since(ctx, p, z.ID, at)
	if err != nil {
		return nil, err
	}
	e := ZoneEdit{Zone: Ref{ID: z.ID}, exact: f.backward(nil)}
	if f.first != nil && f.first.Base == 0 {
		return nil, fault(Missing, "serial-not-found", "the zone was not there yet", "list the changes of the zone to see since when it is")
	}
	if e.Props, err = c.propsBack(ctx, z, revision); err != nil {
		return nil, err
	}
	return c.restore(ctx, p, req, e, fmt.Sprintf("restore of %s to revision %d", z.Apex, revision))
}

// RestoreName brings all RRsets of one name back to what they were at a time.
func (c *Control) RestoreName(ctx context.Context, p *access.Principal, ref Ref, owner dname.Name, at At, req *Request) (*Result, error) {
	z, err := c.see(p, ref)
	if err != nil {
		return nil, err
	}
	revision, f, err := c.since(ctx, p, z.ID, at)
	if err != nil {
		return nil, err
	}
	e := ZoneEdit{Zone: Ref{ID: z.ID}, exact: f.backward(owner)}
	return c.restore(ctx, p, req, e, fmt.Sprintf("restore of %s to revision %d", owner, revision))
}

func (c *Control) restore(ctx context.Context, p *access.Principal, req *Request, e ZoneEdit, reason string) (*Result, error) {
	r := *req
	r.Zones = []ZoneEdit{e}
	if r.Reason == "" {
		r.Reason = reason
	}
	return c.Apply(ctx, p, &r)
}

// since is what happened to a zone after a time.
func (c *Control) since(ctx context.Context, p *access.Principal, id change.ZoneID, at At) (change.Revision, *folded, error) {
	if err := may(p, access.RecordsRead); err != nil {
		return 0, nil, err
	}
	if at == (At{}) {
		return 0, nil, fault(Invalid, "no-time", "it is not said to when", "give a serial, a revision or a time")
	}
	revision, err := c.revisionAt(ctx, id, at)
	if err != nil {
		return 0, nil, err
	}
	f, err := c.fold(ctx, id, revision, 0)
	return revision, f, err
}

// backward is the RRsets as they were before all that f holds; only those of
// owner, if it is not nil.
func (f *folded) backward(owner dname.Name) []exact {
	var out []exact
	for _, d := range f.list() {
		if owner == nil || d.Owner().Equal(owner) {
			out = append(out, exact{want: d.Before, fresh: true})
		}
	}
	return out
}

// propsBack is a patch to the properties that z had at a revision; nil where
// they have not changed since.
func (c *Control) propsBack(ctx context.Context, z *ZoneInfo, revision change.Revision) (*ZonePatch, error) {
	for ch, err := range c.store.Changes(ctx, store.Query{Zone: z.ID, After: revision, Heads: true}) {
		if err != nil {
			return nil, unavailable(err)
		}
		if d := &ch.Zones[0]; d.Kind == change.Update && d.Before != nil {
			return patchOf(d.Before), nil
		}
	}
	return nil, nil
}

// revive brings a deleted zone back.
func (c *Control) revive(ctx context.Context, p *access.Principal, ref Ref, at At, req *Request) (*Result, error) {
	d, err := c.deleted(ctx, p, ref)
	if err != nil {
		return nil, err
	}
	q := store.Query{Zone: d.ID, Newest: true, Limit: 1}
	for ch, err := range c.store.Changes(ctx, q) {
		if err != nil {
			return nil, unavailable(err)
		}
		d = &ch.Zones[0]
	}
	e := revival(d)
	if at != (At{}) {
		_, f, err := c.since(ctx, p, d.ID, at)
		if err != nil {
			return nil, err
		}
		e.exact = f.backward(nil) // the deletion, which is among them, took all that was left
	}
	return c.restore(ctx, p, req, *e, fmt.Sprintf("restore of the deleted zone %s", d.Apex))
}
