package stats

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"math/rand/v2"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Bounds of a tally. It is taken once a second, so they are bounds for a second.
const (
	maxZones    = 4096 // that are told apart
	nameSets    = 32
	missingSets = 16
	exactZones  = 4096 // so many times a zone is looked up, then for one query of stride
	exactNames  = 1024 // so many names are all looked at, then one of stride
	stride      = 16
)

// The first two zones of a tally.
const (
	elsewhere = iota // what is in no zone of ours
	beyond           // the zones for which there was no room
	reserved
)

// tally counts by zone and name for the one goroutine that has it at the time:
// its fields are written plainly.
type tally struct {
	seed    uint64
	last    *byte  // where the apex at hand begins, to know it again
	at      uint16 // its zone
	random  uint64
	lookups sampling // of zones
	looks   sampling // at names
	zones   []zoneCount
	index   [2 * maxZones]uint16 // of zones, 0 for none, by the hash of the apex
	names   sketch
	missing sketch // names that do not exist
	lower   [dname.MaxLen]byte
}

// zoneCount is what was counted for a zone.
type zoneCount struct {
	apex   dname.Name
	types  [types]uint32
	rcodes [rcodes]uint32
}

func newTally() *tally {
	t := &tally{
		seed: rand.Uint64(), random: rand.Uint64() | 1,
		zones: make([]zoneCount, reserved, maxZones),
		names: newSketch(nameSets), missing: newSketch(missingSets),
	}
	t.reset()
	return t
}

// reset forgets what was counted.
func (t *tally) reset() {
	t.last, t.at = nil, elsewhere
	t.lookups, t.looks = sampling{1, exactZones, 1}, sampling{1, exactNames, 1}
	if len(t.zones) > reserved {
		clear(t.index[:])
	}
	clear(t.zones)
	t.zones = t.zones[:reserved]
	t.names.reset()
	t.missing.reset()
}

// count counts a response for the zone of that apex, nil for none, and reports
// whether its name is to be looked at.
func (t *tally) count(apex dname.Name, rt rr.Type, r code.Rcode) (look bool) {
	if len(apex) == 0 {
		t.zones[elsewhere].count(rt, r, 1)
		return false
	}
	if &apex[0] == t.last {
		t.zones[t.at].count(rt, r, 1)
	} else if t.lookups.turn() {
		t.last, t.at = &apex[0], t.find(apex)
		t.zones[t.at].count(rt, r, t.lookups.weight)
		t.lookups.next(&t.random)
	}
	return t.looks.turn()
}

func (z *zoneCount) count(rt rr.Type, r code.Rcode, n uint32) {
	z.types[slot(rt)] += n
	z.rcodes[rcodeSlot(r)] += n
}

// sampling looks at all of the first, and then at one of stride by chance, lest
// queries that come in turns be seen always the same way. What it looks at stands
// for as many as its weight.
type sampling struct {
	wait   int32 // until the next
	exact  int32 // how many more are all looked at
	weight uint32
}

// turn reports whether to look now; next is called then.
func (s *sampling) turn() bool {
	s.wait--
	return s.wait <= 0
}

// next settles when the next turn is.
func (s *sampling) next(random *uint64) {
	if s.exact > 1 {
		s.exact--
		s.wait = 1
		return
	}
	x := *random // xorshift64 (Marsaglia, 2003)
	x ^= x << 13
	x ^= x >> 7
	x ^= x << 17
	*random = x
	s.wait, s.weight = int32(x>>32*(2*stride-1)>>32)+1, stride
}

// find is the zone of that apex, which is lower-cased.
func (t *tally) find(apex dname.Name) uint16 {
	const mask = uint64(len(t.index) - 1)
	for at := t.hash(apex) & mask; ; at = (at + 1) & mask {
		i := t.index[at]
		switch {
		case i == 0 && len(t.zones) == maxZones:
			return beyond
		case i == 0:
			i = uint16(len(t.zones))
			t.zones = append(t.zones, zoneCount{apex: apex})
			t.index[at] = i
			return i
		case bytes.Equal(t.zones[i].apex, apex):
			return i
		}
	}
}

// name counts the name that count wanted looked at.
func (t *tally) name(apex, name dname.Name, missing bool) {
	lower := dname.Name(name.AppendLower(t.lower[:0]))
	of := &t.names
	if missing {
		of = &t.missing
	}
	of.add(t.hash(lower), lower, apex, t.looks.weight)
	t.looks.next(&t.random)
}

// hash hashes what strangers choose, so nobody shall know beforehand what falls together.
func (t *tally) hash(name dname.Name) uint64 {
	h := t.seed ^ uint64(len(name))
	for ; len(name) >= 8; name = name[8:] {
		h = fold(h ^ binary.LittleEndian.Uint64(name))
	}
	for _, c := range name {
		h = bits.RotateLeft64(h, 8) ^ uint64(c)
	}
	return fold(h)
}

func fold(h uint64) uint64 {
	hi, lo := bits.Mul64(h^0x9e3779b97f4a7c15, 0xe7037ed1a0b428db)
	return hi ^ lo
}
