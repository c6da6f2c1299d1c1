package held

import (
	"slices"
	"sync"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
)

// Registry is the zones that have been written for good, and those from files.
type Registry struct {
	mu     sync.RWMutex
	byID   map[change.ZoneID]*Zone
	byApex map[string]*Zone
	order  []*Zone        // by apex; nil when it has to be made anew
	under  map[string]int // how many zones lie below a name
}

// NewRegistry is one without zones.
func NewRegistry() *Registry {
	return &Registry{byID: make(map[change.ZoneID]*Zone), byApex: make(map[string]*Zone), under: make(map[string]int)}
}

// ByID is the zone of that id; nil where there is none.
func (r *Registry) ByID(id change.ZoneID) *Zone {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.byID[id]
}

// ByApex is the zone of that apex, which is in lower case; nil where there is none.
func (r *Registry) ByApex(apex dname.Name) *Zone {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.byApex[string(apex)]
}

// Find is the zone of that id or, where that is zero, of that apex.
func (r *Registry) Find(id change.ZoneID, apex dname.Name) *Zone {
	if id != (change.ZoneID{}) {
		return r.ByID(id)
	}
	return r.ByApex(apex)
}

// Move is what becomes of one zone; nil says that there is none.
type Move struct{ Before, After *Zone }

// Put makes all moves at once.
func (r *Registry) Put(moves ...Move) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, m := range moves {
		r.put(m.Before, m.After)
	}
}

func (r *Registry) put(before, after *Zone) {
	if before != nil {
		delete(r.byID, before.ID)
		delete(r.byApex, string(before.Apex))
		r.count(before.Apex, -1)
	}
	if after != nil {
		r.byID[after.ID] = after
		r.byApex[string(after.Apex)] = after
		r.count(after.Apex, 1)
	}
	switch {
	case before == nil || after == nil:
		r.order = nil
	case r.order != nil:
		if i, ok := slices.BinarySearchFunc(r.order, after.Apex, compareApex); ok {
			r.order[i] = after
		}
	}
}

func compareApex(z *Zone, apex dname.Name) int { return z.Apex.Compare(apex) }

// All is the zones by apex, as they are now.
func (r *Registry) All() []*Zone {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.order == nil {
		r.order = make([]*Zone, 0, len(r.byID))
		for _, z := range r.byID {
			r.order = append(r.order, z)
		}
		slices.SortFunc(r.order, func(a, b *Zone) int { return a.Apex.Compare(b.Apex) })
	}
	return slices.Clone(r.order)
}

// count notes by how many the zones below each name above apex become more.
func (r *Registry) count(apex dname.Name, by int) {
	for !apex.IsRoot() {
		apex = apex.Parent()
		if r.under[string(apex)] += by; r.under[string(apex)] == 0 {
			delete(r.under, string(apex))
		}
	}
}

// Below is a zone of another account below apex; nil where there is none. How
// many there are is counted, so that it is looked for only where there are some.
func (r *Registry) Below(apex dname.Name, account string) *Zone {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.under[string(apex)] == 0 {
		return nil
	}
	for _, z := range r.byID {
		if z.Account != account && z.Apex.IsBelow(apex) {
			return z
		}
	}
	return nil
}
