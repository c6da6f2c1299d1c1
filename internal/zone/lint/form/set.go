package form

import (
	"bytes"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Target is the first name in the RDATA of r, nil where there is none that counts.
func Target(r rr.Record) dname.Name {
	switch r.Type() {
	case rr.TypeCNAME, rr.TypeDNAME, rr.TypeALIAS, rr.TypePTR:
		return dname.Name(r.Data())
	case rr.TypeSOA:
		n, err := dname.Len(r.Data())
		if err != nil {
			return nil
		}
		return dname.Name(r.Data()[:n])
	}
	return r.AdditionalTarget(nil)
}

// TargetAt is where in the RDATA of t the name stands that Target gives.
func TargetAt(t rr.Type) int {
	switch t {
	case rr.TypeMX, rr.TypeSVCB, rr.TypeHTTPS, rr.TypeAFSDB, rr.TypeRT, rr.TypeKX:
		return 2
	case rr.TypeSRV:
		return 6
	}
	return 0
}

// SameData reports whether two sets hold the same RDATA in any order, whatever their TTLs.
func SameData(a, b rr.Set) bool {
	if a.Count() != b.Count() {
		return false
	}
	for len(a) > 0 {
		var r rr.Record
		if r, a = a.Next(); !HasData(b, r.Data()) {
			return false
		}
	}
	return true
}

// HasData reports whether a record of s has that RDATA.
func HasData(s rr.Set, data []byte) bool {
	for len(s) > 0 {
		var r rr.Record
		if r, s = s.Next(); bytes.Equal(r.Data(), data) {
			return true
		}
	}
	return false
}

// AnswerSize is the size in octets of a response with s alone, to a question about
// a name of owner octets, to which all records point in two (RFC 1035, Section 4.1.4).
func AnswerSize(owner int, s rr.Set) int {
	size := 12 + owner + 4
	for len(s) > 0 {
		var r rr.Record
		r, s = s.Next()
		size += 2 + len(r)
	}
	return size
}

// IsPolicy reports whether the text of the TXT RDATA is version, alone or before a space or semicolon.
func IsPolicy(data []byte, version string) bool {
	if len(data) <= len(version) || !strings.EqualFold(string(data[1:1+len(version)]), version) {
		return false
	}
	rest := data[1+len(version):]
	return int(data[0]) == len(version) || len(rest) > 0 && (rest[0] == ' ' || rest[0] == ';')
}

// Names reports whether a record of s, whose RDATA is a name, is n.
func Names(n dname.Name, s rr.Set) bool {
	for len(s) > 0 {
		var r rr.Record
		if r, s = s.Next(); dname.Name(r.Data()).Equal(n) {
			return true
		}
	}
	return false
}
