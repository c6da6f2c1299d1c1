package alias

import (
	"iter"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// State is what is known of a target.
type State struct {
	Target  dname.Name
	Uses    int    // ALIAS records of our zones that lead to it
	Account string // that it is charged to; "" for the operator's, and for guests
	Guest   bool   // no zone is known to lead to it
	A, AAAA FamilyState
}

// FamilyState is what is known of one family of a target. Times are zero where
// there are none.
type FamilyState struct {
	answer.Flat
	Answered time.Time // when the last good answer came
	Expires  time.Time // when it ends, or ended
	Tried    time.Time // when it was last asked for
	Next     time.Time // when it will be
	Failures int       // in a row
	Failing  time.Time // since when, to the second
}

// States yields all targets in no order. Meanwhile they go on changing.
func (t *Table) States() iter.Seq[State] {
	return func(yield func(State) bool) {
		for g := range t.index.all {
			if s, ok := t.state(g); ok && !yield(s) {
				return
			}
		}
	}
}

// State is that of one target; ok is false where the table does not have it.
func (t *Table) State(target dname.Name) (s State, ok bool) {
	var key dname.Key
	key.Set(target)
	g := t.index.find(key.Hash(key.Depth()), key.Name())
	if g == nil {
		return State{}, false
	}
	return t.state(g)
}

func (t *Table) state(g *target) (s State, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	now := t.now()
	return State{
		Target: g.name, Uses: g.uses, Account: t.account(g).name, Guest: g.by == nil,
		A: g.family(rr.TypeA).state(now), AAAA: g.family(rr.TypeAAAA).state(now),
	}, !g.dropped
}

func (f *family) state(now int64) FamilyState {
	k := f.known.Load()
	s := FamilyState{Flat: k.flat(now), Tried: at(f.began), Failures: int(f.tries)}
	if f.place > 0 {
		s.Next = at(f.due)
	}
	if f.tries > 0 {
		s.Failing = at(int64(f.failed) * second)
	}
	if k.good(now) {
		s.Expires, s.Answered = at(k.expires), at(k.expires-int64(k.ttl)*second)
	}
	return s
}

// at is the time of so many nanoseconds since 1970; the zero time for 0.
func at(ns int64) time.Time {
	if ns == 0 {
		return time.Time{}
	}
	return time.Unix(0, ns)
}
