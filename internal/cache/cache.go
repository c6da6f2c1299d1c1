// Package cache keeps what servers said: RRsets, denials and failures by name
// and type, each under its own time to live, in no more memory than allowed.
// What has expired stays until the room is wanted, so that it can be served
// where nothing better is to be had (RFC 8767). A hit allocates nothing.
package cache

import (
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Options are the bounds of a Cache; a zero value means the default.
type Options struct {
	Bytes       int              // of memory, names and bookkeeping included; 64 MiB
	Clock       func() time.Time // what time it is; time.Now
	MaxTTL      uint32           // of records, in seconds; a day
	MinTTL      uint32           // of records, in seconds; 0
	MaxNegative uint32           // of denials, in seconds; an hour (RFC 2308, Section 5)
	MaxStale    time.Duration    // how long expired data is of use; a day (RFC 8767, Section 5)
}

func (o Options) withDefaults() Options {
	if o.Bytes == 0 {
		o.Bytes = 64 << 20
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.MaxTTL == 0 {
		o.MaxTTL = 86400
	}
	if o.MaxNegative == 0 {
		o.MaxNegative = 3600
	}
	if o.MaxStale == 0 {
		o.MaxStale = 24 * time.Hour
	}
	return o
}

// Cache is a bounded memory of answers, safe for use by many at once.
type Cache struct {
	options Options
	stale   int64 // seconds
	shards  []shard
}

const (
	maxShards   = 64
	shardOctets = 64 << 10 // below which a cache is not divided further
)

// New makes an empty Cache.
func New(o Options) *Cache {
	o = o.withDefaults()
	n := maxShards
	for n > 1 && o.Bytes/n < shardOctets {
		n /= 2
	}
	c := &Cache{options: o, stale: int64(o.MaxStale / time.Second), shards: make([]shard, n)}
	for i := range c.shards {
		c.shards[i].init(o.Bytes / n)
	}
	return c
}

func (c *Cache) now() int64 { return c.options.Clock().Unix() }

func (c *Cache) shard(hash uint64) *shard { return &c.shards[hash>>32%uint64(len(c.shards))] }

// Hit is what is known, with how much of its time is left.
type Hit struct {
	*Entry
	TTL   uint32 // left, in seconds, never more than the Entry's; 0 where Stale
	Since int64  // when the time of the Entry began, in Unix seconds: that of the Entry, unless the clock was set back
	Stale bool   // expired, but not for longer than MaxStale
	// Prefetch is set for one hit of an entry in the last tenth of its time, and,
	// should nothing come of that, for one every 5 seconds: whoever sees it should
	// ask anew.
	Prefetch bool
}

// Find is what is known of the name k with type t: its RRset or the denial of
// it, or the denial of the whole name (RFC 2308, Section 5). What is alive goes
// before what is stale.
func (c *Cache) Find(k *dname.Key, t rr.Type) (Hit, bool) { return c.FindAbove(k, k.Depth(), t) }

// FindAbove is Find of the name made of the last depth labels of k.
func (c *Cache) FindAbove(k *dname.Key, depth int, t rr.Type) (Hit, bool) {
	now := c.now()
	owner, hash := k.Suffix(depth), k.Hash(depth)
	s := c.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	hit, ok := c.look(s, place{hash, space(t)}, owner, now)
	if ok && !hit.Stale {
		return hit, true
	}
	if name, found := c.look(s, place{hash, spaceOfNames}, owner, now); found && (!ok || !name.Stale) {
		return name, true
	}
	return hit, ok
}

// Failure is the failure known of k with type t, while it lasts (RFC 9520, Section 3.2).
func (c *Cache) Failure(k *dname.Key, t rr.Type) (Hit, bool) {
	hash := k.Hash(k.Depth())
	s := c.shard(hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	hit, ok := c.look(s, place{hash, space(t) | failures}, k.Name(), c.now())
	return hit, ok && !hit.Stale
}

// look finds the entry at p in s, which is locked.
func (c *Cache) look(s *shard, p place, owner dname.Name, now int64) (Hit, bool) {
	n := s.find(p, owner)
	if n == nil {
		return Hit{}, false
	}
	if n.expires-now > int64(n.Entry.TTL) {
		n.restart(now)
	}
	left, since := n.expires-now, n.expires-int64(n.Entry.TTL)
	if left <= 0 {
		return Hit{Entry: &n.Entry, Since: since, Stale: true}, left > -c.stale
	}
	hit := Hit{Entry: &n.Entry, TTL: uint32(left), Since: since}
	if left*10 <= int64(n.Entry.TTL) && now >= n.prefetch {
		n.prefetch, hit.Prefetch = now+firstFailure, true
	}
	return hit, true
}

// restart begins the time of n anew: it was put later than now, so that the clock
// was set back, and nobody knows how much of it is over.
func (n *node) restart(now int64) { n.expires, n.prefetch = now+int64(n.Entry.TTL), 0 }

// Len counts the entries; Bytes is the memory they take by the Cache's own account.
func (c *Cache) Len() int {
	return c.sum(func(s *shard) int { return len(s.nodes) })
}

func (c *Cache) Bytes() int {
	return c.sum(func(s *shard) int { return s.bytes })
}

func (c *Cache) sum(of func(*shard) int) (total int) {
	for i := range c.shards {
		s := &c.shards[i]
		s.mu.Lock()
		total += of(s)
		s.mu.Unlock()
	}
	return total
}
