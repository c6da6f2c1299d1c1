package explain

import (
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// nameText is a name as it is shown; empty for none.
func nameText(n dname.Name) string {
	if n == nil {
		return ""
	}
	return n.String()
}

// nameTexts are names as they are shown.
func nameTexts(names []dname.Name) (out []string) {
	for _, n := range names {
		out = append(out, n.String())
	}
	return out
}

// orEmpty is list, never nil.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func milliseconds(d time.Duration) float64 {
	return float64(d.Round(time.Microsecond)) / float64(time.Millisecond)
}

func showSteps(steps []doctor.Step) []api.ExplainStep {
	out := make([]api.ExplainStep, 0, len(steps))
	for i := range steps {
		s := &steps[i]
		out = append(out, api.ExplainStep{
			Depth: s.Depth, Kind: string(s.Kind), Owner: nameText(s.Owner), Type: s.Type.String(), Via: nameText(s.Via), Zone: nameText(s.Zone),
			Server: s.Server, Source: s.Source.String(), Ours: s.Ours, TTL: api.Seconds(s.TTL), Left: api.Seconds(s.Left),
			TookMS: milliseconds(s.Took), Target: nameText(s.Target), State: s.State, Why: s.Why, Records: s.Records,
		})
	}
	return out
}

func showItems(items []doctor.Item) []api.ExplainRecord {
	out := []api.ExplainRecord{}
	for _, i := range items {
		for rest := i.Set; !rest.Empty(); {
			var rec rr.Record
			rec, rest = rest.Next()
			out = append(out, api.ExplainRecord{Name: i.Owner.String(), Type: rec.Type().String(), TTL: rec.TTL(), Content: string(rr.AppendDataText(nil, rec.Type(), rec.Data()))})
		}
	}
	return out
}

func showEDE(o *doctor.Outcome) *api.ExplainError {
	if o.EDE == code.NoEDE {
		return nil
	}
	return &api.ExplainError{Code: int(o.EDE), Text: o.Text}
}

func showExplanation(e *doctor.Explanation) api.Explanation {
	out := api.Explanation{
		Name: e.Name.String(), Type: e.Type.String(), Authority: e.Authority, Steps: showSteps(e.Steps), Records: showItems(e.Items),
		Rcode: e.Rcode.String(), EDE: showEDE(&e.Outcome), End: string(e.End), Why: e.Why, TTL: api.Seconds(e.TTL), TTLStep: e.TTLStep,
		Stale: e.Stale, TookMS: milliseconds(e.Took),
	}
	if e.CAA != nil {
		out.CAA = showCAA(e.CAA)
	}
	return out
}

func showTrace(t *doctor.Trace) api.Trace {
	out := api.Trace{
		Name: t.Name.String(), Type: t.Type.String(), Steps: showSteps(t.Steps), Hops: []api.TraceHop{}, Records: showItems(t.Items),
		Rcode: t.Rcode.String(), EDE: showEDE(&t.Outcome), End: string(t.End), Why: t.Why, TTL: api.Seconds(t.TTL), Queries: t.Queries,
		ColdMS: milliseconds(t.Cold),
	}
	for _, h := range t.Hops {
		out.Hops = append(out.Hops, api.TraceHop{
			Owner: nameText(h.Owner), Kind: string(h.Kind), Target: nameText(h.Target), Zone: nameText(h.Zone), Server: h.Server, Ours: h.Ours,
			Queries: h.Queries, TookMS: milliseconds(h.Took),
		})
	}
	return out
}

func (c handler) showDiagnosis(d *doctor.Diagnosis) api.Diagnosis {
	out := api.Diagnosis{
		Name: d.Name.String(), Status: string(d.Status), Verdicts: []api.Verdict{}, Chain: []api.ExplainStep{}, Addresses: []string{},
		Certificates: []api.Certificate{}, TookMS: milliseconds(d.Took),
	}
	for i := range d.Verdicts {
		out.Verdicts = append(out.Verdicts, c.showVerdict(&d.Verdicts[i]))
	}
	for _, s := range showSteps(d.Chain) {
		switch doctor.Kind(s.Kind) {
		case doctor.Referral, doctor.Silent, doctor.Lame:
		default:
			out.Chain = append(out.Chain, s)
		}
	}
	for _, a := range d.Addresses {
		out.Addresses = append(out.Addresses, a.String())
	}
	for i := range d.Certificates {
		out.Certificates = append(out.Certificates, showCertificate(&d.Certificates[i]))
	}
	if d.CAA != nil {
		out.CAA = showCAA(d.CAA)
	}
	if d.Propagation != nil {
		p := showPropagation(d.Propagation)
		out.Propagation = &p
	}
	return out
}

func (c handler) showVerdict(v *doctor.Verdict) api.Verdict {
	out := api.Verdict{
		ID: v.ID, Status: string(v.Status), Title: v.Title, Seen: orEmpty(v.Seen), Advice: orEmpty(v.Advice), Source: v.Source, TookMS: milliseconds(v.Took),
		Fixes: orEmpty(envelope.Fixes(c.Control.Fitting(c.Ctx, c.Who, v.Fixes))),
	}
	if v.Link == nil {
		return out
	}
	z, err := c.Control.Zone(c.Who, control.Ref{Apex: v.Link.Zone.Lower()})
	if err != nil {
		return out
	}
	out.Record = &api.VerdictRecord{
		ZoneID: z.ID.String(), Zone: form.Bare(z.Apex), Name: form.Bare(v.Link.Owner), Content: v.Link.Target.String(),
		Type: c.Control.AsKept(c.Ctx, z, v.Link.Owner, v.Link.Type).String(),
	}
	return out
}

func showCertificate(c *doctor.Certificate) api.Certificate {
	out := api.Certificate{
		Address: c.Address.String(), Status: string(c.Status), Why: c.Why, Names: orEmpty(c.Names), NameCount: c.NameCount, Covers: c.Covers,
		Trusted: c.Trusted, SelfSigned: c.SelfSigned, Subject: c.Subject, Issuer: c.Issuer, Protocol: c.Protocol,
	}
	if !c.NotAfter.IsZero() {
		before, after := c.NotBefore.UTC(), c.NotAfter.UTC()
		out.NotBefore, out.NotAfter = &before, &after
	}
	return out
}

func showCAA(c *doctor.CAA) *api.CAA {
	out := &api.CAA{
		Name: c.Name.String(), At: nameText(c.At), Target: nameText(c.Target), Issue: orEmpty(c.Issue), IssueWild: orEmpty(c.IssueWild), Anybody: c.Anybody,
		AnyWild: c.AnyWild, Reports: c.Reports, Unknown: c.Unknown, Records: []string{}, Climb: []api.CAAStep{}, Error: c.Error,
	}
	for _, r := range showItems([]doctor.Item{{Owner: c.Name, Set: c.Set}}) {
		out.Records = append(out.Records, r.Content)
	}
	for _, s := range c.Climb {
		out.Climb = append(out.Climb, api.CAAStep{Name: s.Name.String(), Aliases: nameTexts(s.Aliases), Found: s.Found, Rcode: s.Rcode.String()})
	}
	return out
}

func showPropagation(p *doctor.Propagation) api.Propagation {
	out := api.Propagation{
		Name: p.Name.String(), Type: p.Type.String(), Zone: nameText(p.Zone), Ours: p.Ours, Expect: orEmpty(p.Expect), ExpectFrom: p.From,
		Servers: []api.PropagationServer{}, Matches: p.Matches, Differs: p.Differs, Errors: p.Errors, Done: p.Done, Left: api.Seconds(p.Left),
		Warnings: p.Warnings, TookMS: milliseconds(p.Took),
	}
	if p.Left > 0 {
		until := time.Now().UTC().Add(time.Duration(p.Left) * time.Second).Truncate(time.Second)
		out.Until = &until
	}
	for i := range p.Rows {
		r := &p.Rows[i]
		row := api.PropagationServer{
			Server: r.Server, Name: r.Name, Kind: string(r.Role), State: string(r.State), Aliases: nameTexts(r.Aliases), Records: orEmpty(r.Records),
			TTL: api.Seconds(r.Left), Serial: r.Serial, TookMS: milliseconds(r.Took), Why: r.Why,
		}
		if r.Heard {
			row.Rcode = r.Rcode.String()
		}
		out.Servers = append(out.Servers, row)
	}
	return out
}
