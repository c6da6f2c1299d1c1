package control

import (
	"context"
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// maxKeptFixes bounds the RRsets that are looked up for fixes.
const maxKeptFixes = 200

// keptFixes has fixes edit CNAME records that are flattened as what they are kept
// as: rules see them as the ALIAS records that the DNS sees.
func (c *Control) keptFixes(ctx context.Context, d *draft, findings []lint.Finding) {
	left := maxKeptFixes
	for i := range findings {
		for _, fix := range findings[i].Fixes {
			for j := range fix.Edits {
				e := &fix.Edits[j]
				if e.Type != "ALIAS" || len(e.Old) == 0 || left == 0 {
					continue
				}
				if left--; c.keptAsCNAME(ctx, d, e) {
					e.Type = "CNAME"
				}
			}
		}
	}
}

// keptAsCNAME reports whether what e edits will be kept as a CNAME.
func (c *Control) keptAsCNAME(ctx context.Context, d *draft, e *lint.Edit) bool {
	apex, err := dname.Parse(e.Zone, nil)
	owner, bad := dname.Parse(e.Owner, nil)
	if err != nil || bad != nil {
		return false
	}
	for i := range d.zones {
		for j := range d.zones[i].Shown {
			s := &d.zones[i].Shown[j]
			if s.Type() == rr.TypeCNAME && s.Owner().Equal(owner) && d.change.Zones[i].Apex.Equal(apex) {
				return !s.After.Empty()
			}
		}
	}
	z := c.latest(Ref{Apex: apex.Lower()})
	if z == nil || z.ReadOnly {
		return false
	}
	s, err := c.rrset(ctx, z, owner.Lower(), rr.TypeCNAME)
	return err == nil && !s.Empty()
}

// telling are the rules whose findings show where a chain leads.
var telling = []string{"alias-chain", "alias-chain-too-long", "cname-loop"}

// veil is findings as p may see them: where an ALIAS of others points, which the DNS
// keeps to itself, is not told.
func (c *Control) veil(p *access.Principal, d *draft, findings []lint.Finding) []lint.Finding {
	if p.Admin {
		return findings
	}
	return slices.DeleteFunc(findings, func(f lint.Finding) bool {
		return f.Severity != lint.Error && c.tells(p, d.set, &f, c.latest)
	})
}

// tells reports whether f, found among the zones of world, follows an ALIAS of a
// zone that p does not see. holds finds a zone.
func (c *Control) tells(p *access.Principal, world *zone.Set, f *lint.Finding, holds func(Ref) *ZoneInfo) bool {
	owner, err := dname.Parse(f.Owner, nil)
	if err != nil || !slices.Contains(telling, f.Code) {
		return false
	}
	for s := range graph.Ways(world, owner, rr.TypeA, graph.MaxLimit) {
		z := holds(Ref{Apex: s.Apex})
		if s.Kind == graph.ALIAS && z != nil && !p.Sees(&z.Zone) {
			return true
		}
	}
	return false
}
