package graph

import (
	"bytes"
	"slices"
	"sort"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// index is an ordered set of keys: a list of leaves in order. Readers hold the
// lock only to find a leaf; a leaf stays as it is when another takes its place.
// There is one writer at a time.
type index struct {
	mu     sync.RWMutex
	leaves []leaf
	size   int
}

// op puts a key into an index or takes it out.
type op struct {
	key  key
	gone bool
}

// at is the place of the leaf in which k is or would be.
func (x *index) at(k key) int {
	n := sort.Search(len(x.leaves), func(i int) bool { return x.leaves[i].compare(0, k) > 0 })
	return max(n-1, 0)
}

// from is the first leaf that has a key not before k, and the place of that key; nil if there is none.
func (x *index) from(k key) (leaf, int) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	for i := x.at(k); i < len(x.leaves); i++ {
		if at := x.leaves[i].seek(k); at < x.leaves[i].count() {
			return x.leaves[i], at
		}
	}
	return nil, 0
}

// scan yields the keys that begin with prefix and are not before from, in order.
// A key is valid for one step only. What is written meanwhile may or may not be seen.
func (x *index) scan(prefix, from key, yield func(key) bool) bool {
	next := append(make(key, 0, 128), prefix...)
	if bytes.Compare(from, prefix) > 0 {
		next = append(next[:0], from...)
	}
	buf := make(key, 0, 128)
	for {
		l, i := x.from(next)
		if l == nil {
			return true
		}
		for ; i < l.count(); i++ {
			if buf = l.appendKey(buf[:0], i); !bytes.HasPrefix(buf, prefix) {
				return true
			}
			if !yield(buf) {
				return false
			}
		}
		next = append(append(next[:0], buf...), 0) // the least key behind the last
	}
}

// first is the first key not before k, appended to dst; nil if there is none.
func (x *index) first(dst []byte, k key) key {
	l, i := x.from(k)
	if l == nil {
		return nil
	}
	return l.appendKey(dst, i)
}

// targets yields the distinct targets of a region at or below name, not before
// from, each with what the keys of its edges begin with, which is valid for one step.
func (x *index) targets(region byte, name dname.Name, from key, yield func(key, dname.Name) bool) bool {
	prefix := name.AppendSortKey(key{region})
	next := slices.Clone(prefix)
	if bytes.Compare(from, prefix) > 0 {
		next = append(next[:0], from...)
	}
	buf := make(key, 0, 128)
	for {
		k := x.first(buf[:0], next)
		if k == nil || !bytes.HasPrefix(k, prefix) {
			return true
		}
		target, rest, err := parseName(k[1:])
		if err != nil {
			return true
		}
		next = append(next[:0], k[:len(k)-len(rest)]...)
		if !yield(next, target) {
			return false
		}
		next[len(next)-1] = 1 // behind all edges of this target, before the names below it
	}
}

// pointedAt reports whether a region has an edge to name.
func (x *index) pointedAt(region byte, name dname.Name) bool {
	prefix := appendName(key{region}, name)
	return bytes.HasPrefix(x.first(nil, prefix), prefix)
}

// apply does ops, which are in order of their keys, each key once. Putting what
// is there and taking what is not changes nothing.
func (x *index) apply(ops []op) {
	for len(ops) > 0 {
		x.mu.Lock()
		ops = ops[x.applyOne(ops):]
		x.mu.Unlock()
	}
}

// applyOne does those of ops that belong into the leaf of the first of them, and
// returns their number.
func (x *index) applyOne(ops []op) int {
	i := x.at(ops[0].key)
	n := len(ops)
	if i+1 < len(x.leaves) {
		next := x.leaves[i+1]
		n = sort.Search(len(ops), func(j int) bool { return next.compare(0, ops[j].key) <= 0 })
	}
	if n == 1 && i < len(x.leaves) {
		if l, ok := x.leaves[i].with(ops[0]); ok {
			x.size += l.count() - x.leaves[i].count()
			x.leaves[i] = l
			return n
		}
	}
	var old []key
	end := i
	if i < len(x.leaves) {
		old = keysOf(x.leaves[i])
		end = i + 1
	}
	keys := merge(old, ops[:n])
	x.size += len(keys) - len(old)
	if end < len(x.leaves) && len(keys) < len(old) && len(x.leaves[end])+sizeOf(keys, 0) < leafThin {
		keys = append(keys, keysOf(x.leaves[end])...)
		end++
	}
	x.replace(i, end, makeLeaves(keys))
	return n
}

func (x *index) replace(i, end int, by []leaf) {
	if len(by) == 1 && end == i+1 {
		x.leaves[i] = by[0]
		return
	}
	x.leaves = slices.Replace(x.leaves, i, end, by...)
}

// keysOf are all keys of l, in memory of their own.
func keysOf(l leaf) []key {
	n := l.count()
	keys := make([]key, n, n+2)
	room := make([]byte, 0, n*l.shared()+len(l))
	for i := range n {
		start := len(room)
		room = l.appendKey(room, i)
		keys[i] = key(room[start:len(room):len(room)])
	}
	return keys
}

// merge is keys after ops, both in order.
func merge(keys []key, ops []op) []key {
	out := make([]key, 0, len(keys)+len(ops))
	for _, o := range ops {
		n := sort.Search(len(keys), func(i int) bool { return bytes.Compare(keys[i], o.key) >= 0 })
		out = append(out, keys[:n]...)
		if keys = keys[n:]; len(keys) > 0 && bytes.Equal(keys[0], o.key) {
			keys = keys[1:]
		}
		if !o.gone {
			out = append(out, o.key)
		}
	}
	return append(out, keys...)
}

// bytes is the memory that the leaves take.
func (x *index) bytes() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	sum := 24 * cap(x.leaves)
	for _, l := range x.leaves {
		sum += cap(l)
	}
	return sum
}
