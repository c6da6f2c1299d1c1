package cloudflare

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

// Limits on what a client may send.
const (
	maxBody   = 1 << 20   // octets of a request
	maxBatch  = 8 << 20   // octets of a batch
	maxImport = 256 << 10 // octets of a zone file to import, as in the original
	maxDepth  = 16        // objects and arrays within one another
)

// read takes the body, a JSON object of at most limit octets, into v. Fields
// that v does not know are left alone: clients of all ages send more.
func (c *call) read(v any, limit int64) error {
	body, err := io.ReadAll(io.LimitReader(c.r.Body, limit+1))
	switch {
	case err != nil:
		return badBody("it did not arrive whole", "Send it again.")
	case int64(len(body)) > limit:
		return failure(http.StatusRequestEntityTooLarge, codeBody, fmt.Sprintf("Request body is invalid. It has more than %d octets. Split it up.", limit))
	case !utf8.Valid(body):
		return badBody("it is not UTF-8 (RFC 8259, Section 8.1)", "Encode it as UTF-8.")
	}
	if err := checkJSON(body); err != nil {
		return err
	}
	return unmarshal(body, v)
}

func unmarshal(body []byte, v any) error {
	err := json.Unmarshal(body, v)
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &kind) && kind.Field != "":
		return badBody(fmt.Sprintf("%s cannot be a %s", kind.Field, kind.Value), "See the documentation for what it must be.").at("/" + strings.ReplaceAll(kind.Field, ".", "/"))
	case err != nil:
		return badBody(err.Error(), "Send a JSON object.")
	}
	return nil
}

func badBody(what, fix string) *fault {
	return wrong(codeBody, "Request body is invalid: "+what+". "+fix)
}

// checkJSON finds what json.Unmarshal would let pass: keys that are there
// twice (RFC 8259, Section 4), and things too deep in one another.
func checkJSON(body []byte) error {
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
			return badBody("it is no JSON: "+strings.TrimPrefix(err.Error(), "json: "), "Send a JSON object.")
		}
		switch t := t.(type) {
		case json.Delim:
			if open, err = nest(open, t); err != nil {
				return err
			}
		case string:
			if key {
				if open[len(open)-1][t] {
					return badBody(fmt.Sprintf("%q is there twice", shorten(t, 64)), "Say it once.")
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
		return nil, badBody(fmt.Sprintf("it is more than %d levels deep", maxDepth), "No request needs that many.")
	}
	return open, nil
}

// number is a number as clients send it: 300, 300.0 (Terraform) or "300" (shell scripts).
type number int64

func (n *number) UnmarshalJSON(b []byte) error {
	text := strings.Trim(string(b), `"`)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || x != math.Trunc(x) || math.Abs(x) > 1<<53 {
		return &json.UnmarshalTypeError{Value: shorten(string(b), 32)}
	}
	*n = number(x)
	return nil
}

// recordIn is a record as a client sends it. A nil field was not sent, or is null.
type recordIn struct {
	ID       string                     `json:"id"`
	Type     *string                    `json:"type"`
	Name     *string                    `json:"name"`
	Content  *string                    `json:"content"`
	Data     map[string]json.RawMessage `json:"data"`
	TTL      *number                    `json:"ttl"`
	Priority *number                    `json:"priority"`
	Proxied  *bool                      `json:"proxied"`
	Comment  *string                    `json:"comment"`
	Tags     *[]string                  `json:"tags"`
	Settings *settingsIn                `json:"settings"`
}

type settingsIn struct {
	Flatten *bool `json:"flatten_cname"`
	V4Only  *bool `json:"ipv4_only"`
	V6Only  *bool `json:"ipv6_only"`
}
