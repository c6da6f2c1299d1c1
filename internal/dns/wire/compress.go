package wire

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// compressor remembers where in a message the suffixes of names stand, so that
// a later name can point at them (RFC 1035, Section 4.1.4). A short hash picks
// candidates from a small table; the octets decide, without regard to case.
type compressor struct {
	slots [slots]slot
	age   uint16 // slots of another age are empty, so that reset costs nothing
	used  bool
	offs  [dname.MaxLabels + 1]uint8 // of the labels of the name at hand
	hash  [dname.MaxLabels + 1]uint32
}

type slot struct {
	age uint16
	at  uint16
}

const (
	slots      = 256
	maxPointer = 0x3fff
)

func (c *compressor) reset() {
	c.used = false
	if c.age++; c.age == 0 {
		clear(c.slots[:])
		c.age = 1
	}
}

// knows reports whether any name was taken in.
func (c *compressor) knows() bool { return c.used }

// forget takes out what lies at or behind end.
func (c *compressor) forget(end int) {
	for i := range c.slots {
		if c.slots[i].age == c.age && int(c.slots[i].at) >= end {
			c.slots[i].age = c.age - 1
		}
	}
}

// learn takes in the uncompressed name at msg[at].
func (c *compressor) learn(msg []byte, at int) {
	c.used = true
	n, _ := dname.Len(msg[at:])
	for i := range c.scan(msg[at : at+n]) {
		c.enter(c.hash[i], at+int(c.offs[i]))
	}
}

func (c *compressor) enter(h uint32, at int) {
	if at <= maxPointer {
		c.slots[h%slots] = slot{c.age, uint16(at)}
	}
}

// append writes n to msg, its longest known suffix as a pointer.
func (c *compressor) append(msg []byte, n dname.Name) []byte {
	c.used = true
	labels := c.scan(n)
	start := len(msg)
	for i := range labels {
		s := c.slots[c.hash[i]%slots]
		if s.age == c.age && matches(msg, int(s.at), n[c.offs[i]:]) {
			msg = append(msg, n[:c.offs[i]]...)
			for j := range i {
				c.enter(c.hash[j], start+int(c.offs[j]))
			}
			return binary.BigEndian.AppendUint16(msg, 0xc000|s.at)
		}
	}
	msg = append(msg, n...)
	for j := range labels {
		c.enter(c.hash[j], start+int(c.offs[j]))
	}
	return msg
}

// scan locates the labels of n and hashes the suffix that starts at each.
func (c *compressor) scan(n dname.Name) int {
	labels := 0
	for i := 0; n[i] != 0; i += 1 + int(n[i]) {
		c.offs[labels] = uint8(i)
		labels++
	}
	h := uint32(0)
	for l := labels - 1; l >= 0; l-- {
		at := int(c.offs[l])
		size := int(n[at])
		// The length, the first and the last octets tell most labels apart.
		h = (h ^ uint32(size) ^ uint32(n[at+1]|0x20)<<8 ^ uint32(n[at+size]|0x20)<<16 ^ uint32(n[at+(size+1)/2]|0x20)<<24) * 0x9e3779b1
		h ^= h >> 15
		c.hash[l] = h
	}
	return labels
}

// matches reports whether the name at msg[at], which may end in a pointer, is n.
func matches(msg []byte, at int, n dname.Name) bool {
	for {
		for msg[at] >= 0xc0 {
			at = int(binary.BigEndian.Uint16(msg[at:]) & maxPointer)
		}
		size := int(msg[at])
		if size != int(n[0]) {
			return false
		}
		if size == 0 {
			return true
		}
		for i := 1; i <= size; i++ {
			if a, b := msg[at+i], n[i]; a != b && (a^b != 0x20 || (a|0x20)-'a' > 25) {
				return false
			}
		}
		at += 1 + size
		n = n[1+size:]
	}
}
