package text

import (
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// Judge holds the zone by itself against the rules, as it will be served for h; nil
// for a zone to be made. Findings have their lines.
func (z *Zone) Judge(h *held.Zone) error {
	report := z.check(asServed(h, z.Snapshot), lint.Options{})
	var broken []lint.Finding
	for _, f := range report.Findings {
		if f.Severity == lint.Error {
			broken = append(broken, f)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	e := fault.Broken(broken, report.Errors)
	e.Message = broken[0].At() + ": " + e.Message
	return e
}

// Report is what rules say of the zone among the zones of world, as it will be
// served for h; nil for none.
func (z *Zone) Report(h *held.Zone, world *zone.Set, maxChain int) *lint.Report {
	served := asServed(h, z.Snapshot)
	report := z.check(served, lint.Options{World: world.With(zone.Entry{Apex: z.reading.Apex, Zone: served}), MaxChain: maxChain})
	report.Findings = append(z.Said, report.Findings...)
	report.Warnings += len(z.Said)
	return report
}

func (z *Zone) check(served *zone.Snapshot, o lint.Options) *lint.Report {
	plain := z.Snapshot
	defer func() { z.Snapshot = plain }()
	z.Snapshot, o.Place = served, z.reading.place
	return lint.CheckBuild(z.Build, o)
}

// asServed is s, the zone of a text, with the CNAME records that are flattened once
// they stand in z, as far as that can be told before each is looked up.
func asServed(z *held.Zone, s *zone.Snapshot) *zone.Snapshot {
	if z == nil {
		return s
	}
	var diff zone.Diff
	for owner, node := range s.All() {
		if !node.Is(zone.HasCNAME) || node.Is(zone.HasALIAS) || !flattensText(z, owner, node) {
			continue
		}
		name, set := owner.Clone(), node.Set(rr.TypeCNAME)
		var alias rr.Set
		for rest := set; !rest.Empty(); {
			var r rr.Record
			r, rest = rest.Next()
			alias = rr.Set(rr.AppendRecord(alias, rr.TypeALIAS, r.TTL(), r.Data()))
		}
		diff = append(diff, zone.RRset{Owner: name, Type: rr.TypeCNAME}, zone.RRset{Owner: name, Type: rr.TypeALIAS, Set: alias})
	}
	if flat, err := s.With(diff); err == nil {
		return flat
	}
	return s // it has no SOA record, of which the rules tell
}

// flattensText reports whether the CNAME of a text will be flattened in z: what stands
// there says so itself, or the zone does.
func flattensText(z *held.Zone, owner dname.Name, text zone.Node) bool {
	n := held.Node(z.Snapshot, owner)
	switch {
	case owner.Equal(z.Apex): // flattenApex has left it, for it cannot be
		return false
	case n != nil && n.Is(zone.HasALIAS):
		return true
	case n != nil && n.Is(zone.HasCNAME):
		return false
	}
	return z.Settings.FlattenAll && flatten.Reason(owner, text.Set(rr.TypeCNAME).Target()) == ""
}
