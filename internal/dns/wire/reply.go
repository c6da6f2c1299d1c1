package wire

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Reply is a parsed response. It points into the message it was parsed from.
type Reply struct {
	ID       uint16
	Flags    Flags
	Rcode    code.Rcode // with the upper bits of OPT, where there is one
	Name     dname.Name // of the question as it came; nil if there is no question
	Type     rr.Type
	Class    rr.Class
	EDNS     EDNS
	EDE      code.EDE // the first extended error, or code.NoEDE
	EDEText  []byte   // of it, as it came
	msg      []byte
	sections [3]extent
}

// Section is one of the three sections of records.
type Section uint8

// The sections of records (RFC 1035, Section 4.1).
const (
	Answer Section = iota
	Authority
	Additional
)

// extent is where the records of a section stand.
type extent struct{ at, count int }

// Parse reads the message msg into r and walks over all its records, so that
// Rows finds their bounds sound. It returns ErrShort, ErrQuery or ErrMalformed;
// with the last the header fields are set.
func (r *Reply) Parse(msg []byte) error {
	*r = Reply{EDE: code.NoEDE}
	if len(msg) < HeaderLen {
		return ErrShort
	}
	r.msg = msg
	r.ID = binary.BigEndian.Uint16(msg)
	r.Flags = Flags(binary.BigEndian.Uint16(msg[2:]))
	r.Rcode = code.Rcode(r.Flags & 15)
	if r.Flags&QR == 0 {
		return ErrQuery
	}
	at := HeaderLen
	switch binary.BigEndian.Uint16(msg[4:]) {
	case 0:
	case 1:
		if at = r.parseQuestion(); at < 0 {
			return ErrMalformed
		}
	default:
		return ErrMalformed // QDCOUNT is 0 or 1 (RFC 9619, Section 4)
	}
	return r.parseSections(at)
}

// parseQuestion returns where the question ends, -1 if it is malformed.
func (r *Reply) parseQuestion() int {
	n, err := dname.Len(r.msg[HeaderLen:])
	end := HeaderLen + n + 4
	if err != nil || len(r.msg) < end {
		return -1
	}
	r.Name = dname.Name(r.msg[HeaderLen : HeaderLen+n])
	r.Type = rr.Type(binary.BigEndian.Uint16(r.msg[end-4:]))
	r.Class = rr.Class(binary.BigEndian.Uint16(r.msg[end-2:]))
	return end
}

func (r *Reply) parseSections(at int) error {
	for s := range r.sections {
		count := int(binary.BigEndian.Uint16(r.msg[answerCount+2*s:]))
		r.sections[s] = extent{at, count}
		for range count {
			owner := at
			if at = skipName(r.msg, at); at < 0 {
				return ErrMalformed
			}
			end := recordEnd(r.msg, at)
			if end < 0 {
				return ErrMalformed
			}
			if err := r.takeOPT(Section(s), owner, r.msg[at:end]); err != nil {
				return err
			}
			at = end
		}
	}
	if at != len(r.msg) {
		return ErrMalformed
	}
	return nil
}

// recordEnd is where the record ends whose TYPE stands at msg[at], -1 if it does not.
func recordEnd(msg []byte, at int) int {
	if len(msg) < at+rr.HeadLen {
		return -1
	}
	end := at + rr.HeadLen + int(binary.BigEndian.Uint16(msg[at+8:]))
	if len(msg) < end {
		return -1
	}
	return end
}

// takeOPT reads rec if it is the OPT record: one, owned by the root, in the
// additional section (RFC 6891, Section 6.1.1).
func (r *Reply) takeOPT(s Section, owner int, rec rr.Record) error {
	if rec.Type() != rr.TypeOPT {
		return nil
	}
	if s != Additional || r.EDNS.Present || r.msg[owner] != 0 {
		return ErrMalformed
	}
	if err := r.EDNS.parse(rec); err != nil {
		return err
	}
	r.Rcode |= code.Rcode(rec[4]) << 4
	if r.EDNS.Version == 0 {
		r.takeEDE(rec.Data())
	}
	return nil
}

// takeEDE reads the first extended error among options, whose bounds are known
// to be sound (RFC 8914, Section 2).
func (r *Reply) takeEDE(options []byte) {
	for len(options) > 0 {
		end := 4 + int(binary.BigEndian.Uint16(options[2:]))
		if Option(binary.BigEndian.Uint16(options)) == OptionEDE && end >= 6 {
			r.EDE = code.EDE(binary.BigEndian.Uint16(options[4:]))
			r.EDEText = options[6:end]
			return
		}
		options = options[end:]
	}
}

// Count is how many records the header announces for s, OPT included.
func (r *Reply) Count(s Section) int { return r.sections[s].count }
