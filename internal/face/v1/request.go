package v1

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
)

// decode reads the body as JSON into the value that into points to. Fields that
// it does not know are passed over, for clients send more than is wanted.
func (c *call) decode(into any) error {
	if err := c.media(); err != nil {
		return err
	}
	body, err := c.readBody()
	if err != nil {
		return err
	}
	if len(bytes.TrimSpace(body)) == 0 {
		if c.route.BodyOptional {
			return nil
		}
		return fail(http.StatusBadRequest, api.CodeInvalidJSON, "the body is empty; send a JSON object")
	}
	if err := checkJSON(body); err != nil {
		return err
	}
	return badShape(json.Unmarshal(body, into))
}

// badShape says which field does not fit.
func badShape(err error) error {
	if err == nil {
		return nil
	}
	var wrong *json.UnmarshalTypeError
	if errors.As(err, &wrong) && wrong.Field != "" {
		return invalid(wrong.Field, "%s cannot be a JSON %s", wrong.Field, shorten(wrong.Value, 40))
	}
	return fail(http.StatusBadRequest, api.CodeInvalidInput, "the body does not have the form that is expected: send a JSON object as the documentation shows it")
}

func (c *call) media() error {
	text := c.r.Header.Get("Content-Type")
	if text == "" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(text)
	if err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")) {
		if charset := params["charset"]; charset == "" || strings.EqualFold(charset, "utf-8") {
			return nil
		}
	}
	return fail(http.StatusUnsupportedMediaType, api.CodeMediaType, fmt.Sprintf("the Content-Type %q is not taken here; send application/json", shorten(text, 60)))
}

// readBody reads the body as far as the route allows.
func (c *call) readBody() ([]byte, error) {
	most := c.route.MaxBody
	if most == 0 {
		most = DefaultBody
	}
	if c.r.ContentLength > most {
		return nil, tooLarge(most)
	}
	buf := bytes.NewBuffer(make([]byte, 0, max(512, c.r.ContentLength+1)))
	if _, err := buf.ReadFrom(http.MaxBytesReader(c.w, c.r.Body, most)); err != nil {
		return nil, unread(err)
	}
	c.body = buf.Bytes()
	return c.body, nil
}

func unread(err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return tooLarge(large.Limit)
	}
	return fail(http.StatusBadRequest, api.CodeInvalidInput, "the body ended before its time; send it again")
}

func tooLarge(most int64) error {
	return fail(http.StatusRequestEntityTooLarge, api.CodeTooLarge, fmt.Sprintf("the body is larger than %d octets; split it up, or import a zone file", most))
}

// maxDepth bounds how deep JSON may be nested.
const maxDepth = 32

// checkJSON refuses what encoding/json would pass over: octets that are no
// UTF-8 (RFC 8259, Section 8.1), names that come twice in an object (Section
// 4), nesting without end, and more behind the end.
func checkJSON(body []byte) error {
	if !utf8.Valid(body) {
		return fail(http.StatusBadRequest, api.CodeInvalidJSON, "the body is not UTF-8; send text in UTF-8")
	}
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	if err := checkValue(d, 0); err != nil {
		return badJSON(err, d.InputOffset())
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fail(http.StatusBadRequest, api.CodeInvalidJSON, fmt.Sprintf("there is more behind the JSON value, at octet %d; send one value", d.InputOffset()))
	}
	return nil
}

func badJSON(err error, at int64) error {
	var ready *api.Error
	if errors.As(err, &ready) {
		return ready
	}
	return fail(http.StatusBadRequest, api.CodeInvalidJSON, fmt.Sprintf("the body is no JSON: %s, at octet %d", strings.TrimPrefix(err.Error(), "json: "), at))
}

func checkValue(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	open, nested := t.(json.Delim)
	if !nested {
		return nil
	}
	if depth == maxDepth {
		return fail(http.StatusBadRequest, api.CodeInvalidJSON, fmt.Sprintf("the JSON is nested deeper than %d", maxDepth))
	}
	var names map[string]bool
	if open == '{' {
		names = make(map[string]bool, 8)
	}
	for d.More() {
		if open == '{' {
			if err := checkMember(d, names); err != nil {
				return err
			}
		}
		if err := checkValue(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// checkMember reads the name of a member. Names that differ by case alone are
// one and the same for encoding/json.
func checkMember(d *json.Decoder, names map[string]bool) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	name, _ := t.(string)
	fold := strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, name)
	if names[fold] {
		return fail(http.StatusBadRequest, api.CodeInvalidJSON, fmt.Sprintf("the name %q comes twice in one object; say it once", shorten(name, 60)))
	}
	names[fold] = true
	return nil
}

// integer is a parameter of the query between 0 or 1 and most; a greater one is most.
func (c *call) integer(name string, def, least, most int) (int, error) {
	text := c.query(name)
	if text == "" {
		return def, nil
	}
	n, err := strconv.Atoi(text)
	if errors.Is(err, strconv.ErrRange) && text[0] != '-' {
		return most, nil
	}
	if err != nil || n < least {
		return 0, invalid(name, "%s=%q is not a number from %d", name, shorten(text, 40), least)
	}
	return min(n, most), nil
}

func (c *call) query(name string) string { return c.r.URL.Query().Get(name) }

func (c *call) boolean(name string) (bool, error) {
	switch text := strings.ToLower(c.query(name)); text {
	case "", "false", "0", "no":
		return false, nil
	case "true", "1", "yes":
		return true, nil
	default:
		return false, invalid(name, "%s=%q is neither true nor false", name, shorten(text, 40))
	}
}

// request is the beginning of a change: who, why, and how to know it again.
func (c *call) request() (*control.Request, error) {
	dry, err := c.boolean("dry_run")
	if err != nil {
		return nil, err
	}
	r := &control.Request{DryRun: dry, Origin: c.origin(), Reason: strings.ToValidUTF8(c.r.Header.Get("X-Change-Reason"), "?")}
	if key := c.r.Header.Get(idempotencyKey); key != "" {
		r.Repeat = change.Request{Key: key, Digest: c.digest()}
	}
	return r, nil
}

func (c *call) origin() change.Origin {
	agent := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, shorten(c.r.UserAgent(), 120))
	return change.Origin{Via: "v1", Address: c.from.String(), Agent: agent}
}

// digest tells one request from another that comes with the same key.
func (c *call) digest() string {
	h := sha256.New()
	fmt.Fprintf(h, "%s %s\n%s\n", c.r.Method, c.r.URL.RequestURI(), c.r.Header.Get(ifMatch))
	h.Write(c.body)
	return hex.EncodeToString(h.Sum(nil))
}

// match is the serial that If-Match asks for (RFC 9110, Section 13.1.1); nil
// where it asks for none. A zone's entity tag is its serial.
func (c *call) match() (*change.Serial, error) {
	text := strings.TrimSpace(c.r.Header.Get(ifMatch))
	if text == "" || text == "*" {
		return nil, nil
	}
	tag := strings.Trim(strings.TrimPrefix(text, "W/"), `"`)
	n, err := strconv.ParseUint(tag, 10, 32)
	if err != nil {
		return nil, invalid(ifMatch, `the header If-Match is %q; send the serial of the zone, as in "2026010100"`, shorten(text, 40))
	}
	serial := change.Serial(n)
	return &serial, nil
}
