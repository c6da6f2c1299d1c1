package exchange

import (
	"context"
	"net"
	"slices"
	"sync"
	"time"
)

// limiter holds as many tokens as sockets may be open.
type limiter chan struct{}

func (l limiter) acquire(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	default:
	}
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errBusy
	}
}

func (l limiter) release() { <-l }

// pool keeps streams for the next question to the same server, one question at
// a time on each.
type pool struct {
	total, per int
	idleTime   time.Duration

	mu     sync.Mutex
	closed bool
	count  int
	idle   map[Server][]*idleConn
}

type idleConn struct {
	net.Conn
	timer *time.Timer
}

func (p *pool) init(o Options) {
	p.total, p.per, p.idleTime = o.Idle, o.IdlePer, o.IdleTime
	p.idle = make(map[Server][]*idleConn)
}

// take is the stream kept last for s, or nil.
func (p *pool) take(s Server) net.Conn {
	p.mu.Lock()
	defer p.mu.Unlock()
	list := p.idle[s]
	if len(list) == 0 {
		return nil
	}
	last := list[len(list)-1]
	last.timer.Stop()
	p.drop(s, len(list)-1)
	return last.Conn
}

// drop takes number i out of the list of s.
func (p *pool) drop(s Server, i int) {
	list := slices.Delete(p.idle[s], i, i+1)
	if p.count--; len(list) == 0 {
		delete(p.idle, s)
		return
	}
	p.idle[s] = list
}

// put keeps conn for a while, or closes it where enough are kept.
func (p *pool) put(s Server, conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || p.count >= p.total || len(p.idle[s]) >= p.per {
		conn.Close()
		return
	}
	kept := &idleConn{Conn: conn}
	kept.timer = time.AfterFunc(p.idleTime, func() { p.expire(s, kept) })
	p.idle[s] = append(p.idle[s], kept)
	p.count++
}

func (p *pool) expire(s Server, kept *idleConn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.idle[s], kept); i >= 0 {
		p.drop(s, i)
		kept.Close()
	}
}

func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed = true
	for _, list := range p.idle {
		for _, kept := range list {
			kept.timer.Stop()
			kept.Close()
		}
	}
	clear(p.idle)
	p.count = 0
}

const (
	memorySize = 4096
	memoryTime = 15 * time.Minute
)

// memory is a bounded set of servers, each forgotten after a while. The zero
// memory is empty.
type memory struct {
	mu    sync.Mutex
	until map[Server]time.Time
}

func (m *memory) has(s Server) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	until, ok := m.until[s]
	if ok && time.Now().After(until) {
		delete(m.until, s)
		return false
	}
	return ok
}

// remove forgets s, and reports whether it was there.
func (m *memory) remove(s Server) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	until, ok := m.until[s]
	delete(m.until, s)
	return ok && time.Now().Before(until)
}

func (m *memory) add(s Server) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.until == nil {
		m.until = make(map[Server]time.Time)
	}
	for old := range m.until {
		if len(m.until) < memorySize {
			break
		}
		delete(m.until, old) // any: what is lost is learnt again by one question
	}
	m.until[s] = time.Now().Add(memoryTime)
}
