package control

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/change/flatten"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/shape"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/zone"
)

// Bounds of what is written at once, and of what waits to be.
const (
	batchChanges = 512
	batchSets    = 100_000
	maxWaiting   = 20_000
	maxSets      = 2_000_000 // beside the one that is let in if none waits
)

// ticket is an accepted Change on its way to the disk.
type ticket struct {
	*draft
	done chan struct{} // closed when it is written, or has failed
	err  error
}

// queue is what is accepted and not yet written, in order.
type queue struct {
	mu      sync.Mutex
	waiting []*ticket
	sets    int // RRsets in all of waiting
	closed  bool
	wake    chan struct{}
	flush   sync.Mutex // one flush at a time
}

func (q *queue) close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
}

func (q *queue) push(t *ticket) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.closed:
		return fault.New(Unavailable, "stopping", "the server is stopping", "try again when it is back")
	case len(q.waiting) >= maxWaiting, len(q.waiting) > 0 && q.sets+t.sets() > maxSets:
		return fault.New(Unavailable, "busy", "too many changes wait to be written", "try again in a moment")
	}
	q.waiting = append(q.waiting, t)
	q.sets += t.sets()
	select {
	case q.wake <- struct{}{}:
	default: // the writer has been told already
	}
	return nil
}

// batch takes what is to be written next.
func (q *queue) batch() []*ticket {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, sets := 0, 0
	for n < len(q.waiting) && n < batchChanges && sets < batchSets {
		sets += q.waiting[n].sets()
		n++
	}
	q.sets -= sets
	b := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return b
}

// all takes everything.
func (q *queue) all() []*ticket {
	q.mu.Lock()
	defer q.mu.Unlock()
	b := q.waiting
	q.waiting, q.sets = nil, 0
	return b
}

// sets is how many RRsets t writes.
func (t *ticket) sets() (n int) {
	for i := range t.change.Zones {
		n += len(t.change.Zones[i].Sets)
	}
	return n
}

// enqueue accepts d: what comes next is judged upon it. The caller holds accept.
func (c *Control) enqueue(d *draft) (*ticket, error) {
	d.change.ID = newID(c.now())
	t := &ticket{draft: d, done: make(chan struct{})}
	if err := c.queue.push(t); err != nil {
		return nil, err
	}
	c.ahead.take(t)
	c.grow(d)
	return t, nil
}

// grow keeps the graph up with d.
func (c *Control) grow(d *draft) {
	for i := range d.zones {
		c.regraph(&d.zones[i], false)
	}
}

// shrink takes d back out of the graph.
func (c *Control) shrink(d *draft) {
	for i := range d.zones {
		c.regraph(&d.zones[i], true)
	}
}

// regraph turns what the graph knows of a zone from before to after, or back.
func (c *Control) regraph(z *shape.Zone, back bool) {
	from, to := z.Before, z.After
	if back {
		from, to = to, from
	}
	was, is := inGraph(from), inGraph(to)
	switch {
	case was && !is:
		c.graph.RemoveZone(from.Snapshot)
	case !was && is:
		c.graph.AddZone(to.Snapshot)
	case !was || !is:
	default:
		for d := range flatten.Diffs(&z.Before.Zone, &z.After.Zone, z.Shown) {
			if back {
				d.Was, d.Is = d.Is, d.Was
			}
			c.graph.Update(to.Apex, d.Owner, d.Was, d.Is)
		}
	}
}

func inGraph(z *ZoneInfo) bool { return z != nil && !z.Paused() }

// flush writes all that waits, in batches that share one write to disk.
func (c *Control) flush() {
	c.queue.flush.Lock()
	defer c.queue.flush.Unlock()
	for {
		batch := c.queue.batch()
		if len(batch) == 0 {
			return
		}
		changes := make([]*change.Change, len(batch))
		for i, t := range batch {
			changes[i] = t.change
		}
		n, err := c.store.Append(context.Background(), changes)
		c.settle(batch[:n])
		if n < len(batch) {
			c.fail(batch[n:], err)
		}
	}
}

// settle publishes what has been written and tells those who wait.
func (c *Control) settle(written []*ticket) {
	if len(written) == 0 {
		return
	}
	c.accept.Lock()
	var entries []zone.Entry
	var moves []held.Move
	for _, t := range written {
		entries = append(entries, t.entries()...)
		for _, z := range t.zones {
			moves = append(moves, held.Move{Before: z.Before, After: z.After})
		}
	}
	c.committed.Put(moves...)
	c.served.Publish(c.served.Zones().With(entries...))
	for _, t := range written {
		c.ahead.forget(t)
	}
	c.accept.Unlock()
	for _, t := range written {
		close(t.done)
	}
}

// forget drops what t made pending, unless a later one has written it again.
func (a *ahead) forget(t *ticket) {
	for i := range t.change.Zones {
		d := &t.change.Zones[i]
		if p := a.zones[d.ID]; p != nil && p.by == t {
			delete(a.zones, d.ID)
		}
		if p := a.apexes[string(d.Apex)]; p != nil && p.by == t {
			delete(a.apexes, string(d.Apex))
		}
		if len(d.Sets) > largeDiff {
			continue
		}
		for j := range d.Sets {
			key := setKeyOf(d, j)
			if p := a.sets[key]; p != nil && p.by == t {
				delete(a.sets, key)
			}
		}
	}
	a.large = slices.DeleteFunc(a.large, func(l *ticket) bool { return l == t })
	delete(a.requests, requestKey(t.change))
}

// fail gives up what could not be written, and all that was accepted upon it:
// the state goes back to what is on the disk.
func (c *Control) fail(failed []*ticket, cause error) {
	c.accept.Lock()
	failed = append(failed, c.queue.all()...)
	for i := len(failed) - 1; i >= 0; i-- {
		c.shrink(failed[i].draft)
	}
	head, err := c.store.Head(context.Background())
	if err != nil {
		head = failed[0].revision - 1
	}
	c.ahead.reset(c.served.Zones(), head)
	c.accept.Unlock()
	c.config.Log.Error("changes could not be written and were given up", "changes", len(failed), "error", cause)
	for _, t := range failed {
		t.err = unwritten(cause)
		close(t.done)
	}
}

func unwritten(cause error) error {
	if cause == nil {
		cause = errors.New("the store took only a part")
	}
	if errors.Is(cause, store.ErrConflict) {
		e := fault.New(Moved, "zone-moved", "somebody else has changed the zone meanwhile", "look at it again and repeat the change")
		e.Cause = cause
		return e
	}
	return fault.OfStore(cause)
}
