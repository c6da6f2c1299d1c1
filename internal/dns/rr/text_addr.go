package rr

import (
	"encoding/binary"
	"encoding/hex"
)

func (p part) parseIPv4(dst []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	v, ok := ipv4(f.Text)
	if !ok {
		return nil, bad(t, i, "%s %s is not an IPv4 address", p.name, quoted(f.Text))
	}
	return binary.BigEndian.AppendUint32(dst, v), nil
}

// ipv4 reads four decimal octets without leading zeros.
func ipv4(text []byte) (addr uint32, ok bool) {
	octets, digits := 0, 0
	var v uint32
	for _, c := range text {
		switch {
		case c-'0' <= 9 && (digits == 0 || v > 0):
			digits++
			if v = v*10 + uint32(c-'0'); v > 255 {
				return 0, false
			}
		case c == '.' && digits > 0 && octets < 3:
			addr = addr<<8 | v
			octets++
			v, digits = 0, 0
		default:
			return 0, false
		}
	}
	return addr<<8 | v, octets == 3 && digits > 0
}

func (p part) parseIPv6(dst []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	a, ok := ipv6(f.Text)
	if !ok {
		return nil, bad(t, i, "%s %s is not an IPv6 address", p.name, quoted(f.Text))
	}
	return append(dst, a[:]...), nil
}

// ipv6 reads the forms of RFC 4291, Section 2.2, without a zone.
func ipv6(text []byte) (addr [16]byte, ok bool) {
	gap, n := -1, 0 // where "::" stands, octets so far
	if len(text) >= 2 && text[0] == ':' && text[1] == ':' {
		gap, text = 0, text[2:]
	}
	for len(text) > 0 && n < 16 {
		word, digits := hexWord(text)
		if digits < len(text) && text[digits] == '.' {
			v, ok := ipv4(text)
			if !ok || n > 12 {
				return addr, false
			}
			binary.BigEndian.PutUint32(addr[n:], v)
			n, text = n+4, nil
			break
		}
		if digits == 0 || digits > 4 {
			return addr, false
		}
		binary.BigEndian.PutUint16(addr[n:], word)
		n += 2
		if text = text[digits:]; len(text) == 0 {
			break
		}
		if text[0] != ':' || len(text) == 1 {
			return addr, false
		}
		if text = text[1:]; text[0] == ':' {
			if gap >= 0 {
				return addr, false
			}
			gap, text = n, text[1:]
		}
	}
	return fillGap(addr, gap, n, len(text))
}

func fillGap(addr [16]byte, gap, n, left int) (full [16]byte, ok bool) {
	if gap < 0 {
		return addr, n == 16 && left == 0
	}
	copy(full[:gap], addr[:gap])
	copy(full[16-(n-gap):], addr[gap:n])
	return full, n < 16 && left == 0
}

func (p part) parseLocator(dst []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	text := f.Text
	for group := range 4 {
		word, digits := hexWord(text)
		text = text[digits:]
		atEnd := group == 3 && len(text) == 0
		if digits == 0 || digits > 4 || !atEnd && (group == 3 || len(text) == 0 || text[0] != ':') {
			return nil, bad(t, i, "%s %s is not four groups of hexadecimal digits with colons between", p.name, quoted(f.Text))
		}
		if !atEnd {
			text = text[1:]
		}
		dst = binary.BigEndian.AppendUint16(dst, word)
	}
	return dst, nil
}

func appendLocator(dst, b []byte) []byte {
	for i := 0; i < 8; i += 2 {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = hex.AppendEncode(dst, b[i:i+2])
	}
	return dst
}

// hexWord reads up to five hexadecimal digits, of which four are good.
func hexWord(text []byte) (word uint16, digits int) {
	for digits < len(text) && digits < 5 {
		v := hexDigit(text[digits])
		if v > 15 {
			break
		}
		word = word<<4 | uint16(v)
		digits++
	}
	return word, digits
}

// hexDigit is the value of c, or 16 where c is no hexadecimal digit.
func hexDigit(c byte) byte {
	switch {
	case c-'0' <= 9:
		return c - '0'
	case c|0x20-'a' <= 5:
		return c | 0x20 - 'a' + 10
	}
	return 16
}
