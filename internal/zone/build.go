package zone

import (
	"sync"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Build is a built snapshot with what was remarked on the way and the memory
// of where its records came from, which is dropped with it.
type Build struct {
	Snapshot *Snapshot
	Remarks  []Remark
	builder  *Builder
	once     sync.Once // Locate needs the builder's index
}

// Kind says what a Remark is about.
type Kind uint8

const (
	// Duplicate: the same record stood twice and was taken once (RFC 2181, Section 5).
	Duplicate Kind = iota
	// TTLDiffers: a record's TTL is not that of the first of its set (RFC 2181, Section 5.2).
	TTLDiffers
	// OutOfZone: a record whose owner is not at or below the apex was left out.
	OutOfZone
)

// maxRemarks bounds what each of those who remark keeps of a file that is wrong all over.
const maxRemarks = 10_000

// Remark is something a Builder could not take into the snapshot as it was.
type Remark struct {
	Kind  Kind
	Owner dname.Name
	Type  rr.Type
	At    Place
}

func (b *Builder) remark(kind Kind, owner dname.Name, t rr.Type, at Place) {
	if b.counts[kind]++; len(b.remarks) < maxRemarks {
		b.remarks = append(b.remarks, Remark{Kind: kind, Owner: owner.Clone(), Type: t, At: at})
	}
}

// Count is how many remarks of that kind there were; Remarks may hold fewer.
func (b *Build) Count(kind Kind) int { return b.builder.counts[kind] }

// Locate is where the record number n (from 0) of the set of that owner and type stood;
// ok is false where there is none.
func (b *Build) Locate(owner dname.Name, t rr.Type, n int) (at Place, ok bool) {
	var k dname.Key
	k.Set(owner)
	name := k.Name()
	below := name[:len(name)-len(b.builder.apex)]
	b.once.Do(b.builder.restoreIndex)
	id := b.builder.index[b.builder.probe(k.Hash(k.Depth()), below)].id - 1
	if id < 0 {
		return Place{}, false
	}
	seen := dedup{} // the set has what stood twice once
	for r := b.builder.owners[id].first; r != 0; {
		e := b.builder.arena.entry(r)
		r = e.next()
		if e.record().Type() != t || !seen.add(e.record()) {
			continue
		}
		if n == 0 {
			return e.place(), true
		}
		n--
	}
	return Place{}, false
}

// restoreIndex makes the index anew, which Build dropped.
func (b *Builder) restoreIndex() {
	size := 64
	for size < 2*len(b.owners) {
		size *= 2
	}
	b.reindex(size)
}
