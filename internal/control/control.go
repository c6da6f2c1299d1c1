// Package control is a change's way, and the only writer: it turns what
// somebody wants into a Change, judges the final state by the rules, appends
// it to the log, and publishes the zones it makes. What it says about zones,
// records and history is what has been written for good.
package control

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/control/checks"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/past"
	"github.com/truename-dns/truename/internal/control/plans"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// Served is where zones are published.
type Served interface {
	Zones() *zone.Set
	Publish(*zone.Set)
}

// Config is what a Control needs to know of its server.
type Config struct {
	NameServers []dname.Name // of new zones; nil for DefaultNameServers
	MaxChain    int          // links of an alias chain that are followed; 0 for 16
	Log         *slog.Logger
	Now         func() time.Time // nil for time.Now
}

// DefaultTTL is given to RRsets of which nobody said another, in seconds.
const DefaultTTL = 3600

// Range picks RRsets of a zone; see the store.
type Range = store.Range

// Place is where a search goes on; see the store.
type Place = store.Place

// DefaultNameServers are names that are sure not to exist (RFC 2606, Section
// 2): zones made while the server knows no name of its own show them.
var DefaultNameServers = []dname.Name{dname.MustParse("ns1.truename.invalid."), dname.MustParse("ns2.truename.invalid.")}

// Control is the writer of one server.
type Control struct {
	config Config
	store  store.Store
	served Served
	graph  *graph.Graph
	plans  plans.Shelf

	// committed is what has been written for good.
	committed *held.Registry
	past      past.Reader
	verdicts  *checks.Board

	// accept guards ahead: a Change is judged against all that were accepted
	// before it, written for good or not yet.
	accept sync.Mutex
	ahead  ahead
	queue  queue
	ids    ids
}

// New is a Control over s that publishes to served. Open comes next.
func New(s store.Store, served Served, config Config) *Control {
	if config.NameServers == nil {
		config.NameServers = DefaultNameServers
	}
	if config.MaxChain == 0 {
		config.MaxChain = 16
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	c := &Control{config: config, store: s, served: served, graph: new(graph.Graph), committed: held.NewRegistry(), verdicts: checks.New()}
	c.past = past.Reader{Log: s, Zones: c.committed}
	c.queue.wake = make(chan struct{}, 1)
	return c
}

// Run writes what is accepted until ctx ends, and then what was accepted before that.
func (c *Control) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			c.queue.close()
			c.flush()
			return nil
		case <-c.queue.wake:
			c.flush()
		}
	}
}

// NameServers is the names under which this server is known, which new zones
// show at their apex.
func (c *Control) NameServers() []dname.Name { return c.config.NameServers }

// now is the time in the resolution in which it is kept.
func (c *Control) now() time.Time { return c.config.Now().UTC().Truncate(time.Millisecond) }

// ids gives records their ids: the time in milliseconds with a counter below,
// so that they grow over restarts too.
type ids struct{ last atomic.Uint64 }

const idCounter = 20 // bits

func (i *ids) next(now time.Time) uint64 {
	for {
		last := i.last.Load()
		id := max(last+1, uint64(now.UnixMilli())<<idCounter)
		if i.last.CompareAndSwap(last, id) {
			return id
		}
	}
}

// seen makes sure that ids to come are higher than id.
func (i *ids) seen(id uint64) {
	if id > i.last.Load() {
		i.last.Store(id)
	}
}
