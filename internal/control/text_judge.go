package control

import (
	"fmt"

	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// checkBuild judges the zone of the text on its own, where findings have lines, as
// it will be served for z; nil for a zone to be made.
func checkBuild(z *ZoneInfo, b *zone.Build, in *reading) error {
	plain := b.Snapshot
	b.Snapshot = asServed(z, plain)
	report := lint.CheckBuild(b, lint.Options{Place: in.place})
	b.Snapshot = plain
	var broken []lint.Finding
	for _, f := range report.Findings {
		if f.Severity == lint.Error {
			broken = append(broken, f)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	e := refused(broken, report.Errors)
	e.Message = broken[0].At() + ": " + e.Message
	return e
}

// asServed is s, the zone of a text, with the CNAME records that are flattened once
// they stand in z, as far as that can be told before each is looked up.
func asServed(z *ZoneInfo, s *zone.Snapshot) *zone.Snapshot {
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
func flattensText(z *ZoneInfo, owner dname.Name, text zone.Node) bool {
	n := nodeOf(z.Snapshot, owner)
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

// flattenApex makes the CNAME of the apex an ALIAS.
func (in *reading) flattenApex(b *zone.Build) {
	flat, done := flatten.Apex(b.Snapshot)
	if !done {
		return
	}
	b.Snapshot, in.apexCNAME = flat, true
	f := lint.ByCode("apex-cname").Finding(fmt.Sprintf("the CNAME at the apex %s is kept and served as ALIAS", in.apex))
	f.Owner = in.apex.String()
	at, _ := b.Locate(in.apex, rr.TypeCNAME, 0)
	f.File, f.Line, f.Column = in.place(at)
	in.said = append(in.said, f)
}
