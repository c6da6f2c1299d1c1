package past

import (
	"context"
	"fmt"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
)

// Undo is the Change of that ID or revision, and the edits that take it back.
func (r *Reader) Undo(ctx context.Context, p *access.Principal, id string) (*change.Change, []request.Zone, error) {
	ch, err := r.whole(ctx, p, id)
	if err != nil {
		return nil, nil, err
	}
	eyes := r.Sight(ctx, p)
	var edits []request.Zone
	for i := range ch.Zones {
		if !eyes.sees(&ch.Zones[i]) {
			return nil, nil, fault.Denial(&access.Denied{Detail: "the change wrote other zones too, which the token does not see"})
		}
		e, err := r.inverse(ch, &ch.Zones[i])
		if err != nil {
			return nil, nil, err
		}
		edits = append(edits, *e)
	}
	return ch, edits, nil
}

// inverse is the edit that takes d, a part of ch, back.
func (r *Reader) inverse(ch *change.Change, d *change.ZoneDiff) (*request.Zone, error) {
	switch d.Kind {
	case change.Create:
		if z := r.Zones.ByID(d.ID); z != nil && z.Head != ch.Revision {
			return nil, fault.New(fault.Conflict, "changed-since", fmt.Sprintf("the zone %s has been changed since it was made", d.Apex),
				"undo the later changes first, or delete the zone")
		}
		return &request.Zone{Zone: request.Ref{ID: d.ID}, Delete: true, Head: ch.Revision}, nil
	case change.Delete:
		return revival(d), nil
	}
	e := &request.Zone{Zone: request.Ref{ID: d.ID}, State: request.State{Upon: ch.Revision}}
	for i := range d.Sets {
		s := &d.Sets[i]
		want, expect := s.Before, s.After
		want.Owner, want.Type = s.Owner(), s.Type()
		expect.Owner, expect.Type = want.Owner, want.Type
		e.State.Sets = append(e.State.Sets, request.RRset{Want: want, Expect: &expect, Was: &expect})
	}
	if d.Before != nil && d.After != nil {
		props, err := r.backTo(d)
		if err != nil {
			return nil, err
		}
		e.Props = props
	}
	return e, nil
}

// backTo is the properties that d changed as they were before it.
func (r *Reader) backTo(d *change.ZoneDiff) (*request.Patch, error) {
	z := r.Zones.ByID(d.ID)
	if z == nil {
		return nil, fault.NoZone(request.Ref{ID: d.ID}.String())
	}
	patch := request.PatchOf(d.Before, d.After)
	if back := request.PatchOf(d.After, d.Before); !back.Holds(&z.Zone) {
		return nil, fault.New(fault.Conflict, "changed-since", fmt.Sprintf("the properties of %s have been changed since", d.Apex),
			"undo the later changes first")
	}
	return patch, nil
}

// revival is the edit that brings a deleted zone back, with a serial that
// follows its last one.
func revival(d *change.ZoneDiff) *request.Zone {
	e := &request.Zone{Zone: request.Ref{Apex: d.Apex}, Create: &request.NewZone{Restore: d.Before, Serial: held.NextSerial(d.From)}}
	for i := range d.Sets {
		e.State.Sets = append(e.State.Sets, request.RRset{Want: d.Sets[i].Before})
	}
	return e
}
