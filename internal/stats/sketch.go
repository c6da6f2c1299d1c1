package stats

import (
	"bytes"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// sketch keeps the names that are counted most, in a bounded place: Space-Saving
// (Metwally, Agrawal and El Abbadi, 2005) in sets of a few cells each, so that a
// name is looked for in one line of the cache. A name that finds its set full
// takes the cell with the least count, and takes that count over as its error.
type sketch struct {
	sets  []cells
	names []named // those of set i begin at i*ways
	used  bool
}

const ways = 8

// cells is a set; a count of 0 means that the cell is free.
type cells struct {
	hash, count, err [ways]uint32
}

// named is the name of a cell, lower-cased.
type named struct {
	zone dname.Name
	size uint8
	name [dname.MaxLen]byte
}

// newSketch is a sketch of so many sets, a power of two.
func newSketch(sets int) sketch {
	return sketch{sets: make([]cells, sets), names: make([]named, sets*ways)}
}

// add counts weight for name, which is lower-cased and has that hash, in the zone
// of that apex.
func (s *sketch) add(hash uint64, name, zone dname.Name, weight uint32) {
	s.used = true
	at := int(hash>>32) & (len(s.sets) - 1)
	set, short := &s.sets[at], uint32(hash)
	least := 0
	for i := range ways {
		n := &s.names[at*ways+i]
		if set.hash[i] == short && set.count[i] > 0 && bytes.Equal(n.name[:n.size], name) {
			set.count[i] += weight
			return
		}
		if set.count[i] < set.count[least] {
			least = i
		}
	}
	set.hash[least], set.err[least] = short, set.count[least]
	set.count[least] += weight
	n := &s.names[at*ways+least]
	n.zone, n.size = zone, uint8(copy(n.name[:], name))
}

// all yields the names with what each was counted at least.
func (s *sketch) all(yield func(n *named, count uint32)) {
	if !s.used {
		return
	}
	for at := range s.sets {
		set := &s.sets[at]
		for i, count := range set.count {
			if count > 0 {
				yield(&s.names[at*ways+i], count-set.err[i])
			}
		}
	}
}

func (s *sketch) reset() {
	if !s.used {
		return
	}
	s.used = false
	clear(s.sets)
	for i := range s.names {
		s.names[i].zone = nil // lest it keep a zone that is gone
	}
}
