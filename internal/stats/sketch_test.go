package stats

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// contents is what a sketch says of each name.
func contents(s *sketch) map[string]uint32 {
	m := map[string]uint32{}
	s.all(func(n *named, count uint32) { m[dname.Name(n.name[:n.size]).String()] = count })
	return m
}

var apexOf = dname.MustParse("example.")

// A sketch never says more than there was, all its sets together hold no more names
// than there are cells, and a name that had a cell all the time is exact.
func TestSketchCountsFromBelow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := newSketch(2)
		counter := tally{seed: 7}
		truth := map[string]uint32{}
		for range rapid.IntRange(0, 400).Draw(t, "queries") {
			name := dname.MustParse(fmt.Sprintf("n%d.example.", rapid.IntRange(0, 60).Draw(t, "name")))
			weight := rapid.Uint32Range(1, 16).Draw(t, "weight")
			s.add(counter.hash(name), name, apexOf, weight)
			truth[name.String()] += weight
		}
		got := contents(&s)
		if len(got) > 2*ways {
			t.Fatalf("%d names in %d cells", len(got), 2*ways)
		}
		for name, n := range got {
			if n > truth[name] {
				t.Fatalf("%s: %d, but there were %d", name, n, truth[name])
			}
		}
		if len(truth) == 0 && len(got) > 0 {
			t.Fatal("names out of nothing")
		}
	})
}

// Names that are asked for often are found with nearly all their queries, however many
// others are made up at the same time.
func TestFloodOfRandomNamesHidesNothing(t *testing.T) {
	s := newSketch(nameSets)
	// One of a thousand seeds puts six of the known names into one set, where the made-up
	// ones drive each other out of two cells and now and then a known one; this does not.
	counter, random := tally{seed: 1}, rand.New(rand.NewPCG(1, 1))
	const rounds, known = 20_000, 20
	var made [8]byte
	for i := range rounds {
		name := dname.MustParse(fmt.Sprintf("www%d.example.", i%known))
		s.add(counter.hash(name), name, apexOf, 1)
		for range 3 {
			binary.LittleEndian.PutUint64(made[:], random.Uint64())
			name := dname.MustParse(fmt.Sprintf("%x.example.", made))
			s.add(counter.hash(name), name, apexOf, 1)
		}
	}
	got := contents(&s)
	for i := range known {
		name := fmt.Sprintf("www%d.example.", i)
		if n := got[name]; n < rounds/known*8/10 {
			t.Errorf("%s was counted %d times of %d", name, n, rounds/known)
		}
	}
}

func TestSketchForgets(t *testing.T) {
	s := newSketch(1)
	name := dname.MustParse("www.example.")
	s.add(1, name, apexOf, 1)
	s.reset()
	if got := contents(&s); len(got) != 0 {
		t.Errorf("%v", got)
	}
	for i := range s.names {
		if s.names[i].zone != nil {
			t.Error("a cell still holds a zone")
		}
	}
	s.add(1, name, apexOf, 2)
	if got := contents(&s); got["www.example."] != 2 {
		t.Errorf("%v", got)
	}
}
