package lint

import (
	"runtime"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
)

// Placer translates a zone.Place; line 0 means that the place is not known. It
// is called from several goroutines.
type Placer func(zone.Place) (file string, line, column int)

// Check judges the zone b by all rules.
func Check(b *zone.Build, place Placer) *Report { return run(b, place, rules) }

// CheckPartial judges a zone of which some records could not be read: it says
// nothing about what is not there.
func CheckPartial(b *zone.Build, place Placer) *Report {
	var some []*Rule
	for _, r := range rules {
		if !r.absent {
			some = append(some, r)
		}
	}
	return run(b, place, some)
}

func run(b *zone.Build, place Placer, rules []*Rule) *Report {
	c := &check{build: b, zone: b.Snapshot, apex: b.Snapshot.Apex(), place: place, rules: rules}
	c.twice = append(c.apex[:len(c.apex)-1:len(c.apex)-1], c.apex...)
	c.each(func(r *Rule) func(*check) { return r.zone })
	c.walk()
	c.each(func(r *Rule) func(*check) { return r.after })
	c.report.Findings = sorted(c.found)
	return &c.report
}

// smallZone is a number of names for which more than one worker is no gain.
const smallZone = 10_000

// walk shows every name and every name in RDATA to the rules about them, the
// work shared between all processors.
func (c *check) walk() {
	workers := make([]check, 1)
	if c.zone.Names() > smallZone {
		workers = make([]check, runtime.GOMAXPROCS(0))
	}
	var wg sync.WaitGroup
	for i := range workers {
		w := &workers[i]
		*w = check{build: c.build, zone: c.zone, apex: c.apex, twice: c.twice, place: c.place, rules: c.rules}
		wg.Go(func() { w.part(i, len(workers)) })
	}
	wg.Wait()
	for i := range workers {
		c.join(&workers[i])
	}
}

func (c *check) join(w *check) {
	c.found = append(c.found, w.found...)
	c.report.Errors += w.report.Errors
	c.report.Warnings += w.report.Warnings
	c.glue = append(c.glue, w.glue...)
	c.chained = append(c.chained, w.chained...)
}

// check is one run of the rules over one zone.
type check struct {
	build  *zone.Build
	zone   *zone.Snapshot
	apex   dname.Name
	twice  dname.Name // the apex under itself: what a missing final dot makes
	place  Placer
	rules  []*Rule
	rule   *Rule // the one at work
	key    dname.Key
	name   subject // the name at hand
	points pointer // the name in its RDATA at hand
	found  []located
	report Report

	glue    []dname.Name // addresses below cuts that are no glue of the cut above them
	chained []dname.Name // owners of CNAME whose target is an alias too
}

func (c *check) each(part func(*Rule) func(*check)) {
	for _, c.rule = range c.rules {
		if f := part(c.rule); f != nil {
			f(c)
		}
	}
}

// subject is a name of the zone under judgement.
type subject struct {
	owner  dname.Name
	node   zone.Node
	has    kinds
	above  zone.Found // the topmost cut or DNAME owner above, where shaded
	shaded bool
}

// part walks over one of so many parts of the zone.
func (c *check) part(part, of int) {
	var byName, byTarget []*Rule
	watched := kinds(pointers)
	for _, r := range c.rules {
		if r.name != nil {
			byName = append(byName, r)
			watched |= r.when &^ shadedOnly
		}
		if r.target != nil {
			byTarget = append(byTarget, r)
		}
	}
	first, shades := c.zone.FirstShade()
	n := &c.name
	for owner, node := range c.zone.Part(part, of) {
		*n = subject{owner: owner, node: node, has: kindsOf(node)}
		if shades {
			c.shade(n, first)
		}
		if n.has&watched == 0 && !n.shaded {
			continue
		}
		for _, c.rule = range byName {
			if n.has&c.rule.when != 0 || n.shaded && c.rule.when&shadedOnly != 0 {
				c.rule.name(c, n)
			}
		}
		if n.has&pointers != 0 && !n.shaded {
			c.targets(n, byTarget)
		}
	}
}

// shadedOnly in Rule.when asks for all names that lie below a cut or a DNAME.
const shadedOnly kinds = 1 << 31

func kindsOf(n zone.Node) kinds {
	var has kinds
	for s, cur := n.Next(0); !s.Empty(); s, cur = n.Next(cur) {
		has |= kindOf(s.Type())
	}
	return has
}

// shade finds out whether n lies below a cut or DNAME; first is where the topmost of the zone is.
func (c *check) shade(n *subject, first int) {
	if n.has == 0 || n.owner.Labels() <= c.zone.Labels()+first {
		return
	}
	c.key.Set(n.owner)
	n.above, n.shaded = c.zone.Above(&c.key)
}

func (n *subject) isApex(c *check) bool { return len(n.owner) == len(c.apex) }
