package dname

import (
	"errors"
	"fmt"
)

// ErrRelative is returned for a name without a final dot where no origin is known.
var ErrRelative = errors.New("name is relative (it has no final dot) and there is no origin")

// Parse reads presentation form: labels between dots, `\.` and `\DDD` escapes
// (RFC 1035, Section 5.1), "@" for the origin. A name without a final dot is
// completed by origin; with a nil origin it is refused. Case is kept.
func Parse(text string, origin Name) (Name, error) {
	return Append(make([]byte, 0, len(text)+2+len(origin)), text, origin)
}

// MustParse is Parse of an absolute name that is known to be good.
func MustParse(text string) Name {
	n, err := Parse(text, nil)
	if err != nil {
		panic(fmt.Sprintf("dname: %q: %v", text, err))
	}
	return n
}

// Append is Parse into dst; it accepts string or []byte text so that parsers need not copy.
func Append[T string | []byte](dst []byte, text T, origin Name) ([]byte, error) {
	if len(text) == 1 && text[0] == '@' {
		return appendOrigin(dst, origin)
	}
	if len(text) == 1 && text[0] == '.' {
		return append(dst, 0), nil
	}
	if len(text) == 0 {
		return nil, errors.New("name is empty")
	}
	start, head := len(dst), len(dst)
	dst = append(dst, 0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch c {
		case '.':
			if len(dst)-head == 1 {
				return nil, ErrEmptyLabel
			}
			dst[head] = byte(len(dst) - head - 1)
			head = len(dst)
			dst = append(dst, 0)
			continue
		case '\\':
			octet, used, err := unescape(text, i)
			if err != nil {
				return nil, err
			}
			c, i = octet, i+used
		}
		if dst = append(dst, c); len(dst)-head-1 > MaxLabel {
			return nil, ErrLabel
		}
	}
	if head == len(dst)-1 {
		return checkLen(dst, start)
	}
	dst[head] = byte(len(dst) - head - 1)
	dst, err := appendOrigin(dst, origin)
	if err != nil {
		return nil, err
	}
	return checkLen(dst, start)
}

func appendOrigin(dst []byte, origin Name) ([]byte, error) {
	if origin == nil {
		return nil, ErrRelative
	}
	return append(dst, origin...), nil
}

func checkLen(dst []byte, start int) ([]byte, error) {
	if len(dst)-start > MaxLen {
		return nil, ErrTooLong
	}
	return dst, nil
}

// unescape reads the escape whose backslash is text[i]: the octet it stands for
// and how many characters follow the backslash.
func unescape[T string | []byte](text T, i int) (octet byte, used int, err error) {
	if i+1 >= len(text) {
		return 0, 0, errors.New(`name ends in a lone backslash; write \\ for a backslash`)
	}
	c := text[i+1]
	if c < '0' || c > '9' {
		return c, 1, nil
	}
	if i+3 >= len(text) || !digit(text[i+2]) || !digit(text[i+3]) {
		return 0, 0, errors.New(`a backslash before a digit takes exactly three digits, as in \046`)
	}
	v := int(c-'0')*100 + int(text[i+2]-'0')*10 + int(text[i+3]-'0')
	if v > 255 {
		return 0, 0, fmt.Errorf(`\%d is not an octet (0 to 255)`, v)
	}
	return byte(v), 3, nil
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// String is the presentation form with a final dot.
func (n Name) String() string { return string(n.AppendText(make([]byte, 0, len(n)+4))) }

// AppendText appends the presentation form: printable octets as they are, those
// with a meaning in master files behind a backslash, all others as \DDD.
func (n Name) AppendText(dst []byte) []byte {
	if len(n) == 0 || n.IsRoot() {
		return append(dst, '.')
	}
	for i := 0; n[i] != 0; i += 1 + int(n[i]) {
		for _, c := range n[i+1 : i+1+int(n[i])] {
			dst = appendOctet(dst, c)
		}
		dst = append(dst, '.')
	}
	return dst
}

func appendOctet(dst []byte, c byte) []byte {
	switch c {
	case '.', '\\', '"', ';', '(', ')', '@', '$':
		return append(dst, '\\', c)
	}
	if c > ' ' && c < 0x7f {
		return append(dst, c)
	}
	return append(dst, '\\', '0'+c/100, '0'+c/10%10, '0'+c%10)
}
