package graph

import (
	"iter"
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// maxPassed is how many steps are taken from one name when all targets count:
// more than any answer is made of.
const maxPassed = 20_000

// Loop is the path of a loop that name leads into by any target, for a client
// that wants addresses or a service in AliasMode, through all zones of set: its
// first name again at its end. A chain longer than MaxLimit counts as none, and
// what 20,000 steps do not reach is not looked at.
func Loop(set *zone.Set, name dname.Name) (path []dname.Name, ok bool) {
	for _, t := range wants {
		b := branches{walker: walker{set: set}, depth: make(map[visit]int)}
		if b.walk(name.Lower(), t); b.loop != nil {
			return b.loop, true
		}
	}
	return nil, false
}

// wants is what a client may look for that makes a difference to where it is led, first what most want.
var wants = [...]rr.Type{addresses, rr.TypeHTTPS, rr.TypeSVCB}

// Ways yields all steps that a client that wants records of type t may be led
// from name by any target, each once, those nearest to name first: up to limit steps
// from it, as for Follow, and 20,000 in all. It comes to an end whatever loops there are.
func Ways(set *zone.Set, name dname.Name, t rr.Type, limit int) iter.Seq[Step] {
	return func(yield func(Step) bool) {
		w := walker{set: set}
		first := visit{string(name.Lower()), t}
		far, queue := map[visit]int{first: 0}, []visit{first}
		for passed := 0; len(queue) > 0; queue = queue[1:] {
			at := queue[0]
			steps, next, end := w.fork(nil, dname.Name(at.name), at.t)
			if end != goesOn || far[at] == bounded(limit) {
				continue
			}
			for _, s := range steps {
				if passed++; passed > maxPassed || !yield(s) {
					return
				}
				to := visit{string(s.Target), next}
				if _, known := far[to]; !known {
					far[to], queue = far[at]+1, append(queue, to)
				}
			}
		}
	}
}

// Longest is the number of steps of the longest chain from name, by any target, for
// a client that wants records of type t: up to limit, as for Follow. What leads back
// to a name that the chain has passed is its last step. What 20,000 steps do not
// reach is not looked at.
func Longest(set *zone.Set, name dname.Name, t rr.Type, limit int) int {
	l := longest{walker: walker{set: set}, steps: make(map[visit]int)}
	return min(l.from(name.Lower(), t), bounded(limit))
}

// longest finds the longest ways on, depth first.
type longest struct {
	walker
	steps  map[visit]int // from a name; 0 while it is on the path
	passed int
}

func (l *longest) from(name dname.Name, t rr.Type) int {
	at := visit{string(name), t}
	if n, ok := l.steps[at]; ok {
		return n
	}
	l.steps[at] = 0
	forks, next, end := l.fork(nil, name, t)
	if end != goesOn {
		return 0
	}
	most := 0
	for _, s := range forks {
		if l.passed++; l.passed > maxPassed {
			break
		}
		most = max(most, 1+l.from(s.Target, next))
	}
	l.steps[at] = most
	return most
}

// branches looks for a loop by all targets, depth first. A name is walked on from
// again only where it is met nearer to the start, as the limit cuts off less then.
type branches struct {
	walker
	path   []visit
	depth  map[visit]int // at which a name was walked on from
	passed int
	loop   []dname.Name
}

// walk goes on from name, and reports whether to go on elsewhere.
func (b *branches) walk(name dname.Name, t rr.Type) bool {
	at := visit{string(name), t}
	if before, ok := b.depth[at]; ok && before <= len(b.path) {
		return !b.closes(at)
	}
	b.depth[at] = len(b.path)
	steps, next, end := b.fork(nil, name, t)
	switch {
	case end == Looping:
		b.loop = []dname.Name{steps[0].Owner, steps[0].Target, steps[0].Owner}
		return false
	case end != goesOn || len(b.path) == MaxLimit:
		return true
	}
	b.path = append(b.path, at)
	defer func() { b.path = b.path[:len(b.path)-1] }()
	for _, s := range steps {
		if b.passed++; b.passed > maxPassed || !b.walk(s.Target, next) {
			return false
		}
	}
	return true
}

// closes reports whether at lies on the path, and keeps the loop that it closes.
func (b *branches) closes(at visit) bool {
	i := slices.Index(b.path, at)
	if i < 0 {
		return false
	}
	for _, v := range b.path[i:] {
		b.loop = append(b.loop, dname.Name(v.name))
	}
	b.loop = append(b.loop, dname.Name(at.name))
	return true
}
