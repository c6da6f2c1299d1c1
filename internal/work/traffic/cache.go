package traffic

import "time"

// cache keeps Buckets of the past that were read before, as many as hold some
// tens of thousands of zones and names together.
type cache struct {
	held map[cached]*Bucket
	size int
}

type cached struct {
	level Level
	start int64
}

const maxCached = 50_000

func newCache() cache { return cache{held: make(map[cached]*Bucket)} }

// weight is how much of a cache b takes.
func (b *Bucket) weight() int { return 16 + len(b.Zones) + len(b.Names) + len(b.Missing) }

func (c *cache) get(l Level, start time.Time) *Bucket { return c.held[cached{l, start.Unix()}] }

// put takes b in, and whatever others out that there is no room for then.
func (c *cache) put(l Level, b *Bucket) {
	c.drop(l, b.Start)
	key := cached{l, b.Start.Unix()}
	c.held[key] = b
	c.size += b.weight()
	for other, held := range c.held {
		if c.size <= maxCached {
			return
		}
		if other != key {
			c.drop(other.level, held.Start)
		}
	}
}

func (c *cache) drop(l Level, start time.Time) {
	key := cached{l, start.Unix()}
	if b := c.held[key]; b != nil {
		c.size -= b.weight()
		delete(c.held, key)
	}
}
