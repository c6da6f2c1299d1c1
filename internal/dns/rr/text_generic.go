package rr

import (
	"encoding/hex"
	"strconv"
)

// parseGeneric reads `\# length hex`, the hex in any number of fields
// (RFC 3597, Section 5).
func parseGeneric(dst []byte, t Type, fields []Field) ([]byte, *DataError) {
	if len(fields) < 2 {
		return nil, badGeneric(1, t, `has \# without a length`)
	}
	n, ok := parseDecimal(fields[1].Text, MaxData)
	if !ok {
		return nil, badGeneric(1, t, "length "+quoted(fields[1].Text)+" is not a number from 0 to 65535")
	}
	out, half := dst, false
	for i := 2; i < len(fields); i++ {
		for _, c := range fields[i].Text {
			v := hexDigit(c)
			if v > 15 {
				return nil, badGeneric(i, t, quoted(fields[i].Text)+" is not hexadecimal")
			}
			if half {
				out[len(out)-1] |= v
			} else {
				out = append(out, v<<4)
			}
			half = !half
		}
	}
	got := len(out) - len(dst)
	if half || got != int(n) {
		return nil, badGeneric(1, t, `length is `+strconv.Itoa(int(n))+" octets, but the hexadecimal digits make "+digitsLength(got, half))
	}
	if err := CheckData(t, out[len(dst):]); err != nil {
		return nil, &DataError{2, "bad_generic", err.Error(), writeAs(t)}
	}
	return out, nil
}

func digitsLength(octets int, half bool) string {
	if half {
		return strconv.Itoa(octets-1) + " and a half"
	}
	return strconv.Itoa(octets)
}

func badGeneric(field int, t Type, what string) *DataError {
	return &DataError{field, "bad_generic", t.String() + " " + what,
		`write \#, the number of octets, and two hexadecimal digits for each, as in \# 4 c0000201 (RFC 3597, Section 5)`}
}

func appendGeneric(dst, data []byte) []byte {
	dst = append(dst, `\# `...)
	dst = strconv.AppendInt(dst, int64(len(data)), 10)
	if len(data) == 0 {
		return dst
	}
	return hex.AppendEncode(append(dst, ' '), data)
}
