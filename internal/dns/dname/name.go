// Package dname holds domain names in uncompressed wire form (RFC 1035,
// Section 3.1): every label behind its length octet, the root as a zero octet.
// Names of any case are accepted and kept; comparison ignores ASCII case
// (RFC 4343, Section 3). Internationalised names are converted at the edge
// only, by FromUnicode and ToUnicode.
package dname

import (
	"bytes"
	"errors"
)

// Limits of RFC 1035, Section 2.3.4.
const (
	MaxLen    = 255 // octets of a whole name, root octet included
	MaxLabel  = 63  // octets of one label
	MaxLabels = 127 // labels of a whole name, root not counted
)

// Name is a name in uncompressed wire form. It is a view: whoever keeps one
// longer than its source lives must Clone it.
type Name []byte

// Root is the name of the root zone.
var Root = Name{0}

// Errors of the wire form.
var (
	ErrTooLong    = errors.New("name is longer than 255 octets")
	ErrLabel      = errors.New("label is longer than 63 octets")
	ErrEmptyLabel = errors.New("name has an empty label")
	ErrTruncated  = errors.New("name ends before its root label")
)

// Check says whether the wire octets b are exactly one well-formed name.
func Check(b []byte) error {
	n, err := Len(b)
	if err != nil {
		return err
	}
	if n != len(b) {
		return errors.New("octets follow the root label")
	}
	return nil
}

// Len is the length in octets of the uncompressed name at the start of b.
func Len(b []byte) (int, error) {
	for i := 0; i < len(b); {
		l := int(b[i])
		switch {
		case l == 0:
			return i + 1, nil
		case l > MaxLabel:
			return 0, ErrLabel
		}
		if i += 1 + l; i >= MaxLen {
			return 0, ErrTooLong
		}
	}
	return 0, ErrTruncated
}

// Labels counts the labels of n; the root has none.
func (n Name) Labels() int {
	c := 0
	for i := 0; n[i] != 0; i += 1 + int(n[i]) {
		c++
	}
	return c
}

// IsRoot reports whether n is the root.
func (n Name) IsRoot() bool { return len(n) == 1 }

// IsWildcard reports whether the first label of n is a lone asterisk
// (RFC 4592, Section 2.1.1).
func (n Name) IsWildcard() bool { return len(n) > 2 && n[0] == 1 && n[1] == '*' }

// Parent is n without its first label; the root is its own parent.
func (n Name) Parent() Name {
	if n.IsRoot() {
		return n
	}
	return n[1+int(n[0]):]
}

// Suffix is the name made of the last labels labels of n, which has at least as many.
func (n Name) Suffix(labels int) Name {
	for drop := n.Labels() - labels; drop > 0; drop-- {
		n = n[1+int(n[0]):]
	}
	return n
}

// Equal compares without regard to ASCII case.
func (n Name) Equal(m Name) bool {
	if len(n) != len(m) {
		return false
	}
	if bytes.Equal(n, m) {
		return true
	}
	for i := range n {
		if lower(n[i]) != lower(m[i]) {
			return false
		}
	}
	return true
}

// IsAtOrBelow reports whether n is apex or a name under it.
func (n Name) IsAtOrBelow(apex Name) bool {
	cut := len(n) - len(apex)
	if cut < 0 {
		return false
	}
	i := 0
	for i < cut {
		i += 1 + int(n[i])
	}
	return i == cut && n[cut:].Equal(apex)
}

// IsBelow reports whether n is a name under apex and not apex itself.
func (n Name) IsBelow(apex Name) bool { return len(n) > len(apex) && n.IsAtOrBelow(apex) }

// Compare orders names canonically: by labels from the root outward, each as
// lower-cased octets, absent before present (RFC 4034, Section 6.1).
func (n Name) Compare(m Name) int {
	var a, b [MaxLabels + 1]uint8
	i, j := n.offsets(&a), m.offsets(&b)
	for i > 0 && j > 0 {
		i, j = i-1, j-1
		if c := compareLabel(n[a[i]:], m[b[j]:]); c != 0 {
			return c
		}
	}
	return i - j
}

// offsets writes where each label of n starts and returns how many there are.
func (n Name) offsets(at *[MaxLabels + 1]uint8) int {
	c := 0
	for i := 0; n[i] != 0; i += 1 + int(n[i]) {
		at[c] = uint8(i)
		c++
	}
	return c
}

func compareLabel(a, b []byte) int {
	la, lb := int(a[0]), int(b[0])
	for i := 1; i <= min(la, lb); i++ {
		if c := int(lower(a[i])) - int(lower(b[i])); c != 0 {
			return c
		}
	}
	return la - lb
}

// Clone copies n.
func (n Name) Clone() Name { return bytes.Clone(n) }

// AppendLower appends n to dst with ASCII letters in lower case. Length octets
// are below 'A' and pass through unharmed.
func (n Name) AppendLower(dst []byte) []byte {
	for _, c := range n {
		dst = append(dst, lower(c))
	}
	return dst
}

// Lower is a lower-cased copy of n.
func (n Name) Lower() Name { return n.AppendLower(make([]byte, 0, len(n))) }

// Wildcard appends the wildcard name directly under n to dst.
func (n Name) Wildcard(dst []byte) Name {
	dst = append(dst, 1, '*')
	return append(dst, n...)
}

func lower(c byte) byte {
	if c-'A' < 26 {
		return c | 0x20
	}
	return c
}
