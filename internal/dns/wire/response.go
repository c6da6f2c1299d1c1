package wire

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Response is a message being written: header and question first, then records
// section by section, OPT last. It never grows past its limit; what does not
// fit is left out whole and said so. It is reused from message to message.
type Response struct {
	buf     []byte
	limit   int        // of the message, what Reserve keeps free taken off
	section int        // offset of the count being increased
	qname   dname.Name // of the question, at HeaderLen
	names   compressor

	// The target last written: where its set has it, and where it stands from
	// and to. The next owner in a chain is that very name.
	target             *byte
	targetAt, targetTo int
}

// Offsets of the section counts in the header.
const (
	answerCount     = 6
	authorityCount  = 8
	additionalCount = 10
)

// Start begins a response in dst, which it empties, of at most limit octets:
// header with the flags, and the question as it came (RFC 1035, Section 4.1.2).
func (r *Response) Start(dst []byte, q *Query, flags Flags, limit int) {
	r.limit, r.section = limit, answerCount
	b := binary.BigEndian.AppendUint16(dst[:0], q.ID)
	b = binary.BigEndian.AppendUint16(b, uint16(flags))
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0)
	if q.Question != nil {
		b[5] = 1
		b = append(b, q.Question...)
	}
	r.qname = q.Name
	r.names.reset()
	r.target = nil
	r.buf = b
}

// Reserve keeps n octets free for what comes last.
func (r *Response) Reserve(n int) { r.limit -= n }

// Release gives n reserved octets back.
func (r *Response) Release(n int) { r.limit += n }

// Authority turns to the authority section, Additional to the additional one.
func (r *Response) Authority()  { r.section = authorityCount }
func (r *Response) Additional() { r.section = additionalCount }

// Bytes is the message so far.
func (r *Response) Bytes() []byte { return r.buf }

// SetFlags adds flags; SetRcode sets the lower four bits of the response code.
func (r *Response) SetFlags(f Flags) {
	binary.BigEndian.PutUint16(r.buf[2:], binary.BigEndian.Uint16(r.buf[2:])|uint16(f))
}
func (r *Response) SetRcode(c code.Rcode) { r.buf[3] = r.buf[3]&^15 | byte(c&15) }

// Set appends all records of s under owner and reports true, or none and false
// where they do not fit (RFC 2181, Section 9).
func (r *Response) Set(owner dname.Name, s rr.Set) bool {
	mark, count := len(r.buf), binary.BigEndian.Uint16(r.buf[r.section:])
	r.owner(owner)
	first := r.buf[mark:]
	for again := false; len(s) > 0; again = true {
		if again {
			r.again(mark, first)
		}
		var rec rr.Record
		rec, s = s.Next()
		r.record(rec)
		count++
		if len(r.buf) > r.limit {
			r.cut(mark)
			return false
		}
	}
	binary.BigEndian.PutUint16(r.buf[r.section:], count)
	return true
}

// cut drops what lies at or behind end.
func (r *Response) cut(end int) {
	r.buf = r.buf[:end]
	r.names.forget(end)
	r.target = nil
}

// owner writes the owner of a record; most often it is the question's name
// itself or the target of the alias before.
func (r *Response) owner(n dname.Name) {
	switch {
	case len(r.qname) > 1 && len(n) == len(r.qname) && &n[0] == &r.qname[0]:
		r.buf = append(r.buf, 0xc0, HeaderLen)
	case &n[0] == r.target:
		r.again(r.targetAt, r.buf[r.targetAt:r.targetTo])
	default:
		r.name(n)
	}
}

// again repeats the name written as first at offset at.
func (r *Response) again(at int, first []byte) {
	if len(first) > 2 && at <= maxPointer {
		r.buf = binary.BigEndian.AppendUint16(r.buf, 0xc000|uint16(at))
		return
	}
	r.buf = append(r.buf, first...)
}

// name writes a compressible name. The question's is learnt when the first of them comes.
func (r *Response) name(n dname.Name) {
	if !r.names.knows() && r.qname != nil {
		r.names.learn(r.buf, HeaderLen)
	}
	r.buf = r.names.append(r.buf, n)
}

func (r *Response) record(rec rr.Record) {
	skip, names := rec.Type().Names()
	if names == 0 {
		r.buf = append(r.buf, rec...)
		return
	}
	r.buf = append(r.buf, rec[:rr.HeadLen+skip]...)
	data := len(r.buf) - skip
	rest := rec.Data()[skip:]
	for range names {
		n, _ := dname.Len(rest)
		r.name(dname.Name(rest[:n]))
		rest = rest[n:]
	}
	if names == 1 && skip == 0 {
		r.target, r.targetAt, r.targetTo = &rec[rr.HeadLen], data, len(r.buf)
	}
	r.buf = append(r.buf, rest...)
	binary.BigEndian.PutUint16(r.buf[data-2:], uint16(len(r.buf)-data))
}

// Truncate empties all sections behind the question and sets TC
// (RFC 2181, Section 9).
func (r *Response) Truncate(q *Query) {
	r.cut(HeaderLen + len(q.Question))
	clear(r.buf[answerCount:HeaderLen])
	r.SetFlags(TC)
}

// ClearTC takes TC back.
func (r *Response) ClearTC() { r.buf[2] &^= byte(TC >> 8) }

// OPTLen is the length of an OPT record without options.
const OPTLen = 11

// OpenOPT starts the OPT record: buffer size we accept, upper bits of the
// response code, DO echoed (RFC 6891, Section 6.1; RFC 3225, Section 3).
// Options follow by Option.
func (r *Response) OpenOPT(bufferSize uint16, rcode code.Rcode, do bool) {
	r.section = additionalCount
	binary.BigEndian.PutUint16(r.buf[additionalCount:], binary.BigEndian.Uint16(r.buf[additionalCount:])+1)
	r.buf = append(r.buf, 0)
	r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(rr.TypeOPT))
	r.buf = binary.BigEndian.AppendUint16(r.buf, bufferSize)
	flags := byte(0)
	if do {
		flags = 0x80
	}
	r.buf = append(r.buf, byte(rcode>>4), 0, flags, 0, 0, 0)
}

// Option appends an option to the OPT record just opened, its data in two parts.
func (r *Response) Option(code Option, a, b []byte) {
	r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(code))
	r.buf = binary.BigEndian.AppendUint16(r.buf, uint16(len(a)+len(b)))
	r.buf = append(append(r.buf, a...), b...)
}

// CloseOPT settles the length of the OPT record whose options take n octets.
func (r *Response) CloseOPT(n int) {
	binary.BigEndian.PutUint16(r.buf[len(r.buf)-n-2:], uint16(n))
}
