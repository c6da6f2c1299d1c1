package doctor

import (
	"fmt"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/access"
)

// Busy is the error of a request that is not looked into: its caller asks too
// much, or all do.
type Busy struct {
	RetryAfter time.Duration
	Why        string
}

func (b *Busy) Error() string {
	return fmt.Sprintf("%s; try again in %s", b.Why, access.RetryText(b.RetryAfter))
}

// Points that requests cost, by how many packets they make the server send.
const (
	explainCost     = 1
	traceCost       = 4
	propagationCost = 4
	diagnoseCost    = 12
)

// gate bounds requests: how many points a caller has, and how many requests are
// looked into at one time.
type gate struct {
	limiter  *access.Limiter
	most     int
	perToken int

	mu   sync.Mutex
	open int
	by   map[string]int
}

func (g *gate) init(l *access.Limiter, most, perToken int) {
	g.limiter, g.most, g.perToken = l, most, perToken
	g.by = make(map[string]int)
}

// enter lets a request of that cost in, until leave is called, or fails with a *Busy.
func (g *gate) enter(token string, cost int) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case g.by[token] >= g.perToken:
		return nil, &Busy{time.Second, fmt.Sprintf("this token has %d names examined already", g.perToken)}
	case g.open >= g.most:
		return nil, &Busy{2 * time.Second, "this server examines as many names as it may at one time"}
	}
	if ok, wait := g.limiter.Allow(token, cost); !ok {
		return nil, &Busy{wait, "this token has had too many names examined"}
	}
	g.open++
	g.by[token]++
	return func() { g.leave(token) }, nil
}

func (g *gate) leave(token string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.open--
	if g.by[token]--; g.by[token] == 0 {
		delete(g.by, token)
	}
}
