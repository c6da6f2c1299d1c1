// Package stats counts what happens on the hot path, per worker and without
// allocation, and sums it up when somebody asks.
package stats

import (
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Types with a counter of their own; all others share one.
var counted = [...]rr.Type{
	rr.TypeA, rr.TypeAAAA, rr.TypeCNAME, rr.TypeNS, rr.TypeSOA, rr.TypeMX, rr.TypeTXT, rr.TypePTR, rr.TypeSRV,
	rr.TypeSVCB, rr.TypeHTTPS, rr.TypeDS, rr.TypeDNSKEY, rr.TypeCAA, rr.TypeDNAME, rr.TypeNAPTR, rr.TypeANY,
	rr.TypeAXFR, rr.TypeIXFR, rr.TypeALIAS,
}

const (
	otherType = len(counted)
	types     = len(counted) + 1
	rcodes    = 24 // BADCOOKIE is the highest we send
)

// slotOf finds a type's counter with one load for all types below 256.
var slotOf = func() (t [256]uint8) {
	for i := range t {
		t[i] = uint8(otherType)
	}
	for i, typ := range counted {
		if typ < 256 {
			t[typ] = uint8(i)
		}
	}
	return t
}()

// The slots of the types from 256 on.
var (
	caaSlot   = slices.Index(counted[:], rr.TypeCAA)
	aliasSlot = slices.Index(counted[:], rr.TypeALIAS)
)

func slot(t rr.Type) int {
	switch {
	case t < 256:
		return int(slotOf[t])
	case t == rr.TypeCAA:
		return caaSlot
	case t == rr.TypeALIAS:
		return aliasSlot
	}
	return otherType
}

// Drop is why a message got no response, or not its own.
type Drop uint8

// The reasons.
const (
	NotAQuery   Drop = iota // too short for a header, or itself a response
	RateLimited             // over the response rate
	drops
)

var dropNames = [drops]string{"not_a_query", "rate_limited"}

// latencyBuckets are powers of two of microseconds: up to 1, 2, 4 … 2^(n-2), beyond.
const latencyBuckets = 18

// Worker counts for one goroutine; others may read meanwhile.
type Worker struct {
	queries [2][types][rcodes]atomic.Uint64 // by transport
	dropped [drops]atomic.Uint64
	latency [latencyBuckets]atomic.Uint64
	took    atomic.Uint64 // nanoseconds, all messages together
	_       [64]byte      // keeps the next worker's counters off this one's cache line
}

// Query counts one response.
func (w *Worker) Query(t rr.Type, r code.Rcode, tcp bool) {
	via := 0
	if tcp {
		via = 1
	}
	w.queries[via][slot(t)][min(int(r), rcodes-1)].Add(1)
}

// Dropped counts a message that got no response of its own.
func (w *Worker) Dropped(d Drop) { w.dropped[d].Add(1) }

// Done counts n responses that left took after their queries came.
func (w *Worker) Done(n int, took time.Duration) {
	if n == 0 {
		return
	}
	w.latency[min(bits.Len64(uint64(max(took-1, 0)/time.Microsecond)), latencyBuckets-1)].Add(uint64(n))
	w.took.Add(uint64(n) * uint64(max(took, 0)))
}

// Queries is the counters of all workers.
type Queries struct {
	mu      sync.Mutex
	workers []*Worker
}

// Worker adds a worker.
func (q *Queries) Worker() *Worker {
	w := new(Worker)
	q.mu.Lock()
	defer q.mu.Unlock()
	q.workers = append(q.workers, w)
	return w
}

// all is the workers so far.
func (q *Queries) all() []*Worker {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.workers
}
