// Package flatten knows how what is kept is served: which CNAME records the server
// follows itself, so that to the DNS they are ALIAS records, and what those and
// the ALIAS records proper stand for while their targets cannot be resolved.
package flatten

import (
	"iter"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Form is the type under which s, an RRset of z, is served: ALIAS for a CNAME that
// is flattened, else its own.
func Form(z *change.Zone, s *change.RRset) rr.Type {
	if s.Type == rr.TypeCNAME && flattens(z, s) {
		return rr.TypeALIAS
	}
	return s.Type
}

// Served is what the DNS shows of s, an RRset of z.
func Served(z *change.Zone, s *change.RRset) rr.Set {
	shown := *s
	shown.Type = Form(z, s)
	return shown.Served()
}

// StoredType is the type under which records written as t at owner are kept: a
// CNAME cannot stand at the apex, beside SOA and NS (RFC 1034, Section 3.6.2), and
// is an ALIAS there.
func StoredType(apex, owner dname.Name, t rr.Type) rr.Type {
	if t == rr.TypeCNAME && owner.Equal(apex) {
		return rr.TypeALIAS
	}
	return t
}

// flattens decides for a CNAME RRset: what a record says of itself goes before what
// the zone says, and names that prove something stay as they are.
func flattens(z *change.Zone, s *change.RRset) bool {
	if s.Owner.Equal(z.Apex) {
		return true
	}
	switch choiceOf(s) {
	case change.Yes:
		return true
	case change.No:
		return false
	}
	return z.Settings.FlattenAll && reasonOf(s) == ""
}

// choiceOf is what the served records of s say of themselves; one that wants to be
// flattened counts before one that does not.
func choiceOf(s *change.RRset) change.Choice {
	choice := change.Unset
	for i := range s.Records {
		r := &s.Records[i]
		switch {
		case r.Disabled:
		case r.Note.Flatten == change.Yes:
			return change.Yes
		case r.Note.Flatten == change.No:
			choice = change.No
		}
	}
	return choice
}

// reasonOf is why the CNAME RRset s is no matter for flatten_all_cnames; empty where it is.
func reasonOf(s *change.RRset) string {
	for i := range s.Records {
		if r := &s.Records[i]; !r.Disabled {
			if why := Reason(s.Owner, r.Data); why != "" {
				return why
			}
		}
	}
	return ""
}

// Diff is what a Change does to one served RRset.
type Diff struct {
	Owner   dname.Name
	Type    rr.Type
	Was, Is rr.Set // empty where there is none
}

// Diffs yields what becomes of the served RRsets where sets, in canonical order,
// become others in a zone whose properties go from before to after. Of an owner
// and type there is one Diff at most.
func Diffs(before, after *change.Zone, sets []change.SetDiff) iter.Seq[Diff] {
	return func(yield func(Diff) bool) {
		var paired dname.Name // the owner of which ALIAS has been seen to with the CNAME
		for i := range sets {
			d := &sets[i]
			t, owner := d.Type(), d.Owner()
			if t == rr.TypeALIAS && paired != nil && owner.Equal(paired) {
				continue
			}
			if t != rr.TypeCNAME {
				other := Diff{owner, t, d.Before.Served(), d.After.Served()}
				if !other.isNothing() && !yield(other) { // an ALIAS that is served may be a CNAME's
					return
				}
				continue
			}
			plain, flat := pair(before, after, d, aliasOf(sets[i+1:], owner))
			paired = owner
			if !plain.isNothing() && !yield(plain) || !flat.isNothing() && !yield(flat) {
				return
			}
		}
	}
}

func (d *Diff) isNothing() bool { return d.Was.Empty() && d.Is.Empty() }

// aliasOf is the difference of the ALIAS RRset of owner, with which sets begins or
// which comes behind others of owner; nil where there is none.
func aliasOf(sets []change.SetDiff, owner dname.Name) *change.SetDiff {
	for i := range sets {
		switch {
		case !sets[i].Owner().Equal(owner):
			return nil
		case sets[i].Type() == rr.TypeALIAS:
			return &sets[i]
		}
	}
	return nil
}

// pair is what becomes of the CNAME RRset of a name and of its ALIAS RRset, which
// has what alias, if there is one, has.
func pair(before, after *change.Zone, d, alias *change.SetDiff) (plain, flat Diff) {
	plain = Diff{Owner: d.Owner(), Type: rr.TypeCNAME}
	flat = Diff{Owner: d.Owner(), Type: rr.TypeALIAS}
	if alias != nil {
		flat.Was, flat.Is = alias.Before.Served(), alias.After.Served()
	}
	was, is := sides(d)
	into(&plain.Was, &flat.Was, before, &was)
	into(&plain.Is, &flat.Is, after, &is)
	return plain, flat
}

// sides are both sides of d with owner and type, also where there is no RRset.
func sides(d *change.SetDiff) (before, after change.RRset) {
	before, after = d.Before, d.After
	before.Owner, before.Type = d.Owner(), d.Type()
	after.Owner, after.Type = before.Owner, before.Type
	return before, after
}

// into adds what is served of s to plain or flat.
func into(plain, flat *rr.Set, z *change.Zone, s *change.RRset) {
	switch {
	case z == nil || s.Empty():
	case Form(z, s) == rr.TypeALIAS:
		*flat = append(*flat, Served(z, s)...)
	default:
		*plain = s.Served()
	}
}
