package v1

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// changeData is what came of a request, in the API's form.
func changeData(res *control.Result, sets bool) api.ChangeData {
	out := api.ChangeData{Warnings: findings(res.Warnings), DryRun: res.DryRun, Replayed: res.Replayed}
	if res.Change != nil {
		ch := changeOf(res.Change, sets)
		out.Change = &ch
	}
	return out
}

func changeOf(ch *change.Change, sets bool) api.Change {
	out := api.Change{
		ID: ch.ID, Revision: uint64(ch.Revision), Time: ch.Time, Reason: ch.Reason, Reverts: uint64(ch.Reverts),
		Author: api.Author{
			Account: ch.Origin.Account, Token: ch.Origin.Token, Name: ch.Origin.Author,
			Via: ch.Origin.Via, Address: ch.Origin.Address, Agent: ch.Origin.Agent,
		},
		Zones: make([]api.ZoneDiff, len(ch.Zones)),
	}
	for i := range ch.Zones {
		out.Zones[i] = diffOf(&ch.Zones[i], sets)
	}
	return out
}

func diffOf(d *change.ZoneDiff, sets bool) api.ZoneDiff {
	out := api.ZoneDiff{
		Kind: d.Kind.String(), ID: d.ID.String(), Name: bare(d.Apex), From: uint32(d.From), To: uint32(d.To),
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
		out.Records[i] = api.RRsetRecord{Content: content(t, r.Data), Disabled: r.Disabled, Comment: r.Note.Comment}
	}
	return out
}

func propsOf(z *change.Zone) *api.ZoneProps {
	if z == nil {
		return nil
	}
	return &api.ZoneProps{
		Type: z.Type, Region: z.Region, Status: z.Status, Account: uuid(z.Account), DefaultTTL: z.Settings.DefaultTTL,
		SOA: content(rr.TypeSOA, z.SOA), SOATTL: z.SOATTL,
	}
}

func texted(names []dname.Name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.String()
	}
	return out
}
