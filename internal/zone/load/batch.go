package load

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/zone"
)

// batch is a run of records on the way from the parser to the builder:
//
//	{ type(2) ttl(4) file(2) line(4) column(2) len(1) owner len(2) data }…
//
// with integers in native order of the one program that reads them.
type batch []byte

const (
	batchFixed = 2 + 4 + 2 + 4 + 2
	batchFull  = 64 << 10
)

func (b batch) add(r *zonefile.Record, at zone.Place) batch {
	b = binary.LittleEndian.AppendUint16(b, uint16(r.Type))
	b = binary.LittleEndian.AppendUint32(b, r.TTL)
	b = binary.LittleEndian.AppendUint16(b, at.File)
	b = binary.LittleEndian.AppendUint32(b, at.Line)
	b = binary.LittleEndian.AppendUint16(b, at.Column)
	b = append(b, byte(len(r.Owner)))
	b = append(b, r.Owner...)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(r.Data)))
	return append(b, r.Data...)
}

// entry is a record in a batch; it is a view.
type entry struct {
	owner dname.Name
	rtype rr.Type
	ttl   uint32
	data  []byte
	at    zone.Place
}

// next cuts the first record off a batch that is not empty.
func (b batch) next() (e entry, rest batch) {
	e.rtype = rr.Type(binary.LittleEndian.Uint16(b))
	e.ttl = binary.LittleEndian.Uint32(b[2:])
	e.at = zone.Place{
		File:   binary.LittleEndian.Uint16(b[6:]),
		Line:   binary.LittleEndian.Uint32(b[8:]),
		Column: binary.LittleEndian.Uint16(b[12:]),
	}
	b = b[batchFixed:]
	n := 1 + int(b[0])
	e.owner, b = dname.Name(b[1:n:n]), b[n:]
	n = 2 + int(binary.LittleEndian.Uint16(b))
	e.data = b[2:n:n]
	return e, b[n:]
}

// read parses the file on one processor while it fills the builder on another.
func (l *loader) read(o Options) error {
	full, free := make(chan batch, 4), make(chan batch, 8)
	var err error
	go func() {
		defer close(full)
		w := writer{full: full, free: free}
		err = zonefile.ParseFile(l.result.Path, zonefile.Options{Origin: o.Origin, Progress: o.Progress, Include: o.Include}, w.record)
		full <- w.batch
		l.files = w.files
	}()
	for b := range full {
		l.take(b)
		select {
		case free <- b[:0]:
		default:
		}
	}
	return err
}

// writer is the parser's end.
type writer struct {
	full, free chan batch
	batch      batch
	files      []string
	number     uint16 // of the file at hand, from 1
}

func (w *writer) record(r *zonefile.Record) error {
	if w.number == 0 || w.files[w.number-1] != r.Pos.File {
		w.number = w.fileNumber(r.Pos.File)
	}
	w.batch = w.batch.add(r, zone.Place{File: w.number, Line: clamp32(r.Pos.Line), Column: clamp16(r.Pos.Column)})
	if len(w.batch) >= batchFull {
		w.full <- w.batch
		select {
		case w.batch = <-w.free:
		default:
			w.batch = make(batch, 0, batchFull+batchFull/8)
		}
	}
	return nil
}

func (w *writer) fileNumber(file string) uint16 {
	for i, f := range w.files {
		if f == file {
			return uint16(i + 1)
		}
	}
	if len(w.files) == math.MaxUint16 {
		return math.MaxUint16
	}
	w.files = append(w.files, file)
	return uint16(len(w.files))
}

func clamp16(n int) uint16 { return uint16(min(n, math.MaxUint16)) }
func clamp32(n int) uint32 { return uint32(min(n, math.MaxUint32)) }

// take hands the records of b to the builder, which the first SOA makes.
func (l *loader) take(b batch) {
	for rest := b; len(rest) > 0; l.result.Records++ {
		var e entry
		start := rest
		e, rest = rest.next()
		if l.builder == nil && !l.begin(e) {
			l.early = append(l.early, bytes.Clone(start[:len(start)-len(rest)]))
			continue
		}
		l.builder.Add(e.owner, e.rtype, e.ttl, e.data, e.at)
	}
}

// octetsPerName is a guess, on the low side, at what a name takes in a file.
const octetsPerName = 28

// begin starts the zone if e is an SOA, with what stood before it first.
func (l *loader) begin(e entry) bool {
	if e.rtype != rr.TypeSOA {
		return false
	}
	l.builder = zone.NewBuilder(e.owner)
	if f, err := os.Stat(l.result.Path); err == nil {
		l.builder.Expect(int(f.Size() / octetsPerName))
	}
	for _, b := range l.early {
		early, _ := b.next()
		l.builder.Add(early.owner, early.rtype, early.ttl, early.data, early.at)
	}
	l.early = nil
	return true
}
