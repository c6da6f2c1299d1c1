// Package reach knows where a question about a name is led, through the zones at
// hand: by which records, to which end, through which circles.
package reach

import (
	"iter"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
)

// A Question is about a chain: what one kind of question is led through. All go through CNAME and
// DNAME, those for addresses through ALIAS too, and those for SVCB and HTTPS
// through AliasMode of their type (RFC 9460, Section 2.4.2).
type Question byte

// The questions: for addresses, and for services by either type.
const (
	Addresses Question = iota
	SVCB
	HTTPS
)

// Onward is the names that a question about name is led to, lower-cased: several
// where an ALIAS has several targets. There is none where a DNAME makes it
// too long, which grows says (RFC 6672, Section 2.2).
func (w *Walker) Onward(name dname.Name, q Question) (next []dname.Name, grows bool) {
	in, f := w.Look(name)
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
	for _, r := range Links(f, q) {
		next = append(next, form.Target(r).Lower())
	}
	return next, false
}

// Leads reports whether to is one of the names that q is led to from the name from.
func (w *Walker) Leads(from dname.Name, q Question, to dname.Name) bool {
	in, f := w.Look(from)
	if in == nil {
		return false
	}
	if f.Match == zone.Redirected {
		next, _ := w.Onward(from, q)
		return slices.ContainsFunc(next, to.Equal)
	}
	_, _, ok := LinkTo(f, q, to)
	return ok
}

// Links yields the records by which what was found at a name leads q on, each
// with its number in its set; none where a DNAME does.
func Links(f zone.Found, q Question) iter.Seq2[int, rr.Record] {
	return func(yield func(int, rr.Record) bool) {
		if f.Match != zone.Exact && f.Match != zone.Synthesized {
			return
		}
		t := LinkType(f, q)
		set := f.Node.Set(t)
		for nth := 0; !set.Empty(); nth++ {
			var r rr.Record
			r, set = set.Next()
			// AliasMode to "." says that there is no service (RFC 9460, Section 2.5.1).
			if service := q == SVCB || q == HTTPS; service && t != rr.TypeCNAME && (!r.AliasMode() || form.Target(r) == nil) {
				continue
			}
			if !yield(nth, r) || t == rr.TypeCNAME {
				return
			}
		}
	}
}

// IsLink reports whether what was found at a name leads q on.
func IsLink(f zone.Found, q Question) bool {
	for range Links(f, q) {
		return true
	}
	return f.Match == zone.Redirected
}

// LinkTo is the record of what was found by which q is led to next.
func LinkTo(f zone.Found, q Question, next dname.Name) (r rr.Record, nth int, ok bool) {
	if f.Match == zone.Redirected {
		r, _ = f.Node.Set(rr.TypeDNAME).Next()
		return r, 0, true
	}
	for nth, r := range Links(f, q) {
		if form.Target(r).Equal(next) {
			return r, nth, true
		}
	}
	return nil, 0, false
}

// Source is the owner of what was found at name.
func Source(name dname.Name, f zone.Found) dname.Name {
	switch f.Match {
	case zone.Redirected:
		return name.Suffix(f.Depth)
	case zone.Synthesized:
		return name.Suffix(f.Depth).Wildcard(nil)
	}
	return name
}

// LinkType is the type of the record by which what was found leads q on.
func LinkType(f zone.Found, q Question) rr.Type {
	switch {
	case f.Node.Is(zone.HasCNAME):
		return rr.TypeCNAME
	case q == SVCB:
		return rr.TypeSVCB
	case q == HTTPS:
		return rr.TypeHTTPS
	}
	return rr.TypeALIAS
}

// PathText shows names from the first to the last, and the first again where they are a circle.
func PathText(path []dname.Name, circle bool) string {
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
