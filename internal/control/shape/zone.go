// Package shape makes what is served of what is kept, and says what that comes to.
package shape

import (
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Zone is what becomes of one zone; nil before or after says that there is none.
type Zone struct {
	Before, After *held.Zone
	Shown         []change.SetDiff // of which the DNS sees something: those of the Change, and those whose form alone changes
	stays         Names            // that the Change does not touch, and go on to be flattened though the zone ceases to be
}

// Switches reports whether the zone begins or ceases to flatten all.
func (z *Zone) Switches() bool {
	return z.Before != nil && z.Before.Settings.FlattenAll != z.After.Settings.FlattenAll
}

// Reshape adds to Shown which of the CNAME RRsets of a zone that Switches are served
// in another form.
func (z *Zone) Reshape(cnames []change.RRset) {
	changed := make(map[string]bool)
	for i := range z.Shown {
		if d := &z.Shown[i]; d.Type() == rr.TypeCNAME {
			changed[string(d.Owner())] = true
		}
	}
	z.Shown = slices.Clone(z.Shown)
	for i := range cnames {
		s := &cnames[i]
		if changed[string(s.Owner)] {
			continue
		}
		switch is := flatten.Form(&z.After.Zone, s); {
		case is != flatten.Form(&z.Before.Zone, s):
			z.Shown = append(z.Shown, change.SetDiff{Before: *s, After: *s})
		case is == rr.TypeALIAS && !z.After.Settings.FlattenAll:
			if name := nameOf(s); name.Target != nil {
				name.Why = ownSetting
				z.stays.add(name)
			}
		}
	}
	slices.SortFunc(z.Shown, held.CompareDiffs)
}

// Serve makes the snapshot of After: of Before and what is Shown or, where state has
// one of a text, of that.
func (z *Zone) Serve(state *request.State) error {
	if err := z.clash(); err != nil {
		return err
	}
	var err error
	if state.Snapshot != nil {
		z.After.Snapshot, err = z.ofText(state)
	} else {
		z.After.Snapshot, err = z.snapshot()
	}
	if err != nil {
		return fault.New(fault.Invalid, "out-of-zone", err.Error(), "use owners at or below the apex")
	}
	return nil
}

// Kept is edits as they are kept: a CNAME at the apex is an ALIAS there, and said says
// that one of them writes such a CNAME.
func Kept(apex dname.Name, edits []request.Edit) (kept []request.Edit, said bool) {
	kept = edits
	for i := range edits {
		e := &edits[i]
		if e.Op == request.Drop || e.Type != rr.TypeCNAME || !e.Owner.Equal(apex) {
			continue
		}
		if &kept[0] == &edits[0] {
			kept = slices.Clone(edits)
		}
		kept[i].Type = rr.TypeALIAS
		said = said || e.Op != request.Remove
	}
	return kept, said
}

// ServedType is the type under which the RRset of s has been served until now.
func (z *Zone) ServedType(s *change.SetDiff) rr.Type {
	if z.Before == nil || s.Before.Empty() {
		return s.Type()
	}
	before := s.Before
	before.Owner, before.Type = s.Owner(), s.Type()
	return flatten.Form(&z.Before.Zone, &before)
}
