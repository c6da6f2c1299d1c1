package shape

import (
	"fmt"
	"slices"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Bounds of what is said about one zone: the remarks of one kind, and the names in one.
const (
	maxRemarks = 100
	maxNamed   = 20
)

// Remarks is what is to be said of what the zone is told, beside what rules say. now
// is when that is, in unix milliseconds; apexCNAME says that a CNAME was written at the apex.
func (z *Zone) Remarks(now int64, apexCNAME bool) []lint.Finding {
	if z.After == nil {
		return nil
	}
	out := z.typeRemarks()
	if apexCNAME {
		out = append(out, z.apexRemark())
	}
	return slices.Concat(out, z.settingRemarks(now), z.keptRemarks())
}

func (z *Zone) typeRemarks() []lint.Finding {
	if z.Before != nil && z.Before.Type == z.After.Type {
		return nil
	}
	if t := z.After.Type; t != "slave" && t != "secondary" {
		return nil
	}
	return []lint.Finding{{
		Severity: lint.Warning, Code: "no-transfer", Owner: z.After.Apex.String(),
		Message: "the zone is of type " + z.After.Type + ", but this server does not transfer zones from others yet: it serves what is written here",
		Fix:     "write its records here, or import them",
	}}
}

// apexRemark says that a CNAME at the apex has become an ALIAS.
func (z *Zone) apexRemark() lint.Finding {
	f := lint.ByCode("apex-cname").Finding(fmt.Sprintf("the CNAME at the apex %s is kept and served as ALIAS", z.After.Apex))
	f.Owner = z.After.Apex.String()
	return f
}

// settingRemarks says which settings of the records that the Change writes come to nothing.
func (z *Zone) settingRemarks(now int64) []lint.Finding {
	var out []lint.Finding
	for i := range z.Shown {
		s := held.After(&z.Shown[i])
		for j := range s.Records {
			r := &s.Records[j]
			if r.Note.SaysNothing() || r.Modified != now && s.Type != rr.TypeCNAME {
				continue
			}
			if f := z.settingRemark(&s, r); f.Code != "" && len(out) < maxRemarks {
				f.Severity, f.Owner = lint.Warning, s.Owner.String()
				out = append(out, f)
			}
		}
	}
	return out
}

func (z *Zone) settingRemark(s *change.RRset, r *change.Record) (f lint.Finding) {
	if idle := flatten.Idle(&z.After.Zone, s, r); idle != "" {
		return lint.Finding{Code: "setting-without-effect", Message: s.Owner.String() + ": " + idle, Fix: "take the setting back, or change what it depends on"}
	}
	if s.Type != rr.TypeCNAME || r.Note.Flatten != change.Yes {
		return f
	}
	if why := flatten.Reason(s.Owner, r.Data); why != "" {
		return lint.Finding{Code: "flattened-proof", Message: fmt.Sprintf("the CNAME of %s is flattened, but %s", s.Owner, why), Fix: "set flatten_cname to false, unless only its addresses are wanted"}
	}
	return f
}

// keptRemarks lists the names that stay CNAMEs in a zone that begins to flatten all.
func (z *Zone) keptRemarks() []lint.Finding {
	if !z.After.Settings.FlattenAll || z.Before != nil && z.Before.Settings.FlattenAll {
		return nil
	}
	kept := flatten.KeptIn(z.After.Snapshot)
	if len(kept) == 0 {
		return nil
	}
	f := lint.Finding{Severity: lint.Warning, Code: "kept-cname", Owner: z.After.Apex.String(), Fix: "to flatten one of them all the same, set flatten_cname of its record to true"}
	f.Message = fmt.Sprintf("%d names of %s keep their CNAME", len(kept), z.After.Apex)
	if len(kept) == 1 {
		f.Message = fmt.Sprintf("one name of %s keeps its CNAME", z.After.Apex)
	}
	var names []string
	for _, k := range kept[:min(len(kept), maxNamed)] {
		names = append(names, k.Owner.String()+" ("+k.Why+")")
	}
	if left := len(kept) - maxNamed; left > 0 {
		names = append(names, fmt.Sprintf("and %d more", left))
	}
	f.Message += ": " + strings.Join(names, ", ")
	return []lint.Finding{f}
}
