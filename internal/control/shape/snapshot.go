package shape

import (
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// snapshot is what is served after the differences.
func (z *Zone) snapshot() (*zone.Snapshot, error) {
	before, after, shown := z.Before, z.After, z.Shown
	if before == nil {
		sets := make([]change.RRset, len(shown))
		for i := range shown {
			sets[i] = held.After(&shown[i])
		}
		return Built(after, sets), nil
	}
	diff := make(zone.Diff, 0, len(shown)+1)
	for d := range flatten.Diffs(&before.Zone, &after.Zone, shown) {
		diff = append(diff, zone.RRset{Owner: d.Owner, Type: d.Type, Set: d.Is})
	}
	diff = append(diff, zone.RRset{Owner: after.Apex, Type: rr.TypeSOA, Set: after.SOASet()})
	next, err := before.Snapshot.With(diff)
	if err != nil {
		return nil, err
	}
	return next.WithPolicies(flatten.Policies(&before.Zone, &after.Zone, shown)), nil
}

// ofText is what is served of a zone that becomes what a text says: what that does
// not say, how records are followed, is what it was.
func (z *Zone) ofText(state *request.State) (*zone.Snapshot, error) {
	after := z.After
	diff := zone.Diff{{Owner: after.Apex, Type: rr.TypeSOA, Set: after.SOASet()}}
	var followed []change.SetDiff
	for i := range state.Sets {
		s := &state.Sets[i].Want
		if !held.IsFollowed(s.Type) || s.Empty() {
			continue
		}
		followed = append(followed, change.SetDiff{After: *s})
		if t := flatten.Form(&after.Zone, s); t != s.Type {
			diff = append(diff, zone.RRset{Owner: s.Owner, Type: s.Type}, zone.RRset{Owner: s.Owner, Type: t, Set: flatten.Served(&after.Zone, s)})
		}
	}
	next, err := state.Snapshot.With(diff)
	if err != nil {
		return nil, err
	}
	return next.WithPolicies(flatten.Policies(nil, &after.Zone, followed)), nil
}

// Built is the snapshot of a zone with these RRsets.
func Built(z *held.Zone, sets []change.RRset) *zone.Snapshot {
	b := zone.NewBuilder(z.Apex)
	b.Expect(len(sets))
	b.Add(z.Apex, rr.TypeSOA, z.SOATTL, held.WithSerial(z.SOA, z.Serial), zone.Place{})
	var followed []change.SetDiff
	for i := range sets {
		s := &sets[i]
		t := flatten.Form(&z.Zone, s)
		for j := range s.Records {
			if r := &s.Records[j]; !r.Disabled {
				b.Add(s.Owner, t, s.TTL, r.Data, zone.Place{})
			}
		}
		if held.IsFollowed(s.Type) {
			followed = append(followed, change.SetDiff{After: *s})
		}
	}
	return b.Build().Snapshot.WithPolicies(flatten.Policies(nil, &z.Zone, followed))
}
