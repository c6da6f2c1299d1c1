package wire

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Row is a record of a Reply: its owner, and the rest with all names in it
// uncompressed. Both are views into the Rows they came from.
type Row struct {
	Owner  dname.Name
	Class  rr.Class
	Record rr.Record
}

// Rows walks over the records of one section, OPT left out.
type Rows struct {
	msg  []byte
	at   int
	left int
	room []byte // rows are written one behind another; what was given out stays
}

// Rows starts at the first record of s. room is where the rows are written,
// behind what it holds; it may be nil.
func (r *Reply) Rows(s Section, room []byte) Rows {
	return Rows{msg: r.msg, at: r.sections[s].at, left: r.sections[s].count, room: room}
}

// Next is the next record. ok is false after the last; a record with a name
// that does not end, or data that is not of its type's form, is passed over
// and counted by broken.
func (r *Rows) Next() (row Row, broken int, ok bool) {
	for r.left > 0 {
		r.left--
		owner, head := r.at, skipName(r.msg, r.at)
		r.at = recordEnd(r.msg, head)
		raw := rr.Record(r.msg[head:r.at])
		if raw.Type() == rr.TypeOPT {
			continue
		}
		if row, ok = r.expand(owner, head, raw); ok {
			return row, broken, true
		}
		broken++
	}
	return Row{}, broken, false
}

// expand writes the record out in full.
func (r *Rows) expand(owner, head int, raw rr.Record) (Row, bool) {
	start := len(r.room)
	room, end := appendName(r.room, r.msg, owner)
	if end < 0 {
		return Row{}, false
	}
	data := len(room)
	room = append(room, raw[:rr.HeadLen]...)
	room, ok := appendData(room, r.msg, head, raw)
	if !ok || len(room)-data-rr.HeadLen > rr.MaxData {
		return Row{}, false
	}
	binary.BigEndian.PutUint16(room[data+8:], uint16(len(room)-data-rr.HeadLen))
	rec := rr.Record(room[data:len(room):len(room)])
	if rr.CheckData(raw.Type(), rec.Data()) != nil && !opaque(rec) {
		return Row{}, false
	}
	r.room = room
	return Row{Owner: dname.Name(room[start:data:data]), Class: rr.Class(binary.BigEndian.Uint16(raw[2:])), Record: rec}, true
}

// opaque records are passed on as they came where what we read of them, the
// priority and the target, is there: what is wrong with their parameters is for
// their user to judge (RFC 9460, Section 2.2).
func opaque(rec rr.Record) bool {
	if t := rec.Type(); t != rr.TypeSVCB && t != rr.TypeHTTPS || len(rec.Data()) < 3 {
		return false
	}
	_, err := dname.Len(rec.Data()[2:])
	return err == nil
}

// appendData appends the RDATA of raw, which stands in msg behind the head at
// head, with its names uncompressed.
func appendData(dst, msg []byte, head int, raw rr.Record) ([]byte, bool) {
	skip, names := packedNames(raw)
	data := raw.Data()
	if names == 0 {
		return append(dst, data...), true
	}
	if skip > len(data) {
		return dst, false
	}
	at := head + rr.HeadLen + skip
	limit := head + len(raw)
	dst = append(dst, data[:skip]...)
	for range names {
		if at >= limit {
			return dst, false
		}
		if dst, at = appendName(dst, msg, at); at < 0 || at > limit {
			return dst, false
		}
	}
	return append(dst, msg[at:limit]...), true
}

// packedNames says where names may stand compressed in what others send: also
// in types whose names we never compress ourselves (RFC 3597, Section 4; RFC
// 6672, Section 2.5).
func packedNames(raw rr.Record) (skip, count int) {
	if skip, count = raw.Type().Names(); count > 0 {
		return skip, count
	}
	switch raw.Type() {
	case rr.TypeDNAME, rr.TypeNXT:
		return 0, 1
	case typeRP:
		return 0, 2
	case rr.TypeAFSDB, rr.TypeRT, rr.TypeKX:
		return 2, 1
	case typePX:
		return 2, 2
	case rr.TypeSRV:
		return 6, 1
	case rr.TypeSIG, rr.TypeRRSIG:
		return 18, 1
	case rr.TypeNAPTR:
		return naptrHead(raw.Data()), 1
	}
	return 0, 0
}

const (
	typeRP = rr.Type(17)
	typePX = rr.Type(26)
)

// naptrHead is the length of what stands before the name in NAPTR RDATA: two
// numbers and three character-strings (RFC 3403, Section 4.1). It is past the
// end of data where those do not end.
func naptrHead(data []byte) int {
	at := 4
	for range 3 {
		if at >= len(data) {
			return len(data) + 1
		}
		at += 1 + int(data[at])
	}
	return at
}

// appendName appends the name at msg[at], uncompressed, to dst and returns
// where it ends in the message, -1 if it is not well formed. A pointer leads to
// an earlier place than the last one did, so that no chain of them is endless
// (RFC 1035, Section 4.1.4: a prior occurrence).
func appendName(dst, msg []byte, at int) ([]byte, int) {
	start, end, bound := len(dst), -1, at
	for at < len(msg) {
		c := int(msg[at])
		switch {
		case c >= 0xc0:
			if at+2 > len(msg) {
				return dst, -1
			}
			if end < 0 {
				end = at + 2
			}
			to := int(binary.BigEndian.Uint16(msg[at:]) & maxPointer)
			if to >= bound {
				return dst, -1
			}
			at, bound = to, to
		case c > dname.MaxLabel || at+1+c > len(msg) || len(dst)-start+1+c > dname.MaxLen:
			return dst, -1
		case c == 0:
			if end < 0 {
				end = at + 1
			}
			return append(dst, 0), end
		default:
			dst = append(dst, msg[at:at+1+c]...)
			at += 1 + c
		}
	}
	return dst, -1
}
