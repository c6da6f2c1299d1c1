package form

import (
	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
)

// ParsePlan reads what a plan is asked for.
func ParsePlan(in *api.PlanRequest) (*control.PlanRequest, error) {
	r := &control.PlanRequest{Kind: in.Kind, TTL: in.TTL, Followers: in.Followers, Reason: in.Reason}
	var err error
	for _, f := range []struct {
		field, text string
		to          *[]byte
	}{{"from", in.From, (*[]byte)(&r.From)}, {"to", in.To, (*[]byte)(&r.To)}, {"name", in.Name, (*[]byte)(&r.Name)}} {
		if f.text == "" {
			continue
		}
		if *f.to, err = ParseName(f.field, f.text); err != nil {
			return nil, err
		}
	}
	for _, text := range in.Types {
		t, err := ParseType("types", text)
		if err != nil {
			return nil, err
		}
		r.Types = append(r.Types, t)
	}
	for _, text := range in.Zones {
		ref, err := ParseRef(text)
		if err != nil {
			return nil, err
		}
		r.Zones = append(r.Zones, ref)
	}
	return r, nil
}

// PlanRequest is what a plan was asked for.
func PlanRequest(r *control.PlanRequest) api.PlanRequest {
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
			out.Zones = append(out.Zones, Bare(z.Apex))
		} else {
			out.Zones = append(out.Zones, z.ID.String())
		}
	}
	return out
}
