package doctor

import (
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/propagation"
	"github.com/truename-dns/truename/internal/doctor/servers"
)

// propagated judges whether everybody says the same of the addresses of the name.
func (p *patient) propagated(v *Verdict) {
	if p.d.options.Cold.Network == nil {
		v.judge(Undecided, "this server asks no other servers")
		return
	}
	q := Question{Name: p.Name, Type: rr.TypeA}
	if p.better() == p.aaaa {
		q.Type = rr.TypeAAAA
	}
	got := p.d.propagation(p.ctx, p.who, q, Expected{})
	p.out.Propagation = got
	p.rows(v, got)
	p.delegated(v)
	for _, w := range got.Warnings {
		v.see(w)
	}
	switch {
	case v.Status != "":
	case got.Matches == 0 || got.Matches == 1 && got.From == "ours":
		v.judge(Undecided, "none of the servers of the zone and no resolver could be asked")
		v.advise("see whether this server may send questions to port 53 of others")
	default:
		v.judge(OK, fmt.Sprintf("all %d servers that answered say the same", got.Matches))
	}
}

// rows judges what single servers say.
func (p *patient) rows(v *Verdict, got *Propagation) {
	for n := range got.Rows {
		r := &got.Rows[n]
		switch {
		case r.State == propagation.Differs && r.Role == propagation.Authoritative:
			v.judge(Problem, "servers of the zone say something else than they should")
			v.see(fmt.Sprintf("%s (%s) still says %s%s", r.Name, r.Server, r.Says(), r.Version()))
			v.advise(fmt.Sprintf("see why %s has not taken the last version of the zone over (NOTIFY, zone transfer), or that the zone above names no server that is not yours any more", r.Name))
		case r.State == propagation.Differs:
			v.judge(Warning, "some resolvers say something else than the servers of the zone")
			v.see(fmt.Sprintf("%s still says %s%s", r.Title(), r.Says(), r.Remaining()))
			v.advise("wait until they have forgotten: nothing else makes them; if they never see the zone, look whether it is registered and delegated to these servers")
		case r.State == propagation.Errs && r.Role == propagation.Authoritative:
			v.judge(Warning, "not all servers of the zone answer for it")
			v.see(fmt.Sprintf("%s (%s): %s", r.Name, r.Server, r.Why))
			v.advise("have servers of the zone that do not answer for it repaired, or taken out of the NS records here and in the zone above")
		case r.State == propagation.Errs:
			v.see(fmt.Sprintf("%s could not be asked: %s", r.Title(), r.Why))
		}
	}
}

// delegated judges whether the world is led to the zone.
func (p *patient) delegated(v *Verdict) {
	if p.zone == nil {
		return
	}
	switch z := p.zone; {
	case z.Lacking:
		v.judge(Warning, fmt.Sprintf("the zone above does not delegate %s, so that the world does not see it", z.Apex))
		v.advise(fmt.Sprintf("register the name servers of %s at the registrar, or in the zone above", z.Apex))
	case z.AtOdds():
		v.judge(Warning, "the zone and the zone above name different servers")
		v.advise("make the NS records of the zone and those at the registrar the same")
	}
}

// authorised judges which authorities may issue certificates.
func (p *patient) authorised(v *Verdict) {
	v.Source = "RFC 8659, Section 3"
	c := p.d.caa(p.ctx, p.who, p.Name)
	p.out.CAA = c
	wild, list, free := p.Name.IsWildcard(), c.Issue, c.Anybody
	if wild {
		list, free = c.IssueWild, c.AnyWild
	}
	if c.At != nil {
		where := "the CAA records of " + c.At.String()
		if c.Target != nil {
			where += ", an alias of " + c.Target.String() + ","
		}
		v.see(where + " decide: " + strings.Join(servers.Contents(c.Set), "; "))
	}
	switch {
	case c.Error != "":
		v.judge(Problem, "CAA records could not be looked up: no authority will issue a certificate")
		v.see(c.Error)
		v.advise(adviceForCAA(c.End))
	case len(c.Unknown) > 0:
		v.judge(Warning, "a critical CAA property that no authority knows keeps all of them from issuing")
		v.see("critical: " + strings.Join(c.Unknown, ", "))
		v.advise("remove the property, or its critical flag")
	case free && c.At == nil:
		v.judge(OK, "no CAA records: any authority may issue certificates")
	case free:
		v.judge(OK, "the CAA records let any authority issue certificates")
	case len(list) == 0:
		v.judge(Warning, "the CAA records let no authority issue certificates")
		v.advise(fmt.Sprintf("add a CAA record with the property issue for the authority that you use, at %s", c.At))
	default:
		v.judge(OK, "these authorities may issue certificates: "+strings.Join(list, ", "))
	}
}

// adviceForCAA is what to do where a search for CAA records ended so.
func adviceForCAA(end End) string {
	switch end {
	case EndLoop:
		return "point one of the names of the loop at a name outside it: a chain without end keeps certificates from being renewed"
	case EndTooLong, EndOverflow:
		return "shorten the chain: one that is not followed to its end keeps certificates from being renewed"
	}
	return "have servers that do not answer questions for CAA records repaired: silence keeps certificates from being renewed"
}
