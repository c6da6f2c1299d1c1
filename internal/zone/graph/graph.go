// Package graph knows, over all zones, who points where and who points here. The
// way forward (Chain, Loop) is read from the zones themselves; the way back
// (Dependents) from a Graph, an index of every record that points at a name, kept
// up with every change. A Graph is asked beside a zone.Set, which has the last word:
// what it does not serve leads nowhere, and every TTL is read from it.
package graph

import (
	"bytes"
	"iter"
	"slices"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// Graph is all Edges of all zones, by their targets. It may be read while it is
// written; writers take turns. The zero Graph is empty and ready to use.
type Graph struct {
	write sync.Mutex
	edges index
}

// Len counts the edges.
func (g *Graph) Len() int {
	g.edges.mu.RLock()
	defer g.edges.mu.RUnlock()
	return g.edges.size
}

// Bytes is the memory that the edges take.
func (g *Graph) Bytes() int { return g.edges.bytes() }

// Update takes over that in the zone of that apex, owner's RRset of one type
// became after where it was before; either may be empty.
func (g *Graph) Update(apex, owner dname.Name, before, after rr.Set) {
	ops := changed(keysOfSet(nil, apex, owner, before), keysOfSet(nil, apex, owner, after))
	if len(ops) == 0 {
		return
	}
	g.write.Lock()
	defer g.write.Unlock()
	g.edges.apply(ops)
}

// AddZone takes all edges of z in, RemoveZone all of them out.
func (g *Graph) AddZone(z *zone.Snapshot)    { g.ReplaceZone(nil, z) }
func (g *Graph) RemoveZone(z *zone.Snapshot) { g.ReplaceZone(z, nil) }

// ReplaceZone takes over that a zone became after where it was before; either may be nil.
func (g *Graph) ReplaceZone(before, after *zone.Snapshot) {
	ops := changed(keysOfZone(before), keysOfZone(after))
	g.write.Lock()
	defer g.write.Unlock()
	g.edges.apply(ops)
}

// Direct yields the edges whose target is name, those that follow first, each
// kind in canonical order of the owners, whether or not a zone.Set serves them.
func (g *Graph) Direct(name dname.Name) iter.Seq[Edge] {
	return func(yield func(Edge) bool) {
		for _, region := range [...]byte{follows, redirects, refers} {
			prefix := appendName(key{region}, name)
			ok := g.edges.scan(prefix, nil, func(k key) bool {
				e, err := k.edge()
				return err != nil || yield(e)
			})
			if !ok {
				return
			}
		}
	}
}

// Targets yields the names at or below name that a record points at and follows,
// DNAMEs left out, each once, in canonical order.
func (g *Graph) Targets(name dname.Name) iter.Seq[dname.Name] {
	return func(yield func(dname.Name) bool) {
		g.edges.targets(follows, name, nil, func(_ key, n dname.Name) bool { return yield(n) })
	}
}

// keysOfSet appends to dst the keys of what set points at, in order, each once.
func keysOfSet(dst []key, apex, owner dname.Name, set rr.Set) []key {
	if set.Empty() || !points(set.Type()) {
		return dst
	}
	start := len(dst)
	for rest := set; !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		if kind, target := pointer(r); kind != 0 {
			e := Edge{Owner: owner, Kind: kind, Target: target, Apex: apex}
			dst = append(dst, e.appendKey(make([]byte, 0, len(owner)+len(target)+8)))
		}
	}
	if own := dst[start:]; len(own) > 1 {
		dst = dst[:start+len(sorted(own))]
	}
	return dst
}

// sorted brings keys into order, each once.
func sorted(keys []key) []key {
	slices.SortFunc(keys, compareKeys)
	return slices.CompactFunc(keys, func(a, b key) bool { return bytes.Equal(a, b) })
}

func compareKeys(a, b key) int { return bytes.Compare(a, b) }

// changed are the ops that lead from before to after, both in order.
func changed(before, after []key) []op {
	var ops []op
	for len(before) > 0 || len(after) > 0 {
		c := 0
		switch {
		case len(before) == 0:
			c = 1
		case len(after) == 0:
			c = -1
		default:
			c = bytes.Compare(before[0], after[0])
		}
		if c <= 0 {
			if c < 0 {
				ops = append(ops, op{before[0], true})
			}
			before = before[1:]
		}
		if c >= 0 {
			if c > 0 {
				ops = append(ops, op{after[0], false})
			}
			after = after[1:]
		}
	}
	return ops
}
