package control

import (
	"cmp"
	"context"
	"slices"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/checks"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// CheckQuery says which findings are wanted.
type CheckQuery struct {
	Zone     Ref           // zero for all zones
	Severity lint.Severity // empty for both
	Rule     string        // its code; empty for all
	Offset   int
	Limit    int
}

// Found is one finding in a zone that is held.
type Found = checks.Finding

// Check is a part of what the rules find in the zones held, worst first.
type Check struct {
	Findings []Found
	Total    int // findings to be listed, in all parts
	LeftOut  int // found but not kept

	Errors, Warnings int // as the query wants them, left out or not

	Judged  int          // zones that have been judged, of those that the query is about
	Pending int          // zones that wait to be judged, or judged again: there may be more
	Rules   []RuleCount  // of all of these zones, worst first
	Zones   []ZoneCounts // those that have findings, worst first
}

// RuleCount is how often a rule is broken.
type RuleCount struct {
	checks.Kind
	Count int
}

// ZoneCounts is how much was found in a zone.
type ZoneCounts struct {
	Zone             *ZoneInfo
	Errors, Warnings int
}

// Check holds the zones that p sees against the rules, each by itself and among all
// that are held. It is cheap where nothing has changed since it was asked last.
func (c *Control) Check(ctx context.Context, p *access.Principal, q CheckQuery) (*Check, error) {
	if err := may(p, access.ZonesRead, access.RecordsRead); err != nil {
		return nil, err
	}
	var only *ZoneInfo
	if q.Zone.Apex != nil || q.Zone.ID != (change.ZoneID{}) {
		var err error
		if only, err = c.see(p, q.Zone); err != nil {
			return nil, err
		}
	}
	zones := c.committed.All()
	w := checks.World{Zones: zones, Served: c.served.Zones(), Graph: c.graph, MaxChain: c.config.MaxChain}
	var first change.ZoneID
	if only != nil {
		first = only.ID
	}
	view, err := c.verdicts.Look(ctx, &w, first)
	if err != nil {
		return nil, err
	}
	seen := slices.DeleteFunc(zones, func(z *ZoneInfo) bool { return !p.Sees(&z.Zone) || only != nil && z.ID != first })
	s := sifter{c: c, p: p, world: w.Served, query: &q, out: new(Check), zones: make(map[change.ZoneID]*ZoneCounts, len(seen)), rules: make(map[checks.Kind]int)}
	s.sift(view, seen)
	for i := range s.out.Findings {
		c.asKept(ctx, &s.out.Findings[i])
	}
	return s.out, nil
}

// sifter picks of a view what a query is about and p may see.
type sifter struct {
	c     *Control
	p     *access.Principal
	world *zone.Set
	query *CheckQuery
	out   *Check
	zones map[change.ZoneID]*ZoneCounts
	rules map[checks.Kind]int
}

func (s *sifter) sift(view *checks.View, seen []*ZoneInfo) {
	for _, z := range seen {
		if view.Pending[z.ID] {
			s.out.Pending++
		}
		v := view.Zones[z.ID]
		if v == nil {
			continue
		}
		s.out.Judged++
		s.zones[z.ID] = &ZoneCounts{Zone: z, Errors: v.Errors, Warnings: v.Warnings}
		for kind, n := range v.Count {
			s.rules[kind] += n
		}
	}
	for i := range view.Findings {
		s.finding(&view.Findings[i])
	}
	s.sum()
}

// finding lists f if it is wanted. What p may not be told of is taken back from the counts.
func (s *sifter) finding(f *Found) {
	z := s.zones[f.Zone.ID]
	if z == nil {
		return
	}
	kind := checks.Kind{Severity: f.Severity, Code: f.Code}
	if !s.p.Admin && f.Severity != lint.Error && s.c.tells(s.p, s.world, f.Finding, s.c.find) {
		z.Warnings--
		s.rules[kind]--
		return
	}
	if !s.query.wants(kind) {
		return
	}
	if s.out.Total++; s.out.Total > s.query.Offset && len(s.out.Findings) < s.query.Limit {
		s.out.Findings = append(s.out.Findings, *f)
	}
}

func (q *CheckQuery) wants(kind checks.Kind) bool {
	return (q.Severity == "" || q.Severity == kind.Severity) && (q.Rule == "" || q.Rule == kind.Code)
}

// sum counts up what there is by rule and by zone.
func (s *sifter) sum() {
	for kind, n := range s.rules {
		if n == 0 {
			continue
		}
		s.out.Rules = append(s.out.Rules, RuleCount{kind, n})
		if kind.Code == s.query.Rule {
			s.count(kind.Severity, n)
		}
	}
	slices.SortFunc(s.out.Rules, func(a, b RuleCount) int {
		return cmp.Or(cmp.Compare(a.Severity, b.Severity), b.Count-a.Count, cmp.Compare(a.Code, b.Code))
	})
	for _, z := range s.zones {
		if z.Errors+z.Warnings > 0 {
			s.out.Zones = append(s.out.Zones, *z)
		}
		if s.query.Rule == "" {
			s.count(lint.Error, z.Errors)
			s.count(lint.Warning, z.Warnings)
		}
	}
	s.out.LeftOut = s.out.Errors + s.out.Warnings - s.out.Total
	slices.SortFunc(s.out.Zones, func(a, b ZoneCounts) int {
		return cmp.Or(b.Errors-a.Errors, b.Warnings-a.Warnings, a.Zone.Apex.Compare(b.Zone.Apex))
	})
}

// count adds n findings of that severity to those that are wanted.
func (s *sifter) count(severity lint.Severity, n int) {
	switch {
	case s.query.Severity != "" && s.query.Severity != severity:
	case severity == lint.Error:
		s.out.Errors += n
	default:
		s.out.Warnings += n
	}
}
