package rr

import (
	"encoding/binary"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// HeadLen is the length of what stands before the RDATA in a Record.
const HeadLen = 10

// Record is one RR as it stands in a message behind its owner name: TYPE,
// CLASS, TTL, RDLENGTH, RDATA, names in it uncompressed. It is a view.
type Record []byte

// AppendRecord appends the Record of class IN with these parts to dst.
// data is at most 65,535 octets.
func AppendRecord(dst []byte, t Type, ttl uint32, data []byte) []byte {
	dst = binary.BigEndian.AppendUint16(dst, uint16(t))
	dst = binary.BigEndian.AppendUint16(dst, uint16(ClassIN))
	dst = binary.BigEndian.AppendUint32(dst, ttl)
	dst = binary.BigEndian.AppendUint16(dst, uint16(len(data)))
	return append(dst, data...)
}

// Type is the TYPE field.
func (r Record) Type() Type { return Type(binary.BigEndian.Uint16(r)) }

// TTL is the TTL field, in seconds.
func (r Record) TTL() uint32 { return binary.BigEndian.Uint32(r[4:]) }

// Data is the RDATA.
func (r Record) Data() []byte { return r[HeadLen:] }

// Set is an RRset without its owner: Records of one type and one TTL, one
// behind another (RFC 2181, Section 5). It is a view; the zero Set is empty.
type Set []byte

// Empty reports whether there is no record.
func (s Set) Empty() bool { return len(s) == 0 }

// Type is the type of all records of a set that is not empty.
func (s Set) Type() Type { return Record(s).Type() }

// TTL is the TTL of all records of a set that is not empty.
func (s Set) TTL() uint32 { return Record(s).TTL() }

// Next cuts the first record off a set that is not empty.
func (s Set) Next() (first Record, rest Set) {
	n := HeadLen + int(binary.BigEndian.Uint16(s[8:]))
	return Record(s[:n]), s[n:]
}

// Count is the number of records.
func (s Set) Count() int {
	c := 0
	for len(s) > 0 {
		_, s = s.Next()
		c++
	}
	return c
}

// Data is the RDATA of the first record of a set that is not empty.
func (s Set) Data() []byte {
	r, _ := s.Next()
	return r.Data()
}

// Target is the target name of the first record of a set of CNAME, DNAME,
// ALIAS or NS.
func (s Set) Target() dname.Name { return dname.Name(s.Data()) }

// NegativeTTL is how long a negative answer may be cached, from the SOA set s:
// the lesser of its TTL and its MINIMUM (RFC 2308, Section 3).
func (s Set) NegativeTTL() uint32 {
	data := s.Data()
	return min(s.TTL(), binary.BigEndian.Uint32(data[len(data)-4:]))
}

// Serial is the SERIAL of the SOA set s.
func (s Set) Serial() uint32 {
	data := s.Data()
	return binary.BigEndian.Uint32(data[len(data)-20:])
}
