package cache

import (
	"bytes"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Put keeps e for the name k; e.Owner and e.Since are filled in, e.TTL is cut
// to the bounds, and its octets are copied. With a TTL of 0 it is not kept, not
// for later either, but takes the place of what was (RFC 1035, Section 3.2.1).
// Put reports false where something more trusted is alive and stays (RFC 2181,
// Section 5.4.1).
func (c *Cache) Put(k *dname.Key, e Entry) bool {
	now := c.now()
	e.Since, e.TTL = now, c.Bound(e.Kind, e.TTL)
	n := c.node(k, e, now)
	s := c.shard(n.hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.find(n.place, n.Owner)
	if old != nil && old.expires > now {
		if old.Rank > e.Rank && !e.Renew {
			return false
		}
		n.inherit(old)
	}
	switch {
	case n.Entry.TTL > 0:
		s.put(n)
	case old != nil:
		s.remove(old)
	}
	if e.Kind == Positive && e.Rank >= Answer {
		s.exists(n.hash, n.Owner)
	}
	return true
}

// Bound is the TTL, in seconds, that a Put of that kind and TTL would give: within
// the bounds; one with the highest bit set is 0 (RFC 2181, Section 8).
func (c *Cache) Bound(k Kind, ttl uint32) uint32 {
	if ttl > 1<<31-1 {
		ttl = 0
	}
	switch k {
	case Positive:
		return min(max(ttl, c.options.MinTTL), c.options.MaxTTL)
	case Failed:
		return min(ttl, maxFailure)
	}
	return min(ttl, c.options.MaxNegative)
}

func (c *Cache) node(k *dname.Key, e Entry, now int64) *node {
	n := &node{Entry: e.copyIn(k.Name()), place: place{k.Hash(k.Depth()), spaceOf(e.Kind, e.Type)}}
	n.expires = now + int64(n.Entry.TTL)
	n.octets = n.size()
	return n
}

// inherit keeps the servers of a zone from prolonging their own term: NS records that
// follow others, and addresses that follow glue, end no later than those would have, so
// that the parent is asked again and a delegation taken away is gone in time ("ghost
// domain names"). The parent itself prolongs it with what renews: NS records and glue.
func (n *node) inherit(old *node) {
	if n.Kind != Positive {
		return
	}
	n.glued = (n.Rank != Glue || !n.Renew) && (old.glued || old.Kind == Positive && old.Rank == Glue)
	if (n.glued || n.Type == rr.TypeNS && !n.Renew) && n.expires > old.expires {
		n.Entry.TTL, n.Since, n.expires, n.prefetch = old.Entry.TTL, old.Since, old.expires, old.prefetch
	}
}

// exists forgets that the name does not exist.
func (s *shard) exists(hash uint64, owner dname.Name) {
	if n := s.nodes[place{hash, spaceOfNames}]; n != nil && bytes.Equal(n.Owner, owner) {
		s.remove(n)
	}
}

// Failures are kept for seconds at first, then for longer with every one that
// follows (RFC 9520, Section 3.2).
const (
	firstFailure = 5   // seconds
	maxFailure   = 300 // seconds
)

// Fail keeps that k with e.Type could not be resolved, and e.EDE and e.Text, for
// e.TTL or 5 seconds at least: twice as long as the last time where that is over
// for no longer than it lasted, 5 minutes at most.
func (c *Cache) Fail(k *dname.Key, e Entry) {
	now := c.now()
	e.Kind, e.Since, e.TTL = Failed, now, c.Bound(Failed, max(e.TTL, firstFailure))
	n := c.node(k, e, now)
	s := c.shard(n.hash)
	s.mu.Lock()
	defer s.mu.Unlock()
	if old := s.find(n.place, n.Owner); old != nil {
		if old.expires > now {
			return
		}
		if now-old.expires <= int64(old.Entry.TTL) {
			n.Entry.TTL = min(max(2*old.Entry.TTL, e.TTL), maxFailure)
			n.expires = now + int64(n.Entry.TTL)
		}
	}
	s.put(n)
}
