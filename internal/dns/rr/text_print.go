package rr

import (
	"encoding/binary"
	"net/netip"
	"strconv"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// AppendDataText appends the presentation form of data, the RDATA of a record
// of type t: absolute names, one space between fields, texts in quotes. What is
// not well formed, or of a type without a form of its own, comes out as
// `\# length hex` (RFC 3597, Section 5).
func AppendDataText(dst []byte, t Type, data []byte) []byte {
	l := layoutOf(t)
	if l == nil {
		return appendForeign(dst, t, data)
	}
	if CheckData(t, data) != nil {
		return appendGeneric(dst, data)
	}
	for i, p := range l {
		if p.kind == kindOptional && len(data) == 0 {
			break
		}
		if i > 0 {
			dst = append(dst, ' ')
		}
		n, _ := p.length(data)
		dst = p.appendText(dst, data[:n])
		data = data[n:]
	}
	return dst
}

func (p part) appendText(dst, b []byte) []byte {
	switch p.kind {
	case kindName:
		return dname.Name(b).AppendText(dst)
	case kindU8:
		return strconv.AppendUint(dst, uint64(b[0]), 10)
	case kindU16:
		return strconv.AppendUint(dst, uint64(binary.BigEndian.Uint16(b)), 10)
	case kindIPv4:
		return netip.AddrFrom4([4]byte(b)).AppendTo(dst)
	case kindIPv6:
		return netip.AddrFrom16([16]byte(b)).AppendTo(dst)
	case kindLocator:
		return appendLocator(dst, b)
	case kindString, kindOptional:
		return appendQuoted(dst, b[1:])
	case kindStrings:
		return appendStrings(dst, b)
	case kindTag:
		return append(dst, b[1:]...)
	case kindText:
		return appendQuoted(dst, b)
	}
	return strconv.AppendUint(dst, uint64(binary.BigEndian.Uint32(b)), 10)
}

func appendStrings(dst, b []byte) []byte {
	for {
		n := 1 + int(b[0])
		dst = appendQuoted(dst, b[1:n])
		if b = b[n:]; len(b) == 0 {
			return dst
		}
		dst = append(dst, ' ')
	}
}

func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	for _, c := range text {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ' || c > '~':
			dst = append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
