package control

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sync"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/graph"
)

// Open reads what the store holds and publishes it. Call it once, before Run.
func (c *Control) Open(ctx context.Context) error {
	zones, err := c.load(ctx)
	if err != nil {
		return fmt.Errorf("reading the zones of the store: %w", err)
	}
	head, err := c.store.Head(ctx)
	if err != nil {
		return fmt.Errorf("reading the head of the store: %w", err)
	}
	var entries []zone.Entry
	for _, z := range zones {
		c.committed.Put(held.Move{Before: nil, After: z})
		if !z.Paused() {
			entries = append(entries, z.Entry())
		}
	}
	c.accept.Lock()
	defer c.accept.Unlock()
	set := c.served.Zones().With(entries...)
	c.graph = graph.Build(set)
	c.served.Publish(set)
	c.ahead.reset(set, head)
	return nil
}

// stored is a zone as it was read, to be built.
type stored struct {
	info *ZoneInfo
	sets []change.RRset
}

// load reads all zones, and builds them meanwhile on all processors.
func (c *Control) load(ctx context.Context) ([]*ZoneInfo, error) {
	work := make(chan stored, 64)
	var (
		zones []*ZoneInfo
		wg    sync.WaitGroup
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for s := range work {
				s.build()
			}
		})
	}
	err := c.read(c.store.Zones(ctx), func(s stored) {
		zones = append(zones, s.info)
		work <- s
	})
	close(work)
	wg.Wait()
	return zones, err
}

func (c *Control) read(states iter.Seq2[store.ZoneState, error], emit func(stored)) error {
	for st, err := range states {
		if err != nil {
			return err
		}
		s := stored{info: &ZoneInfo{Zone: st.Zone, Serial: st.Serial, Head: st.Head, Records: st.Records, Source: "store", Changed: st.Changed}}
		for set := range st.RRsets {
			s.info.Disabled += held.Disabled(&set)
			for i := range set.Records {
				c.ids.seen(set.Records[i].ID)
			}
			s.sets = append(s.sets, set)
		}
		emit(s)
	}
	return nil
}

func (s stored) build() { s.info.Snapshot = shape.Built(s.info, s.sets) }
