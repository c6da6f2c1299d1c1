package zone

import (
	"bytes"
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// assembly turns a share of a builder's owners into pages.
type assembly struct {
	b       *Builder
	writer  pageWriter
	group   []entry // the records of the owner at hand
	names   int
	records int
	remarks []Remark
	counts  [3]int
	touched byte
}

func (a *assembly) page(owners []int32, bits int) page {
	a.writer.reset()
	a.touch(owners)
	for _, id := range owners {
		a.node(id)
	}
	return a.writer.page(bits)
}

// touch reads an octet of every owner and of its records. They lie all over the
// memory of a large zone: like this they are fetched side by side, while node
// would wait for one after another.
func (a *assembly) touch(owners []int32) {
	for _, id := range owners {
		a.touched += a.b.owners[id].length
	}
	for _, id := range owners {
		if o := &a.b.owners[id]; o.first != 0 {
			a.touched += a.b.arena.at(o.first)[0]
		}
	}
}

// node writes the owner id as a Node, its records grouped into sets in the
// order in which their types first came.
func (a *assembly) node(id int32) {
	o := &a.b.owners[id]
	below := a.b.below(o)
	w := a.writer.nodes
	w = append(w, byte(len(below)))
	w = append(w, below...)
	w = append(w, byte(o.facts))
	w = binary.LittleEndian.AppendUint32(w, o.children)
	countAt := len(w)
	w = append(w, 0, 0)
	a.group = a.group[:0]
	for r := o.first; r != 0; {
		e := a.b.arena.entry(r)
		a.group = append(a.group, e)
		r = e.next()
	}
	sets := uint16(0)
	for rest := a.group; len(rest) > 0; sets++ {
		w, rest = a.set(w, o, rest)
	}
	binary.LittleEndian.PutUint16(w[countAt:], sets)
	if sets > 0 {
		a.names++
	}
	a.writer.nodes = w
	a.writer.close(byte(o.hash))
}

// set writes the records of the first one's type and returns those of other types.
func (a *assembly) set(w []byte, o *owner, records []entry) ([]byte, []entry) {
	first := records[0].record()
	t := first.Type()
	lenAt := len(w)
	w = append(w, 0, 0, 0, 0)
	seen := dedup{}
	others := records[:0]
	for _, r := range records {
		rec := r.record()
		switch {
		case rec.Type() != t:
			others = append(others, r)
			continue
		case !seen.add(rec):
			a.remark(Duplicate, o, r)
			continue
		case rec.TTL() != first.TTL() && !isSignature(t):
			a.remark(TTLDiffers, o, r)
			copy(rec[4:8], first[4:8]) // one TTL for all (RFC 2181, Section 5.2)
		}
		w = append(w, rec...)
		a.records++
	}
	binary.LittleEndian.PutUint32(w[lenAt:], uint32(len(w)-lenAt-4))
	return w, others
}

// isSignature tells the types whose records do not form an RRset: each has the
// TTL of the set that it signs (RFC 4035, Section 2.2).
func isSignature(t rr.Type) bool { return t == rr.TypeRRSIG || t == rr.TypeSIG }

func (a *assembly) remark(kind Kind, o *owner, r entry) {
	if a.counts[kind]++; len(a.remarks) >= maxRemarks {
		return
	}
	name := append(append(dname.Name(nil), a.b.below(o)...), a.b.apex...)
	a.remarks = append(a.remarks, Remark{Kind: kind, Owner: name, Type: r.record().Type(), At: r.place()})
}

// dedup tells records with equal data apart: by comparing while there are few,
// by a map when there are many. Names in data of the types of RFC 1035 are
// equal whatever the case of their ASCII letters (RFC 4034, Section 6.2).
type dedup struct {
	few  [8]rr.Record
	n    int
	many map[string]struct{}
}

func (d *dedup) add(r rr.Record) bool {
	if d.n < len(d.few) {
		for _, have := range d.few[:d.n] {
			if sameData(have, r) {
				return false
			}
		}
		d.few[d.n] = r
		d.n++
		return true
	}
	if d.many == nil {
		d.many = make(map[string]struct{})
		for _, have := range d.few {
			d.many[canonical(have)] = struct{}{}
		}
	}
	c := canonical(r)
	if _, dup := d.many[c]; dup {
		return false
	}
	d.many[c] = struct{}{}
	return true
}

func sameData(a, b rr.Record) bool {
	return len(a) == len(b) && (string(a.Data()) == string(b.Data()) || canonical(a) == canonical(b))
}

// canonical is the data of r with the names of RFC 1035 in lower case. Length
// octets are below 'A'.
func canonical(r rr.Record) string {
	data := bytes.Clone(r.Data())
	skip, names := r.Type().Names()
	at := skip
	for range names {
		n, err := dname.Len(data[at:])
		if err != nil {
			break
		}
		for i, c := range data[at : at+n] {
			if c-'A' < 26 {
				data[at+i] = c | 0x20
			}
		}
		at += n
	}
	return string(data)
}
