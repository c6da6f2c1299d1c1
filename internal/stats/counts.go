package stats

import (
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Counts is a number of responses, by query type and by response code. The zero
// Counts is none.
type Counts struct {
	types  [types]uint64
	rcodes [rcodes]uint64
}

// Count counts n responses.
func (c *Counts) Count(t rr.Type, r code.Rcode, n uint64) {
	c.types[slot(t)] += n
	c.rcodes[rcodeSlot(r)] += n
}

// Add adds those of o.
func (c *Counts) Add(o *Counts) {
	for i, n := range o.types {
		c.types[i] += n
	}
	for i, n := range o.rcodes {
		c.rcodes[i] += n
	}
}

// Sub takes off those of o; less than none is none.
func (c *Counts) Sub(o *Counts) {
	for i, n := range o.types {
		c.types[i] -= min(n, c.types[i])
	}
	for i, n := range o.rcodes {
		c.rcodes[i] -= min(n, c.rcodes[i])
	}
}

// Total is how many there were in all.
func (c *Counts) Total() (n uint64) {
	for _, of := range c.types {
		n += of
	}
	return n
}

// Rcode is how many had that response code.
func (c *Counts) Rcode(r code.Rcode) uint64 { return c.rcodes[rcodeSlot(r)] }

// ByType is those by mnemonic, without the types that there were none of; other
// stands for the types that have no counter of their own.
func (c *Counts) ByType() map[string]uint64 {
	m := make(map[string]uint64)
	for i, n := range c.types {
		if n > 0 {
			m[typeName(i)] += n
		}
	}
	return m
}

// ByRcode is those by mnemonic, without the codes that there were none of.
func (c *Counts) ByRcode() map[string]uint64 {
	m := make(map[string]uint64)
	for i, n := range c.rcodes {
		if n > 0 {
			m[code.Rcode(i).String()] += n
		}
	}
	return m
}

// FromMaps is the Counts of what ByType and ByRcode gave; what they did not
// counts as other.
func FromMaps(byType, byRcode map[string]uint64) (c Counts) {
	for name, n := range byType {
		i, known := typeSlots[name]
		if !known {
			i = otherType
		}
		c.types[i] += n
	}
	for name, n := range byRcode {
		i, known := rcodeSlots[name]
		if !known {
			i = rcodes - 1
		}
		c.rcodes[i] += n
	}
	return c
}

func rcodeSlot(r code.Rcode) int { return min(int(r), rcodes-1) }

// The slots by name; of codes with one name the least.
var (
	typeSlots = func() map[string]int {
		m := make(map[string]int, types)
		for i := range types {
			m[typeName(i)] = i
		}
		return m
	}()
	rcodeSlots = func() map[string]int {
		m := make(map[string]int, rcodes)
		for i := rcodes - 1; i >= 0; i-- {
			m[code.Rcode(i).String()] = i
		}
		return m
	}()
)
