// Package pace says who is asked first, how long for, and how much at one time: it
// remembers how servers behave, bounds the messages to them and the searches that
// lead there, and knows whom to ask as a last resort. It sends nothing itself.
package pace

import (
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// Servers remembers of servers how fast they are and in which zones they have no
// say. It is bounded and forgets.
type Servers struct {
	clock func() time.Time
	mu    sync.Mutex
	known map[exchange.Server]*behaviour
	lame  map[Lame]time.Time
}

// behaviour is the smoothed round-trip time of a server and how much it varies
// (RFC 6298, Section 2).
type behaviour struct {
	srtt, vary time.Duration
	silences   int    // since the last answer, one after another
	epoch      uint32 // counts answers and silences
	until      time.Time
}

// Lame is a server without a say in a zone. It is so for a type: there are servers
// that know a zone but fail at AAAA.
type Lame struct {
	Server exchange.Server
	Zone   string // in lower case
	Type   rr.Type
}

// MostTimeout is for how long an answer is waited for at most.
const MostTimeout = 3 * time.Second

const (
	mostServers  = 8192
	memoryTime   = 15 * time.Minute
	unknownRTT   = 200 * time.Millisecond
	equalRTT     = 100 * time.Millisecond // servers this close to the fastest take turns
	leastTimeout = 100 * time.Millisecond
	mostSilences = 7
	deadSilences = 4 // after which a server is held for dead
)

// NewServers knows nothing yet.
func NewServers(clock func() time.Time) *Servers {
	return &Servers{clock: clock, known: make(map[exchange.Server]*behaviour), lame: make(map[Lame]time.Time)}
}

// Answered takes in that s took so long.
func (i *Servers) Answered(s exchange.Server, took time.Duration) {
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

// Silent takes in that s did not answer what was sent at that epoch: it counts as
// twice as slow, and is given twice the time. Of messages that were under way at
// one time only one counts.
func (i *Servers) Silent(s exchange.Server, epoch uint32) {
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
func (i *Servers) of(s exchange.Server) *behaviour {
	now := i.clock()
	b := i.known[s]
	if b == nil || now.After(b.until) {
		bound(i.known, mostServers)
		b = &behaviour{until: now.Add(memoryTime)}
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

// SetLame takes in that the server of l has no say.
func (i *Servers) SetLame(l Lame) {
	i.mu.Lock()
	defer i.mu.Unlock()
	bound(i.lame, mostServers)
	i.lame[l] = i.clock().Add(memoryTime)
}

// IsLame reports whether that was seen not long ago.
func (i *Servers) IsLame(l Lame) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	until, ok := i.lame[l]
	return ok && i.clock().Before(until)
}

// Standing is what is known of a server.
type Standing struct {
	Estimate   time.Duration // of the round-trip time
	Base, Wait time.Duration // for an answer: without, and with what silences add
	Silences   int
	Epoch      uint32
	Doubted    bool // nobody knows whether it answers
	Dead       bool // it is held for dead
}

// Standing is that of s.
func (i *Servers) Standing(s exchange.Server) Standing {
	i.mu.Lock()
	defer i.mu.Unlock()
	b := i.known[s]
	if b == nil || i.clock().After(b.until) {
		b = new(behaviour)
	}
	at := Standing{Estimate: b.srtt, Base: max(b.srtt+4*b.vary, leastTimeout), Silences: b.silences, Epoch: b.epoch}
	if b.srtt == 0 {
		at.Estimate, at.Base = unknownRTT, 2*unknownRTT
	}
	if b.silences > 0 {
		at.Estimate = max(at.Estimate, 3*unknownRTT) << (b.silences - 1)
	}
	at.Base = min(at.Base, MostTimeout)
	at.Wait = min(at.Base<<b.silences, MostTimeout)
	at.Doubted, at.Dead = b.srtt == 0 || b.silences > 1, b.silences >= deadSilences
	return at
}

// Order sorts list by estimate; those about as fast as the fastest are mixed,
// so that load spreads and newcomers are tried.
func (i *Servers) Order(list []exchange.Server) []exchange.Server {
	estimate := make(map[exchange.Server]time.Duration, len(list))
	least := time.Duration(1 << 62)
	for _, s := range list {
		estimate[s] = i.Standing(s).Estimate
		least = min(least, estimate[s])
	}
	out := slices.Clone(list)
	rand.Shuffle(len(out), func(a, b int) { out[a], out[b] = out[b], out[a] })
	slices.SortStableFunc(out, func(a, b exchange.Server) int {
		return int((estimate[a]-least)/equalRTT - (estimate[b]-least)/equalRTT)
	})
	return out
}

// Count is of how many servers something is known, and how many of them are held
// for dead.
func (i *Servers) Count() (known, dead int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, b := range i.known {
		if b.silences >= deadSilences {
			dead++
		}
	}
	return len(i.known), dead
}
