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
	if done, err := c.replay(ctx, p, req); done != nil || err != nil {
		return done, err
	}
	ch, err := c.whole(ctx, p, id)
	if err != nil {
		return nil, err
	}
	eyes := c.sight(ctx, p)
	undo := *req
	undo.Reverts, undo.Zones = ch.Revision, nil
	if undo.Reason == "" {
		undo.Reason = fmt.Sprintf("undo of change %d", ch.Revision)
	}
	for i := range ch.Zones {
		if !eyes.sees(&ch.Zones[i]) {
			return nil, denied(&access.Denied{Detail: "the change wrote other zones too, which the token does not see"})
		}
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
		if z := c.committed.find(Ref{ID: d.ID}); z != nil && z.Head != ch.Revision {
			return nil, fault(Conflict, "changed-since", fmt.Sprintf("the zone %s has been changed since it was made", d.Apex),
				"undo the later changes first, or delete the zone")
		}
		return &ZoneEdit{Zone: Ref{ID: d.ID}, Delete: true, Head: ch.Revision}, nil
	case change.Delete:
		return revival(d), nil
	}
	e := &ZoneEdit{Zone: Ref{ID: d.ID}, upon: ch.Revision}
	for i := range d.Sets {
		s := &d.Sets[i]
		want, expect := s.Before, s.After
		want.Owner, want.Type = s.Owner(), s.Type()
		expect.Owner, expect.Type = want.Owner, want.Type
		e.exact = append(e.exact, exact{want: want, expect: &expect, was: &expect})
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

// backTo is the properties that d changed as they were before it.
func (c *Control) backTo(d *change.ZoneDiff) (*ZonePatch, error) {
	z := c.committed.find(Ref{ID: d.ID})
	if z == nil {
		return nil, noZone(Ref{ID: d.ID})
	}
	patch := patchOf(d.Before, d.After)
	if back := patchOf(d.After, d.Before); !back.holds(&z.Zone) {
		return nil, fault(Conflict, "changed-since", fmt.Sprintf("the properties of %s have been changed since", d.Apex),
			"undo the later changes first")
	}
	return patch, nil
}

// patchOf is a patch that brings a zone to the properties of z, where those of
// from are others.
func patchOf(z, from *change.Zone) *ZonePatch {
	b, p := *z, new(ZonePatch)
	for _, f := range []struct {
		to        **string
		want, was *string
	}{{&p.Type, &b.Type, &from.Type}, {&p.Region, &b.Region, &from.Region}, {&p.Status, &b.Status, &from.Status}, {&p.Account, &b.Account, &from.Account}} {
		if *f.want != *f.was {
			*f.to = f.want
		}
	}
	if string(b.SOA) != string(from.SOA) {
		p.SOA = b.SOA
	}
	if b.SOATTL != from.SOATTL {
		p.SOATTL = &b.SOATTL
	}
	if b.Settings != from.Settings {
		p.Settings = &b.Settings
	}
	return p
}

// holds reports whether z is as p would make it.
func (p *ZonePatch) holds(z *change.Zone) bool {
	is := func(want *string, has string) bool { return want == nil || *want == has }
	return is(p.Type, z.Type) && is(p.Region, z.Region) && is(p.Status, z.Status) && is(p.Account, z.Account) &&
		(p.SOA == nil || string(p.SOA) == string(z.SOA)) && (p.SOATTL == nil || *p.SOATTL == z.SOATTL) && (p.Settings == nil || *p.Settings == z.Settings)
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
	if done, err := c.replay(ctx, p, req); done != nil || err != nil {
		return done, err
	}
	z, err := c.see(p, ref)
	if err != nil {
		return c.revive(ctx, p, ref, at, req)
	}
	revision, f, err := c.since(ctx, p, z.ID, at)
	if err != nil {
		return nil, err
	}
	e := ZoneEdit{Zone: Ref{ID: z.ID}, exact: f.backward(nil)}
	if f.before != nil && !sameProps(f.before, &z.Zone) {
		e.Props = patchOf(f.before, &z.Zone)
		e.Props.Account = nil // whose it is now, it stays
	}
	return c.restore(ctx, p, req, e, fmt.Sprintf("restore of %s to revision %d", z.Apex, revision))
}

// RestoreName brings all RRsets of one name back to what they were at a time.
func (c *Control) RestoreName(ctx context.Context, p *access.Principal, ref Ref, owner dname.Name, at At, req *Request) (*Result, error) {
	if owner == nil {
		return nil, fault(Invalid, "bad-name", "it is not said which name", "say which name is to be restored")
	}
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
	if err == nil && f.first != nil && f.first.Kind == change.Create {
		err = fault(Missing, "serial-not-found", "the zone was not there then", "list the changes of the zone to see since when it is")
	}
	return revision, f, err
}

// backward is the RRsets as they were before all that f holds; only those of
// owner, if it is not nil.
func (f *folded) backward(owner dname.Name) []exact {
	var out []exact
	for _, d := range f.list() {
		if owner == nil || d.Owner().Equal(owner) {
			out = append(out, exact{want: d.Before})
		}
	}
	return out
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
		if f.first != nil { // else it is a time when the zone was gone already: it comes back as it was last
			e.exact = f.backward(nil) // the deletion, which is among them, took all that was left
		}
		if f.before != nil {
			back := *f.before
			back.Account = d.Before.Account
			e.Create.Restore = &back
		}
	}
	return c.restore(ctx, p, req, *e, fmt.Sprintf("restore of the deleted zone %s", d.Apex))
}
