package v1

import (
	"net/http"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

const planLife = "Plans are kept in memory for a day: a restart of the server forgets them."

var planRoutes = []Route{{
	Method: "POST", Path: "/plans", ID: "createPlan", Tag: "Plans", Summary: "See what a move, a deletion or another TTL would do", Scopes: call.ReadRecords,
	Description: "Nothing is changed. The plan shows the difference in every zone, the names that follow, the rules that would break, how deep chains would be, and how long caches hold what was. " + planLife,
	Body:        api.PlanRequest{}, Status: 201, Answer: api.Response[api.PlanData]{}, Handle: call.By(handler.createPlan),
}, {
	Method: "GET", Path: "/plans/{plan_id}", ID: "getPlan", Tag: "Plans", Summary: "Get a plan", Scopes: call.ReadRecords,
	Description: planLife, Status: 200, Answer: api.Response[api.PlanData]{}, Handle: call.By(handler.getPlan),
}, {
	Method: "POST", Path: "/plans/{plan_id}/apply", ID: "applyPlan", Tag: "Plans", Summary: "Do what a plan shows", Scopes: writeRecords,
	Description: "It is refused with 412 where anything has moved since the plan was made. " + planLife,
	Queries:     []Query{call.DryRun}, Headers: repeatHeader, Body: api.ApplyPlanRequest{}, BodyOptional: true,
	Status: 201, Answer: api.Response[api.ChangeData]{}, Handle: call.By(handler.applyPlan),
}}

func (c handler) createPlan() (*envelope.Reply, error) {
	var in api.PlanRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	r, err := form.ParsePlan(&in)
	if err != nil {
		return nil, err
	}
	p, err := c.Control.Plan(c.Ctx, c.Who, *r)
	if err != nil {
		return nil, err
	}
	return c.showPlan(http.StatusCreated, p)
}

func (c handler) getPlan() (*envelope.Reply, error) {
	p, err := c.Control.PlanByID(c.Who, c.planID())
	if err != nil {
		return nil, forgotten(err)
	}
	return c.showPlan(http.StatusOK, p)
}

func (c handler) planID() string { return envelope.Shorten(c.R.PathValue("plan_id"), 64) }

func (c handler) showPlan(status int, p *control.Plan) (*envelope.Reply, error) {
	return &envelope.Reply{Status: status, Data: api.PlanData{Plan: form.Plan(p, c.Control.DrainOf, time.Now())}}, nil
}

func (c handler) applyPlan() (*envelope.Reply, error) {
	var in api.ApplyPlanRequest
	if err := c.Decode(&in); err != nil {
		return nil, err
	}
	req, err := c.reasoned(in.Reason, in.DryRun)
	if err != nil {
		return nil, err
	}
	res, err := c.Control.ApplyPlan(c.Ctx, c.Who, c.planID(), req)
	return answer(res, forgotten(err))
}

// forgotten is err, and what may have become of a plan that is not there.
func forgotten(err error) error {
	if codeOf(err) != "plan-not-found" {
		return err
	}
	e := envelope.Error(err)
	e.Message += "; a restart of the server forgets all plans, for they are kept in memory"
	return e
}
