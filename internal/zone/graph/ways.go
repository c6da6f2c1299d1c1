package graph

import (
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// toRoot finds the shortest ways from names to root, by any target; of several as
// short it takes the one whose first step comes first in its RRset, and so on from
// there, so that what a way goes on with is the way from there.
type toRoot struct {
	walker
	root  dname.Name
	spent int              // steps looked at
	known map[visit]onward // what may be asked again, up to maxKnown
	queue []stop
	seen  map[visit]bool // in queue, as soon as that is more than a chain
	forks []Step         // from the stop at hand
}

// onward is how the shortest way from a name to the root begins; it has no length
// where there is none.
type onward struct {
	step   Step
	next   rr.Type // wanted behind step
	length int
}

// stop is a name on a search, with the step that first led there.
type stop struct {
	at     visit
	step   Step
	before int // in the queue; -1 of the first
	far    int // steps from the first
}

const maxKnown = 1 << 16

// begin is how name leads to the root for a client that wants records of that type,
// in 1 to MaxLimit steps. What 20,000 steps do not reach is not looked at.
func (w *toRoot) begin(name dname.Name, want rr.Type) onward {
	first := visit{string(name), want}
	if way, ok := w.known[first]; ok {
		return way
	}
	w.queue = append(w.queue[:0], stop{at: first, before: -1})
	clear(w.seen)
	most := w.spent + maxPassed
	for i := 0; i < len(w.queue); i++ {
		if w.spent > most || w.queue[i].far == MaxLimit {
			w.note(first, onward{})
			return onward{}
		}
		if way, ok := w.pass(i); ok {
			return way
		}
	}
	w.giveUp()
	return onward{}
}

// pass takes all steps from stop i, unless one of them leads to the root.
func (w *toRoot) pass(i int) (way onward, ok bool) {
	s := &w.queue[i]
	var next rr.Type
	var end End
	w.forks, next, end = w.fork(w.forks[:0], dname.Name(s.at.name), s.at.t)
	w.spent += max(len(w.forks), 1)
	if end != goesOn {
		return way, false
	}
	chain := len(w.forks) == 1 && len(w.seen) == 0 && s.far == len(w.queue)-1
	for _, step := range w.forks {
		if step.Target.Equal(w.root) {
			return w.trace(i, onward{step, next, 1}, chain), true
		}
		to := visit{string(step.Target), next}
		known, ok := w.known[to]
		if ok && chain && known.length > 0 && i+1+known.length <= MaxLimit {
			return w.trace(i, onward{step, next, 1 + known.length}, chain), true
		}
		if !ok || known.length > 0 {
			w.join(stop{to, step, i, w.queue[i].far + 1}, chain)
		}
	}
	return way, false
}

// join queues s, unless it is there already.
func (w *toRoot) join(s stop, chain bool) {
	if w.seen == nil {
		w.seen = make(map[visit]bool)
	}
	if !chain && len(w.seen) == 0 {
		for i := range w.queue {
			w.seen[w.queue[i].at] = true
		}
	}
	if w.seen[s.at] {
		return
	}
	if !chain {
		w.seen[s.at] = true
	}
	w.queue = append(w.queue, s)
}

// trace goes back from stop i, which leads to the root by way, to the first. It
// notes the ways on it, but for what is found again at once: the one step of a chain.
func (w *toRoot) trace(i int, way onward, chain bool) onward {
	for ; ; i = w.queue[i].before {
		s := &w.queue[i]
		if !chain || s.before >= 0 {
			w.note(s.at, way)
		}
		if s.before < 0 {
			return way
		}
		way = onward{s.step, s.at.t, way.length + 1}
	}
}

// giveUp notes that nothing in the queue leads to the root.
func (w *toRoot) giveUp() {
	for i := range w.queue {
		w.note(w.queue[i].at, onward{})
	}
}

func (w *toRoot) note(at visit, way onward) {
	if w.known == nil || len(w.known) >= maxKnown {
		w.known = make(map[visit]onward)
	}
	w.known[at] = way
}
