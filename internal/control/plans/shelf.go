package plans

import (
	"slices"
	"sync"
	"time"
)

const (
	planLife = 24 * time.Hour
	maxPlans = 1000
	// What all plans that are kept may hold together: RRsets and names.
	maxPlanned = 1_000_000
)

// Shelf is the plans that may still be applied, oldest first.
type Shelf struct {
	mu   sync.Mutex
	list []*Plan
}

// Add keeps p; the oldest that are too many go.
func (s *Shelf) Add(p *Plan) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = slices.DeleteFunc(s.list, func(old *Plan) bool { return old.Expires.Before(p.Created) })
	s.list = append(s.list, p)
	held := 0
	for i := len(s.list) - 1; i >= 0; i-- {
		if held += s.list[i].size(); i < len(s.list)-1 && (held > maxPlanned || len(s.list)-i > maxPlans) {
			s.list = slices.Delete(s.list, 0, i+1)
			return
		}
	}
}

// size is how many RRsets and names plan holds.
func (plan *Plan) size() int {
	n := len(plan.Affected) + len(plan.Fixed) + len(plan.Findings)
	for i := range plan.Zones {
		n += len(plan.Zones[i].Sets)
	}
	return n
}

// Find is the plan of that id; nil where there is none.
func (s *Shelf) Find(id string) *Plan {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.IndexFunc(s.list, func(p *Plan) bool { return p.ID == id }); i >= 0 {
		return s.list[i]
	}
	return nil
}
