package checks

import (
	"strings"

	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Bounds of the findings that are kept: of one rule in one zone, in all zones, and of
// one rule in one zone once that is reached.
const (
	maxOfRule   = 1000
	maxKept     = 50_000
	maxWhenFull = 5
)

// verdict is what is kept of a report on z. Every rule has its share of what is kept.
func (b *Board) verdict(z *held.Zone, r *lint.Report) *Verdict {
	v := &Verdict{Zone: z, Errors: r.Errors, Warnings: r.Warnings, Count: make(map[Kind]int)}
	for i := range r.Findings {
		f := &r.Findings[i]
		kind := Kind{f.Severity, f.Code}
		v.Count[kind]++
		most := maxOfRule
		if b.kept+len(v.findings) >= maxKept {
			most = maxWhenFull
		}
		if v.Count[kind] <= most {
			v.findings = append(v.findings, kept(z, *f))
		}
	}
	return v
}

// kept is f on its own, so that it does not hold the report that it is of.
func kept(z *held.Zone, f lint.Finding) Finding {
	if z.ReadOnly {
		f.Fixes = nil // nobody can apply them
	}
	out := Finding{Finding: &f, Zone: z, Type: typeOf(&f)}
	if name, err := dname.Parse(f.Owner, nil); err == nil && f.Owner != "" {
		out.Name = name.Lower()
	}
	return out
}

// typeOf is the type of the records at fault: of those that a fix would edit at the
// owner, else the one that is told after the owner in the message or in a conflict.
func typeOf(f *lint.Finding) string {
	for _, fix := range f.Fixes {
		for _, e := range fix.Edits {
			if e.Owner == f.Owner && e.Op != lint.OpAdd {
				return e.Type
			}
		}
	}
	for _, line := range append([]string{f.Message}, f.Conflicts...) {
		words := strings.Fields(strings.TrimPrefix(line, f.Owner+" "))
		if len(words) == 0 {
			continue
		}
		if t, err := rr.ParseType(words[0]); err == nil {
			return t.String()
		}
	}
	return ""
}
