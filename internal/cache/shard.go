package cache

import (
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// space tells apart what is kept of one name: its types, its absence, failures.
type space uint32

const (
	spaceOfNames space = 0       // TYPE0 is no type (RFC 6895, Section 3.1)
	failures     space = 1 << 16 // beside the type
)

// place is where an entry is kept. The hash is seeded: nobody outside can make
// two names share it, and if two do, one takes the other's place.
type place struct {
	hash  uint64
	space space
}

// node is an entry in the order of last use.
type node struct {
	Entry
	place
	expires    int64
	prefetch   int64 // not before, in Unix seconds
	octets     int
	glued      bool // it took the place of glue while that was alive
	prev, next *node
}

// shard is a part of the cache under one lock: a map, and a ring that begins
// with the entry used last.
type shard struct {
	mu    sync.Mutex
	nodes map[place]*node
	ring  node
	bytes int
	limit int
	// For those who watch: failures among the nodes, and what was dropped for want of room.
	failed  int
	evicted uint64
	_       [64]byte // on a cache line of its own
}

func (s *shard) init(limit int) {
	s.limit = limit
	s.nodes = make(map[place]*node)
	s.ring.prev, s.ring.next = &s.ring, &s.ring
}

// find is the node at p if it is owner's; it counts as used.
func (s *shard) find(p place, owner dname.Name) *node {
	n := s.nodes[p]
	if n == nil || string(n.Owner) != string(owner) {
		return nil
	}
	if s.ring.next != n {
		n.unlink()
		n.linkBehind(&s.ring)
	}
	return n
}

// put takes n in, in the place of what is there, and makes room for it.
func (s *shard) put(n *node) {
	if old := s.nodes[n.place]; old != nil {
		s.remove(old)
	}
	if n.octets > s.limit {
		return
	}
	for s.bytes+n.octets > s.limit {
		s.remove(s.ring.prev)
		s.evicted++
	}
	s.nodes[n.place] = n
	s.bytes += n.octets
	s.failed += n.failures()
	n.linkBehind(&s.ring)
}

func (s *shard) remove(n *node) {
	delete(s.nodes, n.place)
	s.bytes -= n.octets
	s.failed -= n.failures()
	n.unlink()
}

// failures is 1 for a failure, 0 for what is known.
func (n *node) failures() int {
	if n.Kind == Failed {
		return 1
	}
	return 0
}

func (n *node) unlink() { n.prev.next, n.next.prev = n.next, n.prev }

func (n *node) linkBehind(at *node) {
	n.prev, n.next = at, at.next
	at.next.prev, at.next = n, n
}

// spaceOf is where e is kept among what is known of its name.
func spaceOf(k Kind, t rr.Type) space {
	switch k {
	case NoName:
		return spaceOfNames
	case Failed:
		return space(t) | failures
	}
	return space(t)
}
