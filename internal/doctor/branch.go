package doctor

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/resolver"
)

// branch is one way from the name to an end: there is one for each target of an
// ALIAS, and one where there is no ALIAS.
type branch struct {
	fork  dname.Name // target of the last ALIAS on it; nil for none
	from  dname.Name // whose record leads to the end; nil where none does
	end   Step       // what it comes to
	known Kind       // what was last known of the end, where that is out of time
	mute  []Step     // servers on the way that were silent or lame
}

// branching finds the branches of an Explanation.
type branching struct {
	list   []branch
	at     branch // being walked
	open   bool   // it has come to no end yet
	passed []dname.Name
}

// branches are the ways that the steps of e go, in order.
func (e *Explanation) branches() []branch {
	b := branching{at: branch{end: Step{Owner: e.Name}}, open: true}
	for _, s := range e.Steps {
		switch {
		case s.Kind == Silent || s.Kind == Lame:
			b.at.mute = append(b.at.mute, s)
		case s.Depth > 0:
		case s.Kind.links() && s.Target != nil:
			b.link(s)
		case s.ends() && b.open:
			b.end(s)
		case s.ends() && len(b.list) > 0:
			b.list[len(b.list)-1].remember(s)
		}
	}
	if b.open {
		b.end(Step{Kind: kindOfEnd(e.End), Owner: b.at.end.Owner, Why: e.Why})
	}
	return b.list
}

// link goes on to the target of s; a chain that comes back to a name is at its end.
func (b *branching) link(s Step) {
	if n := slices.IndexFunc(b.passed, s.Owner.Equal); n >= 0 {
		b.passed = b.passed[:n]
	}
	b.passed = append(b.passed, s.Owner)
	if s.Kind == ALIAS {
		b.at = branch{fork: s.Target}
	}
	b.at.from, b.at.end.Owner, b.open = s.Owner, s.Target, true
	if slices.ContainsFunc(b.passed, s.Target.Equal) {
		b.end(Step{Kind: Loop, Owner: s.Target})
	}
}

func (b *branching) end(s Step) {
	b.open, b.at.end = false, s
	if s.Kind == DNAME {
		b.at.end.Kind = TooLong
	}
	b.list = append(b.list, b.at)
	if s.Source == resolver.Stale {
		b.list[len(b.list)-1].remember(s)
	}
	b.at.mute = nil
}

// remember takes what the table of ALIAS targets has of a chain that is at its end
// without an answer now.
func (b *branch) remember(s Step) {
	switch {
	case s.Source != resolver.Stale || s.Kind == Exhausted:
		return
	case b.end.Kind != Loop && b.end.Kind != TooLong:
		b.end.Kind = Exhausted
	}
	b.known = s.Kind
}

// ends reports whether s is the end of a chain.
func (s *Step) ends() bool {
	switch s.Kind {
	case Exact, Wildcard, NoData, NXDomain, Departed, Loop, TooLong, Exhausted, Unknown:
		return true
	}
	return s.Kind == DNAME && s.Target == nil
}

// kindOfEnd is the Kind of a step that a chain with that end might have ended with.
func kindOfEnd(e End) Kind {
	switch e {
	case EndAnswered:
		return Exact
	case EndNoData, EndNXDomain, EndLoop, EndTooLong:
		return Kind(e)
	case EndOverflow:
		return TooLong
	case EndDeparted, EndRefused, EndDelegated:
		return Departed
	}
	return Exhausted
}

// leads reports whether there are addresses at the end of b now.
func (b *branch) leads() bool { return b.end.Kind == Exact || b.end.Kind == Wildcard }

// named is the target of the ALIAS that b begins with, or else the end of b.
func (b *branch) named() dname.Name {
	if b.fork != nil {
		return b.fork
	}
	return b.end.Owner
}

// severity orders ends from good to bad.
var severity = []Kind{Exact, Wildcard, NoData, Departed, Unknown, Exhausted, NXDomain, TooLong, Loop}

// rank is how much the end of b says of what is wrong.
func (b *branch) rank() int { return slices.Index(severity, b.end.Kind) }

// merged are the branches for both types of addresses as one list: a branch that
// leads to addresses of one type has no fault in lacking those of the other, and
// of two ends without any the worse one counts.
func merged(a, aaaa *Explanation) []branch {
	list := a.branches()
	for _, b := range aaaa.branches() {
		n := slices.IndexFunc(list, func(c branch) bool {
			return (c.fork == nil) == (b.fork == nil) && (c.fork == nil || c.fork.Equal(b.fork))
		})
		if n < 0 {
			list = append(list, b)
			continue
		}
		if was := &list[n]; b.leads() && !was.leads() || !was.leads() && b.rank() > was.rank() {
			if was.known == Exact {
				b.known = Exact
			}
			list[n] = b
		}
	}
	return list
}
