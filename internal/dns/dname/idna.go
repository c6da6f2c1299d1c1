package dname

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// Lookup processing of UTS 46, non-transitional: mapped to lower case and
// normalised, then held to the rules of RFC 5891 and RFC 5893.
var profile = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.BidiRule(),
	idna.ValidateLabels(true), idna.CheckHyphens(true), idna.StrictDomainName(true))

// FromUnicode rewrites the U-labels of a name in presentation form as A-labels
// (RFC 5891, Section 4). Labels in ASCII, among them "_tcp", "*" and those with
// escapes, come out as they are.
func FromUnicode(text string) (string, error) {
	var out strings.Builder
	for start := 0; start < len(text); {
		end := labelEnd(text, start)
		label, err := labelToASCII(text[start:end])
		if err != nil {
			return "", err
		}
		out.WriteString(label)
		if end < len(text) {
			out.WriteByte('.')
		}
		start = end + 1
	}
	return out.String(), nil
}

// labelEnd is where the label that starts at text[i] ends: at a dot without a
// backslash before it, or at the end.
func labelEnd(text string, i int) int {
	for ; i < len(text) && text[i] != '.'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return min(i, len(text))
}

func labelToASCII(label string) (string, error) {
	if isASCII(label) {
		return label, nil
	}
	if !utf8.ValidString(label) {
		return "", fmt.Errorf(`label %q is neither ASCII nor UTF-8; write such octets as \DDD`, label)
	}
	if strings.IndexByte(label, '\\') >= 0 {
		return "", fmt.Errorf("label %q mixes escapes and Unicode; write it as an A-label (xn--)", label)
	}
	a, err := profile.ToASCII(label)
	if err != nil {
		return "", fmt.Errorf("label %q is no internationalised label (RFC 5891): %v", label, strings.TrimPrefix(err.Error(), "idna: "))
	}
	return a, nil
}

func isASCII[T string | []byte](text T) bool {
	for i := 0; i < len(text); i++ {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// ToUnicode is the presentation form of n for human eyes: A-labels as U-labels
// where FromUnicode leads back to the same name.
func ToUnicode(n Name) string {
	if n.IsRoot() {
		return "."
	}
	var out strings.Builder
	for ; !n.IsRoot(); n = n.Parent() {
		out.WriteString(labelToUnicode(n[1 : 1+n[0]]))
		out.WriteByte('.')
	}
	return out.String()
}

func labelToUnicode(label []byte) string {
	if len(label) > 4 && bytes.EqualFold(label[:4], []byte("xn--")) && isASCII(label) {
		ascii := strings.ToLower(string(label))
		u, err := profile.ToUnicode(ascii)
		if back, backErr := profile.ToASCII(u); err == nil && backErr == nil && back == ascii {
			return u
		}
	}
	var text []byte
	for _, c := range label {
		text = appendOctet(text, c)
	}
	return string(text)
}

// AppendUnicode appends to dst the wire form of the name that text spells, as
// Append does, and takes U-labels as well. Names in plain ASCII take one pass.
func AppendUnicode(dst, text []byte, origin Name) ([]byte, error) {
	if len(text) > 1 || len(text) == 1 && text[0] != '@' && text[0] != '.' {
		if out, ok := appendPlain(dst, text, origin); ok {
			return out, nil
		}
	}
	if isASCII(text) {
		return Append(dst, text, origin)
	}
	ascii, err := FromUnicode(string(text))
	if err != nil {
		return nil, err
	}
	return Append(dst, ascii, origin)
}

// appendPlain handles text without escapes and U-labels. It copies text behind
// one octet and then turns every dot into the length of the label that follows.
func appendPlain(dst, text []byte, origin Name) ([]byte, bool) {
	start := len(dst)
	dst = append(dst, 0)
	dst = append(dst, text...)
	wire := dst[start+1:]
	last := -1
	for i, c := range wire {
		if c == '.' {
			n := i - last - 1
			if n == 0 || n > MaxLabel {
				return nil, false
			}
			dst[start+1+last] = byte(n)
			last = i
		} else if c == '\\' || c >= utf8.RuneSelf {
			return nil, false
		}
	}
	return closePlain(dst, start, last, origin)
}

// closePlain ends the name at dst[start:], whose last dot stood at last of its text.
func closePlain(dst []byte, start, last int, origin Name) ([]byte, bool) {
	n := len(dst) - start - 1 - last - 1
	if n == 0 {
		dst[len(dst)-1] = 0
		return dst, len(dst)-start <= MaxLen
	}
	if origin == nil || n > MaxLabel {
		return nil, false
	}
	dst[start+1+last] = byte(n)
	dst = append(dst, origin...)
	return dst, len(dst)-start <= MaxLen
}
