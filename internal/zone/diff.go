package zone

import (
	"errors"
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Diff is the new state of some RRsets of one zone.
type Diff []RRset

// RRset is what an owner has of a type after a change; an empty Set means nothing.
type RRset struct {
	Owner dname.Name
	Type  rr.Type
	Set   rr.Set
}

// Errors of With.
var (
	ErrOutOfZone = errors.New("owner is not in the zone")
	ErrNoSOA     = errors.New("the zone would have no SOA record")
)

// With is the snapshot after d. The cost depends on d and on the depth of the
// names in it, not on the size of the zone. s stays as it is.
func (s *Snapshot) With(d Diff) (*Snapshot, error) {
	c := &change{next: *s, edit: s.dir.edit(s.apex)}
	c.next.shade = append([]uint32(nil), s.shade...)
	for _, set := range d {
		if !set.Owner.IsAtOrBelow(s.apex) {
			return nil, fmt.Errorf("%s %s: %w %s", set.Owner, set.Type, ErrOutOfZone, s.apex)
		}
		c.key.Set(set.Owner)
		c.put(set.Type, set.Set)
	}
	c.next.dir = c.edit.directory
	c.next.settle(&c.key)
	if c.next.soa.Empty() {
		return nil, fmt.Errorf("%s: %w", s.apex, ErrNoSOA)
	}
	return &c.next, nil
}

// change is a snapshot on its way to the next.
type change struct {
	next Snapshot
	edit *edit
	key  dname.Key
}

func (c *change) node(depth int) Node {
	name := c.key.Suffix(depth)
	return c.edit.find(c.key.Hash(depth), name[:len(name)-len(c.next.apex)])
}

// draft is the name of the last depth labels as it is, empty if it does not exist.
func (c *change) draft(depth int) draft {
	if n := c.node(depth); n != nil {
		return draftOf(n)
	}
	name := c.key.Suffix(depth)
	return draft{below: name[:len(name)-len(c.next.apex)]}
}

// put writes the set of type t at the name in c.key.
func (c *change) put(t rr.Type, s rr.Set) {
	depth := c.key.Depth()
	d := c.draft(depth)
	existed := c.node(depth) != nil
	before, had := d.facts(), len(d.sets) > 0
	c.next.records -= setOf(&d, t).Count()
	d.put(t, s)
	c.next.records += s.Count()
	c.next.names += btoi(len(d.sets) > 0) - btoi(had)
	c.countShade(depth, before, d.facts())
	switch {
	case len(d.sets) > 0 || d.children > 0 || depth == c.next.labels:
		c.edit.put(c.key.Hash(depth), &d)
		if !existed {
			c.link(depth)
		}
	case existed:
		c.unlink(depth)
	}
}

// link makes the new name at depth a child of the one above, bringing the empty
// non-terminals between it and the next existing name into being.
func (c *change) link(depth int) {
	c.next.deepest = max(c.next.deepest, depth-c.next.labels)
	for ; depth > c.next.labels; depth-- {
		parent := c.draft(depth - 1)
		existed := c.node(depth-1) != nil
		parent.children++
		if c.key.Suffix(depth).IsWildcard() {
			parent.wildcard = true
		}
		c.edit.put(c.key.Hash(depth-1), &parent)
		if existed {
			return
		}
	}
}

// unlink removes the name at depth, and with it the empty non-terminals above that have no other child.
func (c *change) unlink(depth int) {
	for ; depth > c.next.labels; depth-- {
		name := c.key.Suffix(depth)
		c.edit.remove(c.key.Hash(depth), name[:len(name)-len(c.next.apex)])
		parent := c.draft(depth - 1)
		parent.children--
		if name.IsWildcard() {
			parent.wildcard = false
		}
		if len(parent.sets) > 0 || parent.children > 0 || depth-1 == c.next.labels {
			c.edit.put(c.key.Hash(depth-1), &parent)
			return
		}
	}
}

func (c *change) countShade(depth int, before, after Facts) {
	if (before&shades != 0) == (after&shades != 0) {
		return
	}
	d := depth - c.next.labels
	for len(c.next.shade) <= d {
		c.next.shade = append(c.next.shade, 0)
	}
	if after&shades != 0 {
		c.next.shade[d]++
	} else {
		c.next.shade[d]--
	}
}

func setOf(d *draft, t rr.Type) rr.Set {
	for _, s := range d.sets {
		if s.Type() == t {
			return s
		}
	}
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
