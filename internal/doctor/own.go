package doctor

import (
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/doctor/servers"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// path adds the steps from name through our zones, and returns the name at which
// the chain leaves them; nil where it ends in them.
func (j *journey) path(name dname.Name) dname.Name {
	for len(j.passed)-j.from <= j.d.options.MaxChain {
		p := j.stand(name)
		if p.zone == nil {
			return p.outside(j)
		}
		if j.has(name) {
			j.step(Step{Kind: Loop, Owner: name, Zone: p.apex, Source: resolver.Ours, TTL: Nobody, Left: Nobody, Why: "the chain has passed this name"})
			return nil
		}
		j.passed = append(j.passed, passage{name, j.t})
		next, out := j.at(&p)
		if out || next == nil {
			return next
		}
		name = next
	}
	j.step(Step{Kind: TooLong, Owner: name, Source: resolver.Ours, TTL: Nobody, Left: Nobody, Why: fmt.Sprintf("more than %d links", j.d.options.MaxChain)})
	return nil
}

func (j *journey) has(name dname.Name) bool {
	for _, p := range j.passed {
		if p.t == j.t && p.name.Equal(name) {
			return true
		}
	}
	return false
}

// place is where a name stands in our zones.
type place struct {
	name  dname.Name
	apex  dname.Name     // of the zone; nil where none holds the name
	zone  *zone.Snapshot // nil where it could not be loaded, too
	found zone.Found
	why   string // there is no zone
}

// stand looks name up in the zone nearest above it; DS records are its parent's
// (RFC 4035, Section 3.1.4.1).
func (j *journey) stand(name dname.Name) place {
	var key dname.Key
	key.Set(name)
	e := j.set.Find(&key, key.Depth())
	if j.t == rr.TypeDS && e != nil && e.Apex.Labels() == key.Depth() && key.Depth() > 0 {
		if up := j.set.Find(&key, key.Depth()-1); up != nil && up.Zone != nil {
			e = up
		}
	}
	switch {
	case e == nil:
		return place{name: name}
	case e.Zone == nil:
		return place{name: name, apex: e.Apex, why: e.Reason}
	}
	return place{name: name, apex: e.Apex, zone: e.Zone, found: e.Zone.Find(&key)}
}

// outside is the way on from a name of which we have no zone.
func (p *place) outside(j *journey) dname.Name {
	if p.apex == nil {
		return p.name
	}
	j.step(Step{Kind: Exhausted, Owner: p.name, Zone: p.apex, Source: resolver.Ours, TTL: Nobody, Left: Nobody, Why: "the zone is not loaded: " + p.why})
	return nil
}

// at adds the step at p, and returns the next name, and whether it lies outside.
func (j *journey) at(p *place) (next dname.Name, out bool) {
	switch found := p.found; {
	case found.Match == zone.Missing:
		s := j.mine(NXDomain, p.name, p.apex, p.zone.DenialSOA().TTL())
		s.Why = "the name does not exist in the zone"
		j.step(s)
		return nil, false
	case found.Match == zone.Redirected:
		return j.redirected(p), false
	case found.Match == zone.Delegated, found.Match == zone.Exact && found.Node.Is(zone.IsCut) && j.t != rr.TypeDS:
		return j.delegated(p), true
	}
	return j.node(p)
}

// delegated adds the cut that takes the name out of our zone.
func (j *journey) delegated(p *place) dname.Name {
	cut := p.name.Suffix(p.found.Depth)
	s := j.mine(Referral, p.name, p.apex, p.found.Node.Set(rr.TypeNS).TTL())
	s.Target, s.Why = cut, "NS records delegate it to "+strings.Join(servers.Contents(p.found.Node.Set(rr.TypeNS)), ", ")
	j.step(s)
	return p.name
}

// redirected adds the DNAME above the name, and returns the name that it makes.
func (j *journey) redirected(p *place) dname.Name {
	owner := p.name.Suffix(p.found.Depth)
	set := p.found.Node.Set(rr.TypeDNAME)
	prefix := p.name[:len(p.name)-len(owner)]
	s := j.mine(DNAME, p.name, p.apex, set.TTL())
	s.Via = owner
	if len(prefix)+len(set.Target()) > dname.MaxLen {
		s.Why = "the new name would be longer than 255 octets (RFC 6672, Section 2.2)"
		j.step(s)
		return nil
	}
	s.Target = append(prefix.Clone(), set.Target()...)
	j.step(s)
	if j.t == rr.TypeCNAME { // what was made is what was asked for
		return nil
	}
	return s.Target
}

// node adds what the node that is, or stands for, the name has to say.
func (j *journey) node(p *place) (next dname.Name, out bool) {
	n := p.found.Node
	kind, via := Exact, dname.Name(nil)
	if p.found.Match == zone.Synthesized {
		kind, via = Wildcard, p.name.Suffix(p.found.Depth).Wildcard(nil)
	}
	set := n.Set(j.t)
	if j.t == rr.TypeALIAS && j.d.options.HideALIAS {
		set = nil
	}
	switch {
	case j.t == rr.TypeANY:
		j.all(p, kind, via)
		return nil, false
	case !set.Empty():
		s := j.mine(kind, p.name, p.apex, set.TTL())
		s.Via, s.Records = via, servers.Contents(set)
		j.step(s)
		return j.service(set, s)
	case n.Is(zone.HasCNAME):
		set = n.Set(rr.TypeCNAME)
		s := j.mine(CNAME, p.name, p.apex, set.TTL())
		s.Via, s.Target = via, set.Target().Clone()
		j.step(s)
		return s.Target, false
	case n.Is(zone.HasALIAS) && (j.t == rr.TypeA || j.t == rr.TypeAAAA):
		j.alias(p, via)
		return nil, false
	}
	s := j.mine(NoData, p.name, p.apex, p.zone.DenialSOA().TTL())
	s.Via, s.Why = via, j.lacking(n)
	j.step(s)
	return nil, false
}

// lacking says what a name without the records asked for has instead.
func (j *journey) lacking(n zone.Node) string {
	var has []string
	for set, next := n.Next(0); !set.Empty(); set, next = n.Next(next) {
		if set.Type() != rr.TypeALIAS || !j.d.options.HideALIAS {
			has = append(has, set.Type().String())
		}
	}
	if len(has) == 0 {
		return "the name has no records, only names below it have (RFC 8020)"
	}
	return "the name has records of other types: " + strings.Join(has, ", ")
}

// all adds the RRsets that answer ANY.
func (j *journey) all(p *place, kind Kind, via dname.Name) {
	before := len(j.e.Steps)
	for _, i := range j.e.Items {
		if i.Owner.Equal(p.name) {
			s := j.mine(kind, p.name, p.apex, i.Set.TTL())
			s.Via, s.Type, s.Records = via, i.Set.Type(), servers.Contents(i.Set)
			j.step(s)
		}
	}
	if len(j.e.Steps) == before {
		s := j.mine(NoData, p.name, p.apex, p.zone.DenialSOA().TTL())
		s.Via, s.Why = via, j.lacking(p.found.Node)
		j.step(s)
	}
}

// service goes on where set is an HTTPS or SVCB record in AliasMode: clients
// look for the same at its target (RFC 9460, Section 3).
func (j *journey) service(set rr.Set, at Step) (next dname.Name, out bool) {
	kind := map[rr.Type]Kind{rr.TypeHTTPS: HTTPS, rr.TypeSVCB: SVCB}[set.Type()]
	rec, _ := set.Next()
	if kind == "" || !rec.AliasMode() {
		return nil, false
	}
	target := aliasModeTarget(rec)
	if target == nil || target.IsRoot() {
		return nil, false
	}
	s := at
	s.Kind, s.Target, s.Records, s.Took = kind, target.Clone(), nil, 0
	j.step(s)
	j.goBeyond()
	return s.Target, false
}

// aliasModeTarget is the TargetName of rec, behind its SvcPriority.
func aliasModeTarget(rec rr.Record) (target dname.Name) {
	rr.EachName(rec.Type(), rec.Data(), func(n dname.Name) { target = n })
	return target
}

// alias adds the ALIAS of the node, and where each of its targets leads.
func (j *journey) alias(p *place, via dname.Name) {
	set := p.found.Node.Set(rr.TypeALIAS)
	if j.hides(p.apex) {
		j.concealed(p, via)
		return
	}
	passed, from := len(j.passed), j.from
	if !j.forked {
		j.forked, j.from = true, passed-1 // the links of an ALIAS are counted anew
		defer func() { j.forked, j.from = false, from }()
	}
	for rest := set; !rest.Empty(); {
		var rec rr.Record
		rec, rest = rest.Next()
		s := j.mine(ALIAS, p.name, p.apex, set.TTL())
		s.Via, s.Target = via, dname.Name(rec.Data()).Clone()
		if j.who.sees(p.apex) {
			s.Why = onFailure(p.zone.Policy(p.found.Node, s.Target))
		}
		j.step(s)
		if out := j.path(s.Target); out != nil {
			j.flat(out)
		}
		j.passed = j.passed[:passed]
	}
}

// hides reports whether the ALIAS records of that zone are not the caller's
// business: what the DNS shows, everybody may see.
func (j *journey) hides(apex dname.Name) bool {
	return j.d.options.HideALIAS && !j.who.sees(apex)
}

// concealed adds what an ALIAS stands for, in a zone whose inside is not the
// caller's business and is not shown in the DNS either.
func (j *journey) concealed(p *place, via dname.Name) {
	kind := Exact
	if via != nil {
		kind = Wildcard
	}
	s := j.mine(kind, p.name, p.apex, 0)
	s.Via, s.TTL, s.Left, s.Records = via, j.e.TTL, j.e.TTL, j.e.Outcome.records(j.t)
	switch {
	case j.e.Rcode == code.ServFail:
		s.Kind, s.TTL, s.Left, s.Why = Exhausted, Nobody, Nobody, j.e.Why
	case len(s.Records) == 0:
		s.Kind = NoData
	}
	j.step(s)
}

// onFailure says what p does while a target cannot be resolved, where that is
// not the usual.
func onFailure(p *zone.Policy) string {
	if p == nil {
		return ""
	}
	if p.OnFailure == zone.ServeStale {
		return fmt.Sprintf("on failure the last good addresses are served for %d s", p.Stale())
	}
	return "on failure: " + p.OnFailure.String()
}

// flat adds what is known of a name of others that an ALIAS leads to: how the
// resolver came there, and what answers are made of.
func (j *journey) flat(name dname.Name) {
	var key dname.Key
	key.Set(name)
	flat := answer.Flat{State: answer.Failing, Why: "this server resolves no names of others"}
	if f := j.d.options.Flattener; f != nil {
		flat = f.Flatten(&key, j.t, j.d.options.Clock().UnixNano())
	}
	end := j.way(name, flat.State)
	if flat.Endless && j.endless() {
		return
	}
	s := Step{Kind: Exact, Owner: end, Source: resolver.Cached, TTL: Nobody, Left: int64(flat.TTL), State: stateOf(flat.State), Records: servers.Contents(flat.Set)}
	switch {
	case flat.State == answer.Unasked:
		s.Kind, s.Left, s.Why = Unknown, Nobody, "nobody has asked for it yet"
	case flat.State == answer.Failing:
		j.failing(&s, flat)
	case flat.Set.Empty() && flat.Gone:
		s.Kind, s.Why = NXDomain, "the target does not exist"
	case flat.Set.Empty():
		s.Kind, s.Why = NoData, fmt.Sprintf("the target has no %s records", j.t)
	default:
		s.TTL = j.declared(end, j.t)
	}
	j.step(s)
}

// endless reports whether the last step says that the chain has no end.
func (j *journey) endless() bool {
	n := len(j.e.Steps)
	return n > 0 && (j.e.Steps[n-1].Kind == Loop || j.e.Steps[n-1].Kind == TooLong)
}

// failing makes s the step of a target that cannot be resolved.
func (j *journey) failing(s *Step, flat answer.Flat) {
	s.Why, s.Source = flat.Why, resolver.Stale
	s.Left = Nobody
	switch {
	case flat.Endless:
		s.Kind, s.Records, s.Source = TooLong, nil, resolver.Live
		return
	case flat.Since == 0:
		s.Kind, s.Records, s.Source = Exhausted, nil, resolver.Live
		return
	case flat.Set.Empty() && flat.Gone:
		s.Kind = NXDomain
	case flat.Set.Empty():
		s.Kind = NoData
	}
	if j.e.TTL != Nobody {
		s.Left = j.e.TTL
	}
}

func stateOf(k answer.Known) string {
	return [...]string{answer.Unasked: "unasked", answer.Fresh: "fresh", answer.Renewing: "renewing", answer.Failing: "failing"}[k]
}
