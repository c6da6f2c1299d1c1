package graph

import "github.com/truename-dns/truename/internal/dns/dname"

// back finds the edges that lead to a name.
type back struct {
	edges  *index
	dnames bool // there is a DNAME anywhere
}

func (g *Graph) back() back {
	return back{&g.edges, g.edges.first(nil, key{redirects}) != nil}
}

// ways are what the keys of edges that lead to name begin with, in the order of
// keys: those with name as target, and the DNAMEs to names above. The root of a
// search is a target of DNAMEs too.
func (b *back) ways(name dname.Name, root bool) []key {
	out := []key{appendName(key{follows}, name), appendName(key{refers}, name)}
	if !b.dnames {
		return out
	}
	labels := name.Labels()
	for above := 0; above < labels; above++ {
		out = append(out, appendName(key{redirects}, name.Suffix(above)))
	}
	if root {
		out = append(out, appendName(key{redirects}, name))
	}
	return out
}

// barren: nothing leads to name, which is said sooner than whether name leads on.
func (b *back) barren(name dname.Name) bool {
	return !b.dnames && !name.IsWildcard() && !b.edges.pointedAt(follows, name) && !b.edges.pointedAt(refers, name)
}

// startOf is the name that e leads to name from: its owner, or the one that a DNAME
// makes name of (RFC 6672, Section 2.2).
func startOf(e *Edge, name dname.Name) dname.Name {
	if e.Kind != DNAME {
		return e.Owner
	}
	prefix := name[:len(name)-len(e.Target)]
	return append(prefix.Clone(), e.Owner...)
}

// by reports whether s is the step that e makes to name.
func (s *Step) by(e *Edge, name dname.Name) bool {
	return s.Kind == e.Kind && s.Target.Equal(name) && s.Owner.Equal(e.Owner) && s.Apex.Equal(e.Apex)
}
