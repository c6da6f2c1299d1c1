package graph

import (
	"runtime"
	"sync"

	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Build is the Graph of all zones of set. It uses all cores.
func Build(set *zone.Set) *Graph {
	zones := make([]*zone.Snapshot, 0, set.Len())
	for e := range set.All {
		if e.Zone != nil {
			zones = append(zones, e.Zone)
		}
	}
	g := new(Graph)
	keys := inParts(zones, runtime.GOMAXPROCS(0))
	g.edges.leaves = makeLeaves(keys)
	g.edges.size = len(keys)
	return g
}

// inParts are the keys of zones in order, each part of them collected and sorted on its own.
func inParts(zones []*zone.Snapshot, parts int) []key {
	lists := make([][]key, parts)
	var wg sync.WaitGroup
	for i := range parts {
		wg.Go(func() {
			c := new(collector)
			for _, z := range zones[len(zones)*i/parts : len(zones)*(i+1)/parts] {
				c.add(z)
			}
			lists[i] = sorted(c.keys)
		})
	}
	wg.Wait()
	for len(lists) > 1 {
		last := len(lists) - 1
		lists[last-1] = zip(lists[last-1], lists[last])
		lists = lists[:last]
	}
	return lists[0]
}

// zip merges two lists in order.
func zip(a, b []key) []key {
	if len(a) == 0 {
		return b
	}
	out := make([]key, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compareKeys(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}

// keysOfZone are the keys of z in order; none of nil.
func keysOfZone(z *zone.Snapshot) []key {
	if z == nil {
		return nil
	}
	c := new(collector)
	c.add(z)
	return sorted(c.keys)
}

// collector gathers keys in chunks that never move.
type collector struct {
	chunk []byte
	keys  []key
}

const chunkSize = 64 << 10

func (c *collector) add(z *zone.Snapshot) {
	for owner, node := range z.All() {
		for s, cursor := node.Next(0); !s.Empty(); s, cursor = node.Next(cursor) {
			if !points(s.Type()) {
				continue
			}
			for rest := s; !rest.Empty(); {
				var r rr.Record
				r, rest = rest.Next()
				if kind, target := pointer(r); kind != 0 {
					c.put(&Edge{Owner: owner, Kind: kind, Target: target, Apex: z.Apex()})
				}
			}
		}
	}
}

func (c *collector) put(e *Edge) {
	const most = 4 * 256 // two names, every octet escaped, and the rest of a key
	if cap(c.chunk)-len(c.chunk) < most+8 {
		c.chunk = make([]byte, 0, chunkSize)
	}
	start := len(c.chunk)
	c.chunk = e.appendKey(c.chunk)
	c.keys = append(c.keys, key(c.chunk[start:len(c.chunk):len(c.chunk)]))
}
