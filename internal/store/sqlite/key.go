package sqlite

import "github.com/truename-dns/truename/internal/dns/dname"

// appendKey appends to dst what sorts, compared octet by octet, as n does in
// canonical order (RFC 4034, Section 6.1): the labels in lower case from the
// root outward. 00 ends each, so that a parent comes before its children and a
// label before a longer one; 00 and 01 inside of a label become 01 01 and 01 02.
func appendKey(dst []byte, n dname.Name) []byte {
	var starts [dname.MaxLabels]uint8
	count := 0
	for at := 0; n[at] != 0; at += 1 + int(n[at]) {
		starts[count] = uint8(at)
		count++
	}
	for i := count - 1; i >= 0; i-- {
		at := int(starts[i])
		dst = appendLabelKey(dst, n[at+1:at+1+int(n[at])])
	}
	return dst
}

func appendLabelKey(dst, label []byte) []byte {
	for _, c := range label {
		switch {
		case c <= 1:
			dst = append(dst, 1, c+1)
		case 'A' <= c && c <= 'Z':
			dst = append(dst, c+'a'-'A')
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, 0)
}

// keyOf is the key of n.
func keyOf(n dname.Name) []byte { return appendKey(make([]byte, 0, len(n)+8), n) }
