// Package wire holds DNS messages as octets: a query is parsed by offset and
// keeps pointing into its message; a response is appended with name
// compression. Nothing is allocated on the way.
package wire

import (
	"encoding/binary"
	"errors"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// HeaderLen is the length of a message header (RFC 1035, Section 4.1.1).
const HeaderLen = 12

// Flags is the second word of the header.
type Flags uint16

// The bits of the header's second word (RFC 1035, Section 4.1.1; RFC 4035, Section 3).
const (
	QR Flags = 1 << 15
	AA Flags = 1 << 10
	TC Flags = 1 << 9
	RD Flags = 1 << 8
	RA Flags = 1 << 7
	AD Flags = 1 << 5
	CD Flags = 1 << 4
)

// Op is the kind of query.
func (f Flags) Op() code.Op { return code.Op(f >> 11 & 15) }

// Query is a parsed request. It points into the message it was parsed from.
type Query struct {
	ID       uint16
	Flags    Flags
	Name     dname.Name // of the question, in the case it came in; nil if there is no question
	Type     rr.Type
	Class    rr.Class
	Question []byte // the question section as it came
	EDNS     EDNS
	HasTSIG  bool
}

// Errors of Parse. A message that is not even a query deserves no answer; a
// malformed one gets FORMERR.
var (
	ErrShort     = errors.New("message is shorter than a header")
	ErrResponse  = errors.New("message is a response")
	ErrMalformed = errors.New("message is malformed")
)

// Parse reads the message msg into q. With ErrMalformed the header fields are
// set, and the question where it could be read.
func (q *Query) Parse(msg []byte) error {
	*q = Query{}
	if len(msg) < HeaderLen {
		return ErrShort
	}
	q.ID = binary.BigEndian.Uint16(msg)
	q.Flags = Flags(binary.BigEndian.Uint16(msg[2:]))
	if q.Flags&QR != 0 {
		return ErrResponse
	}
	err := q.parseBody(msg)
	if err != nil && q.Flags.Op() != code.OpQuery {
		// The form of the body is its opcode's affair; one that is not served
		// is told so whatever it carries (RFC 8906, Section 3.1.4).
		q.EDNS, q.HasTSIG = EDNS{}, false
		return nil
	}
	return err
}

func (q *Query) parseBody(msg []byte) error {
	at := HeaderLen
	switch binary.BigEndian.Uint16(msg[4:]) {
	case 0:
	case 1:
		if at = q.parseQuestion(msg); at < 0 {
			return ErrMalformed
		}
	default:
		return ErrMalformed // QDCOUNT is 0 or 1 (RFC 9619, Section 4)
	}
	return q.parseRest(msg, at)
}

// parseQuestion returns where the question ends, -1 if it is malformed.
func (q *Query) parseQuestion(msg []byte) int {
	n, err := dname.Len(msg[HeaderLen:])
	end := HeaderLen + n + 4
	if err != nil || len(msg) < end {
		return -1
	}
	q.Name = dname.Name(msg[HeaderLen : HeaderLen+n])
	q.Type = rr.Type(binary.BigEndian.Uint16(msg[end-4:]))
	q.Class = rr.Class(binary.BigEndian.Uint16(msg[end-2:]))
	q.Question = msg[HeaderLen:end]
	return end
}

// parseRest walks over the records behind the question to find OPT and TSIG.
func (q *Query) parseRest(msg []byte, at int) error {
	before := int(binary.BigEndian.Uint16(msg[6:])) + int(binary.BigEndian.Uint16(msg[8:]))
	total := before + int(binary.BigEndian.Uint16(msg[10:]))
	for i := range total {
		owner := at
		if at = skipName(msg, at); at < 0 || len(msg) < at+rr.HeadLen {
			return ErrMalformed
		}
		end := at + rr.HeadLen + int(binary.BigEndian.Uint16(msg[at+8:]))
		if len(msg) < end {
			return ErrMalformed
		}
		switch rr.Record(msg[at:end]).Type() {
		case rr.TypeOPT:
			// One OPT, owned by the root, in the additional section (RFC 6891, Section 6.1.1).
			if i < before || q.EDNS.Present || msg[owner] != 0 {
				return ErrMalformed
			}
			if err := q.EDNS.parse(msg[at:end]); err != nil {
				return err
			}
		case rr.TypeTSIG:
			if i < before || i != total-1 {
				return ErrMalformed // TSIG stands last in the additional section (RFC 8945, Section 5.1)
			}
			q.HasTSIG = true
		}
		at = end
	}
	if at != len(msg) {
		return ErrMalformed
	}
	return nil
}

// skipName is where the name at msg[at] ends, -1 if it does not.
func skipName(msg []byte, at int) int {
	for at < len(msg) {
		switch c := msg[at]; {
		case c == 0:
			return at + 1
		case c >= 0xc0:
			if at+2 > len(msg) {
				return -1
			}
			return at + 2
		case c > dname.MaxLabel:
			return -1
		default:
			at += 1 + int(c)
		}
	}
	return -1
}
