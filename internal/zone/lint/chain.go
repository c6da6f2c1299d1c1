package lint

import (
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// A chain is what one kind of question is led through: all go through CNAME and
// DNAME, those for addresses through ALIAS too, and those for SVCB and HTTPS
// through AliasMode of their type (RFC 9460, Section 2.4.2).
type question byte

const (
	forAddresses question = iota
	forSVCB
	forHTTPS
)

// start is where a chain of more than one link begins.
type start struct {
	name dname.Name // lower-cased; below a DNAME owner, "*" stands for any name
	t    rr.Type    // of the record that is the first link
	q    question
}

// tail is what a name leads to.
type tail struct {
	links  int        // redirections up to the end
	end    dname.Name // the last name of the chain
	circle bool       // there is no end
	grows  bool       // there is none, as the names get longer and longer
}

// longChain bounds what is walked of a chain in one go when a Change is judged.
const longChain = 1000

// tail walks the chain that starts at name until it ends, leaves the zones held or
// comes to a name walked before. No name is walked twice. loop is the circle that
// it runs into, if it is a new one, and path the way there, the circle included.
func (c *check) tail(name dname.Name, q question) (t tail, path, loop []dname.Name) {
	if c.tails == nil {
		c.tails = make(map[string]tail)
	}
	seen := make(map[string]int)
	for {
		known, ok := c.tails[tailKey(name, q)]
		if ok {
			t = known
			break
		}
		if i, ok := seen[string(name)]; ok {
			t, loop = tail{circle: true}, path[i:]
			break
		}
		seen[string(name)] = len(path)
		path = append(path, name)
		next, grows := c.step(name, q)
		if next == nil || c.pointers != nil && len(path) > longChain {
			t = tail{links: -1, end: name, grows: grows}
			break
		}
		name = next
	}
	for i := len(path) - 1; i >= 0; i-- {
		t.links++
		c.tails[tailKey(path[i], q)] = t
	}
	return t, path, loop
}

func tailKey(name dname.Name, q question) string { return string(q) + string(name) }

// step is the name that a question about name is led to, lower-cased; nil if to
// none, which grows says is for its length (RFC 6672, Section 2.2).
func (c *check) step(name dname.Name, q question) (next dname.Name, grows bool) {
	in, f := c.look(name)
	if in == nil {
		return nil, false
	}
	if f.Match == zone.Redirected {
		under := name[:len(name)-len(name.Suffix(f.Depth))]
		next = append(append(next, under...), f.Node.Set(rr.TypeDNAME).Target()...)
	} else {
		next = link(f, q)
	}
	if next == nil || len(next) > dname.MaxLen {
		return nil, next != nil
	}
	return next.Lower(), false
}

// link is the target of what was found at a name, if it is an alias to q.
func link(f zone.Found, q question) dname.Name {
	if f.Match != zone.Exact && f.Match != zone.Synthesized {
		return nil
	}
	if f.Node.Is(zone.HasCNAME) {
		return f.Node.Set(rr.TypeCNAME).Target()
	}
	switch q {
	case forSVCB:
		return form.AliasTarget(f.Node.Set(rr.TypeSVCB))
	case forHTTPS:
		return form.AliasTarget(f.Node.Set(rr.TypeHTTPS))
	}
	if s := f.Node.Set(rr.TypeALIAS); !s.Empty() {
		return s.Target()
	}
	return nil
}

// links lists the records that lead q on from each of names, with their owners:
// those of a name that a wildcard or a DNAME makes are there.
func (c *check) links(names []dname.Name, q question) []string {
	const most = 20
	var out []string
	for i, n := range names {
		if i == most {
			return append(out, fmt.Sprintf("and %d more", len(names)-most))
		}
		in, f := c.look(n)
		if in == nil || f.Match == zone.Missing {
			continue
		}
		owner, t := source(n, f), linkType(f, q)
		if s := f.Node.Set(t); !s.Empty() {
			r, _ := s.Next()
			out = append(out, owner.String()+" "+c.line(owner, r, 0))
		}
	}
	return out
}

// source is the owner of what was found at name.
func source(name dname.Name, f zone.Found) dname.Name {
	switch f.Match {
	case zone.Redirected:
		return name.Suffix(f.Depth)
	case zone.Synthesized:
		return name.Suffix(f.Depth).Wildcard(nil)
	}
	return name
}

// linkType is the type of the record by which what was found leads q on.
func linkType(f zone.Found, q question) rr.Type {
	switch {
	case f.Match == zone.Redirected:
		return rr.TypeDNAME
	case f.Node.Is(zone.HasCNAME):
		return rr.TypeCNAME
	case q == forSVCB:
		return rr.TypeSVCB
	case q == forHTTPS:
		return rr.TypeHTTPS
	}
	return rr.TypeALIAS
}

// questionOf is what the alias p redirects; ok is false where it is no alias.
func (p *pointer) questionOf() (q question, ok bool) {
	switch t := p.record.Type(); {
	case p.kind == kindCNAME, p.kind == kindAlias:
		return forAddresses, true
	case p.kind == kindSVCB && p.record.AliasMode() && t == rr.TypeSVCB:
		return forSVCB, true
	case p.kind == kindSVCB && p.record.AliasMode():
		return forHTTPS, true
	}
	return 0, false
}

// gather notes p if it is the first link of a chain of several.
func (c *check) gather(p *pointer) {
	if p.kind == kindDNAME {
		again := p.found.Match == zone.Redirected || p.found.Match == zone.Exact && p.found.Node.Is(zone.HasDNAME)
		probe := p.owner.Wildcard(nil)
		if again && len(probe) <= dname.MaxLen && !p.target.IsAtOrBelow(p.owner) { // dname-loop
			c.chained = append(c.chained, start{probe.Lower(), rr.TypeDNAME, forAddresses})
		}
		return
	}
	own, ok := p.questionOf()
	for q := forAddresses; ok && q <= forHTTPS; q++ {
		// A check of all names comes by a circle through AliasMode from there.
		if q != own && (c.pointers == nil || p.kind != kindCNAME) {
			continue
		}
		if p.found.Match == zone.Redirected || link(p.found, q) != nil {
			c.chained = append(c.chained, start{p.owner.Lower(), p.record.Type(), q})
		}
	}
}

// pathText shows names from the first to the last, and the first again where they are a circle.
func pathText(path []dname.Name, circle bool) string {
	const most = 20
	var b strings.Builder
	for i, n := range path[:min(len(path), most)] {
		if i > 0 {
			b.WriteString(" -> ")
		}
		b.WriteString(n.String())
	}
	if len(path) > most {
		b.WriteString(" -> ...")
	}
	if circle {
		b.WriteString(" -> " + path[0].String())
	}
	return b.String()
}
