package form

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// ChangeData is what came of a request, in the API's form.
func ChangeData(res *control.Result, sets bool) api.ChangeData {
	out := api.ChangeData{Warnings: envelope.Findings(res.Warnings), DryRun: res.DryRun, Replayed: res.Replayed}
	if res.Change != nil {
		ch := Change(res.Change, sets)
		out.Change = &ch
	}
	for _, t := range res.Turned {
		out.Flattening = append(out.Flattening, api.Flattening{Zone: Bare(t.Apex), On: t.On, Turns: flattened(&t.Turns), Stays: flattened(&t.Stays)})
	}
	return out
}

func flattened(n *shape.Names) api.FlattenedNames {
	out := api.FlattenedNames{Count: n.Count, Names: make([]api.FlattenedName, len(n.Some))}
	for i, name := range n.Some {
		out.Names[i] = api.FlattenedName{Name: name.Owner.String(), Target: name.Target.String(), Why: name.Why}
	}
	return out
}

// Change is an entry of the log; sets says whether with what it did to the RRsets.
func Change(ch *change.Change, sets bool) api.Change {
	out := api.Change{
		ID: ch.ID, Revision: uint64(ch.Revision), Time: ch.Time, Reason: ch.Reason, Reverts: uint64(ch.Reverts),
		Author: api.Author{
			Account: known(ch.Origin.Account), Token: known(ch.Origin.Token), Name: ch.Origin.Author,
			Via: ch.Origin.Via, Address: ch.Origin.Address, Agent: ch.Origin.Agent,
		},
		Zones: make([]api.ZoneDiff, len(ch.Zones)),
	}
	for i := range ch.Zones {
		out.Zones[i] = Diff(&ch.Zones[i], sets)
	}
	return out
}

// known is the UUID of an id; empty where there is none.
func known(id string) string {
	if id == "" {
		return ""
	}
	return UUID(id)
}

// Diff is what a Change does to one zone; sets says whether with its RRsets.
func Diff(d *change.ZoneDiff, sets bool) api.ZoneDiff {
	out := api.ZoneDiff{
		Kind: d.Kind.String(), ID: d.ID.String(), Name: Bare(d.Apex), From: uint32(d.From), To: uint32(d.To),
		Before: propsOf(d.Before), After: propsOf(d.After),
	}
	if !sets {
		return out
	}
	out.Sets = make([]api.SetDiff, len(d.Sets))
	for i := range d.Sets {
		s := &d.Sets[i]
		out.Sets[i] = api.SetDiff{Name: s.Owner().String(), Type: s.Type().String(), Before: rrsetOf(s.Type(), &s.Before), After: rrsetOf(s.Type(), &s.After)}
	}
	return out
}

func rrsetOf(t rr.Type, s *change.RRset) *api.RRset {
	if s.Empty() {
		return nil
	}
	out := &api.RRset{TTL: s.TTL, Records: make([]api.RRsetRecord, len(s.Records))}
	for i := range s.Records {
		r := &s.Records[i]
		out.Records[i] = api.RRsetRecord{Content: Content(t, r.Data), Disabled: r.Disabled, Comment: r.Note.Comment, Settings: Settings(&r.Note.Alias)}
	}
	return out
}

func propsOf(z *change.Zone) *api.ZoneProps {
	if z == nil {
		return nil
	}
	return &api.ZoneProps{
		Type: z.Type, Region: z.Region, Status: z.Status, Account: UUID(z.Account), DefaultTTL: z.Settings.DefaultTTL, FlattenAll: z.Settings.FlattenAll,
		SOA: Content(rr.TypeSOA, z.SOA), SOATTL: z.SOATTL,
	}
}
