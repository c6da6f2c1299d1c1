package control

import (
	"fmt"
	"strings"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Bounds of what is said about one zone: the remarks of one kind, and the names in one.
const (
	maxRemarks = 100
	maxNamed   = 20
)

// apexRemarks says that a CNAME at the apex has become an ALIAS.
func (w *zoneWork) apexRemarks() []lint.Finding {
	if !w.apexCNAME || w.edit.apexCNAME { // an import says so itself, and in which line
		return nil
	}
	f := lint.ByCode("apex-cname").Finding(fmt.Sprintf("the CNAME at the apex %s is kept and served as ALIAS", w.after.Apex))
	f.Owner = w.after.Apex.String()
	return []lint.Finding{f}
}

// settingRemarks says which settings of the records that the Change writes come to nothing.
func (w *zoneWork) settingRemarks() []lint.Finding {
	var out []lint.Finding
	for i := range w.shown {
		s := afterOf(&w.shown[i])
		for j := range s.Records {
			r := &s.Records[j]
			if r.Note.SaysNothing() || r.Modified != w.now.UnixMilli() && s.Type != rr.TypeCNAME {
				continue
			}
			if f := w.settingRemark(&s, r); f.Code != "" && len(out) < maxRemarks {
				f.Severity, f.Owner = lint.Warning, s.Owner.String()
				out = append(out, f)
			}
		}
	}
	return out
}

func (w *zoneWork) settingRemark(s *change.RRset, r *change.Record) (f lint.Finding) {
	if idle := flatten.Idle(&w.after.Zone, s, r); idle != "" {
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
func (w *zoneWork) keptRemarks() []lint.Finding {
	if !w.after.Settings.FlattenAll || w.before != nil && w.before.Settings.FlattenAll {
		return nil
	}
	kept := flatten.KeptIn(w.after.Snapshot)
	if len(kept) == 0 {
		return nil
	}
	f := lint.Finding{Severity: lint.Warning, Code: "kept-cname", Owner: w.after.Apex.String(), Fix: "to flatten one of them all the same, set flatten_cname of its record to true"}
	f.Message = fmt.Sprintf("%d names of %s keep their CNAME", len(kept), w.after.Apex)
	if len(kept) == 1 {
		f.Message = fmt.Sprintf("one name of %s keeps its CNAME", w.after.Apex)
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
