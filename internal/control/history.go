package control

import (
	"context"
	"iter"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/past"
)

// ChangeQuery picks Changes, and At is a time in the history of a zone.
type (
	ChangeQuery = past.Query
	At          = past.At
)

// Changes yields the Changes to zones that p sees, and of them only what they
// did to those.
func (c *Control) Changes(ctx context.Context, p *access.Principal, q ChangeQuery) iter.Seq2[*change.Change, error] {
	return c.past.Changes(ctx, p, q)
}

// DeletedZones is the Changes that deleted zones which are not there again, newest first.
func (c *Control) DeletedZones(ctx context.Context, p *access.Principal) ([]*change.Change, error) {
	return c.past.DeletedZones(ctx, p)
}

// Change is the Change of that ID, or of that revision in decimal.
func (c *Control) Change(ctx context.Context, p *access.Principal, id string) (*change.Change, error) {
	return c.past.Change(ctx, p, id)
}

// Diff is the net difference between two serials of a zone. Where from is the
// later one it is the way back.
func (c *Control) Diff(ctx context.Context, p *access.Principal, ref Ref, from, to change.Serial) (*change.ZoneDiff, error) {
	return c.past.Diff(ctx, p, ref, from, to)
}
