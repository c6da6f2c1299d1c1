package envelope

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxDepth bounds how deep JSON may be nested.
const MaxDepth = 32

// CheckJSON refuses what encoding/json would pass over: octets that are no
// UTF-8 (RFC 8259, Section 8.1), names that come twice in an object (Section
// 4), and nesting without end. Whether body is JSON at all it does not judge.
func CheckJSON(body []byte) error {
	if !utf8.Valid(body) {
		return badJSON("the body is not UTF-8; send text in UTF-8")
	}
	var (
		open  []nest
		named bool // what comes next is the name of a member
	)
	for i := 0; i < len(body); i++ {
		switch body[i] {
		case '{', '[':
			if len(open) == MaxDepth {
				return badJSON("the JSON is nested deeper than %d, at octet %d", MaxDepth, i)
			}
			named = body[i] == '{'
			open = append(open, nest{object: named})
		case '}', ']':
			open = open[:max(0, len(open)-1)]
			named = false
		case ',':
			named = len(open) > 0 && open[len(open)-1].object
		case ':':
			named = false
		case '"':
			end := behind(body, i)
			if name := body[i+1 : max(i+1, end-1)]; named && !open[len(open)-1].add(name) {
				return badJSON("the name %q comes twice in one object; say it once", Shorten(string(name), 60))
			}
			i = end - 1
		}
	}
	return nil
}

// behind is where the string that begins at i has ended.
func behind(body []byte, i int) int {
	for i++; i < len(body); i++ {
		switch body[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(body)
}

// nest is an object or a list that is open, and the names that it has had.
type nest struct {
	object bool
	few    [8][]byte // the first of them
	n      int
	many   map[string]bool // the others
}

// add notes the name of a member; it is false where there is one already. Names
// that differ by case alone are one and the same for encoding/json.
func (o *nest) add(name []byte) bool {
	if bytes.IndexByte(name, '\\') >= 0 {
		name = unescaped(name)
	}
	for _, other := range o.few[:o.n] {
		if bytes.EqualFold(name, other) {
			return false
		}
	}
	if o.n < len(o.few) {
		o.few[o.n] = name
		o.n++
		return true
	}
	fold := strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, string(name))
	if o.many == nil {
		o.many = make(map[string]bool)
	}
	seen := o.many[fold]
	o.many[fold] = true
	return !seen
}

// unescaped is what a name with escapes says; as it is where that is nothing.
func unescaped(name []byte) []byte {
	var text string
	if json.Unmarshal(append(append([]byte{'"'}, name...), '"'), &text) != nil {
		return name
	}
	return []byte(text)
}
