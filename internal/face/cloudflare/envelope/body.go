package envelope

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxDepth bounds objects and arrays within one another.
const maxDepth = 16

// Read takes a body, a JSON object of at most limit octets, into v. Fields
// that v does not know are left alone: clients of all ages send more.
func Read(r io.Reader, v any, limit int64) error {
	body, err := io.ReadAll(io.LimitReader(r, limit+1))
	switch {
	case err != nil:
		return BadBody("it did not arrive whole", "Send it again.")
	case int64(len(body)) > limit:
		return Failure(http.StatusRequestEntityTooLarge, CodeBody, fmt.Sprintf("Request body is invalid. It has more than %d octets. Split it up.", limit))
	case !utf8.Valid(body):
		return BadBody("it is not UTF-8 (RFC 8259, Section 8.1)", "Encode it as UTF-8.")
	}
	if err := CheckJSON(body); err != nil {
		return err
	}
	return Unmarshal(body, v)
}

// Unmarshal reads body into v; what does not fit is a Fault that points at the field.
func Unmarshal(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return BadBody(fmt.Sprintf("%s cannot be a %s", kind.Field, kind.Value), "See the documentation for what it must be.").At("/" + strings.ReplaceAll(kind.Field, ".", "/"))
	case err != nil:
		return BadBody(err.Error(), "Send a JSON object.")
	}
	return nil
}

// BadBody is a body that cannot be read: what is wrong with it, and what to do.
func BadBody(what, fix string) *Fault {
	return Wrong(CodeBody, "Request body is invalid: "+what+". "+fix)
}

// CheckJSON finds what json.Unmarshal would let pass: keys that are there
// twice (RFC 8259, Section 4), and things too deep in one another.
func CheckJSON(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var open []map[string]bool // of each object or array around: the keys it has, nil for an array
	key := false               // the next token is a key
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) && len(open) == 0 && d.InputOffset() > 0 {
			return nil
		}
		if err != nil {
			return BadBody("it is no JSON: "+strings.TrimPrefix(err.Error(), "json: "), "Send a JSON object.")
		}
		switch t := t.(type) {
		case json.Delim:
			if open, err = nest(open, t); err != nil {
				return err
			}
		case string:
			if key {
				if open[len(open)-1][t] {
					return BadBody(fmt.Sprintf("%q is there twice", Shorten(t, 64)), "Say it once.")
				}
				open[len(open)-1][t] = true
				key = false
				continue
			}
		}
		key = len(open) > 0 && open[len(open)-1] != nil && d.More()
	}
}

func nest(open []map[string]bool, t json.Delim) ([]map[string]bool, error) {
	switch t {
	case '}', ']':
		return open[:len(open)-1], nil
	case '{':
		open = append(open, make(map[string]bool))
	case '[':
		open = append(open, nil)
	}
	if len(open) > maxDepth {
		return nil, BadBody(fmt.Sprintf("it is more than %d levels deep", maxDepth), "No request needs that many.")
	}
	return open, nil
}

// Number is a number as clients send it: 300, 300.0 (Terraform) or "300" (shell scripts).
type Number int64

func (n *Number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return &json.UnmarshalTypeError{Value: Shorten(string(b), 32)}
	}
	*n = Number(x)
	return nil
}

// Shorten is s without what lies behind n octets, for messages.
func Shorten(s string, n int) string {
	if len(s) > n {
		s = s[:n]
	}
	return strings.ToValidUTF8(s, "")
}
