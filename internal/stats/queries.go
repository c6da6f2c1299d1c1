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
	"github.com/truename-dns/truename/internal/dns/dname"
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

// Worker counts for one goroutine; others may read meanwhile. One that no Queries
// made counts no zones.
type Worker struct {
	queries [2][types][rcodes]atomic.Uint64 // by transport
	dropped [drops]atomic.Uint64
	latency [latencyBuckets]atomic.Uint64
	took    atomic.Uint64 // nanoseconds, all messages together
	_       [64]byte      // keeps what only the worker writes off the lines of what others read

	tallies *tallies
	tally   *tally // lent from its place, from the first query of a batch to Done
	place   int
	_       [64]byte // keeps the next worker's counters off this one's cache line
}

// Query counts one response.
func (w *Worker) Query(t rr.Type, r code.Rcode, tcp bool) {
	via := 0
	if tcp {
		via = 1
	}
	w.queries[via][slot(t)][min(int(r), rcodes-1)].Add(1)
}

// Zone counts the same response for the zone of that apex, which is lower-cased
// and never written to; nil for none of ours. It reports whether Name is to be
// called for it. Others see it after Done.
func (w *Worker) Zone(apex dname.Name, t rr.Type, r code.Rcode) (look bool) {
	if w.tally == nil && !w.lend() {
		return false
	}
	return w.tally.count(apex, t, r)
}

// Name counts the name of the response that Zone was just told of; missing is
// that it does not exist.
func (w *Worker) Name(apex, name dname.Name, missing bool) { w.tally.name(apex, name, missing) }

// Dropped counts a message that got no response of its own.
func (w *Worker) Dropped(d Drop) { w.dropped[d].Add(1) }

// Done counts n responses that left took after their queries came.
func (w *Worker) Done(n int, took time.Duration) {
	if w.tally != nil {
		w.giveBack()
	}
	if n == 0 {
		return
	}
	w.latency[min(bits.Len64(uint64(max(took-1, 0)/time.Microsecond)), latencyBuckets-1)].Add(uint64(n))
	w.took.Add(uint64(n) * uint64(max(took, 0)))
}

// Queries is the counters of all workers.
type Queries struct {
	// Totals has zones and names not counted; it is set before the first Worker.
	Totals  bool
	mu      sync.Mutex
	workers []*Worker
	tallies tallies
}

// Worker adds a worker.
func (q *Queries) Worker() *Worker {
	w := new(Worker)
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.Totals {
		w.tallies, w.place = &q.tallies, q.tallies.join(len(q.workers))
	}
	q.workers = append(q.workers, w)
	return w
}

// all is the workers so far.
func (q *Queries) all() []*Worker {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.workers
}

// counts is all responses so far.
func (q *Queries) counts() (c Counts) {
	for _, w := range q.all() {
		for via := range w.queries {
			for t := range types {
				for r := range rcodes {
					n := w.queries[via][t][r].Load()
					c.types[t] += n
					c.rcodes[r] += n
				}
			}
		}
	}
	return c
}
