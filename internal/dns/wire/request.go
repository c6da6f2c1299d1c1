package wire

import (
	"encoding/binary"
	"errors"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// ErrQuery is returned by Reply.Parse for a message that is a query.
var ErrQuery = errors.New("message is a query")

// Request is a query to be sent, in class IN.
type Request struct {
	ID    uint16
	Flags Flags // RD and CD are what a query may have
	Name  dname.Name
	Type  rr.Type
	// BufferSize is that of the OPT record, in octets; 0 leaves OPT out.
	BufferSize uint16
	DO         bool
}

// Append appends the message to dst.
func (q *Request) Append(dst []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, q.ID)
	dst = binary.BigEndian.AppendUint16(dst, uint16(q.Flags&^QR))
	extra := byte(0)
	if q.BufferSize > 0 {
		extra = 1
	}
	dst = append(dst, 0, 1, 0, 0, 0, 0, 0, extra)
	dst = append(dst, q.Name...)
	dst = binary.BigEndian.AppendUint16(dst, uint16(q.Type))
	dst = binary.BigEndian.AppendUint16(dst, uint16(rr.ClassIN))
	if extra == 0 {
		return dst
	}
	dst = append(dst, 0)
	dst = binary.BigEndian.AppendUint16(dst, uint16(rr.TypeOPT))
	dst = binary.BigEndian.AppendUint16(dst, q.BufferSize)
	flags := byte(0)
	if q.DO {
		flags = 0x80
	}
	return append(dst, 0, 0, flags, 0, 0, 0)
}

// MixCase gives every letter of name, in place, the case that the next bit of
// random says, so that an answer that repeats it shows that the query was seen
// (draft-vixie-dnsext-dns0x20). Bits are used in turn and over again.
func MixCase(name dname.Name, random uint64) {
	at := 0
	for i := 0; name[i] != 0; i += 1 + int(name[i]) {
		for j := i + 1; j <= i+int(name[i]); j++ {
			if c := name[j] | 0x20; c-'a' < 26 {
				name[j] = c &^ byte(random>>(at%64)&1<<5)
				at++
			}
		}
	}
}
