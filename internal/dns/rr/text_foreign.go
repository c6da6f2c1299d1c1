package rr

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// The types without a layout here take their form from package dns.

func hasForeignForm(t Type) bool {
	_, ok := dns.TypeToRR[uint16(t)]
	return ok && !t.IsMeta() && uint16(t) != dns.TypeNULL
}

// mayBeEmpty: an APL may hold no item (RFC 3123, Section 4), a NULL anything.
func mayBeEmpty(t Type) bool { return uint16(t) == dns.TypeAPL || uint16(t) == dns.TypeNULL }

func parseForeign(dst []byte, t Type, fields []Field, origin dname.Name) ([]byte, *DataError) {
	if !hasForeignForm(t) {
		return nil, &DataError{0, "no_text_form", "records of type " + t.String() + " have no text form of their own",
			`write the RDATA as in \# 4 c0000201: the number of octets, then hexadecimal digits (RFC 3597, Section 5)`}
	}
	if len(fields) == 0 {
		if mayBeEmpty(t) {
			return dst, nil
		}
		return nil, missing(t, 0, "data")
	}
	line, starts, err := foreignLine(t, fields)
	if err != nil {
		return nil, err
	}
	data, perr := foreignData(line, origin)
	if perr != nil {
		return nil, foreignError(t, starts, perr)
	}
	if cerr := checkForeign(t, data); cerr != nil {
		return nil, &DataError{0, "bad_field", cerr.Error(), writeAs(t)}
	}
	return append(dst, data...), nil
}

// foreignLine writes the fields into one line as they stood in their file, and
// says where in it each starts.
func foreignLine(t Type, fields []Field) (line []byte, starts []int, err *DataError) {
	line = fmt.Appendf(nil, ". 0 IN %s", t)
	numbers := 0 // of a coordinate
	for i := range fields {
		f := &fields[i]
		if t == Type(dns.TypeLOC) {
			line, numbers = fillCoordinate(line, f, numbers)
		}
		if !f.Joined {
			line = append(line, ' ')
		}
		starts = append(starts, len(line))
		if f.Quoted {
			line = append(line, '"')
		}
		if n, ok := algorithm(t, i, f); ok {
			line = strconv.AppendUint(line, uint64(n), 10)
		} else if line, err = appendToken(line, t, i, f); err != nil {
			return nil, nil, err
		}
		if f.Quoted {
			line = append(line, '"')
		}
	}
	return append(line, '\n'), starts, nil
}

// fillCoordinate writes out the minutes and seconds that may be left out of a
// coordinate before f, where f is its hemisphere (RFC 1876, Section 3): package
// dns knows no degrees and minutes without seconds.
func fillCoordinate(line []byte, f *Field, numbers int) (filled []byte, now int) {
	if len(f.Text) != 1 || f.Quoted || strings.IndexByte("NSEWnsew", f.Text[0]) < 0 {
		return line, numbers + 1
	}
	for ; numbers > 0 && numbers < 3; numbers++ {
		line = append(line, " 0"...)
	}
	return line, 0
}

// algorithm is the number of the algorithm that f names where t is a key, in
// which package dns takes numbers only (RFC 4034, Section 2.2).
func algorithm(t Type, i int, f *Field) (number uint8, ok bool) {
	if i != 2 || t != TypeDNSKEY && t != TypeKEY && t != Type(dns.TypeCDNSKEY) && t != Type(dns.TypeRKEY) {
		return 0, false
	}
	number, ok = dns.StringToAlgorithm[strings.ToUpper(string(f.Text))]
	return number, ok
}

// appendToken appends the text of f so that it stays one token.
func appendToken(line []byte, t Type, i int, f *Field) ([]byte, *DataError) {
	for at := 0; at < len(f.Text); at++ {
		c := f.Text[at]
		switch {
		case c == '\\':
			octet, used := unescape(f.Text[at+1:])
			if used == 0 {
				return nil, bad(t, i, "field %s has a bad escape", quoted(f.Text))
			}
			line = appendEscaped(line, octet)
			at += used
		case c >= 0x80 && !f.Quoted:
			return nil, bad(t, i, `field %s has octets beyond ASCII: names are written with A-labels (xn--) here, other octets as \DDD`, quoted(f.Text))
		case c < ' ' || c > '~' || c == '"' || !f.Quoted && strings.IndexByte(" ;()", c) >= 0:
			line = appendEscaped(line, c)
		default:
			line = append(line, c)
		}
	}
	return line, nil
}

func appendEscaped(line []byte, c byte) []byte {
	if c > ' ' && c <= '~' && c-'0' > 9 {
		return append(line, '\\', c)
	}
	return append(line, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
}

// foreignData reads one line with an absolute owner.
func foreignData(line []byte, origin dname.Name) ([]byte, error) {
	base := ""
	if origin != nil {
		base = origin.String()
	}
	z := dns.NewZoneParser(bytes.NewReader(line), base, "")
	r, ok := z.Next()
	if err := z.Err(); err != nil {
		return nil, err
	}
	if !ok {
		return nil, errors.New("no record")
	}
	return foreignPack(r)
}

// foreignPack is the RDATA of r, whose owner is the root.
func foreignPack(r dns.RR) ([]byte, error) {
	const head = 1 + HeadLen
	buf := make([]byte, min(head+MaxData, max(512, 2*dns.Len(r))))
	n, err := dns.PackRR(r, buf, 0, nil, false)
	if err != nil && len(buf) < head+MaxData {
		buf = make([]byte, head+MaxData)
		n, err = dns.PackRR(r, buf, 0, nil, false)
	}
	if err != nil {
		return nil, err
	}
	return buf[head:n], nil
}

// foreignError finds the field that err means by the column it names at its end.
func foreignError(t Type, starts []int, err error) *DataError {
	text, place, _ := strings.Cut(strings.TrimPrefix(err.Error(), "dns: "), " at line: ")
	field := 0
	if _, digits, ok := strings.Cut(place, ":"); ok {
		column, _ := strconv.Atoi(digits)
		for field+1 < len(starts) && starts[field+1] < column {
			field++
		}
	}
	return bad(t, field, "cannot be read: %s", text)
}

func checkForeign(t Type, data []byte) error {
	if t == TypeSVCB || t == TypeHTTPS {
		return checkService(t, data)
	}
	if !hasForeignForm(t) || len(data) == 0 && mayBeEmpty(t) {
		return nil
	}
	if len(data) == 0 {
		return fmt.Errorf("RDATA of %s is empty", t)
	}
	_, err := foreignUnpack(t, data)
	return err
}

// foreignUnpack reads data and makes sure that package dns would write it the
// same: that rules out compressed names, superfluous octets, wrong order.
func foreignUnpack(t Type, data []byte) (dns.RR, error) {
	h := dns.RR_Header{Name: ".", Rrtype: uint16(t), Class: dns.ClassINET, Rdlength: uint16(len(data))}
	r, _, err := dns.UnpackRRWithHeader(h, data, 0)
	if err != nil {
		return nil, fmt.Errorf("RDATA of %s is broken: %s", t, strings.TrimPrefix(err.Error(), "dns: "))
	}
	again, err := foreignPack(r)
	if err != nil || !bytes.Equal(again, data) {
		return nil, fmt.Errorf("RDATA of %s, %d octets, is not in the one form that its definition allows", t, len(data))
	}
	return r, nil
}

func appendForeign(dst []byte, t Type, data []byte) []byte {
	if t == TypeSVCB || t == TypeHTTPS {
		return appendService(dst, t, data)
	}
	if !hasForeignForm(t) || len(data) == 0 {
		return appendGeneric(dst, data)
	}
	text, ok := foreignText(t, data)
	if !ok {
		return appendGeneric(dst, data)
	}
	return append(dst, text...)
}

// foreignText is the form that package dns gives data, if it reads back the same.
func foreignText(t Type, data []byte) (string, bool) {
	r, err := foreignUnpack(t, data)
	if err != nil {
		return "", false
	}
	text := strings.TrimSpace(strings.TrimPrefix(r.String(), r.Header().String()))
	again, err := foreignData(fmt.Appendf(nil, ". 0 IN %s %s\n", t, text), nil)
	if text == "" || err != nil || !bytes.Equal(again, data) {
		return "", false
	}
	return text, true
}
