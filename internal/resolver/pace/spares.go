package pace

import (
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// Spares are servers to be asked where all that ought to know have failed: those
// that a zone itself says it has, and the addresses that came as glue, which
// those that are the name's own may have replaced. It is bounded and forgets.
type Spares struct {
	clock func() time.Time
	mu    sync.Mutex
	known map[string]spare // by apex or by name of a server, in lower case
}

// Spare is what there is of an apex, or of the name of a server.
type Spare struct {
	Names   []dname.Name      // of servers of the apex
	Servers []exchange.Server // addresses of the name
}

type spare struct {
	Spare
	until time.Time
}

// mostSpares is how many names are remembered.
const mostSpares = 2048

// NewSpares has none yet.
func NewSpares(clock func() time.Time) *Spares {
	return &Spares{clock: clock, known: make(map[string]spare)}
}

// Put keeps p for ttl seconds, beside what of the other kind there is.
func (s *Spares) Put(name dname.Name, p Spare, ttl uint32) {
	next := spare{p, s.clock().Add(time.Duration(ttl) * time.Second)}
	key := string(name.Lower())
	s.mu.Lock()
	defer s.mu.Unlock()
	if old, ok := s.known[key]; !ok {
		bound(s.known, mostSpares)
	} else if p.Names == nil {
		next.Names = old.Names
	} else {
		next.Servers = old.Servers
	}
	s.known[key] = next
}

// Find is what is kept of name; the zero Spare where that is nothing.
func (s *Spares) Find(name dname.Name) Spare {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.known[string(name.Lower())]; ok && s.clock().Before(p.until) {
		return p.Spare
	}
	return Spare{}
}
