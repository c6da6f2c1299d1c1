package lint

import (
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// maxSearched bounds the names passed in search of ways into and through rings, by
// a check of a whole zone; for a Change it is as for tail.
const maxSearched = 1_000_000

// circle is a circle of aliases that the record of a start leads into.
type circle struct {
	q    question
	path []dname.Name // from the start to the circle and through it; the way through starts at loop
	loop []dname.Name // what comes back to its first name
}

// closed is the way along the circle, back to where it began.
func (r *circle) closed() []dname.Name { return append(r.path[:len(r.path):len(r.path)], r.loop[0]) }

// circle is the shortest circle that the record of s is part of, else the one
// next to it that it leads into; nil where it leads into none that has not been told.
func (c *check) circle(s start) *circle {
	from, t := c.tail(s.name, s.q), c.tail(s.target, s.q)
	if !t.circle || !c.leads(s.name, s.q, s.target) {
		return nil
	}
	if from.ring != 0 && from.ring == t.ring {
		return c.through(s, from.ring)
	}
	if c.pointers == nil && c.told.all(c.rings) {
		return nil
	}
	in := c.shortest([]dname.Name{s.target}, s.q, 0, func(n dname.Name) bool {
		ring := c.tail(n, s.q).ring
		return ring != 0 && (c.pointers != nil || !c.told.rings[ring])
	})
	if in == nil {
		return nil
	}
	first := in[len(in)-1]
	loop := c.around(first, s.q, c.tail(first, s.q).ring)
	if loop == nil {
		return nil
	}
	path := append([]dname.Name{s.name}, in[:len(in)-1]...)
	return &circle{s.q, append(path, loop...), loop}
}

// through is the shortest circle that the record of s closes.
func (c *check) through(s start, ring int) *circle {
	if c.pointers == nil && c.told.steps[stepKey(s.name, s.target, s.q)] {
		return nil
	}
	back := c.shortest([]dname.Name{s.target}, s.q, ring, s.name.Equal)
	if back == nil {
		return nil
	}
	loop := append([]dname.Name{s.name}, back[:len(back)-1]...)
	return &circle{s.q, loop, loop}
}

// around is the shortest circle from first, a name of the ring, back to it.
func (c *check) around(first dname.Name, q question, ring int) []dname.Name {
	next, _ := c.onward(first, q)
	back := c.shortest(next, q, ring, first.Equal)
	if back == nil {
		return nil
	}
	return append([]dname.Name{first}, back[:len(back)-1]...)
}

// shortest is the shortest way from one of names to one for which is holds, both
// included, by names that lead into a circle: those of one ring, unless that is 0.
func (c *check) shortest(names []dname.Name, q question, ring int, is func(dname.Name) bool) []dname.Name {
	type stop struct {
		name   dname.Name
		before int
	}
	var stops []stop
	seen := make(map[string]bool)
	add := func(names []dname.Name, before int) {
		for _, n := range names {
			if t := c.tails[tailKey(n, q)]; t.circle && (ring == 0 || t.ring == ring) && !seen[string(n)] {
				seen[string(n)] = true
				stops = append(stops, stop{n, before})
			}
		}
	}
	add(names, -1)
	for i := 0; i < len(stops) && c.search > 0; i++ {
		c.search--
		if !is(stops[i].name) {
			next, _ := c.onward(stops[i].name, q)
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

// told is what a check of a whole zone has said of circles.
type told struct {
	rings map[int]bool
	steps map[string]bool
}

func (t *told) all(rings int) bool { return len(t.rings) == rings }

// note takes down that r, in that ring, was told.
func (t *told) note(r *circle, ring int) {
	if t.rings == nil {
		t.rings, t.steps = make(map[int]bool), make(map[string]bool)
	}
	t.rings[ring] = true
	for i, n := range r.loop {
		t.steps[stepKey(n, r.loop[(i+1)%len(r.loop)], r.q)] = true
	}
}

func stepKey(from, to dname.Name, q question) string { return tailKey(from, q) + string(to) }
