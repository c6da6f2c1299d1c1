package lint

import (
	"cmp"
	"runtime"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/finding"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// Placer translates a zone.Place; line 0 means that the place is not known. It
// is called from several goroutines.
type Placer func(zone.Place) (file string, line, column int)

// DefaultMaxChain is the number of links that a chain of aliases may have.
const DefaultMaxChain = 16

// Options govern a check. The zero value judges a zone on its own.
type Options struct {
	World    *zone.Set // the zones held, the one under judgement among them; nil: only that one is known
	MaxChain int       // links that a chain of aliases may have; 0: DefaultMaxChain
	Place    Placer    // nil: places are not known
	Partial  bool      // some records could not be read: nothing is said about what is not there
	Load     bool      // a file is loaded to be served: findings weigh what Rule.Load says, and come without Fixes
}

// Check judges the zone b by all rules, as a file that is loaded to be served.
func Check(b *zone.Build, place Placer) *Report {
	return CheckBuild(b, Options{Place: place, Load: true})
}

// CheckPartial judges a zone of which some records could not be read: it says
// nothing about what is not there.
func CheckPartial(b *zone.Build, place Placer) *Report {
	return CheckBuild(b, Options{Place: place, Load: true, Partial: true})
}

// CheckBuild judges the zone b by all rules, among the zones of o.World.
func CheckBuild(b *zone.Build, o Options) *Report { return newCheck(b, b.Snapshot, &o).all() }

// CheckZone judges a zone that was not built of a file: a Finding has no place
// then, and nothing is said about what a Builder remarks on.
func CheckZone(s *zone.Snapshot, o Options) *Report { return newCheck(nil, s, &o).all() }

// check is one run of the rules over one zone.
type check struct {
	reach.Walker
	finding.Author
	options *Options
	build   *zone.Build // nil where places are not known
	zone    *zone.Snapshot
	apex    dname.Name
	twice   dname.Name // the apex under itself: what a missing final dot makes
	rules   []*Rule
	rule    *Rule // the one at work
	key     dname.Key
	aux     dname.Key
	name    subject // the name at hand
	points  pointer // the name in its RDATA at hand
	found   []located
	report  Report

	byName, byTarget []*Rule
	maxChain         int   // links that a chain may have
	watched          kinds // a name with none of these is not looked at

	pointers Pointers     // nil unless a Change is judged
	gone     []dname.Name // apexes of zones that the Change deletes
	asked    []dname.Name // targets of NS records that the Change touches

	glue    []dname.Name // addresses below cuts that are no glue of the cut above them
	chained []start      // aliases whose target is an alias too
}

func newCheck(b *zone.Build, s *zone.Snapshot, o *Options) *check {
	c := &check{options: o, build: b, watched: pointers, rules: rulesFor(o)}
	c.Held, c.Pass, c.maxChain = o.World, reach.MaxPassed, cmp.Or(max(o.MaxChain, 0), DefaultMaxChain)
	if s != nil {
		c.enter(s)
	}
	for _, r := range c.rules {
		if r.name != nil {
			c.byName = append(c.byName, r)
			c.watched |= r.when &^ shadedOnly
		}
		if r.target != nil {
			c.byTarget = append(c.byTarget, r)
		}
	}
	return c
}

// enter makes s the zone under judgement.
func (c *check) enter(s *zone.Snapshot) {
	c.zone, c.apex, c.Zone, c.Apex = s, s.Apex(), s, s.Apex()
	c.twice = append(c.apex[:len(c.apex)-1:len(c.apex)-1], c.apex...)
}

func rulesFor(o *Options) []*Rule {
	var some []*Rule
	for _, r := range rules {
		if o.Partial && r.absent || o.Load && r.Load == Silent {
			continue
		}
		some = append(some, r)
	}
	return some
}

// all judges the whole zone.
func (c *check) all() *Report {
	c.each(func(r *Rule) func(*check) { return r.zone })
	c.walk()
	c.each(func(r *Rule) func(*check) { return r.after })
	for i := range c.found {
		if c.options.Load {
			c.found[i].Fixes = nil
		}
	}
	c.report.Findings = finding.Sorted(c.found, (*located).parts)
	return &c.report
}

// smallZone is a number of names for which more than one worker is no gain.
const smallZone = 10_000

// walk shows every name and every name in RDATA to the rules about them, the
// work shared between all processors.
func (c *check) walk() {
	workers := make([]*check, 1)
	if c.zone.Names() > smallZone {
		workers = make([]*check, runtime.GOMAXPROCS(0))
	}
	var wg sync.WaitGroup
	for i := range workers {
		w := newCheck(c.build, c.zone, c.options)
		workers[i] = w
		wg.Go(func() {
			for owner, node := range w.zone.Part(i, len(workers)) {
				w.visit(owner, node)
			}
		})
	}
	wg.Wait()
	for _, w := range workers {
		c.join(w)
	}
}

func (c *check) join(w *check) {
	c.found = append(c.found, w.found...)
	c.report.Errors += w.report.Errors
	c.report.Warnings += w.report.Warnings
	c.glue = append(c.glue, w.glue...)
	c.chained = append(c.chained, w.chained...)
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

// visit shows a name and the names in its RDATA to the rules.
func (c *check) visit(owner dname.Name, node zone.Node) {
	n := &c.name
	*n = subject{owner: owner, node: node, has: kindsOf(node)}
	first, shades := c.zone.FirstShade()
	if shades {
		c.shade(n, first)
	}
	if n.has&c.watched == 0 && !n.shaded {
		return
	}
	for _, c.rule = range c.byName {
		if n.has&c.rule.when != 0 || n.shaded && c.rule.when&shadedOnly != 0 {
			c.rule.name(c, n)
		}
	}
	if n.has&pointers != 0 && !n.shaded {
		c.targets(n)
	}
}

// shadedOnly in Rule.when asks for all names that lie below a cut or a DNAME.
const shadedOnly kinds = 1 << 31

func kindsOf(n zone.Node) kinds {
	if n.Empty() {
		return kindEmpty
	}
	var has kinds
	for s, cur := n.Next(0); !s.Empty(); s, cur = n.Next(cur) {
		has |= kindOf(s.Type())
		if len(s) > largeSet {
			has |= kindLarge
		}
	}
	return has
}

// shade finds out whether n lies below a cut or DNAME; first is where the topmost of the zone is.
func (c *check) shade(n *subject, first int) {
	if n.has == kindEmpty || n.owner.Labels() <= c.zone.Labels()+first {
		return
	}
	c.key.Set(n.owner)
	n.above, n.shaded = c.zone.Above(&c.key)
}

func (n *subject) isApex(c *check) bool { return len(n.owner) == len(c.apex) }
