package control

import (
	"context"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// judge holds the final state of d against the rules: errors refuse it,
// warnings travel with it.
func (c *Control) judge(ctx context.Context, p *access.Principal, d *draft) error {
	report := lint.CheckChange(lint.Change{
		Old: withPaused(c.ahead.set, d.zones, still),
		New: withPaused(d.set, d.zones, func(z shape.Zone) *ZoneInfo { return z.After }),

		Touched: d.touched(), Pointers: pointers{c.graph}, MaxChain: c.config.MaxChain,
	})
	var broken []lint.Finding
	c.keptFixes(ctx, d, report.Findings)
	for _, f := range c.veil(p, d, report.Findings) {
		if f.Severity == lint.Error {
			broken = append(broken, f)
		} else {
			d.warnings = append(d.warnings, f)
		}
	}
	if len(broken) == 0 {
		return nil
	}
	e := fault.Broken(broken, report.Errors)
	e.Warnings = d.warnings
	return e
}

// withPaused is set with the zones that are paused too, so that they are
// judged like those that are served.
func withPaused(set *zone.Set, zones []shape.Zone, state func(shape.Zone) *ZoneInfo) *zone.Set {
	for _, z := range zones {
		if info := state(z); info != nil && info.Paused() {
			set = set.With(zone.Entry{Apex: info.Apex, Zone: info.Snapshot})
		}
	}
	return set
}

// still is the zone before, nil where it was paused and is served from now on:
// then all of it is new to the zones that changed meanwhile.
func still(z shape.Zone) *ZoneInfo {
	if z.After != nil && !z.After.Paused() {
		return nil
	}
	return z.Before
}

// touched is the names at which the zones of d differ.
func (d *draft) touched() []lint.Touched {
	var touched []lint.Touched
	for i := range d.change.Zones {
		z := &d.change.Zones[i]
		if len(z.Sets) == 0 || z.Before != nil || z.After != nil {
			touched = append(touched, lint.Touched{Apex: z.Apex, Owner: z.Apex})
		}
		shown := d.zones[i].Shown
		for j := range shown {
			owner := shown[j].Owner()
			if j == 0 || !owner.Equal(shown[j-1].Owner()) {
				touched = append(touched, lint.Touched{Apex: z.Apex, Owner: owner})
			}
		}
	}
	return touched
}
