package shape

import (
	"fmt"
	"slices"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// clash refuses a CNAME that is flattened beside an ALIAS: to the DNS they would be
// one RRset, which has one TTL.
func (z *Zone) clash() error {
	for i := range z.Shown {
		d := &z.Shown[i]
		if !held.IsFollowed(d.Type()) || z.form(d) != rr.TypeALIAS {
			continue
		}
		if z.otherAlias(d) {
			return fault.New(fault.Conflict, "cname-and-alias", fmt.Sprintf("%s would have an ALIAS record and a CNAME record that is flattened", d.Owner()),
				"keep one of them: both are answered with the addresses of their targets")
		}
	}
	return nil
}

// form is how the RRset of d is served after the Change; 0 where nothing is.
func (z *Zone) form(d *change.SetDiff) rr.Type {
	s := held.After(d)
	if s.Served().Empty() {
		return 0
	}
	return flatten.Form(&z.After.Zone, &s)
}

// otherAlias reports whether another RRset of the owner of d will be served as ALIAS too.
func (z *Zone) otherAlias(d *change.SetDiff) bool {
	at, found := slices.BinarySearchFunc(z.Shown, change.SetDiff{Before: change.RRset{Owner: d.Owner(), Type: otherOf(d.Type())}}, held.CompareDiffs)
	switch {
	case found:
		return z.form(&z.Shown[at]) == rr.TypeALIAS
	case z.Before == nil || held.Set(z.Before.Snapshot, d.Owner(), rr.TypeALIAS).Empty():
		return false
	}
	was := d.Before
	was.Owner, was.Type = d.Owner(), d.Type()
	return was.Served().Empty() || flatten.Form(&z.Before.Zone, &was) != rr.TypeALIAS // else that is what there is
}

func otherOf(t rr.Type) rr.Type {
	if t == rr.TypeCNAME {
		return rr.TypeALIAS
	}
	return rr.TypeCNAME
}

// ApexFree refuses a CNAME at the apex beside what it cannot be an ALIAS with: the
// addresses would hide it (RFC 1034, Section 3.6.2).
func (z *Zone) ApexFree() error {
	apex, snapshot := z.After.Apex, z.After.Snapshot
	alias := held.Set(snapshot, apex, rr.TypeALIAS)
	var beside []string
	for _, t := range [...]rr.Type{rr.TypeA, rr.TypeAAAA} {
		beside = append(beside, lines(held.Set(snapshot, apex, t))...)
	}
	f := lint.ByCode("cname-at-apex").Finding(fmt.Sprintf("%s is the apex of the zone and would have a CNAME record beside its addresses", apex))
	switch {
	case len(beside) > 0:
	case alias.Count() > 1:
		f.Message = fmt.Sprintf("%s is the apex of the zone and would have %d CNAME or ALIAS records", apex, alias.Count())
		f.Fix = "keep one CNAME, or write ALIAS for all: the addresses of several are put together"
	default:
		return nil
	}
	f.Owner, f.Conflicts = apex.String(), append(lines(alias), beside...)
	return fault.Broken([]lint.Finding{f}, 1)
}

// lines is the records of s as findings show them.
func lines(s rr.Set) (out []string) {
	for !s.Empty() {
		var r rr.Record
		r, s = s.Next()
		out = append(out, r.Type().String()+" "+string(rr.AppendDataText(nil, r.Type(), r.Data())))
	}
	return out
}
