package checks

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkLook looks at 5000 zones of 200,000 records in all, which follow a zone of names.
func BenchmarkLook(b *testing.B) {
	const zones, names = 5000, 38
	h := newHall()
	var hub strings.Builder
	for i := range zones {
		fmt.Fprintf(&hub, "t%d A 192.0.2.1\n", i)
	}
	h.make(b, "hub.test.", hub.String())
	for i := range zones {
		h.make(b, fmt.Sprintf("z%d.test.", i), many(names, i))
	}
	w := h.world()
	b.Run("first", func(b *testing.B) {
		for b.Loop() {
			h.Board = New()
			h.look(b)
		}
	})
	h.look(b)
	b.Run("nothing changed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := h.Look(b.Context(), w, idOf("hub.test.")); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("one target changed", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			h.edit(b, "hub.test.", fmt.Sprintf("t7 A 192.0.2.%d", i%250))
			h.look(b)
		}
	})
}

// many is n names, one of which points at the target i of the hub.
func many(n, i int) string {
	var s strings.Builder
	fmt.Fprintf(&s, "www CNAME t%d.hub.test.\nbad CNAME gone.hub.test.\n", i)
	for k := range n {
		fmt.Fprintf(&s, "h%d A 192.0.2.1\n", k)
	}
	return s.String()
}
