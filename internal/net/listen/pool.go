package listen

import "sync"

// inputSize is what a TCP connection reads at once, in octets; a longer
// message makes its buffer grow as it arrives.
const inputSize = 4 << 10

// responders lends Responders to TCP connections. It makes one only when all
// are lent out, so there are never more than connections, and it keeps those
// it made: they may hold counters.
type responders struct {
	make func() Responder
	mu   sync.Mutex
	free []Responder
}

func (p *responders) get() Responder {
	p.mu.Lock()
	n := len(p.free)
	if n == 0 {
		p.mu.Unlock()
		return p.make()
	}
	r := p.free[n-1]
	p.free = p.free[:n-1]
	p.mu.Unlock()
	return r
}

func (p *responders) put(r Responder) {
	p.mu.Lock()
	p.free = append(p.free, r)
	p.mu.Unlock()
}

// inputs and outputs lend the octets a busy connection works in. An idle
// connection holds none.
var (
	inputs  = sync.Pool{New: func() any { return newBuffer() }}
	outputs = sync.Pool{New: func() any { return newBuffer() }}
)

func newBuffer() *[]byte {
	b := make([]byte, 0, inputSize)
	return &b
}

// giveBack returns b to its pool unless it grew past limit octets.
func giveBack(pool *sync.Pool, b *[]byte, limit int) {
	if cap(*b) <= limit {
		pool.Put(b)
	}
}
