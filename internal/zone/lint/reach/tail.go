package reach

import "github.com/truename-dns/truename/internal/dns/dname"

// Tail is what a name leads to, by whichever target.
type Tail struct {
	Links  int        // redirections up to the end, by the longest way
	End    dname.Name // the last name of that
	Forks  bool       // there are several ways
	Circle bool       // one of them has no end
	Grows  bool       // one has none, as the names get longer and longer
	Ring   int        // number of the ring that it is part of: all names that lead to each other; 0 for none
}

// Bounds of what is walked when a Change is judged: names in all, and
// those from one of its names whatever was walked before. What lies behind them
// is taken for the ends of chains.
const (
	ManyNames = 100_000
	LongChain = 1000
)

// Tail is what name leads q to. No name is walked twice.
func (w *Walker) Tail(name dname.Name, q Question) Tail {
	if t, ok := w.tails[tailKey(name, q)]; ok {
		return t
	}
	if w.tails == nil || len(w.tails) > 10*ManyNames && w.Change {
		w.tails = make(map[string]Tail)
	}
	s := search{Walker: w, q: q, open: make(map[string]*spot)}
	for s.enter(name); len(s.path) > 0; {
		s.advance(s.path[len(s.path)-1])
	}
	return w.tails[tailKey(name, q)]
}

func tailKey(name dname.Name, q Question) string { return string(q) + string(name) }

// search finds tails and rings, the strongly connected components of names,
// depth first, in one pass as Tarjan does.
type search struct {
	*Walker
	q     Question
	path  []*spot // from the name asked about to the one at hand
	met   []*spot // whose ring is not closed yet, in the order in which they were met
	open  map[string]*spot
	count int
}

// spot is a name on a search.
type spot struct {
	name   dname.Name
	next   []dname.Name // not looked at yet
	order  int          // in which it was met
	lowest int          // of those known to lie on a circle with it
	itself bool         // it leads to itself at once
	tail   Tail
}

// enter puts name on the path, if there is work left.
func (w *search) enter(name dname.Name) bool {
	if w.Change {
		if w.Left == 0 {
			return false
		}
		w.Left--
	}
	next, grows := w.Onward(name, w.q)
	w.count++
	s := &spot{name: name, next: next, order: w.count, lowest: w.count, tail: Tail{End: name, Forks: len(next) > 1, Grows: grows}}
	w.path, w.met, w.open[string(name)] = append(w.path, s), append(w.met, s), s
	return true
}

// advance goes one name on from s, the last of the path, or back.
func (w *search) advance(s *spot) {
	if len(s.next) == 0 {
		w.leave(s)
		return
	}
	n := s.next[0]
	s.next = s.next[1:]
	if t, ok := w.tails[tailKey(n, w.q)]; ok {
		s.take(t)
	} else if o := w.open[string(n)]; o != nil {
		s.lowest, s.itself = min(s.lowest, o.order), s.itself || o == s
	} else if !w.enter(n) {
		s.take(Tail{End: n})
	}
}

// leave goes back from s, and closes the ring that was entered by it.
func (w *search) leave(s *spot) {
	w.path = w.path[:len(w.path)-1]
	var before *spot
	if len(w.path) > 0 {
		before = w.path[len(w.path)-1]
		before.lowest = min(before.lowest, s.lowest)
	}
	if s.lowest < s.order {
		return
	}
	if w.met[len(w.met)-1] != s || s.itself {
		w.rings++
		s.tail = Tail{Circle: true, Ring: w.rings}
	}
	for last := (*spot)(nil); last != s; {
		last = w.met[len(w.met)-1]
		w.met = w.met[:len(w.met)-1]
		w.tails[tailKey(last.name, w.q)] = s.tail
		delete(w.open, string(last.name))
	}
	if before != nil {
		before.take(s.tail)
	}
}

// take adds what one of the next names leads to.
func (s *spot) take(t Tail) {
	own := &s.tail
	own.Circle, own.Grows, own.Forks = own.Circle || t.Circle, own.Grows || t.Grows, own.Forks || t.Forks
	if t.Links >= own.Links {
		own.Links, own.End = t.Links+1, t.End
	}
}
