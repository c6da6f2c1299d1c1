package alias

import (
	"context"
	"slices"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
)

// link is a name that ALIAS records of our zones point at. What it leads to is
// found once for all of them.
type link struct {
	name  dname.Name // lower-cased
	uses  int        // ALIAS records that point at it
	zones []string   // of ours that have a say in where it leads
	found bool       // its way was found, and no zone in it has changed since

	// For who holds the lock of the Table.
	told    int // uses, as its exits know them
	exits   []*target
	account *account // whose zone pointed at it first
	own     int      // ALIAS records of that account; those of others are in others
	others  map[*account]int
}

// follower keeps account of the links of all zones. One goroutine uses it.
type follower struct {
	table    *Table
	set      *zone.Set // as far as it has been taken in
	links    map[string]*link
	passing  map[string]map[*link]struct{} // by apex of a zone: links in which it has a say
	touched  map[*link]struct{}            // since the zones changed
	accounts map[string]*account
	owners   map[string]*account // by apex, of zones that have ALIAS records
	walker   walker
}

func newFollower(t *Table) *follower {
	return &follower{
		table: t, set: new(zone.Set),
		links: make(map[string]*link), passing: make(map[string]map[*link]struct{}),
		touched:  make(map[*link]struct{}),
		accounts: make(map[string]*account), owners: make(map[string]*account),
	}
}

// Between two looks at the zones there is a pause, so that many changes cost
// little more than one, and of the time of a core a small part.
const (
	shortestPause = 20 * time.Millisecond
	longestPause  = 5 * time.Second
	pauseFactor   = 10 // times what the look took
)

// follow takes in what the zones lead to, whenever they have changed.
func (t *Table) follow(ctx context.Context) {
	f := newFollower(t)
	for {
		begin := time.Now()
		f.sync(t.options.Zones())
		t.complain()
		pause := min(max(pauseFactor*time.Since(begin), shortestPause), longestPause)
		if !sleep(ctx, pause) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-t.notified:
		}
	}
}

// sleep reports whether ctx lasted for d.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// sync brings the targets up to date with set.
func (f *follower) sync(set *zone.Set) {
	var added []zone.Entry
	for was, is := range set.Changed(f.set) {
		if was == nil {
			added = append(added, *is)
		}
		f.zone(was, is)
	}
	f.set = set
	f.taken(added)
	for l := range f.touched {
		f.settle(l)
	}
	f.touched = make(map[*link]struct{}) // one that was large is slow to go through for ever
	f.table.rebalance(f.links)
}

// zone takes in what became of one zone; was or is may be nil.
func (f *follower) zone(was, is *zone.Entry) {
	apex, before, after := apexOf(was, is), snapshotOf(was), snapshotOf(is)
	old := f.owners[apex]
	owner := f.account(f.table.options.Account(dname.Name(apex)))
	bends := true
	if before != nil && after != nil && (old == nil || old == owner) {
		bends = false
		for c := range after.Changed(before) {
			bends = bends || bendsWays(c)
			f.count(c.Was, owner, -1)
			f.count(c.Is, owner, 1)
		}
	} else {
		f.countAll(before, old, -1)
		f.countAll(after, owner, 1)
	}
	switch {
	case after == nil:
		delete(f.owners, apex)
	case owner.uses > 0:
		f.owners[apex] = owner
	}
	if bends {
		f.bendAll(apex)
	}
}

// bendAll has the ways in which the zone has a say found anew.
func (f *follower) bendAll(apex string) {
	for l := range f.passing[apex] {
		f.bend(l)
	}
}

func (f *follower) bend(l *link) {
	l.found = false
	f.touched[l] = struct{}{}
}

func apexOf(was, is *zone.Entry) string {
	if is == nil {
		return string(was.Apex)
	}
	return string(is.Apex)
}

func snapshotOf(e *zone.Entry) *zone.Snapshot {
	if e == nil {
		return nil
	}
	return e.Zone
}

// bendsWays reports whether c may change where a name leads: records of the kinds
// that no way depends on come and go all the time.
func bendsWays(c zone.Change) bool {
	const facts = zone.HasCNAME | zone.HasDNAME | zone.IsCut | zone.HasALIAS
	return c.Was == nil || c.Is == nil || c.Was.Is(facts) || c.Is.Is(facts)
}

func (f *follower) countAll(z *zone.Snapshot, of *account, by int) {
	if z == nil {
		return
	}
	for _, n := range z.All() {
		f.count(n, of, by)
	}
}

// count adds by, 1 or -1, to the uses of what the ALIAS records of n, a node of a
// zone of that account, point at.
func (f *follower) count(n zone.Node, of *account, by int) {
	for name := range targetsOf(n) {
		key := string(name.Lower())
		l := f.links[key]
		if l == nil {
			l = &link{name: dname.Name(key)}
			f.links[key] = l
		}
		l.uses += by
		f.table.charge(l, of, by)
		f.touched[l] = struct{}{}
		if of.uses += by; of.uses == 0 {
			delete(f.accounts, of.name)
		} else {
			f.accounts[of.name] = of
		}
	}
}

// account is that of the name; one that is new is not kept before it has ALIAS
// records.
func (f *follower) account(name string) *account {
	if a := f.accounts[name]; a != nil {
		return a
	}
	return &account{name: name, bounded: name != ""}
}

// taken bends the ways that lead into zones that were not ours before.
func (f *follower) taken(added []zone.Entry) {
	if len(added) == 0 {
		return
	}
	set := new(zone.Set).With(added...)
	var key dname.Key
	for _, e := range added {
		key.Set(e.Apex)
		if above := f.set.Find(&key, key.Depth()-1); above != nil {
			f.bendAll(string(above.Apex))
		}
	}
	for _, l := range f.links {
		if l.found && leadsInto(l, set, &key) {
			f.bend(l)
		}
	}
}

// leadsInto reports whether l leaves our zones at a name that set holds.
func leadsInto(l *link, set *zone.Set, key *dname.Key) bool {
	return slices.ContainsFunc(l.exits, func(g *target) bool {
		key.Set(g.name)
		return set.Find(key, key.Depth()) != nil
	})
}

// settle makes what l leads to known to the table.
func (f *follower) settle(l *link) {
	switch {
	case l.uses <= 0:
		f.pass(l, nil)
		f.table.attach(l, nil)
		delete(f.links, string(l.name))
	case !l.found:
		w := f.walker.find(f.set, l.name)
		f.pass(l, w.zones)
		f.table.attach(l, w.exits)
		l.found = true
	default:
		f.table.tell(l)
	}
}

// pass notes the zones that have a say in where l leads.
func (f *follower) pass(l *link, zones []string) {
	if slices.Equal(l.zones, zones) {
		return
	}
	for _, apex := range l.zones {
		if delete(f.passing[apex], l); len(f.passing[apex]) == 0 {
			delete(f.passing, apex)
		}
	}
	for _, apex := range zones {
		if f.passing[apex] == nil {
			f.passing[apex] = make(map[*link]struct{})
		}
		f.passing[apex][l] = struct{}{}
	}
	l.zones = zones
}
