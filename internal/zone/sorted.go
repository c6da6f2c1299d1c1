package zone

import (
	"bytes"
	"iter"
	"runtime"
	"slices"
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// sortable is a node with its place in canonical order.
type sortable struct {
	key  []byte
	name dname.Name
	node Node
}

// manyNames are worth more than one goroutine to sort.
const manyNames = 10_000

// Sorted yields what All does in canonical order (RFC 4034, Section 6.1), apex first.
func (s *Snapshot) Sorted() iter.Seq2[dname.Name, Node] {
	parts := 1
	if s.names > manyNames {
		parts = runtime.GOMAXPROCS(0)
	}
	lists := make([][]sortable, parts)
	var wg sync.WaitGroup
	for i := range lists {
		wg.Go(func() { lists[i] = s.sortedPart(i, parts) })
	}
	wg.Wait()
	return func(yield func(dname.Name, Node) bool) { zip(slices.Clone(lists), yield) }
}

func (s *Snapshot) sortedPart(part, of int) []sortable {
	list := make([]sortable, 0, s.names/of+s.names/64+1)
	var room []byte
	for name, n := range s.Part(part, of) {
		if cap(room)-len(room) < 3*dname.MaxLen {
			room = make([]byte, 0, 64<<10)
		}
		start := len(room)
		room = name.AppendSortKey(room)
		mid := len(room)
		room = append(room, name...)
		list = append(list, sortable{room[start:mid:mid], dname.Name(room[mid:len(room):len(room)]), n})
	}
	slices.SortFunc(list, func(a, b sortable) int { return bytes.Compare(a.key, b.key) })
	return list
}

// zip yields what is in lists, each of them in order, in order.
func zip(lists [][]sortable, yield func(dname.Name, Node) bool) {
	for {
		least := -1
		for i, l := range lists {
			if len(l) > 0 && (least < 0 || bytes.Compare(l[0].key, lists[least][0].key) < 0) {
				least = i
			}
		}
		if least < 0 {
			return
		}
		e := lists[least][0]
		lists[least] = lists[least][1:]
		if !yield(e.name, e.node) {
			return
		}
	}
}
