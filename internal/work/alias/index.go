package alias

import (
	"sync/atomic"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// index finds targets by name: open addressing in slots that one writer at a
// time changes while anybody reads.
type index struct {
	slots atomic.Pointer[[]slot]
	size  int // targets in it
	taken int // slots that are not empty
}

type slot = atomic.Pointer[target]

// removed keeps the place of a target that was taken out, as those that came
// later may lie behind it. No name is equal to it.
var removed = new(target)

const firstSlots = 64

func (x *index) init() { x.make(firstSlots) }

func (x *index) make(n int) {
	slots := make([]slot, n)
	x.slots.Store(&slots)
	x.size, x.taken = 0, 0
}

// find is the target called name, which is lower-cased and has that hash, or nil.
func (x *index) find(hash uint64, name dname.Name) *target {
	slots := *x.slots.Load()
	mask := uint64(len(slots) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		g := slots[at].Load()
		if g == nil || g.hash == hash && string(g.name) == string(name) {
			return g
		}
	}
}

// add puts g in, which is not there yet.
func (x *index) add(g *target) {
	if slots := len(*x.slots.Load()); 4*(x.taken+1) > 3*slots {
		x.rebuild(slots)
	}
	x.put(*x.slots.Load(), g)
	x.size++
}

func (x *index) put(slots []slot, g *target) {
	mask := uint64(len(slots) - 1)
	at := g.hash & mask
	for slots[at].Load() != nil {
		at = (at + 1) & mask
	}
	slots[at].Store(g)
	x.taken++
}

// rebuild makes room: of what was removed, and where that is not enough, by more
// slots.
func (x *index) rebuild(n int) {
	for 2*(x.size+1) > n {
		n *= 2
	}
	slots := make([]slot, n)
	x.taken = 0
	for g := range x.all {
		x.put(slots, g)
	}
	x.slots.Store(&slots)
}

// remove takes g out, which is there.
func (x *index) remove(g *target) {
	slots := *x.slots.Load()
	mask := uint64(len(slots) - 1)
	at := g.hash & mask
	for slots[at].Load() != g {
		at = (at + 1) & mask
	}
	slots[at].Store(removed)
	x.size--
}

// all yields the targets in no order; it may be used by anybody.
func (x *index) all(yield func(*target) bool) {
	slots := *x.slots.Load()
	for i := range slots {
		if g := slots[i].Load(); g != nil && g != removed && !yield(g) {
			return
		}
	}
}
