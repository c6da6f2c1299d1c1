package rr

import (
	"fmt"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// CheckData says whether data is well-formed RDATA of t: no octet too few or
// too many, names complete and uncompressed. Types without a known form may
// hold anything.
func CheckData(t Type, data []byte) error {
	if len(data) > MaxData {
		return tooMuchData(t, len(data))
	}
	l := layoutOf(t)
	if l == nil {
		return checkForeign(t, data)
	}
	rest := data
	for _, p := range l {
		n, err := p.length(rest)
		if err != nil {
			return fmt.Errorf("RDATA of %s, %d octets, is broken at its %s: %w", t, len(data), p.name, err)
		}
		rest = rest[n:]
	}
	if len(rest) > 0 {
		return fmt.Errorf("RDATA of %s has %d octets behind its end", t, len(rest))
	}
	return nil
}

// length is how many octets at the start of b are p.
func (p part) length(b []byte) (int, error) {
	switch p.kind {
	case kindName:
		return dname.Len(b)
	case kindString:
		return stringLength(b)
	case kindOptional:
		if len(b) == 0 {
			return 0, nil
		}
		return stringLength(b)
	case kindStrings:
		return stringsLength(b)
	case kindTag:
		n, err := stringLength(b)
		if err == nil && !isTag(b[1:n]) {
			return 0, fmt.Errorf("%s is not 1 to 255 letters and digits", quoted(b[1:n]))
		}
		return n, err
	case kindText:
		return len(b), nil
	}
	n := p.width()
	if len(b) < n {
		return 0, fmt.Errorf("%d octets left, takes %d", len(b), n)
	}
	return n, nil
}

func (p part) width() int {
	switch p.kind {
	case kindU8:
		return 1
	case kindU16:
		return 2
	case kindLocator:
		return 8
	case kindIPv6:
		return 16
	}
	return 4
}

func stringLength(b []byte) (int, error) {
	if len(b) == 0 || len(b) < 1+int(b[0]) {
		return 0, fmt.Errorf("a character-string ends early")
	}
	return 1 + int(b[0]), nil
}

func stringsLength(b []byte) (total int, err error) {
	for total == 0 || total < len(b) {
		n, err := stringLength(b[total:])
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}
