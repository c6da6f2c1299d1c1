package zone

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// slab hands out the memory of a zone's first pages. Those of a large zone come
// from long runs on which the system may use huge pages, as looking up random
// names in many small ones costs more in address translation than in reading;
// and each starts on a cache line of its own. A run is freed when none of its
// pages is in use any more; pages that a change writes are made one by one.
// The zero slab makes all memory one by one.
type slab struct {
	run  int
	free []byte
}

const (
	hugePage  = 2 << 20
	cacheLine = 64
	largeZone = 4 << 20
	longest   = 64 << 20
)

// newSlab is a slab for about total octets.
func newSlab(total int) slab {
	if total < largeZone/2 {
		return slab{}
	}
	return slab{run: min((total+hugePage-1)&^(hugePage-1), longest)}
}

// room is an empty slice with at least n octets to append to.
func (s *slab) room(n int) []byte {
	if s.run == 0 || n > hugePage {
		return make([]byte, 0, n)
	}
	n = (n + cacheLine - 1) &^ (cacheLine - 1)
	if n > len(s.free) {
		s.free = huge(s.run)
	}
	b := s.free[:0:n]
	s.free = s.free[n:]
	return b
}

// huge is a run of n octets, aligned to huge pages and advised to use them.
func huge(n int) []byte {
	b := make([]byte, n+hugePage)
	skip := -int(uintptr(unsafe.Pointer(&b[0]))) & (hugePage - 1)
	b = b[skip : skip+n : skip+n]
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE) // without it all works, only slower
	return b
}
