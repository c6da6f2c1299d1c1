package resolver

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// infra remembers of servers how fast they are and in which zones they have no
// say. It is bounded and forgets.
type infra struct {
	clock func() time.Time
	mu    sync.Mutex
	known map[exchange.Server]*behaviour
	lame  map[lameKey]time.Time
}

// behaviour is the smoothed round-trip time of a server and how much it varies
// (RFC 6298, Section 2).
type behaviour struct {
	srtt, vary time.Duration
	silences   int    // since the last answer, one after another
	epoch      uint32 // counts answers and silences
	until      time.Time
}

// lameKey has the type too: there are servers that know a zone but fail at AAAA.
type lameKey struct {
	server exchange.Server
	zone   string
	t      rr.Type
}

const (
	infraSize    = 8192
	infraTime    = 15 * time.Minute
	unknownRTT   = 200 * time.Millisecond
	equalRTT     = 100 * time.Millisecond // servers this close to the fastest take turns
	leastTimeout = 100 * time.Millisecond
	mostSilences = 7
	deadSilences = 4 // after which a server is held for dead
	mostTimeout  = 3 * time.Second
)

func (i *infra) init(clock func() time.Time) {
	i.clock = clock
	i.known = make(map[exchange.Server]*behaviour)
	i.lame = make(map[lameKey]time.Time)
}

// answered takes in that s took so long.
func (i *infra) answered(s exchange.Server, took time.Duration) {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := i.of(s)
	b.silences = 0
	b.epoch++
	if b.srtt == 0 {
		b.srtt, b.vary = max(took, 1), took/2
		return
	}
	off := (b.srtt - took).Abs()
	b.vary += (off - b.vary) / 4
	b.srtt = max(b.srtt+(took-b.srtt)/8, 1)
}

// silent takes in that s did not answer what was sent at that epoch: it counts as
// twice as slow, and is given twice the time. Of messages that were under way at
// one time only one counts.
func (i *infra) silent(s exchange.Server, epoch uint32) {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := i.of(s)
	if b.epoch != epoch {
		return
	}
	b.epoch++
	b.silences = min(b.silences+1, mostSilences)
}

// of is what is known of s, made anew where that is old. The caller holds the lock.
func (i *infra) of(s exchange.Server) *behaviour {
	now := i.clock()
	b := i.known[s]
	if b == nil || now.After(b.until) {
		bound(i.known, infraSize)
		b = &behaviour{until: now.Add(infraTime)}
		i.known[s] = b
	}
	return b
}

// bound makes room for one more entry by dropping any.
func bound[K comparable, V any](m map[K]V, size int) {
	for k := range m {
		if len(m) < size {
			return
		}
		delete(m, k)
	}
}

func (i *infra) setLame(k lameKey) {
	i.mu.Lock()
	defer i.mu.Unlock()
	bound(i.lame, infraSize)
	i.lame[k] = i.clock().Add(infraTime)
}

func (i *infra) isLame(k lameKey) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	until, ok := i.lame[k]
	return ok && i.clock().Before(until)
}

// standing is what is known of a server.
type standing struct {
	estimate   time.Duration // of the round-trip time
	base, wait time.Duration // for an answer: without, and with what silences add
	silences   int
	epoch      uint32
	doubted    bool // nobody knows whether it answers
	dead       bool // it is held for dead
}

func (i *infra) standing(s exchange.Server) standing {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := i.known[s]
	if b == nil || i.clock().After(b.until) {
		b = new(behaviour)
	}
	at := standing{estimate: b.srtt, base: max(b.srtt+4*b.vary, leastTimeout), silences: b.silences, epoch: b.epoch}
	if b.srtt == 0 {
		at.estimate, at.base = unknownRTT, 2*unknownRTT
	}
	if b.silences > 0 {
		at.estimate = max(at.estimate, 3*unknownRTT) << (b.silences - 1)
	}
	at.base = min(at.base, mostTimeout)
	at.wait = min(at.base<<b.silences, mostTimeout)
	at.doubted, at.dead = b.srtt == 0 || b.silences > 1, b.silences >= deadSilences
	return at
}

// rtt is the estimate for s, and how long to wait for it.
func (i *infra) rtt(s exchange.Server) (estimate, timeout time.Duration) {
	at := i.standing(s)
	return at.estimate, at.wait
}

// order sorts list by estimate; those about as fast as the fastest are mixed,
// so that load spreads and newcomers are tried.
func (i *infra) order(list []exchange.Server) []exchange.Server {
	estimate := make(map[exchange.Server]time.Duration, len(list))
	least := time.Duration(1 << 62)
	for _, s := range list {
		estimate[s], _ = i.rtt(s)
		least = min(least, estimate[s])
	}
	out := slices.Clone(list)
	rand.Shuffle(len(out), func(a, b int) { out[a], out[b] = out[b], out[a] })
	slices.SortStableFunc(out, func(a, b exchange.Server) int {
		return int((estimate[a]-least)/equalRTT - (estimate[b]-least)/equalRTT)
	})
	return out
}
