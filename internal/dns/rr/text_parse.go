package rr

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"

	"github.com/truename-dns/truename/internal/dns/dname"
)

func (p part) parseName(dst []byte, t Type, i int, f *Field, origin dname.Name) ([]byte, *DataError) {
	out, err := dname.AppendUnicode(dst, f.Text, origin)
	if err == nil {
		return out, nil
	}
	message, fix, hasFix := strings.Cut(err.Error(), "; ")
	wrong := bad(t, i, "%s %s: %s", p.name, quoted(f.Text), message)
	switch {
	case errors.Is(err, dname.ErrRelative):
		wrong.Fix = "end the name with a dot, or set an origin before it"
	case hasFix:
		wrong.Fix = fix
	}
	return nil, wrong
}

func (p part) parseNumber(dst []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	most := uint64(math.MaxUint32)
	switch p.kind {
	case kindU8:
		most = math.MaxUint8
	case kindU16:
		most = math.MaxUint16
	}
	v, ok := parseDecimal(f.Text, most)
	if !ok && p.kind == kindInterval {
		v, ok = parseInterval(f.Text)
		ok = ok && v <= most
	}
	if !ok {
		return nil, p.badNumber(t, i, f, most)
	}
	switch p.kind {
	case kindU8:
		return append(dst, byte(v)), nil
	case kindU16:
		return binary.BigEndian.AppendUint16(dst, uint16(v)), nil
	}
	return binary.BigEndian.AppendUint32(dst, uint32(v)), nil
}

func (p part) badNumber(t Type, i int, f *Field, most uint64) *DataError {
	if p.kind == kindInterval {
		return bad(t, i, "%s %s is not a time of 0 to %d seconds (units w, d, h, m, s may be used)", p.name, quoted(f.Text), most)
	}
	return bad(t, i, "%s %s is not a number from 0 to %d", p.name, quoted(f.Text), most)
}

func parseStrings(dst []byte, t Type, from int, fields []Field) ([]byte, *DataError) {
	for i := from; i < len(fields); i++ {
		var err *DataError
		if dst, err = parseString(dst, t, i, &fields[i]); err != nil {
			return nil, err
		}
	}
	return dst, nil
}

func parseString(dst []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	head := len(dst)
	dst, err := parseText(append(dst, 0), t, i, f)
	if err != nil {
		return nil, err
	}
	n := len(dst) - head - 1
	if n > math.MaxUint8 {
		return nil, &DataError{i, "string_too_long", t.String() + " string " + quoted(f.Text) + " is longer than 255 octets",
			`split it into several strings, as in "first part" "second part"`}
	}
	dst[head] = byte(n)
	return dst, nil
}

// parseText appends the octets that f stands for, its escapes undone.
func parseText(dst []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	text := f.Text
	for at := 0; at < len(text); at++ {
		c := text[at]
		if c != '\\' {
			dst = append(dst, c)
			continue
		}
		octet, used := unescape(text[at+1:])
		if used == 0 {
			return nil, &DataError{i, "bad_escape", t.String() + " text " + quoted(text) + " has a bad escape",
				`write \\ for a backslash and \DDD, 000 to 255, for any octet`}
		}
		dst = append(dst, octet)
		at += used
	}
	return dst, nil
}

// unescape reads what follows a backslash: the octet and how many characters
// spell it, 0 where they do not.
func unescape(text []byte) (octet byte, used int) {
	if len(text) == 0 {
		return 0, 0
	}
	if text[0]-'0' > 9 {
		return text[0], 1
	}
	if len(text) < 3 {
		return 0, 0
	}
	v, ok := parseDecimal(text[:3], math.MaxUint8)
	if !ok {
		return 0, 0
	}
	return byte(v), 3
}

func (p part) parseTag(dst []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	if !isTag(f.Text) {
		return nil, bad(t, i, "%s %s is not 1 to 255 letters and digits", p.name, quoted(f.Text))
	}
	dst = append(dst, byte(len(f.Text)))
	return append(dst, f.Text...), nil
}

func isTag(text []byte) bool {
	if len(text) == 0 || len(text) > math.MaxUint8 {
		return false
	}
	for _, c := range text {
		if c-'0' > 9 && c|0x20-'a' > 25 {
			return false
		}
	}
	return true
}
