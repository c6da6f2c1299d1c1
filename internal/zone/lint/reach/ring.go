package reach

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// MaxPassed bounds the names passed in search of ways into and through rings, by
// a check of a whole zone; for a Change it is as for tail.
const MaxPassed = 1_000_000

// Circle is a circle of aliases that a Link leads into.
type Circle struct {
	Q    Question
	Path []dname.Name // from the start to the circle and through it; the way through starts at Loop
	Loop []dname.Name // what comes back to its first name
}

// Closed is the way along the circle, back to where it began.
func (r *Circle) Closed() []dname.Name { return append(r.Path[:len(r.Path):len(r.Path)], r.Loop[0]) }

// Circle is the shortest circle that s is part of, else the one
// next to it that it leads into; nil where it leads into none that has not been told.
func (w *Walker) Circle(s Link) *Circle {
	from, t := w.Tail(s.From, s.Q), w.Tail(s.To, s.Q)
	if !t.Circle || !w.Leads(s.From, s.Q, s.To) {
		return nil
	}
	if from.Ring != 0 && from.Ring == t.Ring {
		return w.through(s, from.Ring)
	}
	if !w.Change && w.told.all(w.rings) {
		return nil
	}
	in := w.shortest([]dname.Name{s.To}, s.Q, 0, func(n dname.Name) bool {
		ring := w.Tail(n, s.Q).Ring
		return ring != 0 && (w.Change || !w.told.rings[ring])
	})
	if in == nil {
		return nil
	}
	first := in[len(in)-1]
	loop := w.around(first, s.Q, w.Tail(first, s.Q).Ring)
	if loop == nil {
		return nil
	}
	path := append([]dname.Name{s.From}, in[:len(in)-1]...)
	return &Circle{s.Q, append(path, loop...), loop}
}

// through is the shortest circle that s closes.
func (w *Walker) through(s Link, ring int) *Circle {
	if !w.Change && w.told.steps[stepKey(s.From, s.To, s.Q)] {
		return nil
	}
	back := w.shortest([]dname.Name{s.To}, s.Q, ring, s.From.Equal)
	if back == nil {
		return nil
	}
	loop := append([]dname.Name{s.From}, back[:len(back)-1]...)
	return &Circle{s.Q, loop, loop}
}

// around is the shortest circle from first, a name of the ring, back to it.
func (w *Walker) around(first dname.Name, q Question, ring int) []dname.Name {
	next, _ := w.Onward(first, q)
	back := w.shortest(next, q, ring, first.Equal)
	if back == nil {
		return nil
	}
	return append([]dname.Name{first}, back[:len(back)-1]...)
}

// shortest is the shortest way from one of names to one for which is holds, both
// included, by names that lead into a circle: those of one ring, unless that is 0.
func (w *Walker) shortest(names []dname.Name, q Question, ring int, is func(dname.Name) bool) []dname.Name {
	type stop struct {
		name   dname.Name
		before int
	}
	var stops []stop
	seen := make(map[string]bool)
	add := func(names []dname.Name, before int) {
		for _, n := range names {
			if t := w.tails[tailKey(n, q)]; t.Circle && (ring == 0 || t.Ring == ring) && !seen[string(n)] {
				seen[string(n)] = true
				stops = append(stops, stop{n, before})
			}
		}
	}
	add(names, -1)
	for i := 0; i < len(stops) && w.Pass > 0; i++ {
		w.Pass--
		if !is(stops[i].name) {
			next, _ := w.Onward(stops[i].name, q)
			add(next, i)
			continue
		}
		var back []dname.Name
		for ; i >= 0; i = stops[i].before {
			back = append(back, stops[i].name)
		}
		slices.Reverse(back)
		return back
	}
	return nil
}

// Link is one step of a chain: its names are in lower case.
type Link struct {
	From dname.Name
	Q    Question
	To   dname.Name
}

// Note takes down that r was told, for a check of a whole zone.
func (w *Walker) Note(r *Circle) { w.told.note(r, w.Tail(r.Loop[0], r.Q).Ring) }

// told is what a check of a whole zone has said of circles.
type told struct {
	rings map[int]bool
	steps map[string]bool
}

func (t *told) all(rings int) bool { return len(t.rings) == rings }

// note takes down that r, in that ring, was told.
func (t *told) note(r *Circle, ring int) {
	if t.rings == nil {
		t.rings, t.steps = make(map[int]bool), make(map[string]bool)
	}
	t.rings[ring] = true
	for i, n := range r.Loop {
		t.steps[stepKey(n, r.Loop[(i+1)%len(r.Loop)], r.Q)] = true
	}
}

func stepKey(from, to dname.Name, q Question) string { return tailKey(from, q) + string(to) }
