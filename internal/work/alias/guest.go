package alias

import "github.com/truename-dns/truename/internal/dns/dname"

// Guests are targets that no zone leads to, as far as is known: a query found
// them before the follower did, or their records are gone. They are kept warm
// while they are asked for.

const (
	maxGuests = 10_000
	// guestTicks is for how long a guest is kept that is not asked for, a good
	// quarter of an hour.
	guestTicks = 14
	tidyEach   = 60 * second
)

// invite makes the name k a guest, or returns nil where there are too many.
func (t *Table) invite(k *dname.Key) *target {
	if len(t.guests) >= maxGuests || t.closed {
		return nil
	}
	g := t.acquire(k)
	t.guests[g] = struct{}{}
	g.use(t.now())
	return g
}

// dismiss makes g, which no link leads to any more, a guest; where there are too
// many, it goes.
func (t *Table) dismiss(g *target) {
	if k := g.families[0].known.Load(); len(t.guests) >= maxGuests || k == tooMany || k == tooFull {
		t.drop(g)
		return
	}
	t.guests[g] = struct{}{}
	g.use(t.now())
}

// tidy drops the guests that nobody asks for, and resolves those again that
// somebody did.
func (t *Table) tidy(now int64) {
	for g := range t.guests {
		if now>>tick-g.used.Load() > guestTicks {
			t.drop(g)
			continue
		}
		for i := range g.families {
			t.resume(&g.families[i])
		}
	}
}

// drop takes g out of the table.
func (t *Table) drop(g *target) {
	delete(t.guests, g)
	g.dropped = true
	t.index.remove(g)
	for i := range g.families {
		f := &g.families[i]
		t.unschedule(f)
		if f.settled != nil {
			close(f.settled)
			f.settled = nil
		}
	}
}
