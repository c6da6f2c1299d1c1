package envelope

import (
	"bytes"
	"errors"
	"io"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
)

// form is a body of multipart/form-data with those parts, each a header and its text.
func form(parts ...[2]string) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString("--x\r\nContent-Disposition: form-data; " + p[0] + "\r\n\r\n" + p[1] + "\r\n")
	}
	return b.String() + "--x--\r\n"
}

func TestZoneFilesInABody(t *testing.T) {
	const text, inForm = "$TTL 300\n", "multipart/form-data; boundary=x"
	field := [2]string{`name="proxied"`, "true"}
	tests := []struct {
		name, kind, body string
		want             string
		code             string // of the error when it is asked for; empty for none
	}{
		{"as a zone file", "text/dns", text, text, ""},
		{"as text", "text/plain; charset=utf-8", text, text, ""},
		{"as octets", "application/octet-stream", text, text, ""},
		{"as nothing", "", text, text, ""},
		{"as JSON", "application/json", text, "", api.CodeMediaType},
		{"as what is no type", "text/", text, "", api.CodeMediaType},
		{"as a file of a form", inForm, form(field, [2]string{`name="zone"; filename="z.txt"`, text}), text, ""},
		{"as a field of a form", inForm, form([2]string{`name="file"`, text}), text, ""},
		{"a form without one", inForm, form(field), "", api.CodeInvalidInput},
		{"a form with too many parts", inForm, form(append(make([][2]string, 40), [2]string{`name="file"`, text})...), "", api.CodeInvalidInput},
		{"a form without a boundary", "multipart/form-data", form(field), "", api.CodeInvalidInput},
		{"a form that is none", inForm, "x", "", api.CodeInvalidInput},
		{"larger than is taken, as its length says", "text/dns", strings.Repeat("x", 2001), "", api.CodeTooLarge},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("POST", "/", strings.NewReader(test.body))
			r.Header.Set("Content-Type", test.kind)
			in, err := NewCall(httptest.NewRecorder(), r, 2000+int64(len(form(make([][2]string, 40)...)))*btoi(test.kind == inForm)).Text()
			if err != nil || test.code != "" {
				if err == nil || Error(err).Code != test.code {
					t.Fatalf("%v", err)
				}
				return
			}
			got, err := io.ReadAll(in)
			if err != nil || string(got) != test.want {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
}

func btoi(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

func TestATextThatCannotBeReadToItsEnd(t *testing.T) {
	parser := errors.New("line 7 ends too early")
	tests := []struct {
		name string
		body io.Reader
		code string // empty where the parser's error stands
	}{
		{"to its end", strings.NewReader("fine"), ""},
		{"larger than is taken", io.MultiReader(strings.NewReader(strings.Repeat("x", 101))), api.CodeTooLarge},
		{"too slowly", io.MultiReader(strings.NewReader("x"), broken{os.ErrDeadlineExceeded}), api.CodeTimeout},
		{"broken off", io.MultiReader(strings.NewReader("x"), broken{io.ErrUnexpectedEOF}), api.CodeInvalidInput},
		{"in another way", io.MultiReader(strings.NewReader("x"), broken{errors.New("reset")}), api.CodeInvalidInput},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := NewCall(httptest.NewRecorder(), httptest.NewRequest("POST", "/", test.body), 100)
			in, err := c.Text()
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, in) // a parser passes over what it is told
			if got := c.Unfit(parser); test.code == "" && got != parser || test.code != "" && Error(got).Code != test.code {
				t.Errorf("%v", got)
			}
		})
	}
	if c := NewCall(httptest.NewRecorder(), httptest.NewRequest("POST", "/", nil), 100); c.Unfit(parser) != parser {
		t.Error("without a text the error is another one")
	}
}

// broken is a body that ends with an error.
type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// drip gives a few octets at a time.
type drip struct{ r io.Reader }

func (d drip) Read(p []byte) (int, error) { return d.r.Read(p[:min(len(p), 4<<10)]) }

func TestTimeIsEarnedByOctets(t *testing.T) {
	var deadlines []time.Time
	note := func(d time.Time) error { deadlines = append(deadlines, d); return nil }
	end := time.Now().Add(time.Hour)
	s := &steady{r: drip{bytes.NewReader(make([]byte, 3*stretch))}, extend: note, until: end}
	if n, err := io.Copy(io.Discard, s); n != 3*stretch || err != nil {
		t.Fatal(n, err)
	}
	if len(deadlines) != 4 { // at the beginning and after every stretch
		t.Errorf("%d deadlines for %d octets", len(deadlines), 3*stretch)
	}
	deadlines = nil
	s = &steady{r: drip{bytes.NewReader(make([]byte, stretch-1))}, extend: note, until: end}
	if _, err := io.Copy(io.Discard, s); err != nil || len(deadlines) != 1 {
		t.Errorf("%d deadlines for less than a stretch", len(deadlines))
	}
	deadlines, end = nil, time.Now().Add(time.Second)
	s = &steady{r: bytes.NewReader(make([]byte, 10)), extend: note, until: end}
	if _, err := io.Copy(io.Discard, s); err != nil || deadlines[0].After(end) {
		t.Errorf("there is time after the end: %v", deadlines)
	}
}

func TestDownloadsEarnTimeToo(t *testing.T) {
	w := httptest.NewRecorder()
	d := NewCall(w, httptest.NewRequest("GET", "/", nil), 0).Download()
	extended := 0
	d.extend = func(time.Time) error { extended++; return nil }
	for range 8 {
		if _, err := d.Write(make([]byte, stretch/2)); err != nil {
			t.Fatal(err)
		}
	}
	if d.N != 4*stretch || int64(w.Body.Len()) != d.N || extended != 4 {
		t.Errorf("%d octets, %d written, %d times more time", d.N, w.Body.Len(), extended)
	}
}
