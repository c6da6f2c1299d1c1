package control

import (
	"context"
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// asKept has f and its fixes speak of CNAME records that are flattened as what they are
// kept as: rules see them as the ALIAS records that the DNS sees.
func (c *Control) asKept(ctx context.Context, f *Found) {
	if f.Type != "ALIAS" || f.Name == nil || f.Zone.ReadOnly || !c.keepsCNAME(ctx, f.Zone, f.Name) {
		return
	}
	plain := *f.Finding
	plain.Fixes = make([]lint.Fix, len(f.Fixes))
	for i, fix := range f.Fixes {
		plain.Fixes[i] = renamed(fix, plain.Owner)
	}
	f.Finding, f.Type = &plain, "CNAME"
}

// keepsCNAME reports whether z keeps a CNAME of owner, whatever is served of it.
func (c *Control) keepsCNAME(ctx context.Context, z *ZoneInfo, owner dname.Name) bool {
	s, err := c.store.RRset(ctx, z.ID, owner, rr.TypeCNAME)
	return err == nil && !s.Empty()
}

// renamed is fix with the ALIAS records of owner that it edits as CNAME records.
func renamed(fix lint.Fix, owner string) lint.Fix {
	fix.Edits = slices.Clone(fix.Edits)
	for i := range fix.Edits {
		if e := &fix.Edits[i]; e.Type == "ALIAS" && len(e.Old) > 0 && e.Owner == owner {
			e.Type = "CNAME"
		}
	}
	return fix
}

// Fitting is those of fixes, made of what is served, that edit zones of the store that p
// sees, in terms of what is kept.
func (c *Control) Fitting(ctx context.Context, p *access.Principal, fixes []lint.Fix) []lint.Fix {
	var out []lint.Fix
	for _, fix := range fixes {
		fits := len(fix.Edits) > 0
		for _, e := range fix.Edits {
			z, owner := c.written(p, e.Zone), parsed(e.Owner)
			if z == nil || owner == nil {
				fits = false
				break
			}
			if e.Type == "ALIAS" && len(e.Old) > 0 && c.keepsCNAME(ctx, z, owner) {
				fix = renamed(fix, e.Owner)
			}
		}
		if fits {
			out = append(out, fix)
		}
	}
	return out
}

// written is the zone of that apex if p sees it and it is kept in the store.
func (c *Control) written(p *access.Principal, apex string) *ZoneInfo {
	name := parsed(apex)
	if name == nil {
		return nil
	}
	if z, err := c.see(p, Ref{Apex: name}); err == nil && !z.ReadOnly {
		return z
	}
	return nil
}

// parsed is a name in lower case; nil where text is none.
func parsed(text string) dname.Name {
	name, err := dname.Parse(text, nil)
	if err != nil {
		return nil
	}
	return name.Lower()
}

// AsKept is the type under which the records of owner that are served as t are kept in z.
func (c *Control) AsKept(ctx context.Context, z *ZoneInfo, owner dname.Name, t rr.Type) rr.Type {
	if t == rr.TypeALIAS && !z.ReadOnly && c.keepsCNAME(ctx, z, owner.Lower()) {
		return rr.TypeCNAME
	}
	return t
}
