package sqlite

import (
	"sync"

	"github.com/truename-dns/truename/internal/change"
)

// feed is the last Changes, for those who watch. One who falls behind it reads
// the log; so it is bounded whoever is slow.
type feed struct {
	mu     sync.Mutex
	last   change.Revision
	recent [feedLength]*change.Change // by Revision modulo its length; nil where one is too large to be kept
	next   chan struct{}              // closed when last grows
}

// Bounds of the feed: so many Changes of up to so many sets each.
const (
	feedLength = 256
	feedSets   = 200
)

func newFeed(head change.Revision) *feed {
	return &feed{last: head, next: make(chan struct{})}
}

func (f *feed) head() change.Revision {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.last
}

// publish shows Changes that are on disk, the last one with the Revision head.
func (f *feed) publish(head change.Revision, fresh []*change.Change) {
	if len(fresh) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range fresh {
		kept := c
		if sets(c) > feedSets {
			kept = nil
		}
		f.recent[c.Revision%feedLength] = kept
	}
	f.last = head
	close(f.next)
	f.next = make(chan struct{})
}

func sets(c *change.Change) int {
	n := 0
	for i := range c.Zones {
		n += len(c.Zones[i].Sets)
	}
	return n
}

// at is the Change of that Revision if it is at hand, the head, and what is
// closed when there is a later one.
func (f *feed) at(r change.Revision) (*change.Change, change.Revision, <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	c := f.recent[r%feedLength]
	if c != nil && c.Revision != r {
		c = nil
	}
	return c, f.last, f.next
}
