package lint

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// At a load a warning, as the other names of the zone have nothing to do with it.
var cnameLoop = Rule{
	Code:     "cname-loop",
	Severity: Error,
	Load:     Warning,
	Source:   "RFC 1034, Section 3.6.2; RFC 1912, Section 2.4",
	Fix:      "let one of these names point to a host outside of the loop",
	Good:     head + "a CNAME host.example.org.\n",
	Bad:      head + "a CNAME back.example.org.\n",
	Beside:   beside + "host A 192.0.2.1\nback ALIAS a.example.com.\n",
	when:     kindCNAME | kindAlias | kindSVCB | kindDNAME,
	target:   (*check).gather,
	after: func(c *check) {
		for _, s := range c.chained {
			known := c.Knows(s.name, s.q)
			t := c.Tail(s.name, s.q)
			switch r := c.Circle(s.link()); {
			case r != nil:
				c.reportLoop(s, r)
				c.Note(r)
			case t.Grows && !t.Circle && s.t == rr.TypeDNAME && (!known || c.pointers != nil):
				c.reportGrowth(s)
			}
		}
	},
}

// reportGrowth is about a DNAME below which names lead to names that it makes longer.
func (c *check) reportGrowth(s start) {
	path := []dname.Name{s.name}
	for next, _ := c.Onward(s.name, s.q); len(next) > 0 && len(path) < 4; {
		i := max(0, slices.IndexFunc(next, func(n dname.Name) bool { return c.Tail(n, s.q).Grows }))
		path = append(path, next[i])
		next, _ = c.Onward(next[i], s.q)
	}
	owner := s.name.Parent()
	f := c.at(owner, s.t, 0, "the names that this DNAME makes only grow: %s", reach.PathText(path, false)+" -> ...")
	f.Conflicts = c.steps(path[:min(len(path), 2)], s.q)
	f.Fixes = c.removals(owner, s.t)
}

// Parts of texts by which findings are told apart.
const (
	leadsIn  = " leads into a circle of aliases: "
	inCircle = "these aliases run in a circle: "
)

// reportLoop shows the circle from its first name in canonical order, so that
// the same zones always give the same text. A Change is told of the way into a
// circle that its names are no part of.
func (c *check) reportLoop(s start, r *reach.Circle) {
	turned, shown := c.canonical(r)
	text := inCircle + reach.PathText(turned, true)
	at := s.link()
	if shown >= 0 {
		at = reach.Link{From: turned[shown], Q: r.Q, To: turned[(shown+1)%len(turned)]}
	}
	if c.pointers != nil && len(r.Path) > len(r.Loop) {
		at, text = s.link(), s.name.String()+leadsIn+reach.PathText(r.Closed(), false)
	}
	owner, t, nth := c.standing(s, at)
	f := c.at(owner, t, nth, "%s", text)
	if f.Code != "" {
		f.Conflicts = c.steps(append(slices.Clone(r.Loop), r.Loop[0]), r.Q)
		f.Fixes = append(c.removalOf(owner, t, nth), c.breaks(turned, r.Q, owner)...)
		c.found[len(c.found)-1].circle = r
	}
}

// breaks offers to remove the other records of a circle that stand in the zone under
// judgement, each by itself.
func (c *check) breaks(loop []dname.Name, q reach.Question, but dname.Name) []Fix {
	const most = 4
	var fixes []Fix
	for i, n := range loop {
		next := loop[(i+1)%len(loop)]
		r, nth, ok := c.linkAt(n, q, next)
		if ok && !n.Equal(but) && c.Home(n) == c.zone && len(fixes) < most {
			fixes = append(fixes, c.removalOf(n, r.Type(), nth)...)
		}
	}
	return fixes
}

// standing is the owner, type and number of the record that makes the step at;
// of that of s where a wildcard, or another zone, has it.
func (c *check) standing(s start, at reach.Link) (owner dname.Name, t rr.Type, nth int) {
	if s.t == rr.TypeDNAME && at.From.Equal(s.name) {
		return s.name.Parent(), s.t, 0
	}
	for _, l := range [...]reach.Link{at, s.link()} {
		if r, nth, ok := c.linkAt(l.From, l.Q, l.To); ok {
			return l.From, r.Type(), nth
		}
	}
	return s.name, s.t, 0
}

// canonical is the loop from its first name, and the first of its names whose
// alias stands in the zone under judgement; -1 if none does.
func (c *check) canonical(r *reach.Circle) (turned []dname.Name, shown int) {
	first := 0
	for i, n := range r.Loop {
		if n.Compare(r.Loop[first]) < 0 {
			first = i
		}
	}
	turned = append(slices.Clone(r.Loop[first:]), r.Loop[:first]...)
	return turned, slices.IndexFunc(turned, func(n dname.Name) bool {
		i := slices.IndexFunc(turned, n.Equal)
		_, _, ok := c.linkAt(n, r.Q, turned[(i+1)%len(turned)])
		return ok && c.Home(n) == c.zone
	})
}
