package servers

import (
	"sync"
	"time"
)

// Memory remembers delegations for a short time, so that whoever watches a change
// does not have them looked for again each time. It is bounded.
type Memory struct {
	clock func() time.Time
	mu    sync.Mutex
	known map[string]remembered
}

type remembered struct {
	*Delegation
	until time.Time
}

const (
	memoryTime = 30 * time.Second
	memorySize = 1024
)

// NewMemory makes an empty Memory.
func NewMemory(clock func() time.Time) *Memory {
	return &Memory{clock: clock, known: make(map[string]remembered)}
}

// Find is what was kept under key not long ago, or nil.
func (m *Memory) Find(key string) *Delegation {
	m.mu.Lock()
	defer m.mu.Unlock()
	if d, ok := m.known[key]; ok && m.clock().Before(d.until) {
		return d.Delegation
	}
	return nil
}

// Keep remembers d, which is not to be changed any more.
func (m *Memory) Keep(key string, d *Delegation) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for old := range m.known {
		if len(m.known) < memorySize {
			break
		}
		delete(m.known, old)
	}
	m.known[key] = remembered{d, m.clock().Add(memoryTime)}
}
