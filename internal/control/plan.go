package control

import (
	"context"
	"errors"
	"fmt"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/plans"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// What a plan is asked for with, and what it shows.
type (
	PlanRequest = plans.Request
	Plan        = plans.Plan
	Fixed       = plans.Fixed
)

// The kinds of plans.
const (
	Retarget  = plans.Retarget
	Delete    = plans.Delete
	ChangeTTL = plans.ChangeTTL
)

// MaxAffected is how many names a Plan lists.
const MaxAffected = plans.MaxAffected

// Plan works out what would come of r, and keeps it for ApplyPlan.
func (c *Control) Plan(ctx context.Context, p *access.Principal, r PlanRequest) (*Plan, error) {
	plan, _, err := c.plan(ctx, p, r)
	if err != nil {
		return nil, err
	}
	plan.ID = newID(c.now())
	c.plans.Add(plan)
	return plan, nil
}

// PlanByID is a plan of the Principal's account that has not expired.
func (c *Control) PlanByID(p *access.Principal, id string) (*Plan, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, err
	}
	plan := c.plans.Find(id)
	if plan == nil || !plan.IsFor(p, c.committed, c.now()) {
		return nil, fault.New(Missing, "plan-not-found", fmt.Sprintf("there is no plan %q, or it has expired", id), "make the plan again")
	}
	return plan, nil
}

// ApplyPlan does what a plan shows. It refuses where anything has moved since:
// the RRsets that change, who follows, or the rules that break.
func (c *Control) ApplyPlan(ctx context.Context, p *access.Principal, id string, req *Request) (*Result, error) {
	if done, err := c.replay(ctx, p, req); done != nil || err != nil {
		return done, err
	}
	plan, err := c.PlanByID(p, id)
	if err != nil {
		return nil, err
	}
	again, edits, err := c.plan(ctx, p, plan.Request)
	if err != nil && !fault.IsMissing(err) {
		return nil, err
	}
	if err != nil || !again.Same(plan) {
		return nil, fault.New(Moved, "plan-moved", "something has changed since the plan was made: what it shows is no longer what would happen", "make the plan again, look at it, and apply that")
	}
	r := *req
	r.Zones = edits
	if r.Reason == "" {
		r.Reason = plan.Request.Reason
	}
	return c.Apply(ctx, p, &r)
}

func (c *Control) plan(ctx context.Context, p *access.Principal, r PlanRequest) (*Plan, []ZoneEdit, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, nil, err
	}
	plan := plans.New(r, p.Account, c.now())
	maker := plans.Maker{Sets: c.store, Zones: c.committed, Graph: c.graph, For: p}
	edits, d, err := c.tryPlan(ctx, &maker, plan)
	var e *Error
	if errors.As(err, &e) && e.Class == Refused && d != nil {
		plan.Findings, plan.Broken, err = e.Findings, len(e.Findings), nil
	}
	if err != nil {
		return nil, nil, err
	}
	if d != nil {
		plan.Zones = d.change.Zones
		plan.Findings = append(plan.Findings, d.warnings...)
	}
	maker.World = c.served.Zones()
	maker.Finish(plan, d.after())
	return plan, edits, nil
}

// tryPlan works plan out upon what is ahead. The RRsets are read before; where
// one moves meanwhile, it starts over, a few times.
func (c *Control) tryPlan(ctx context.Context, maker *plans.Maker, plan *Plan) (edits []ZoneEdit, d *draft, err error) {
	for range planTries {
		if edits, err = maker.Edits(ctx, plan); err != nil {
			return nil, nil, err
		}
		d, err = c.rehearse(ctx, maker.For, &Request{Zones: edits, Reason: plan.Request.Reason, DryRun: true})
		if !fault.Is(err, "zone-moved") {
			break
		}
	}
	return edits, d, err
}

// planTries is how often a plan is worked out at most.
const planTries = 5

// after is the state that d leads to; nil where there is no d.
func (d *draft) after() *plans.After {
	if d == nil {
		return nil
	}
	return &plans.After{World: d.set, Sets: func(yield func(dname.Name, rr.Type) bool) {
		for i := range d.change.Zones {
			for j := range d.change.Zones[i].Sets {
				s := &d.change.Zones[i].Sets[j]
				if !yield(s.Owner(), d.zones[i].ServedType(s)) {
					return
				}
			}
		}
	}}
}
