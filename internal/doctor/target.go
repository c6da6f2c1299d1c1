package doctor

import (
	"fmt"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// target judges whether the name leads to addresses, and if not, which link of
// its chain does not: that a name does not exist is told apart from servers that
// do not answer.
func (p *patient) target(v *Verdict) {
	best, last := p.better(), p.Name
	for _, s := range best.Steps {
		if s.Depth == 0 && s.Kind.links() {
			v.see(fmt.Sprintf("%s %s %s", s.Owner, s.Kind, s.Target))
			last = s.Target
		}
	}
	for _, e := range []*Explanation{p.a, p.aaaa} {
		for _, r := range e.Outcome.records(e.Type) {
			v.see(fmt.Sprintf("%s %s %s", p.Name, e.Type, r))
		}
	}
	switch {
	case p.a.End == EndAnswered || p.aaaa.End == EndAnswered:
		p.resolves(v, last)
	case p.a.End == EndNoData && p.aaaa.End == EndNoData:
		p.addressless(v, best, last)
	default:
		p.unresolved(v, worst(p.a, p.aaaa), last)
	}
}

// worst is the one of two that says more of what is wrong.
func worst(a, b *Explanation) *Explanation {
	if a.End == EndNoData {
		return b
	}
	return a
}

// resolves: there are addresses, though maybe not as they should be.
func (p *patient) resolves(v *Verdict, last dname.Name) {
	for _, e := range []*Explanation{p.a, p.aaaa} {
		switch {
		case e.Stale:
			v.judge(Warning, fmt.Sprintf("the target %s does not resolve any more: its last good addresses are served", last))
			v.see(e.Text)
			v.advise(fmt.Sprintf("see why %s does not resolve, or point %s at another name; the last good addresses will not be served for ever", last, p.Name))
		case e.End == EndFailed || e.End == EndLoop || e.End == EndTooLong:
			v.judge(Warning, fmt.Sprintf("the name has addresses, but its %s records cannot be resolved", e.Type))
			v.see(e.Why)
			v.advise(fmt.Sprintf("see why servers of %s do not answer for type %s: clients wait for them", last, e.Type))
		}
	}
	for _, s := range p.better().Steps { // one of several targets
		if s.Kind == NXDomain && s.Depth == 0 {
			v.judge(Warning, fmt.Sprintf("the name has addresses, but one of its targets, %s, does not exist", s.Owner))
			v.advise(fmt.Sprintf("remove the ALIAS to %s", s.Owner))
		}
	}
	if v.Status == "" {
		v.judge(OK, "the name leads to addresses")
	}
}

// addressless: the end of the chain exists and has no addresses.
func (p *patient) addressless(v *Verdict, e *Explanation, last dname.Name) {
	v.Source = "RFC 2308, Section 2.2"
	if last.Equal(p.Name) {
		v.judge(Warning, "the name exists, but has neither addresses nor a target")
		v.see(e.Why)
		v.advise(fmt.Sprintf("give %s an A, AAAA, CNAME or ALIAS record, if somebody is to connect to it", p.Name))
		return
	}
	v.judge(Problem, fmt.Sprintf("the target %s exists, but has no addresses", last))
	v.advise(fmt.Sprintf("point %s at a name that has addresses, or have A or AAAA records added to %s", p.Name, last))
}

// unresolved: there is no answer, or that there is no such name.
func (p *patient) unresolved(v *Verdict, e *Explanation, last dname.Name) {
	switch e.End {
	case EndNXDomain:
		v.Source = "RFC 2308, Section 2.1"
		if last.Equal(p.Name) {
			v.judge(Problem, "the name does not exist (NXDOMAIN)")
			v.advise(fmt.Sprintf("add records at %s; look whether the name is spelt as it should be", p.Name))
			return
		}
		v.judge(Problem, fmt.Sprintf("the target %s does not exist (NXDOMAIN)", last))
		v.advise(fmt.Sprintf("correct the target of %s (a missing final dot appends the zone's name), or create %s; a target that anybody may register is a danger: remove the record until then", p.linkTo(last), last))
	case EndLoop:
		v.judge(Problem, "the chain comes back to itself: "+e.Why)
		v.advise("point one of the names of the loop at a name outside it")
	case EndTooLong, EndOverflow:
		v.judge(Problem, e.Why)
		v.advise("shorten the chain: point " + p.Name.String() + " at its end")
	case EndDeparted, EndRefused, EndDelegated:
		v.judge(Undecided, fmt.Sprintf("%s is with others, and this server asks nobody", last))
	default:
		p.failed(v, e, last)
	}
}

// linkTo is the name whose record points at target.
func (p *patient) linkTo(target dname.Name) dname.Name {
	for _, s := range p.out.Chain {
		if s.Kind.links() && s.Target.Equal(target) {
			return s.Owner
		}
	}
	return p.Name
}

// failed: servers did not answer, or said nonsense.
func (p *patient) failed(v *Verdict, e *Explanation, last dname.Name) {
	var reasons []string
	lame := 0
	for _, s := range e.Steps {
		switch s.Kind {
		case Silent:
			if !slices.Contains(reasons, s.Why) {
				reasons = append(reasons, s.Why)
			}
		case Lame:
			lame++
		default:
			continue
		}
		v.see(fmt.Sprintf("%s, asked for %s: %s", s.Server, s.Owner, s.Why))
	}
	what := "cannot be resolved: " + e.Why
	if n := len(e.Steps); n > 0 && e.Steps[n-1].Why != "" {
		what = "cannot be resolved: " + e.Steps[n-1].Why
	}
	switch {
	case len(reasons) > 0 && lame == 0:
		what = fmt.Sprintf("cannot be resolved: the servers of its zone do not answer (%s)", strings.Join(reasons, ", "))
	case lame > 0:
		what = "cannot be resolved: the servers of its zone give no usable answer"
	}
	v.judge(Problem, fmt.Sprintf("%s %s", last, what))
	if e.Text != "" && !strings.Contains(strings.Join(v.Seen, "\n"), e.Text) {
		v.see(e.Text)
	}
	v.advise(fmt.Sprintf("have the servers of the zone of %s looked after; whether the name exists is not known while they are silent", last))
}
