package resolver

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver/pace"
)

// flights makes equal questions one search: whoever asks what is being asked
// waits for the same result. The zero flights is not usable; call init.
type flights struct {
	ctx     context.Context
	cancel  context.CancelFunc
	limit   int
	count   int
	refused uint64 // for being too many
	wg      sync.WaitGroup
	mu      sync.Mutex
	open    map[flightKey]*flight
}

type flightKey struct {
	name string // in lower case
	t    rr.Type
}

// flight is a search that asks anew for what ends within some seconds; result is
// set when done is closed.
type flight struct {
	within uint32
	waits  atomic.Pointer[try] // the newest; nil before the first
	done   chan struct{}
	result *Result
}

func (f *flights) init(limit int) {
	f.ctx, f.cancel = context.WithCancel(context.Background())
	f.limit = limit
	f.open = make(map[flightKey]*flight)
}

func (f *flights) close() {
	f.mu.Lock()
	f.limit = 0
	f.mu.Unlock()
	f.cancel()
	f.wg.Wait()
}

// join is the flight that answers d: the one under way, where that asks anew for
// as much, or a new one, or nil where there are too many.
func (f *flights) join(d due, search func(context.Context, *flight) *Result) *flight {
	key := flightKey{string(d.Name.Lower()), d.Type}
	f.mu.Lock()
	defer f.mu.Unlock()
	if one := f.open[key]; one != nil && one.within >= d.within {
		return one
	}
	if f.count >= pace.Share(f.limit, d.within > 0) {
		f.refused++
		return nil
	}
	one := &flight{within: d.within, done: make(chan struct{}), result: failed(code.Other, "the search broke off")}
	f.open[key] = one
	f.count++
	f.wg.Go(func() {
		defer f.land(key, one)
		one.result = search(f.ctx, one)
	})
	return one
}

func (f *flights) land(key flightKey, one *flight) {
	f.mu.Lock()
	if f.count--; f.open[key] == one {
		delete(f.open, key)
	}
	f.mu.Unlock()
	close(one.done)
}
