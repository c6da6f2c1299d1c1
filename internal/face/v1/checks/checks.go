// Package checks is the part of the v1 API that tells what the rules find in the
// zones held.
package checks

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Pages of findings, and how many zones are summed up in one.
const (
	findingsPage = 100
	findingsMost = 1000
	healthMost   = 1000
)

var (
	findingQueries = append(call.Page(findingsPage, findingsMost),
		call.Query{Name: "severity", Type: "string", Description: "error or warning"},
		call.Query{Name: "rule", Type: "string", Description: "the code of a rule"},
	)

	// Routes is the operations of this room, in the order in which they are described.
	Routes = []call.Route{{
		Method: "GET", Path: "/check", ID: "listFindings", Tag: Tag, Summary: "List what the rules find in all zones, worst first", Scopes: call.ReadRecords,
		Description: "Errors come first, then what most names lead to. What is found is kept until a zone changes, or one that it points at: to ask again is cheap.",
		Queries:     append(findingQueries[:len(findingQueries):len(findingQueries)], call.Query{Name: "zone", Type: "string", Description: "only this zone, by id or name"}),
		Status:      200, Answer: api.Response[api.FindingsData]{}, Handle: call.By(handler.findings),
	}, {
		Method: "GET", Path: "/zones/{zone_id}/check", ID: "listZoneFindings", Tag: Tag, Summary: "List what the rules find in a zone, worst first", Scopes: call.ReadRecords,
		Queries: findingQueries, Status: 200, Answer: api.Response[api.FindingsData]{}, Handle: call.By(handler.zoneFindings),
	}}
)

// Tag is the group of the operations that check.
const Tag = "Check"

// handler is a Call, with what is done in this room as its methods.
type handler struct{ *call.Call }

func (c handler) findings() (*envelope.Reply, error) {
	var zone control.Ref
	if text := c.Query("zone"); text != "" {
		var err error
		if zone, err = form.ParseRef(text); err != nil {
			return nil, err
		}
	}
	return c.listFindings(zone)
}

func (c handler) zoneFindings() (*envelope.Reply, error) {
	z, err := c.Zone()
	if err != nil {
		return nil, err
	}
	return c.listFindings(control.Ref{ID: z.ID})
}

func (c handler) listFindings(zone control.Ref) (*envelope.Reply, error) {
	q := control.CheckQuery{Zone: zone, Rule: c.Query("rule"), Severity: lint.Severity(c.Query("severity"))}
	switch q.Severity {
	case "", lint.Error, lint.Warning:
	default:
		return nil, envelope.Invalid("severity", "the severity %q is not known; use error or warning", envelope.Shorten(string(q.Severity), 40))
	}
	if q.Rule != "" && lint.ByCode(q.Rule) == nil {
		return nil, envelope.Invalid("rule", "there is no rule %q; docs/rules.md lists them", envelope.Shorten(q.Rule, 60))
	}
	var err error
	if q.Offset, err = c.Integer("offset", 0, 0, 1<<31-1); err != nil {
		return nil, err
	}
	if q.Limit, err = c.Integer("limit", findingsPage, 1, findingsMost); err != nil {
		return nil, err
	}
	found, err := c.Control.Check(c.Ctx, c.Who, q)
	if err != nil {
		return nil, err
	}
	return envelope.OK(showFindings(found, &q))
}

func showFindings(found *control.Check, q *control.CheckQuery) api.FindingsData {
	out := api.FindingsData{
		Findings:   make([]api.StoredFinding, len(found.Findings)),
		Pagination: envelope.Part(found.Total, q.Offset, q.Limit, len(found.Findings)),
		Errors:     found.Errors, Warnings: found.Warnings, LeftOut: found.LeftOut, Judged: found.Judged, Pending: found.Pending,
		Rules: []api.RuleCount{}, Zones: []api.ZoneHealth{},
	}
	for i := range found.Findings {
		out.Findings[i] = showFinding(&found.Findings[i])
	}
	for _, r := range found.Rules {
		out.Rules = append(out.Rules, api.RuleCount{Code: r.Code, Severity: string(r.Severity), Count: r.Count})
	}
	for _, z := range found.Zones[:min(len(found.Zones), healthMost)] {
		out.Zones = append(out.Zones, api.ZoneHealth{ID: z.Zone.ID.String(), Name: form.Bare(z.Zone.Apex), Errors: z.Errors, Warnings: z.Warnings})
	}
	return out
}

func showFinding(f *control.Found) api.StoredFinding {
	out := api.StoredFinding{
		Finding: envelope.Findings([]lint.Finding{*f.Finding})[0],
		Zone:    form.Bare(f.Zone.Apex), ZoneID: f.Zone.ID.String(), Serial: uint32(f.Zone.Serial), ReadOnly: f.Zone.ReadOnly,
		Type: f.Type, Followers: f.Followers,
	}
	if f.Name != nil {
		out.Name = form.Bare(f.Name)
	}
	return out
}
