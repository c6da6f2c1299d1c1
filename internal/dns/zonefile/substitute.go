package zonefile

import (
	"bytes"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
)

const modifierUsage = "write ${offset,width,base}, as in ${-1,3,d}; the base is one of d, o, x, X, n, N"

// substitute appends the text of f with n in place of $ and ${...}. Escapes
// pass through; $$ and \$ stand for a dollar sign.
func substitute(dst []byte, file string, f *rr.Field, n int64) ([]byte, *Error) {
	text := f.Text
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && i+1 < len(text):
			i++
			dst = append(dst, c, text[i])
		case c != '$':
			dst = append(dst, c)
		case i+1 < len(text) && text[i+1] == '$':
			i++
			dst = append(dst, '\\', '$')
		case i+1 < len(text) && text[i+1] == '{':
			end := bytes.IndexByte(text[i:], '}')
			if end < 0 {
				return nil, badModifier(file, f, text[i:])
			}
			var ok bool
			if dst, ok = appendModified(dst, string(text[i+2:i+end]), n); !ok {
				return nil, badModifier(file, f, text[i:i+end+1])
			}
			i += end
		default:
			dst = strconv.AppendInt(dst, n, 10)
		}
	}
	return dst, nil
}

func badModifier(file string, f *rr.Field, text []byte) *Error {
	return &Error{place(file, f), "bad_modifier", show(text) + " is no number of $GENERATE", modifierUsage}
}

// appendModified appends n as "offset[,width[,base]]" says.
func appendModified(dst []byte, modifier string, n int64) ([]byte, bool) {
	offset, rest, hasWidth := strings.Cut(modifier, ",")
	width, base, hasBase := strings.Cut(rest, ",")
	delta, err := strconv.ParseInt(offset, 10, 32)
	if n += delta; err != nil || n < 0 {
		return nil, false
	}
	w := uint64(0)
	if hasWidth {
		if w, err = strconv.ParseUint(width, 10, 8); err != nil {
			return nil, false
		}
	}
	if !hasBase {
		base = "d"
	}
	return appendBase(dst, base, n, int(w))
}

func appendBase(dst []byte, base string, n int64, width int) ([]byte, bool) {
	var digits string
	switch base {
	case "d":
		digits = strconv.FormatInt(n, 10)
	case "o":
		digits = strconv.FormatInt(n, 8)
	case "x":
		digits = strconv.FormatInt(n, 16)
	case "X":
		digits = strings.ToUpper(strconv.FormatInt(n, 16))
	case "n":
		return appendNibbles(dst, "0123456789abcdef", n, width), true
	case "N":
		return appendNibbles(dst, "0123456789ABCDEF", n, width), true
	default:
		return nil, false
	}
	for pad := width - len(digits); pad > 0; pad-- {
		dst = append(dst, '0')
	}
	return append(dst, digits...), true
}

// appendNibbles appends the hexadecimal digits of n with the least first and
// dots between; width counts the dots too.
func appendNibbles(dst []byte, digits string, n int64, width int) []byte {
	for {
		dst = append(dst, digits[n&15])
		n >>= 4
		width--
		if n == 0 && width <= 0 {
			return dst
		}
		dst = append(dst, '.')
		if width--; n == 0 && width <= 0 {
			return dst
		}
	}
}
