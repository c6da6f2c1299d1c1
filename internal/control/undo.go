package control

import (
	"context"
	"fmt"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/dns/dname"
)

// Undo takes one Change back, in all its zones. It refuses where what the
// Change wrote has been changed since. Of req, the reason, the origin, the key
// and the dry run count.
func (c *Control) Undo(ctx context.Context, p *access.Principal, id string, req *Request) (*Result, error) {
	if done, err := c.replay(ctx, p, req); done != nil || err != nil {
		return done, err
	}
	ch, edits, err := c.past.Undo(ctx, p, id)
	if err != nil {
		return nil, err
	}
	undo := *req
	undo.Reverts = ch.Revision
	return c.restore(ctx, p, &undo, edits, fmt.Sprintf("undo of change %d", ch.Revision))
}

// RestoreZone brings a zone back to what it was at a time; a zone that is
// deleted comes back, as it was when it was deleted if at is zero. Of req, IfMatch
// counts too.
func (c *Control) RestoreZone(ctx context.Context, p *access.Principal, ref Ref, at At, req *Request) (*Result, error) {
	if done, err := c.replay(ctx, p, req); done != nil || err != nil {
		return done, err
	}
	z, err := c.see(p, ref)
	if err != nil {
		e, err := c.past.Revive(ctx, p, ref, at)
		if err != nil {
			return nil, err
		}
		return c.restore(ctx, p, req, []ZoneEdit{*e}, fmt.Sprintf("restore of the deleted zone %s", e.Zone.Apex))
	}
	e, revision, err := c.past.Restore(ctx, p, z, at, nil)
	if err != nil {
		return nil, err
	}
	return c.restore(ctx, p, req, []ZoneEdit{e}, fmt.Sprintf("restore of %s to revision %d", z.Apex, revision))
}

// RestoreName brings all RRsets of one name back to what they were at a time.
func (c *Control) RestoreName(ctx context.Context, p *access.Principal, ref Ref, owner dname.Name, at At, req *Request) (*Result, error) {
	if owner == nil {
		return nil, fault.New(Invalid, "bad-name", "it is not said which name", "say which name is to be restored")
	}
	z, err := c.see(p, ref)
	if err != nil {
		return nil, err
	}
	e, revision, err := c.past.Restore(ctx, p, z, at, owner)
	if err != nil {
		return nil, err
	}
	return c.restore(ctx, p, req, []ZoneEdit{e}, fmt.Sprintf("restore of %s to revision %d", owner, revision))
}

func (c *Control) restore(ctx context.Context, p *access.Principal, req *Request, edits []ZoneEdit, reason string) (*Result, error) {
	r := *req
	r.Zones = edits
	if req.IfMatch != nil {
		r.Zones[0].IfMatch = req.IfMatch
	}
	if r.Reason == "" {
		r.Reason = reason
	}
	return c.Apply(ctx, p, &r)
}
