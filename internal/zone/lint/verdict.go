package lint

import (
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// judgement is a Change on its way to a Report: judge asks the rules about those whom
// it may concern.
type judgement struct {
	Change
	report Report
	whom   *reach.Concern
	before *check // of names in Old; nil until it is wanted
	key    dname.Key
}

// judge asks the rules about all that is suspect after the Change and, where
// they find something, what they would have found before.
func (j *judgement) judge() {
	for _, s := range j.whom.Created {
		r := CheckZone(s, Options{World: j.New, MaxChain: j.MaxChain})
		j.report.Findings = append(j.report.Findings, r.Findings...)
		j.report.Errors += r.Errors
		j.report.Warnings += r.Warnings
	}
	now := j.ask(j.New, j.whom.Names)
	if len(now) == 0 {
		return
	}
	var again []reach.Suspect
	for i, v := range now {
		if i == 0 || now[i-1].suspect != v.suspect {
			again = append(again, *v.suspect)
		}
	}
	stood := make(map[string]struct{})
	circles := make(map[string]struct{})
	for _, f := range j.report.Findings {
		if f.Code == cnameLoop.Code {
			circles[f.Message] = struct{}{}
		}
	}
	for _, v := range j.ask(j.Old, again) {
		stood[v.id()] = struct{}{}
	}
	for _, v := range now {
		_, old := stood[v.id()]
		if v.circle != nil {
			old = j.stood(v.suspect.Apex, v.circle)
		}
		if old && (v.Severity == Error || v.suspect.Follower) || v.Code == cnameLoop.Code && v.told(circles) {
			continue
		}
		stood[v.id()] = struct{}{}
		j.keep(v.Finding)
	}
}

// told reports whether a circle of aliases is known by another name of it, or by
// the way into it of another follower, and notes it.
func (v *verdict) told(circles map[string]struct{}) bool {
	_, told := circles[v.Message]
	told = told || v.suspect.Follower && len(circles) > 0 && strings.Contains(v.Message, leadsIn)
	circles[v.Message] = struct{}{}
	return told
}

func (j *judgement) keep(f Finding) {
	count := &j.report.Warnings
	if f.Severity == Error {
		count = &j.report.Errors
	}
	if *count++; *count <= MaxFindings {
		j.report.Findings = append(j.report.Findings, f)
	}
}

// verdict is a finding about a suspect.
type verdict struct {
	located
	suspect *reach.Suspect
}

func (v *verdict) id() string { return v.Code + "\n" + v.Owner + "\n" + v.Message }

// ask is what the rules find at names in the zones of world.
func (j *judgement) ask(world *zone.Set, names []reach.Suspect) []verdict {
	if world == nil {
		return nil
	}
	c := j.among(world)
	var out []verdict
	for i := range names {
		for _, f := range c.ask(&names[i]) {
			out = append(out, verdict{f, &names[i]})
		}
		c.found = c.found[:0]
	}
	return out
}

// among is a check of names in the zones of world.
func (j *judgement) among(world *zone.Set) *check {
	c := newCheck(nil, nil, &Options{World: world, MaxChain: j.MaxChain})
	c.pointers, c.Change, c.Left, c.Pass = j.Pointers, true, reach.ManyNames, reach.ManyNames
	if world == j.New {
		c.gone, c.asked = j.whom.Gone, j.whom.Asked
	}
	return c
}

// stood reports whether every step of r was there before, in a zone of that apex
// and beside it.
func (j *judgement) stood(apex dname.Name, r *reach.Circle) bool {
	in := reach.ZoneOf(j.Old, apex, &j.key)
	if in == nil {
		return false
	}
	if j.before == nil {
		j.before = j.among(j.Old)
	}
	c := j.before
	c.enter(in)
	way := r.Closed()
	for i, n := range way[:len(way)-1] {
		if !c.Leads(n, r.Q, way[i+1]) {
			return false
		}
	}
	return true
}

// ask judges one name.
func (c *check) ask(s *reach.Suspect) []located {
	in := reach.ZoneOf(c.options.World, s.Apex, &c.aux)
	if in == nil {
		return nil
	}
	if in != c.zone {
		c.enter(in)
	}
	c.glue, c.chained = c.glue[:0], c.chained[:0]
	c.Left, c.Pass = max(c.Left, reach.LongChain), max(c.Pass, reach.LongChain)
	c.aux.Set(s.Owner)
	node := in.Node(&c.aux, c.aux.Depth())
	switch {
	case node == nil:
		c.absent(s.Owner)
	case s.Follower:
		c.visitTargets(s.Owner, node)
	default:
		if in.Labels() == c.aux.Depth() {
			c.each(func(r *Rule) func(*check) { return r.zone })
		}
		if c.rule = &trailingDot; !node.Empty() {
			c.doubled(s.Owner, node)
		}
		if c.visit(s.Owner, node); c.name.shaded {
			c.absent(s.Owner)
		}
	}
	if len(c.glue)+len(c.chained) > 0 {
		c.each(func(r *Rule) func(*check) { return r.after })
	}
	return c.found
}

// absent judges the chain of a name that is gone, or that a DNAME hides: a
// wildcard or the DNAME may stand for it.
func (c *check) absent(owner dname.Name) {
	for q := reach.Addresses; q <= reach.HTTPS; q++ {
		next, _ := c.Onward(owner.Lower(), q)
		for _, n := range next {
			c.chained = append(c.chained, start{name: owner.Lower(), t: rr.TypeCNAME, q: q, target: n})
		}
	}
}

// visitTargets shows the names in the RDATA at owner to the rules about them.
func (c *check) visitTargets(owner dname.Name, node zone.Node) {
	n := &c.name
	*n = subject{owner: owner, node: node, has: kindsOf(node)}
	if first, shades := c.zone.FirstShade(); shades {
		c.shade(n, first)
	}
	if n.has&pointers != 0 && !n.shaded {
		c.targets(n)
	}
}
