package v1

import (
	"net/http"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
)

var planRoutes = []Route{{
	Method: "POST", Path: "/plans", ID: "createPlan", Tag: "Plans", Summary: "See what a move, a deletion or another TTL would do", Scopes: readRecords,
	Description: "Nothing is changed. The plan shows the difference in every zone, the names that follow, the rules that would break, how deep chains would be, and how long caches hold what was.",
	Body:        api.PlanRequest{}, Status: 201, Answer: api.Response[api.PlanData]{}, handle: (*call).createPlan,
}, {
	Method: "GET", Path: "/plans/{plan_id}", ID: "getPlan", Tag: "Plans", Summary: "Get a plan", Scopes: readRecords,
	Status: 200, Answer: api.Response[api.PlanData]{}, handle: (*call).getPlan,
}, {
	Method: "POST", Path: "/plans/{plan_id}/apply", ID: "applyPlan", Tag: "Plans", Summary: "Do what a plan shows", Scopes: writeRecords,
	Description: "It is refused with 412 where anything has moved since the plan was made.",
	Queries:     []Query{dryRun}, Headers: repeatHeader, Body: api.ApplyPlanRequest{}, BodyOptional: true,
	Status: 201, Answer: api.Response[api.ChangeData]{}, handle: (*call).applyPlan,
}}

func (c *call) createPlan() (*reply, error) {
	var in api.PlanRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	r, err := planRequest(&in)
	if err != nil {
		return nil, err
	}
	p, err := c.Control.Plan(c.ctx, c.who, *r)
	if err != nil {
		return nil, err
	}
	return c.showPlan(http.StatusCreated, p)
}

func planRequest(in *api.PlanRequest) (*control.PlanRequest, error) {
	r := &control.PlanRequest{Kind: in.Kind, TTL: in.TTL, Followers: in.Followers, Reason: in.Reason}
	var err error
	for _, f := range []struct {
		field, text string
		to          *[]byte
	}{{"from", in.From, (*[]byte)(&r.From)}, {"to", in.To, (*[]byte)(&r.To)}, {"name", in.Name, (*[]byte)(&r.Name)}} {
		if f.text == "" {
			continue
		}
		if *f.to, err = parseName(f.field, f.text); err != nil {
			return nil, err
		}
	}
	for _, text := range in.Types {
		t, err := parseType("types", text)
		if err != nil {
			return nil, err
		}
		r.Types = append(r.Types, t)
	}
	for _, text := range in.Zones {
		ref, err := parseRef(text)
		if err != nil {
			return nil, err
		}
		r.Zones = append(r.Zones, ref)
	}
	return r, nil
}

func (c *call) getPlan() (*reply, error) {
	p, err := c.Control.PlanByID(c.who, c.planID())
	if err != nil {
		return nil, err
	}
	return c.showPlan(http.StatusOK, p)
}

func (c *call) planID() string { return shorten(c.r.PathValue("plan_id"), 64) }

func (c *call) showPlan(status int, p *control.Plan) (*reply, error) {
	name := p.Request.Name
	if p.Request.Kind == control.Retarget {
		name = p.Request.From
	}
	out := api.Plan{
		ID: p.ID, Request: planRequestOf(&p.Request), CreatedAt: p.Created, ExpiresAt: p.Expires,
		Diff: []api.ZoneDiff{}, Affected: []api.Dependent{}, AffectedTotal: p.Total, Partial: p.Partial,
		Findings: findings(p.Findings), Errors: p.Broken, Depth: p.Depth, Digest: p.Digest(),
		Drain: api.Drain{Seconds: int(p.Drain.Seconds)},
	}
	if out.Findings == nil {
		out.Findings = []api.Finding{}
	}
	if p.Drain.Owner != nil {
		out.Drain.By = p.Drain.Owner.String() + " " + p.Drain.Type.String()
	}
	for i := range p.Zones {
		out.Diff = append(out.Diff, diffOf(&p.Zones[i], true))
		for j := range p.Zones[i].Sets {
			s := &p.Zones[i].Sets[j]
			out.Records += max(len(s.Before.Records), len(s.After.Records))
		}
	}
	for i := range p.Affected {
		out.Affected = append(out.Affected, c.dependentOf(name, &p.Affected[i]))
	}
	for _, f := range p.Fixed {
		out.Fixed = append(out.Fixed, api.Fixed{Owner: f.Owner.String(), Type: f.Type.String(), Zone: bare(f.Apex), Reason: f.Reason})
	}
	return &reply{status: status, data: api.PlanData{Plan: out}}, nil
}

func planRequestOf(r *control.PlanRequest) api.PlanRequest {
	out := api.PlanRequest{Kind: r.Kind, TTL: r.TTL, Followers: r.Followers, Reason: r.Reason}
	if r.From != nil {
		out.From = r.From.String()
	}
	if r.To != nil {
		out.To = r.To.String()
	}
	if r.Name != nil {
		out.Name = r.Name.String()
	}
	for _, t := range r.Types {
		out.Types = append(out.Types, t.String())
	}
	for _, z := range r.Zones {
		if z.Apex != nil {
			out.Zones = append(out.Zones, bare(z.Apex))
		} else {
			out.Zones = append(out.Zones, z.ID.String())
		}
	}
	return out
}

func (c *call) applyPlan() (*reply, error) {
	var in api.ApplyPlanRequest
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	req, err := c.reasoned(in.Reason, in.DryRun)
	if err != nil {
		return nil, err
	}
	return answer(c.Control.ApplyPlan(c.ctx, c.who, c.planID(), req))
}
