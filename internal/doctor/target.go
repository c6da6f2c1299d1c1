package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// target judges whether the name leads to addresses, and if not, which link of
// its chain does not: that a name does not exist, that a chain has no end, and
// that servers do not answer are told apart, and each target of an ALIAS by itself.
func (p *patient) target(v *Verdict) {
	for _, e := range []*Explanation{p.better(), p.aaaa} {
		for _, s := range e.Steps {
			if s.Depth == 0 && s.Kind.links() && s.Target != nil {
				v.seeOnce(fmt.Sprintf("%s %s %s", s.Owner, s.Kind, s.Target))
			}
		}
	}
	for _, e := range []*Explanation{p.a, p.aaaa} {
		for _, r := range e.Outcome.records(e.Type) {
			v.see(fmt.Sprintf("%s %s %s", p.Name, e.Type, r))
		}
	}
	list := merged(p.a, p.aaaa)
	if p.a.End == EndAnswered || p.aaaa.End == EndAnswered {
		p.resolves(v, list)
		return
	}
	slices.SortStableFunc(list, func(b, c branch) int { return c.rank() - b.rank() })
	for n := range list {
		p.unresolved(v, &list[n])
	}
}

// resolves: there are addresses, though maybe not as they should be.
func (p *patient) resolves(v *Verdict, list []branch) {
	for n := range list {
		if b := &list[n]; !b.leads() {
			p.dead(v, b, len(list) > 1)
		}
	}
	for _, e := range []*Explanation{p.a, p.aaaa} {
		if v.Status == "" && (e.Stale || e.End == EndFailed || e.End == EndLoop || e.End == EndTooLong) {
			v.judge(Warning, fmt.Sprintf("the name has addresses, but its %s records cannot be resolved", e.Type))
			v.see(e.Why)
			v.advise(fmt.Sprintf("see why there is no answer for type %s: clients wait for it", e.Type))
		}
	}
	if v.Status == "" {
		v.judge(OK, "the name leads to addresses")
	}
}

// dead: the name has addresses, but not from this branch, or old ones; several is
// that there are more branches.
func (p *patient) dead(v *Verdict, b *branch, several bool) {
	fate := p.fateOf(b)
	switch {
	case b.known == Exact:
		v.judge(Warning, fmt.Sprintf("the target %s does not resolve any more: its last good addresses are served", b.end.Owner))
		v.advise(fmt.Sprintf("see why %s does not resolve, or point %s at another name; the last good addresses will not be served for ever", b.end.Owner, p.linkTo(b)))
	case several:
		v.judge(Warning, "the name has addresses, but not from all its targets: "+fate.title)
		v.advise(fmt.Sprintf("remove the ALIAS to %s if it is not wanted any more", b.named()))
	default:
		v.judge(Warning, "the name has the fall-back addresses of its record only: "+fate.title)
	}
	v.see(fate.title)
	v.see(fate.seen...)
	v.advise(fate.advice)
	p.mendLink(v, b)
}

// unresolved: the name has no addresses, and this branch has its share in that.
func (p *patient) unresolved(v *Verdict, b *branch) {
	fate := p.fateOf(b)
	v.judge(fate.status, fate.title)
	if v.Title != fate.title {
		v.see(fate.title)
	}
	v.see(fate.seen...)
	if v.Source == "" {
		v.Source = fate.source
	}
	if fate.advice != "" {
		v.advise(fate.advice)
	}
	p.mendLink(v, b)
}

// fate is what a branch without addresses came to, in words.
type fate struct {
	status Status
	title  string
	seen   []string
	advice string
	source string
}

func (p *patient) fateOf(b *branch) fate {
	end, bare := b.end.Owner, b.from == nil
	f := fate{status: Problem}
	switch b.end.Kind {
	case NoData:
		return p.addressless(b)
	case NXDomain:
		f.source = "RFC 2308, Section 2.1"
		if f.title = fmt.Sprintf("the target %s does not exist (NXDOMAIN)", end); bare {
			f.title = "the name does not exist (NXDOMAIN)"
			f.advice = fmt.Sprintf("add records at %s; look whether the name is spelt as it should be", p.Name)
			break
		}
		f.advice = fmt.Sprintf("correct the target of %s (a missing final dot appends the zone's name), or create %s; a target that anybody may register is a danger: remove the record until then", p.linkTo(b), end)
	case Loop:
		f.title = fmt.Sprintf("the chain comes back to itself at %s", end)
		f.advice = "point one of the names of the loop at a name outside it"
	case TooLong:
		f.title = "the chain is too long to be followed: " + b.end.Why
		f.advice = fmt.Sprintf("shorten the chain: point %s at its end", p.Name)
	case Departed:
		f.status, f.title = Undecided, fmt.Sprintf("%s is with others, and this server asks nobody", end)
	default:
		return p.failed(b)
	}
	if b.known == NXDomain {
		f.seen = append(f.seen, fmt.Sprintf("when %s was resolved last, it did not exist", b.named()))
	}
	return f
}

// addressless: the end of the chain exists and has no addresses.
func (p *patient) addressless(b *branch) fate {
	end, source := b.end.Owner, "RFC 2308, Section 2.2"
	if b.from == nil {
		return fate{Warning, "the name exists, but has neither addresses nor a target", []string{b.end.Why},
			fmt.Sprintf("give %s an A, AAAA, CNAME or ALIAS record, if somebody is to connect to it", p.Name), source}
	}
	return fate{Problem, fmt.Sprintf("the target %s exists, but has no addresses", end), nil,
		fmt.Sprintf("point %s at a name that has addresses, or have A or AAAA records added to %s", p.linkTo(b), end), source}
}

// failed: servers did not answer, or said nonsense.
func (p *patient) failed(b *branch) fate {
	f := fate{status: Problem}
	var reasons []string
	lame := 0
	for _, s := range b.mute {
		if s.Kind == Lame {
			lame++
		} else if !slices.Contains(reasons, s.Why) {
			reasons = append(reasons, s.Why)
		}
		if line := fmt.Sprintf("%s, asked for %s: %s", s.Server, s.Owner, s.Why); !slices.Contains(f.seen, line) {
			f.seen = append(f.seen, line)
		}
	}
	what := "cannot be resolved: " + cmp.Or(b.end.Why, "nothing newer is to be had than what has expired")
	switch {
	case lame > 0:
		what = "cannot be resolved: the servers of its zone give no usable answer"
	case len(reasons) > 0:
		what = fmt.Sprintf("cannot be resolved: the servers of its zone do not answer (%s)", strings.Join(reasons, ", "))
	}
	f.title = fmt.Sprintf("%s %s", b.end.Owner, what)
	if b.end.Why != "" && !strings.Contains(f.title, b.end.Why) {
		f.seen = append(f.seen, b.end.Why)
	}
	if b.known == NXDomain {
		f.seen = append(f.seen, fmt.Sprintf("when %s was resolved last, it did not exist", b.named()))
	}
	f.advice = p.mend(b)
	return f
}

// mend is what to do about the end of b, which cannot be resolved.
func (p *patient) mend(b *branch) string {
	if e := held(p.d.options.Zones(), b.end.Owner); e != nil && e.Zone == nil {
		return fmt.Sprintf("mend the zone %s, which could not be loaded", e.Apex)
	}
	if b.end.Ours {
		return fmt.Sprintf("have the target of %s corrected by those who keep the zone %s: what it points at is not shown", b.end.Owner, b.end.Zone)
	}
	return fmt.Sprintf("have the servers of the zone of %s looked after; whether the name exists is not known while they are silent", b.end.Owner)
}

// linkTo is the name whose record is to be changed so that b leads elsewhere.
func (p *patient) linkTo(b *branch) string {
	if b.from == nil {
		return p.Name.String()
	}
	return b.from.String()
}
