package dname

import (
	"crypto/rand"
	"encoding/binary"
	"math/bits"
)

// Key is a name made ready for lookups: lower-cased, its labels located, and
// every suffix of it hashed in one pass from the root outward, so that zone,
// node, encloser and wildcard are all found without touching the name again.
// The zero Key is not usable; call Set. A Key is reused and never copied.
type Key struct {
	wire   [MaxLen + 9]byte // eight octets of slack for whole-word loads
	length int
	depth  int
	at     [MaxLabels + 1]uint8  // at[i]: where label i, counted from the left, starts
	hash   [MaxLabels + 1]uint64 // hash[d]: of the last d labels
}

// Set makes k stand for n, which must be well formed.
func (k *Key) Set(n Name) {
	k.length = len(n)
	lowerWords(&k.wire, n)
	k.depth = Name(k.wire[:k.length]).offsets(&k.at)
	k.at[k.depth] = uint8(k.length - 1)
	h := seed
	k.hash[0] = h
	for d := 1; d <= k.depth; d++ {
		h = k.mixLabel(h, int(k.at[k.depth-d]))
		k.hash[d] = h
	}
}

// Name is the whole name, lower-cased. It is valid until the next Set.
func (k *Key) Name() Name { return k.wire[:k.length] }

// Depth is the number of labels.
func (k *Key) Depth() int { return k.depth }

// Suffix is the name made of the last d labels. It is valid until the next Set.
func (k *Key) Suffix(d int) Name { return k.wire[k.at[k.depth-d]:k.length] }

// Hash is the hash of the last d labels.
func (k *Key) Hash(d int) uint64 { return k.hash[d] }

// WildcardHash is the hash of "*" under the last d labels.
func (k *Key) WildcardHash(d int) uint64 {
	return mixWord(k.hash[d], 1|'*'<<8) // the length octet and the asterisk, as mixLabel loads them
}

// Seeded per process: whoever picks names cannot pick collisions.
var seed = func() uint64 {
	var b [8]byte
	rand.Read(b[:])
	return binary.LittleEndian.Uint64(b[:])
}()

const (
	mixA = 0xa0761d6478bd642f
	mixB = 0xe7037ed1a0b428db
)

func mixWord(h, w uint64) uint64 {
	hi, lo := bits.Mul64(h^mixA, w^mixB)
	return hi ^ lo
}

// mixLabel folds the label at k.wire[at], length octet included, into h.
func (k *Key) mixLabel(h uint64, at int) uint64 {
	n := 1 + int(k.wire[at])
	for ; n > 8; n -= 8 {
		h = mixWord(h, binary.LittleEndian.Uint64(k.wire[at:]))
		at += 8
	}
	w := binary.LittleEndian.Uint64(k.wire[at:])
	return mixWord(h, w&(1<<(8*uint(n))-1)) // a shift by 64 gives 0, the mask all ones
}

// lowerWords copies n into dst in lower case, eight octets at a time, the last of
// them once more where they do not fill a word.
func lowerWords(dst *[MaxLen + 9]byte, n Name) {
	at := 0
	for ; at+8 <= len(n); at += 8 {
		binary.LittleEndian.PutUint64(dst[at:], lowerWord(binary.LittleEndian.Uint64(n[at:])))
	}
	switch {
	case at == len(n):
	case at > 0:
		last := len(n) - 8
		binary.LittleEndian.PutUint64(dst[last:], lowerWord(binary.LittleEndian.Uint64(n[last:])))
	default:
		var w uint64
		for i := len(n) - 1; i >= 0; i-- {
			w = w<<8 | uint64(n[i])
		}
		binary.LittleEndian.PutUint64(dst[:], lowerWord(w))
	}
}

// lowerWord is w in lower case. Octets above 0x7f are left alone; length octets
// are below 'A'.
func lowerWord(w uint64) uint64 {
	low := w & 0x7f7f7f7f7f7f7f7f
	fromA := low + 0x3f3f3f3f3f3f3f3f // high bit: at least 'A'
	pastZ := low + 0x2525252525252525 // high bit: beyond 'Z'
	upper := (fromA ^ pastZ) &^ w & 0x8080808080808080
	return w | upper>>2
}
