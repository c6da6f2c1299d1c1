package lint

import (
	"fmt"
	"iter"
	"slices"
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

// start is a record that is the first link of a chain of more than one.
type start struct {
	name   dname.Name // lower-cased; below a DNAME owner, "*" stands for any name
	t      rr.Type    // of the record
	q      question
	target dname.Name // where the record leads, lower-cased
	record rr.Record  // nil where none stands at name itself
	nth    int        // of its set
}

// onward is the names that a question about name is led to, lower-cased: several
// where an ALIAS has several targets. There is none where a DNAME makes it
// too long, which grows says (RFC 6672, Section 2.2).
func (c *check) onward(name dname.Name, q question) (next []dname.Name, grows bool) {
	in, f := c.look(name)
	if in == nil {
		return nil, false
	}
	if f.Match == zone.Redirected {
		under, target := name[:len(name)-len(name.Suffix(f.Depth))], f.Node.Set(rr.TypeDNAME).Target()
		made := append(append(make(dname.Name, 0, len(under)+len(target)), under...), target...)
		if len(made) > dname.MaxLen {
			return nil, true
		}
		return []dname.Name{made.Lower()}, false
	}
	for _, r := range links(f, q) {
		next = append(next, form.Target(r).Lower())
	}
	return next, false
}

// leads reports whether to is one of the names that q is led to from the name from.
func (c *check) leads(from dname.Name, q question, to dname.Name) bool {
	in, f := c.look(from)
	if in == nil {
		return false
	}
	if f.Match == zone.Redirected {
		next, _ := c.onward(from, q)
		return slices.ContainsFunc(next, to.Equal)
	}
	_, _, ok := linkTo(f, q, to)
	return ok
}

// links yields the records by which what was found at a name leads q on, each
// with its number in its set; none where a DNAME does.
func links(f zone.Found, q question) iter.Seq2[int, rr.Record] {
	return func(yield func(int, rr.Record) bool) {
		if f.Match != zone.Exact && f.Match != zone.Synthesized {
			return
		}
		t := linkType(f, q)
		set := f.Node.Set(t)
		for nth := 0; !set.Empty(); nth++ {
			var r rr.Record
			r, set = set.Next()
			// AliasMode to "." says that there is no service (RFC 9460, Section 2.5.1).
			if service := q == forSVCB || q == forHTTPS; service && t != rr.TypeCNAME && (!r.AliasMode() || form.Target(r) == nil) {
				continue
			}
			if !yield(nth, r) || t == rr.TypeCNAME {
				return
			}
		}
	}
}

// isLink reports whether what was found at a name leads q on.
func isLink(f zone.Found, q question) bool {
	for range links(f, q) {
		return true
	}
	return f.Match == zone.Redirected
}

// steps lists the records that lead q from each of names to the next, with their
// owners: those of a name that a wildcard or a DNAME makes are there.
func (c *check) steps(names []dname.Name, q question) []string {
	const most = 20
	var out []string
	for i, n := range names[:len(names)-1] {
		if i == most {
			return append(out, fmt.Sprintf("and %d more", len(names)-1-most))
		}
		in, f := c.look(n)
		if in == nil || f.Match == zone.Missing {
			continue
		}
		owner := source(n, f)
		if r, nth, ok := linkTo(f, q, names[i+1]); ok {
			out = append(out, owner.String()+" "+c.line(owner, r, nth))
		}
	}
	return out
}

// linkTo is the record of what was found by which q is led to next.
func linkTo(f zone.Found, q question, next dname.Name) (r rr.Record, nth int, ok bool) {
	if f.Match == zone.Redirected {
		r, _ = f.Node.Set(rr.TypeDNAME).Next()
		return r, 0, true
	}
	for nth, r := range links(f, q) {
		if form.Target(r).Equal(next) {
			return r, nth, true
		}
	}
	return nil, 0, false
}

// linkAt is that of the record that stands at owner itself, in the zone under judgement.
func (c *check) linkAt(owner dname.Name, q question, next dname.Name) (r rr.Record, nth int, ok bool) {
	if !owner.IsAtOrBelow(c.apex) {
		return nil, 0, false
	}
	c.key.Set(owner)
	n := c.zone.Node(&c.key, c.key.Depth())
	if n == nil {
		return nil, 0, false
	}
	return linkTo(zone.Found{Match: zone.Exact, Node: n}, q, next)
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
		probe, made := p.owner.Wildcard(nil), p.target.Wildcard(nil)
		if again && max(len(probe), len(made)) <= dname.MaxLen && !p.target.IsAtOrBelow(p.owner) { // dname-loop
			c.chained = append(c.chained, start{name: probe.Lower(), t: rr.TypeDNAME, target: made.Lower()})
		}
		return
	}
	own, ok := p.questionOf()
	for q := forAddresses; ok && q <= forHTTPS; q++ {
		// A check of all names comes by a circle through AliasMode from there.
		if q != own && (c.pointers == nil || p.kind != kindCNAME) {
			continue
		}
		if isLink(p.found, q) {
			c.chained = append(c.chained, start{p.owner.Lower(), p.record.Type(), q, p.target.Lower(), p.record, p.nth})
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
