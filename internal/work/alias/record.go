package alias

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// A record of a File, its numbers big-endian:
//
//	length(4) of what follows the checksum | CRC-32C(4) of the same
//	type(2) | flags(1): 1 gone | TTL(4) | expires(8) | target | set
//
// target and set are in wire form.
const (
	recordHead  = 4 + 4
	recordFixed = 2 + 1 + 4 + 8
	maxRecord   = recordFixed + dname.MaxLen + maxAddresses*(rr.HeadLen+16)
	flagGone    = 1
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func appendRecord(dst []byte, s Saved) []byte {
	start := len(dst)
	dst = append(dst, make([]byte, recordHead)...)
	dst = binary.BigEndian.AppendUint16(dst, uint16(s.Type))
	flags := byte(0)
	if s.Gone {
		flags = flagGone
	}
	dst = append(dst, flags)
	dst = binary.BigEndian.AppendUint32(dst, s.TTL)
	dst = binary.BigEndian.AppendUint64(dst, uint64(s.Expires))
	dst = append(dst, s.Target...)
	dst = append(dst, s.Set...)
	body := dst[start+recordHead:]
	binary.BigEndian.PutUint32(dst[start:], uint32(len(body)))
	binary.BigEndian.PutUint32(dst[start+4:], crc32.Checksum(body, castagnoli))
	return dst
}

// readRecord reads the next record of in, its octets into room, which is
// returned. The error is io.EOF at the end, one that wraps ErrDamaged where there
// is something else than a record.
func readRecord(in *bufio.Reader, room []byte) (Saved, []byte, error) {
	head, err := in.Peek(recordHead)
	switch {
	case errors.Is(err, io.EOF) && len(head) == 0:
		return Saved{}, room, io.EOF
	case errors.Is(err, io.EOF):
		return Saved{}, room, fmt.Errorf("a record was cut short: %w", ErrDamaged)
	case err != nil:
		return Saved{}, room, err
	}
	length, sum := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	if length > maxRecord {
		return Saved{}, room, fmt.Errorf("a record of %d octets: %w", length, ErrDamaged)
	}
	if need := recordHead + int(length); cap(room) < need {
		room = make([]byte, need)
	}
	room = room[:recordHead+int(length)]
	if _, err := io.ReadFull(in, room); err != nil {
		return Saved{}, room, fmt.Errorf("a record was cut short: %w", errors.Join(ErrDamaged, err))
	}
	body := room[recordHead:]
	if crc32.Checksum(body, castagnoli) != sum {
		return Saved{}, room, fmt.Errorf("a record is not as it was written: %w", ErrDamaged)
	}
	s, ok := parseRecord(body)
	if !ok {
		return Saved{}, room, fmt.Errorf("a record makes no sense: %w", ErrDamaged)
	}
	return s, room, nil
}

// parseRecord reads what stands behind the checksum; its parts are copies.
func parseRecord(body []byte) (s Saved, ok bool) {
	if len(body) < recordFixed {
		return Saved{}, false
	}
	s.Type = rr.Type(binary.BigEndian.Uint16(body))
	s.Gone = body[2]&flagGone != 0
	s.TTL = binary.BigEndian.Uint32(body[3:])
	s.Expires = int64(binary.BigEndian.Uint64(body[7:]))
	rest := body[recordFixed:]
	n, err := dname.Len(rest)
	if err != nil {
		return Saved{}, false
	}
	s.Target = dname.Name(rest[:n]).Clone()
	s.Set = append(rr.Set(nil), rest[n:]...)
	return s, (s.Type == rr.TypeA || s.Type == rr.TypeAAAA) && s.Expires > 0 && isSet(s.Set, s.Type)
}

// isSet reports whether b is a well-formed set, or none, of addresses of type t.
func isSet(b []byte, t rr.Type) bool {
	size := rr.HeadLen + 4
	if t == rr.TypeAAAA {
		size = rr.HeadLen + 16
	}
	if len(b)%size != 0 {
		return false
	}
	for ; len(b) > 0; b = b[size:] {
		r := rr.Record(b[:size])
		if r.Type() != t || rr.Class(binary.BigEndian.Uint16(b[2:])) != rr.ClassIN ||
			int(binary.BigEndian.Uint16(b[8:])) != size-rr.HeadLen {
			return false
		}
	}
	return true
}
