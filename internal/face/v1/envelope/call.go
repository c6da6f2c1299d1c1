package envelope

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"unicode"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
)

// Call is one request as it is read.
type Call struct {
	W    http.ResponseWriter
	R    *http.Request
	From netip.Addr // of the client; not valid where it has none
	Most int64      // octets of the body that are taken

	queries url.Values // once they are asked for
	body    []byte     // once it is read
	text    *text      // the same, of a zone file
}

// NewCall is the Call of r, with a body of at most that many octets.
func NewCall(w http.ResponseWriter, r *http.Request, most int64) *Call {
	return &Call{W: w, R: r, From: addressOf(r), Most: most}
}

func addressOf(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// RequestID is the client's, if it is a short word, or a new one.
func RequestID(r *http.Request) string {
	id := r.Header.Get("X-Request-ID")
	if len(id) > 0 && len(id) <= 64 && strings.IndexFunc(id, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')
	}) < 0 {
		return id
	}
	var b [12]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Decode reads the body as JSON into the value that into points to. Fields that
// it does not know are passed over, for clients send more than is wanted. An
// empty body is an error unless it is optional.
func (c *Call) Decode(into any, optional bool) error {
	body, err := c.document(optional)
	if body == nil {
		return err
	}
	return misfit(json.Unmarshal(body, into), body, into)
}

// DecodeKnown is Decode, but refuses fields that the value does not know: a
// client that says dryrun does not want that to be passed over.
func (c *Call) DecodeKnown(into any, optional bool) error {
	body, err := c.document(optional)
	if body == nil {
		return err
	}
	in := json.NewDecoder(bytes.NewReader(body))
	in.DisallowUnknownFields()
	wrong := in.Decode(into)
	if wrong == nil {
		if _, wrong = in.Token(); errors.Is(wrong, io.EOF) {
			return nil
		}
	}
	if err := misfit(json.Unmarshal(body, into), body, into); err != nil {
		return err
	}
	if err := misplaced(body, into, true); err != nil {
		return err
	}
	return stray(wrong)
}

// document is the body as far as CheckJSON judges it; nil for an empty one.
func (c *Call) document(optional bool) ([]byte, error) {
	if err := c.media(); err != nil {
		return nil, err
	}
	body, err := c.readBody()
	if err != nil {
		return nil, err
	}
	if len(bytes.TrimSpace(body)) > 0 {
		if err := CheckJSON(body); err != nil {
			return nil, err
		}
		return body, nil
	}
	if optional {
		return nil, nil
	}
	return nil, badJSON("the body is empty; send a JSON object")
}

// misfit says what of the JSON is none, or which field of into does not fit.
func misfit(err error, body []byte, into any) error {
	if err == nil {
		return nil
	}
	var (
		wrong  *json.UnmarshalTypeError
		broken *json.SyntaxError
		ready  *api.Error
	)
	switch {
	case errors.As(err, &broken):
		return badJSON("the body is no JSON: %s, at octet %d", broken.Error(), broken.Offset)
	case errors.As(err, &wrong) && wrong.Field != "":
		return Invalid(wrong.Field, "%s cannot be a JSON %s", Shorten(wrong.Field, 100), Shorten(wrong.Value, 40))
	case errors.As(err, &ready):
		return ready
	}
	if err := misplaced(body, into, false); err != nil {
		return err
	}
	return badForm()
}

func (c *Call) media() error {
	text := c.R.Header.Get("Content-Type")
	if text == "" || text == "application/json" {
		return nil
	}
	kind, params, err := mime.ParseMediaType(text)
	if err == nil && (kind == "application/json" || strings.HasSuffix(kind, "+json")) {
		if charset := params["charset"]; charset == "" || strings.EqualFold(charset, "utf-8") {
			return nil
		}
	}
	return badMedia(text, "application/json")
}

// firstRead bounds, in octets, what is held for a body on the word of its
// Content-Length alone.
const firstRead = 64 << 10

// readBody reads the body as far as is taken.
func (c *Call) readBody() ([]byte, error) {
	if c.R.ContentLength > c.Most {
		return nil, tooLarge(c.Most)
	}
	buf := bytes.NewBuffer(make([]byte, 0, min(firstRead, max(512, c.R.ContentLength+1))))
	if _, err := buf.ReadFrom(http.MaxBytesReader(c.W, c.R.Body, c.Most)); err != nil {
		return nil, unread(err)
	}
	c.body = buf.Bytes()
	return c.body, nil
}

// unread is why a body could not be read to its end.
func unread(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return tooLarge(large.Limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return Fail(http.StatusRequestTimeout, api.CodeTimeout, "the body came too slowly; send it again")
	case errors.Is(err, io.ErrUnexpectedEOF):
		return Fail(http.StatusBadRequest, api.CodeInvalidInput, "the body ended before its time; send it again")
	}
	return Fail(http.StatusBadRequest, api.CodeInvalidInput, "the body could not be read; send it again")
}

// Origin is where the request comes from, for the log of changes.
func (c *Call) Origin() change.Origin {
	agent := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, Shorten(c.R.UserAgent(), 120))
	return change.Origin{Via: "v1", Address: c.From.String(), Agent: agent}
}

// Digest tells one request from another that comes with the same key.
func (c *Call) Digest() string {
	h := sha256.New()
	for _, part := range [...]string{c.R.Method, " ", c.R.URL.RequestURI(), "\n", c.R.Header.Get(IfMatch), "\n"} {
		_, _ = io.WriteString(h, part) // never fails
	}
	_, _ = h.Write(c.body)
	return hex.EncodeToString(h.Sum(nil))
}
