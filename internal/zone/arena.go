package zone

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// arena keeps octets in chunks that never move.
type arena struct {
	chunks [][]byte
}

// ref is where a run of octets starts in an arena: its chunk and its offset
// there. Nothing starts at 0.
type ref uint64

// Chunks grow with the zone: a small one must not cost a large one's memory.
const (
	firstChunk = 4 << 10
	chunkMax   = 1 << 20
)

// room makes a run of n octets at the end of the arena. Runs do not cross
// chunks; one larger than a chunk gets a chunk of its own size.
func (a *arena) room(n int) (ref, []byte) {
	last := len(a.chunks) - 1
	if last < 0 || cap(a.chunks[last])-len(a.chunks[last]) < n {
		size := max(n+1, min(firstChunk<<min(len(a.chunks), 8), chunkMax))
		a.chunks = append(a.chunks, make([]byte, 1, size))
		last++
	}
	c := a.chunks[last]
	off := len(c)
	a.chunks[last] = c[:off+n]
	return ref(last)<<32 | ref(off), c[off : off : off+n]
}

// size is how many octets the arena holds.
func (a *arena) size() int {
	n := 0
	for _, c := range a.chunks {
		n += len(c)
	}
	return n
}

// at is the octets from r to the end of what its chunk holds.
func (a *arena) at(r ref) []byte { return a.chunks[r>>32][uint32(r):] }

func (a *arena) copy(b []byte) ref {
	r, room := a.room(len(b))
	_ = append(room, b...)
	return r
}

// entry is a record of a Builder, in its arena: next of its owner(8), column(2),
// file(2), line(4), Record. It goes on behind its end.
type entry []byte

const entryHead = 8 + 2 + 2 + 4

// add writes an entry that has no next.
func (a *arena) add(t rr.Type, ttl uint32, data []byte, p Place) ref {
	r, e := a.room(entryHead + rr.HeadLen + len(data))
	e = binary.LittleEndian.AppendUint64(e, 0)
	e = binary.LittleEndian.AppendUint16(e, p.Column)
	e = binary.LittleEndian.AppendUint16(e, p.File)
	e = binary.LittleEndian.AppendUint32(e, p.Line)
	_ = rr.AppendRecord(e, t, ttl, data)
	return r
}

func (a *arena) entry(r ref) entry { return entry(a.at(r)) }

func (e entry) next() ref     { return ref(binary.LittleEndian.Uint64(e)) }
func (e entry) setNext(r ref) { binary.LittleEndian.PutUint64(e, uint64(r)) }

func (e entry) place() Place {
	return Place{
		Column: binary.LittleEndian.Uint16(e[8:]),
		File:   binary.LittleEndian.Uint16(e[10:]),
		Line:   binary.LittleEndian.Uint32(e[12:]),
	}
}

func (e entry) record() rr.Record {
	wire := e[entryHead:]
	n := rr.HeadLen + int(binary.BigEndian.Uint16(wire[8:]))
	return rr.Record(wire[:n:n])
}
