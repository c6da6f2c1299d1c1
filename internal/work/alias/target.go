package alias

import (
	"sync/atomic"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// target is a name of others that our zones lead to. What stands before the
// families is read by everybody, and is two cache lines; all else is for who holds
// the lock of the Table.
type target struct {
	name  dname.Name // lower-cased
	hash  uint64
	used  atomic.Int64 // the last time it was asked for, in ticks
	known [families]atomic.Pointer[known]
	room  [nameRoom]byte // for the name, if it fits, lest a lookup go elsewhere for it

	families [families]family

	by      *link // whose account it is charged to; nil for guests
	uses    int   // ALIAS records that lead here
	links   int   // links that end here
	refused bool  // a limit keeps it from being resolved
	dropped bool  // it is in the table no more
}

// nameRoom fills the second line; few names are longer.
const nameRoom = 72

// The families of addresses.
const (
	familyA = iota
	familyAAAA
	families
)

// family is the addresses of one family of a target.
type family struct {
	known   *atomic.Pointer[known] // in the target
	before  *known                 // what known took the place of, where that is bare; nil otherwise
	target  *target
	settled chan struct{} // closed when known is set for the first time; nil where nobody waits
	ticket  *ticket       // on the way to a resolution; nil otherwise
	due     int64         // where it has a place in the plan, when to resolve it, by the Clock
	began   int64         // when the last attempt began
	saved   int64         // the end of the answer that was remembered last
	tries   int32         // that failed since the last good one
	place   int32         // in the plan, from 1; 0 where it has none
	failed  uint32        // when the first of those attempts began, in unix seconds
	rtype   rr.Type
	unsaved bool
}

func newTarget(k *dname.Key) *target {
	g := &target{hash: k.Hash(k.Depth())}
	g.name = append(g.room[:0], k.Name()...)
	for i, t := range [families]rr.Type{rr.TypeA, rr.TypeAAAA} {
		g.families[i] = family{target: g, known: &g.known[i], rtype: t}
	}
	return g
}

// familyOf is the index of the family of records of type t, A or AAAA.
func familyOf(t rr.Type) int {
	if t == rr.TypeAAAA {
		return familyAAAA
	}
	return familyA
}

func (g *target) family(t rr.Type) *family { return &g.families[familyOf(t)] }

// tick is the shift from nanoseconds to the ticks of target.used, about a minute
// each: one store a minute is all that a name asked for often costs.
const tick = 36

// use notes that g was asked for at now.
func (g *target) use(now int64) {
	if now >>= tick; g.used.Load() != now {
		g.used.Store(now)
	}
}

// account is whom g is charged to.
func (t *Table) account(g *target) *account {
	if g.by == nil {
		return t.nobody
	}
	return g.by.account
}

// wait is closed when f is settled for the first time.
func (f *family) wait() <-chan struct{} {
	if f.settled == nil {
		f.settled = make(chan struct{})
	}
	return f.settled
}

// lasting is what is known of f for longer than the moment: a bare denial is passed
// on, but not kept (RFC 2308, Section 5).
func (f *family) lasting() *known {
	if k := f.known.Load(); k == nil || !k.bare {
		return k
	}
	return f.before
}

// publish makes k what is known of f.
func (f *family) publish(k *known) {
	lasting := f.lasting()
	if f.before = nil; k != nil && k.bare {
		f.before = lasting
	}
	f.known.Store(k)
	if k != nil && f.settled != nil {
		close(f.settled)
		f.settled = nil
	}
}
