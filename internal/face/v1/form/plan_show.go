package form

import (
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// Plan is p as it is shown at now.
func Plan(p *control.Plan, drainOf DrainOf, now time.Time) api.Plan {
	out := api.Plan{
		ID: p.ID, Account: UUID(p.Account), Request: PlanRequest(&p.Request), CreatedAt: p.Created, ExpiresAt: p.Expires,
		Diff: make([]api.ZoneDiff, len(p.Zones)), Zones: make([]api.PlanZone, len(p.Zones)),
		Affected: make([]api.Dependent, len(p.Affected)), AffectedTotal: p.Total, Partial: p.Partial, Fixed: make([]api.Fixed, len(p.Fixed)),
		Findings: envelope.Findings(p.Findings), Errors: p.Broken, Depth: p.Depth, Drain: Drain(&p.Drain, now), Digest: p.Digest(),
	}
	if out.Findings == nil {
		out.Findings = []api.Finding{}
	}
	for i := range p.Zones {
		out.Diff[i], out.Zones[i] = Diff(&p.Zones[i], true), planZone(&p.Zones[i])
		out.Records += max(out.Zones[i].Before, out.Zones[i].After)
	}
	name := p.Request.Name
	if p.Request.Kind == control.Retarget {
		name = p.Request.From
	}
	for i := range p.Affected {
		out.Affected[i] = Dependent(name, &p.Affected[i], drainOf, now)
	}
	out.AffectedZones = byZone(out.Affected)
	for i, f := range p.Fixed {
		out.Fixed[i] = api.Fixed{Owner: f.Owner.String(), Type: f.Type.String(), Zone: Bare(f.Apex), Reason: f.Reason}
	}
	return out
}

// planZone is how much of a zone changes.
func planZone(d *change.ZoneDiff) api.PlanZone {
	out := api.PlanZone{ID: d.ID.String(), Name: Bare(d.Apex), From: uint32(d.From), Sets: len(d.Sets)}
	seen := make(map[string]bool)
	for i := range d.Sets {
		s := &d.Sets[i]
		seen[string(s.Owner())] = true
		out.Before += len(s.Before.Records)
		out.After += len(s.After.Records)
	}
	out.Names = len(seen)
	return out
}

// byZone counts the names that follow in each zone, in the order in which the
// zones come first.
func byZone(list []api.Dependent) []api.AffectedZone {
	out := []api.AffectedZone{}
	at := make(map[string]int)
	for i := range list {
		zone := list[i].Zone
		j, seen := at[zone]
		if !seen {
			j = len(out)
			at[zone] = j
			out = append(out, api.AffectedZone{Zone: zone})
		}
		out[j].Names++
	}
	return out
}
