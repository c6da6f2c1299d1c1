package pace

import (
	"sync"
)

// Zones bounds the searches that ask servers of one zone.
type Zones struct {
	limit   int
	mu      sync.Mutex
	open    map[string]int // by apex, in lower case
	refused uint64
}

// NewZones lets so many ask the servers of a zone at one time.
func NewZones(limit int) *Zones { return &Zones{limit: limit, open: make(map[string]int)} }

// Enter counts one search in, or reports false where there are too many. first is
// as with a Gate.
func (z *Zones) Enter(apex string, first bool) bool {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.open[apex] >= Share(z.limit, first) {
		z.refused++
		return false
	}
	z.open[apex]++
	return true
}

// Leave counts it out.
func (z *Zones) Leave(apex string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	if z.open[apex]--; z.open[apex] == 0 {
		delete(z.open, apex)
	}
}

// Count is in how many zones servers are being asked, and how many searches were
// turned away so far.
func (z *Zones) Count() (open int, refused uint64) {
	z.mu.Lock()
	defer z.mu.Unlock()
	return len(z.open), z.refused
}
