package traffic

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/stats"
)

// Zone is a zone by its apex, lower-cased and with its final dot, and by whose it
// was at the time, so that who gets the name later does not get its past.
type Zone struct {
	Apex    string
	Account string
}

// Name is a name of a zone.
type Name struct {
	Name string
	Zone Zone
}

// Bucket is what was asked in a stretch of time. Those that a Recorder gives out
// do not change.
type Bucket struct {
	Start     time.Time
	All       stats.Counts
	Elsewhere stats.Counts // for names of others
	Other     stats.Counts // for zones of ours that are not told apart here
	Zones     map[Zone]*stats.Counts
	Names     map[Name]uint64 // asked for most
	Missing   map[Name]uint64 // those that do not exist
}

// Bounds of a Bucket: each list may grow to twice that, and then loses those with
// the lowest counts.
const (
	mostZones = 2000
	mostNames = 500
)

func newBucket(start time.Time) *Bucket {
	return &Bucket{Start: start, Zones: make(map[Zone]*stats.Counts), Names: make(map[Name]uint64), Missing: make(map[Name]uint64)}
}

// Sum is what was asked for the zones that keep keeps.
func (b *Bucket) Sum(keep func(Zone) bool) (c stats.Counts) {
	for z, n := range b.Zones {
		if keep(z) {
			c.Add(n)
		}
	}
	return c
}

// Ours is what was asked for names of ours.
func (b *Bucket) Ours() stats.Counts {
	c := b.All
	c.Sub(&b.Elsewhere)
	return c
}

func (b *Bucket) empty() bool { return b.All.Total() == 0 && len(b.Zones) == 0 }

// clone is b as it is now.
func (b *Bucket) clone() *Bucket {
	c := *b
	c.Zones = make(map[Zone]*stats.Counts, len(b.Zones))
	for z, n := range b.Zones {
		copied := *n
		c.Zones[z] = &copied
	}
	c.Names, c.Missing = maps.Clone(b.Names), maps.Clone(b.Missing)
	return &c
}

// addCounts takes in what was counted; zoneOf tells whose a zone is.
func (b *Bucket) addCounts(s *stats.Sum, zoneOf func(apex string) Zone) {
	b.All.Add(&s.All)
	b.Elsewhere.Add(&s.Elsewhere)
	b.Other.Add(&s.Beyond)
	for apex, n := range s.Zones {
		z := zoneOf(apex)
		have := b.Zones[z]
		if have == nil {
			have = new(stats.Counts)
			b.Zones[z] = have
		}
		have.Add(&n)
	}
	b.bound()
}

// addNames takes in the names.
func (b *Bucket) addNames(s *stats.Sum, zoneOf func(apex string) Zone) {
	addNames(b.Names, s.Names, zoneOf)
	addNames(b.Missing, s.Missing, zoneOf)
	b.bound()
}

func addNames(to map[Name]uint64, list []stats.Name, zoneOf func(string) Zone) {
	for _, n := range list {
		to[Name{dname.Name(n.Name).String(), zoneOf(n.Zone)}] += n.Count
	}
}

func (b *Bucket) bound() {
	if len(b.Zones) > 2*mostZones {
		b.trimZones(mostZones)
	}
	if len(b.Names) > 2*mostNames {
		trimNames(b.Names, mostNames)
	}
	if len(b.Missing) > 2*mostNames {
		trimNames(b.Missing, mostNames)
	}
}

// trimZones leaves the most zones with the highest counts; the others go to Other.
func (b *Bucket) trimZones(most int) {
	if len(b.Zones) <= most {
		return
	}
	order := make([]ranked[Zone], 0, len(b.Zones))
	for z, n := range b.Zones {
		order = append(order, ranked[Zone]{z, n.Total(), z.Apex})
	}
	for _, r := range behind(order, most) {
		b.Other.Add(b.Zones[r.key])
		delete(b.Zones, r.key)
	}
}

func trimNames(m map[Name]uint64, most int) {
	if len(m) <= most {
		return
	}
	order := make([]ranked[Name], 0, len(m))
	for n, count := range m {
		order = append(order, ranked[Name]{n, count, n.Name})
	}
	for _, r := range behind(order, most) {
		delete(m, r.key)
	}
}

// ranked is a key of a list with what it is ranked by.
type ranked[K any] struct {
	key   K
	count uint64
	name  string
}

// behind is those that come behind the first most: the highest counts come first,
// and of equal ones the first names.
func behind[K any](order []ranked[K], most int) []ranked[K] {
	slices.SortFunc(order, func(a, b ranked[K]) int {
		return cmp.Or(cmp.Compare(b.count, a.count), strings.Compare(a.name, b.name))
	})
	return order[most:]
}
