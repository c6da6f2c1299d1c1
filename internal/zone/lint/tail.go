package lint

import "github.com/truename-dns/truename/internal/dns/dname"

// tail is what a name leads to, by whichever target.
type tail struct {
	links  int        // redirections up to the end, by the longest way
	end    dname.Name // the last name of that
	forks  bool       // there are several ways
	circle bool       // one of them has no end
	grows  bool       // one has none, as the names get longer and longer
	ring   int        // number of the ring that it is part of: all names that lead to each other; 0 for none
}

// Bounds of what is walked when a Change is judged: names in all, and
// those from one of its names whatever was walked before. What lies behind them
// is taken for the ends of chains.
const (
	manyNames = 100_000
	longChain = 1000
)

// tail is what name leads q to. No name is walked twice.
func (c *check) tail(name dname.Name, q question) tail {
	if t, ok := c.tails[tailKey(name, q)]; ok {
		return t
	}
	if c.tails == nil || len(c.tails) > 10*manyNames && c.pointers != nil {
		c.tails = make(map[string]tail)
	}
	w := search{check: c, q: q, open: make(map[string]*spot)}
	for w.enter(name); len(w.path) > 0; {
		w.advance(w.path[len(w.path)-1])
	}
	return c.tails[tailKey(name, q)]
}

func tailKey(name dname.Name, q question) string { return string(q) + string(name) }

// search finds tails and rings, the strongly connected components of names,
// depth first, in one pass as Tarjan does.
type search struct {
	*check
	q     question
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
	tail   tail
}

// enter puts name on the path, if there is work left.
func (w *search) enter(name dname.Name) bool {
	if w.pointers != nil {
		if w.left == 0 {
			return false
		}
		w.left--
	}
	next, grows := w.onward(name, w.q)
	w.count++
	s := &spot{name: name, next: next, order: w.count, lowest: w.count, tail: tail{end: name, forks: len(next) > 1, grows: grows}}
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
		s.take(tail{end: n})
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
		s.tail = tail{circle: true, ring: w.rings}
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
func (s *spot) take(t tail) {
	own := &s.tail
	own.circle, own.grows, own.forks = own.circle || t.circle, own.grows || t.grows, own.forks || t.forks
	if t.links >= own.links {
		own.links, own.end = t.links+1, t.end
	}
}
