package alias

import (
	"sync"
	"sync/atomic"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
)

func TestIndexAgreesWithAMap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var x index
		x.init()
		model := make(map[string]*target)
		var k dname.Key
		for range rapid.IntRange(1, 400).Draw(t, "steps") {
			k.Set(host(rapid.IntRange(0, 150).Draw(t, "host")))
			g := x.find(k.Hash(k.Depth()), k.Name())
			if g != model[string(k.Name())] {
				t.Fatalf("%s: found %v", k.Name(), g)
			}
			if g == nil {
				g = newTarget(&k)
				x.add(g)
				model[string(g.name)] = g
			} else {
				x.remove(g)
				delete(model, string(g.name))
			}
		}
		n := 0
		for g := range x.all {
			if n++; model[string(g.name)] != g {
				t.Fatalf("%s is yielded", g.name)
			}
		}
		slots := len(*x.slots.Load())
		if n != len(model) || x.size != n || 4*x.taken > 3*slots+3 || slots > firstSlots && slots > 8*(150+1) {
			t.Fatalf("%d yielded, size %d, %d of %d slots taken; want %d", n, x.size, x.taken, slots, len(model))
		}
	})
}

func TestNamesWithTheSameHashAreToldApart(t *testing.T) {
	var x index
	x.init()
	a, b := newTarget(keyOf("a.test.")), newTarget(keyOf("b.test."))
	a.hash, b.hash = 7, 7
	x.add(a)
	x.add(b)
	if x.find(7, a.name) != a || x.find(7, b.name) != b {
		t.Error("not found")
	}
	x.remove(a)
	if x.find(7, a.name) != nil || x.find(7, b.name) != b {
		t.Error("one out, and the other is not found")
	}
}

// What stays in is found by readers at any moment, while others come and go.
func TestReadersDuringChanges(t *testing.T) {
	var x index
	x.init()
	stays := newTarget(keyOf("stays.test."))
	x.add(stays)
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 2 {
		readers.Go(func() {
			for !stop.Load() {
				if x.find(stays.hash, stays.name) != stays {
					t.Error("not found")
					return
				}
			}
		})
	}
	for round := range 5 {
		var list []*target
		for i := range 2000 {
			var k dname.Key
			k.Set(host(round*2000 + i))
			list = append(list, newTarget(&k))
			x.add(list[i])
		}
		for _, g := range list {
			x.remove(g)
		}
	}
	stop.Store(true)
	readers.Wait()
}
