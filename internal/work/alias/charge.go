package alias

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// account is whom targets are charged to.
type account struct {
	name    string // "" is the operator
	bounded bool   // it has limits of its own
	uses    int    // ALIAS records of its zones; the follower's
	targets int    // charged to it and kept warm
	lanes   lanes
}

// charge adds by to what the records of that account count for in l, and has l
// charged to whom records are left of.
func (t *Table) charge(l *link, to *account, by int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case l.account == nil:
		l.account, l.own = to, by
	case l.account == to:
		l.own += by
	default:
		if l.others == nil {
			l.others = make(map[*account]int)
		}
		if l.others[to] += by; l.others[to] == 0 {
			delete(l.others, to)
		}
	}
}

// inherit gives what l is charged to to another account where the first has no
// record left that points at it.
func (t *Table) inherit(l *link) {
	if l.own > 0 || len(l.others) == 0 {
		return
	}
	before := l.account
	for a, n := range l.others {
		l.account, l.own = a, n
		delete(l.others, a)
		break
	}
	for _, g := range l.exits {
		if g.by == l && !g.refused {
			before.targets--
			l.account.targets++
			t.freed = true
		}
	}
}

// attach makes exits the targets that l leads to.
func (t *Table) attach(l *link, exits []dname.Name) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inherit(l)
	before := l.exits
	if slices.EqualFunc(before, exits, func(g *target, name dname.Name) bool { return g.name.Equal(name) }) {
		t.tellLocked(l)
		return
	}
	l.exits = nil
	var key dname.Key
	for _, name := range exits {
		key.Set(name)
		g := t.acquire(&key)
		g.links++
		g.uses += l.uses
		l.exits = append(l.exits, g)
		if g.by == nil {
			t.admit(g, l)
		}
	}
	for _, g := range before {
		g.uses -= l.told
		t.release(g, l)
	}
	l.told = l.uses
}

// tell makes the number of uses of l known to its exits.
func (t *Table) tell(l *link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.inherit(l)
	t.tellLocked(l)
}

func (t *Table) tellLocked(l *link) {
	for _, g := range l.exits {
		g.uses += l.uses - l.told
	}
	l.told = l.uses
}

// acquire is the target of the name k, made where there is none.
func (t *Table) acquire(k *dname.Key) *target {
	g := t.index.find(k.Hash(k.Depth()), k.Name())
	if g == nil {
		g = newTarget(k)
		t.index.add(g)
	}
	return g
}

// admit charges g to the account of l and keeps it warm, unless a limit forbids.
func (t *Table) admit(g *target, l *link) {
	if g.refused {
		t.refused--
	}
	if g.by == nil {
		g.by = l
	}
	delete(t.guests, g)
	why := t.limit(g.by.account)
	if g.refused = why != nil; g.refused {
		t.refused++
		t.refuse(g, why)
		return
	}
	g.by.account.targets++
	t.warm++
	for i := range g.families {
		f := &g.families[i]
		if k := f.known.Load(); k == tooMany || k == tooFull {
			f.publish(nil)
		}
		if f.ticket != nil && !f.ticket.running {
			t.restart(f) // it waits in the lanes of another account, or of guests
		}
		t.resume(f)
	}
}

var (
	tooMany = &known{why: whyMany}
	tooFull = &known{why: whyFull}
)

// limit is what to say instead of an answer about one target more of a, or nil.
func (t *Table) limit(a *account) *known {
	switch {
	case t.warm >= t.options.MaxTargets:
		return tooFull
	case a.bounded && a.targets >= t.options.MaxPerAccount:
		return tooMany
	}
	return nil
}

// refuse has g say why it is not resolved.
func (t *Table) refuse(g *target, why *known) {
	for i := range g.families {
		f := &g.families[i]
		t.unschedule(f)
		f.publish(why)
	}
}

// complain tells the log how many targets a limit keeps out, when that changes.
func (t *Table) complain() {
	t.mu.Lock()
	n := t.refused
	t.mu.Unlock()
	switch {
	case n == t.complained:
		return
	case n > 0:
		t.options.Log.Warn("some ALIAS targets are not resolved, for a limit is reached: queries for them are answered SERVFAIL with the reason",
			"targets", n, "per_account", t.options.MaxPerAccount, "in_all", t.options.MaxTargets)
	default:
		t.options.Log.Info("all ALIAS targets are resolved again")
	}
	t.complained = n
}

// release takes back that l leads to g, unless it goes on to by its new exits.
func (t *Table) release(g *target, l *link) {
	g.links--
	if g.by == l && !slices.Contains(l.exits, g) {
		g.by = nil
		t.orphans++
		t.freed = true
		if g.refused {
			g.refused = false
			t.refused--
		} else {
			l.account.targets--
			t.warm--
		}
	}
	if g.links == 0 {
		t.orphans--
		t.dismiss(g)
	}
}

// rebalance charges targets that lost the link they were charged to, and takes in
// those that a limit kept out, as far as there is room now.
func (t *Table) rebalance(links map[string]*link) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.orphans == 0 && (t.refused == 0 || !t.freed) {
		return
	}
	t.freed, t.orphans = false, 0
	t.admitAll(links, func(g *target) bool { return g.by == nil })
	if t.refused > 0 {
		t.admitAll(links, func(g *target) bool { return g.refused && t.limit(g.by.account) == nil })
	}
}

func (t *Table) admitAll(links map[string]*link, which func(*target) bool) {
	for _, l := range links {
		for _, g := range l.exits {
			if which(g) {
				t.admit(g, l)
			}
		}
	}
}
