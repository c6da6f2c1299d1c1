package envelope

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/truename-dns/truename/api"
)

// Limits of bodies and answers that may be long.
const (
	Patience = 30 * time.Second // for the next stretch of octets
	longest  = time.Hour        // for all of it
	stretch  = 16 << 10         // octets that earn more time
)

// Text is the zone file that the body holds: as it is, or as the first file of a
// form. It may take up to an hour, but only while octets keep coming.
func (c *Call) Text() (io.Reader, error) {
	if c.R.ContentLength > c.Most {
		return nil, tooLarge(c.Most)
	}
	wire := &steady{extend: http.NewResponseController(c.W).SetReadDeadline, until: time.Now().Add(longest)}
	wire.r = http.MaxBytesReader(c.W, c.R.Body, c.Most)
	_ = http.NewResponseController(c.W).SetWriteDeadline(wire.until.Add(Patience)) // the answer comes last; not every ResponseWriter knows deadlines
	c.text = &text{r: wire}
	kind, _, err := mime.ParseMediaType(c.R.Header.Get("Content-Type"))
	switch {
	case c.R.Header.Get("Content-Type") == "", kind == "text/dns", kind == "text/plain", kind == "application/octet-stream":
		return c.text, nil
	case err == nil && kind == "multipart/form-data":
		c.R.Body = io.NopCloser(c.text)
		return c.file()
	}
	return nil, badMedia(c.R.Header.Get("Content-Type"), "the zone file as text/dns, text/plain or multipart/form-data")
}

// Unfit is why a text was not taken: err, unless it could not be read to its end.
func (c *Call) Unfit(err error) error {
	if c.text != nil && c.text.failed != nil {
		return c.text.failed
	}
	return err
}

// file is the first file of a form.
func (c *Call) file() (io.Reader, error) {
	const most = 32 // parts that are looked at
	form, err := c.R.MultipartReader()
	for range most {
		if err != nil {
			break
		}
		part, next := form.NextPart()
		if next == nil && (part.FileName() != "" || part.FormName() == "file") {
			return part, nil
		}
		err = next
	}
	return nil, c.Unfit(Fail(http.StatusBadRequest, api.CodeInvalidInput, "the form has no file; send the zone file as the part named file"))
}

// text is a body that remembers why it could not be read to its end, whatever
// its reader makes of that.
type text struct {
	r      io.Reader
	failed error
}

func (t *text) Read(p []byte) (int, error) {
	n, err := t.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		t.failed = unread(err)
	}
	return n, err
}

// steady reads from a client for as long as octets keep coming: every stretch of
// them earns Patience more, until the end.
type steady struct {
	r      io.Reader
	extend func(time.Time) error
	until  time.Time
	next   int64 // octets read when more time is due
	n      int64
}

func (s *steady) Read(p []byte) (int, error) {
	if s.n >= s.next {
		s.next = s.n + stretch
		_ = s.extend(sooner(time.Now().Add(Patience), s.until)) // not every ResponseWriter knows deadlines
	}
	n, err := s.r.Read(p)
	s.n += int64(n)
	return n, err
}

func sooner(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// Download is where a long answer is written to. It may take up to an hour, but
// only while the client keeps taking octets.
type Download struct {
	N      int64 // octets written
	w      io.Writer
	extend func(time.Time) error
	until  time.Time
	next   int64
}

// Download is the answer of c as it is written bit by bit.
func (c *Call) Download() *Download {
	return &Download{w: c.W, extend: http.NewResponseController(c.W).SetWriteDeadline, until: time.Now().Add(longest)}
}

func (d *Download) Write(p []byte) (int, error) {
	if d.N >= d.next {
		d.next = d.N + stretch
		_ = d.extend(sooner(time.Now().Add(Patience), d.until)) // not every ResponseWriter knows deadlines
	}
	n, err := d.w.Write(p)
	d.N += int64(n)
	return n, err
}
