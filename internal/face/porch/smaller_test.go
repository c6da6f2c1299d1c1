package porch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// saying answers body with those headers, as "Name: value"; its length where known.
func saying(status int, body string, known bool, headers ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, h := range headers {
			name, value, _ := strings.Cut(h, ": ")
			w.Header().Set(name, value)
		}
		if known {
			w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// fetch is the answer of h as it comes over the line.
func fetch(t *testing.T, h http.Handler, method, accept string) (*http.Response, []byte) {
	t.Helper()
	s := httptest.NewServer(Smaller(h))
	defer s.Close()
	r, err := http.NewRequest(method, s.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Encoding", accept)
	a, err := s.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	body, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return a, body
}

func unzip(t *testing.T, body []byte) string {
	t.Helper()
	z, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var long = strings.Repeat(`{"name":"www.example.com."},`, 200)

const inJSON = "Content-Type: application/json; charset=utf-8"

func TestWhatIsMadeSmaller(t *testing.T) {
	for _, test := range []struct {
		name, accept string
		status       int
		body         string
		headers      []string
		zipped, vary bool
	}{
		{"JSON", "gzip", 200, long, []string{inJSON}, true, true},
		{"JSON for a browser", "gzip, deflate, br, zstd", 200, long, []string{inJSON}, true, true},
		{"an error", "gzip", 409, long, []string{inJSON}, true, true},
		{"what was made", "gzip", 201, long, []string{inJSON}, true, true},
		{"a zone file", "gzip", 200, long, []string{"Content-Type: text/dns"}, true, true},
		{"lines", "gzip", 200, long, []string{"Content-Type: application/x-ndjson"}, true, true},
		{"just long enough", "gzip", 200, long[:Least], []string{inJSON}, true, true},
		{"too short", "gzip", 200, long[:Least-1], []string{inJSON}, false, true},
		{"for a client that does not ask", "", 200, long, []string{inJSON}, false, true},
		{"for one that takes something else", "br", 200, long, []string{inJSON}, false, true},
		{"for one that takes anything", "*", 200, long, []string{inJSON}, false, true},
		{"for one that refuses", "gzip;q=0, identity", 200, long, []string{inJSON}, false, true},
		{"for one that refuses at length", "br, GZIP ; Q=0.000", 200, long, []string{inJSON}, false, true},
		{"for one that likes it less", "identity, gzip;q=0.1", 200, long, []string{inJSON}, true, true},
		{"a picture", "gzip", 200, long, []string{"Content-Type: image/png"}, false, true},
		{"with a secret", "gzip", 200, long, []string{inJSON, "Cache-Control: no-store, no-transform"}, false, false},
		{"made smaller before", "gzip", 200, long, []string{inJSON, "Content-Encoding: br"}, false, false},
		{"nothing", "gzip", 204, "", []string{inJSON}, false, true},
		{"nothing new", "gzip", 304, "", []string{`ETag: "7"`}, false, true},
	} {
		for _, known := range []bool{true, false} {
			if test.body == "" && known || len(test.body) < Least && !known {
				continue
			}
			t.Run(fmt.Sprintf("%s, length told %v", test.name, known), func(t *testing.T) {
				a, body := fetch(t, saying(test.status, test.body, known, test.headers...), "GET", test.accept)
				if a.StatusCode != test.status || (a.Header.Get("Content-Encoding") == "gzip") != test.zipped || (a.Header.Get("Vary") == "Accept-Encoding") != test.vary {
					t.Fatalf("%s %v", a.Status, a.Header)
				}
				if test.zipped {
					if len(body) > len(test.body)/5 {
						t.Errorf("%d octets of %d", len(body), len(test.body))
					}
					body = []byte(unzip(t, body))
				}
				if string(body) != test.body {
					t.Errorf("%.100s", body)
				}
			})
		}
	}
}

func TestTheTagStays(t *testing.T) {
	for _, accept := range []string{"", "gzip"} {
		if a, _ := fetch(t, saying(200, long, true, inJSON, `ETag: "2026010100"`), "GET", accept); a.Header.Get("ETag") != `"2026010100"` {
			t.Error(a.Header)
		}
	}
}

func TestHeadHasNoBody(t *testing.T) {
	a, body := fetch(t, saying(200, long, true, inJSON), "HEAD", "gzip")
	if len(body) != 0 || a.Header.Get("Content-Encoding") != "gzip" || a.ContentLength > 0 {
		t.Errorf("%v %d %d", a.Header, len(body), a.ContentLength)
	}
}

// What is flushed arrives, though more is to come.
func TestAStreamComesAsItIsFlushed(t *testing.T) {
	for _, kind := range []string{"application/x-ndjson", "text/event-stream"} {
		t.Run(kind, func(t *testing.T) {
			heard := make(chan struct{})
			s := httptest.NewServer(Smaller(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", kind)
				if kind == "text/event-stream" {
					w.Header().Set("Cache-Control", "no-store, no-transform")
				}
				for i := range 3 {
					fmt.Fprintf(w, "line %d\n", i)
					if err := http.NewResponseController(w).Flush(); err != nil {
						t.Error(err)
					}
					<-heard
				}
			})))
			defer s.Close()
			a, err := s.Client().Get(s.URL) // the client takes gzip, and undoes it
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			if a.Uncompressed != (kind == "application/x-ndjson") {
				t.Errorf("by gzip: %v", a.Uncompressed)
			}
			lines := bufio.NewScanner(a.Body)
			for i := range 3 {
				if !lines.Scan() || lines.Text() != fmt.Sprint("line ", i) {
					t.Fatalf("%q, %v", lines.Text(), lines.Err())
				}
				heard <- struct{}{}
			}
			if lines.Scan() || lines.Err() != nil {
				t.Errorf("%q, %v", lines.Text(), lines.Err())
			}
		})
	}
}

// An answer that its handler gives up looks given up.
func TestAnAnswerThatIsGivenUp(t *testing.T) {
	s := httptest.NewServer(Smaller(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, long)
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})))
	defer s.Close()
	for range 2 * atOnce { // and its place is free again
		a, err := s.Client().Get(s.URL)
		if err != nil {
			t.Fatal(err)
		}
		if !a.Uncompressed {
			t.Fatal("there is no room any more")
		}
		if _, err := io.ReadAll(a.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatal(err)
		}
		a.Body.Close()
	}
}

// More answers than there is room for go out as they are.
func TestRoomIsBounded(t *testing.T) {
	var under sync.WaitGroup
	under.Add(atOnce)
	done := make(chan struct{})
	h := Smaller(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusOK)
		if r.URL.Path == "/slow" {
			under.Done()
			<-done
		}
		_, _ = io.WriteString(w, long)
	}))
	ask := func(path string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", path, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w
	}
	var all sync.WaitGroup
	for range atOnce {
		all.Go(func() {
			if w := ask("/slow"); w.Header().Get("Content-Encoding") != "gzip" || unzip(t, w.Body.Bytes()) != long {
				t.Error("one of the first is not smaller")
			}
		})
	}
	under.Wait()
	if w := ask("/"); w.Header().Get("Content-Encoding") != "" || w.Body.String() != long {
		t.Error("there is room without end")
	}
	close(done)
	all.Wait()
	if w := ask("/"); w.Header().Get("Content-Encoding") != "gzip" {
		t.Error("there is no room afterwards")
	}
}

func TestByCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		t.Skip("there is no curl on this machine")
	}
	s := httptest.NewServer(Smaller(saying(200, long, true, inJSON)))
	defer s.Close()
	for _, args := range [][]string{{"-sS"}, {"-sS", "--compressed"}} {
		out, err := exec.Command(curl, append(args, "-w", " %{size_download}", s.URL)...).CombinedOutput()
		if err != nil {
			t.Fatal(err, string(out))
		}
		size, ok := strings.CutPrefix(string(out), long+" ")
		n, err := strconv.Atoi(size)
		if smaller := n < len(long)/5; !ok || err != nil || smaller != (len(args) > 1) || n > len(long) {
			t.Errorf("%v: %.100s", args, out)
		}
	}
}

func BenchmarkSmaller(b *testing.B) {
	text := strings.Repeat(long, 40)
	h := Smaller(saying(200, text, true, inJSON))
	r := httptest.NewRequest("GET", "/", nil)
	r.Header.Set("Accept-Encoding", "gzip")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		h.ServeHTTP(&nowhere{header: make(http.Header)}, r)
	}
}

// nowhere takes an answer and forgets it.
type nowhere struct{ header http.Header }

func (n *nowhere) Header() http.Header         { return n.header }
func (n *nowhere) Write(b []byte) (int, error) { return len(b), nil }
func (n *nowhere) WriteHeader(int)             {}
