package alias

import (
	"testing"
	"unsafe"
)

// What a lookup reads lies in two lines of the target and one of what is known,
// and the allocator puts objects of such sizes at the beginning of a line.
func TestALookupReadsFewCacheLines(t *testing.T) {
	const line = 64
	for _, c := range []struct {
		what       string
		end, lines uintptr
	}{
		{"the name of a target", unsafe.Offsetof(target{}.families), 2},
		{"one address", unsafe.Offsetof(known{}.room) + 14, 1},
	} {
		if c.end > c.lines*line {
			t.Errorf("%s ends at octet %d", c.what, c.end)
		}
	}
	if n := unsafe.Sizeof(known{}); n != 2*line {
		t.Errorf("known has %d octets", n)
	}
	if n := unsafe.Sizeof(target{}); n <= 4*line || n > 5*line {
		t.Errorf("a target has %d octets", n)
	}
}
