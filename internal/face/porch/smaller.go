package porch

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// Least is from how many octets on an answer is made smaller; where its length is
// not told before, it always is.
const Least = 1024

// atOnce bounds how many answers are being made smaller: each takes some 1.2 MiB
// for as long as its client takes to read it. Others go out as they are.
const atOnce = 32

// Smaller sends answers of next that are text by gzip to clients that take it.
//
// An answer whose Cache-Control has no-transform (RFC 9111, Section 5.2.2.6) stays as
// it is. Whatever holds a secret beside text that somebody else can choose must have
// it: who sees how long such an answer is can find the secret out by trying texts
// (BREACH, http://breachattack.com). A stream that is flushed goes on being so.
//
// The ETag is the same in both forms: here it says as what a zone is held, for
// If-Match, and nobody puts parts of answers together by it, as Section 8.8.3.3 of
// RFC 9110 fears.
func Smaller(next http.Handler) http.Handler {
	room := make(chan struct{}, atOnce)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s := &smaller{ResponseWriter: w, room: room, taken: takesGzip(r.Header.Values("Accept-Encoding")), head: r.Method == http.MethodHead}
		defer s.leave()
		next.ServeHTTP(s, r)
		s.end()
	})
}

// smaller is a ResponseWriter that may send by gzip what is written to it.
type smaller struct {
	http.ResponseWriter
	room  chan struct{}
	taken bool // the client takes gzip
	head  bool // it wants no body
	begun bool
	by    *gzip.Writer // nil where the answer goes out as it is
}

// writers take the least time: records are so much alike that more saves little.
var writers = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // there is such a level
	return w
}}

// Unwrap is for http.ResponseController.
func (s *smaller) Unwrap() http.ResponseWriter { return s.ResponseWriter }

func (s *smaller) WriteHeader(status int) {
	if !s.begun && status >= http.StatusOK {
		s.begun = true
		s.choose(status)
	}
	s.ResponseWriter.WriteHeader(status)
}

// choose decides in which form the answer goes out, and says so in its head.
func (s *smaller) choose(status int) {
	h := s.Header()
	if strings.Contains(h.Get("Cache-Control"), "no-transform") || h.Get("Content-Encoding") != "" {
		return
	}
	h.Add("Vary", "Accept-Encoding") // of 304 too (RFC 9110, Section 15.4.5)
	if !s.taken || !isText(h.Get("Content-Type")) || tooShort(h.Get("Content-Length")) ||
		status == http.StatusNoContent || status == http.StatusNotModified {
		return
	}
	if !s.head {
		select {
		case s.room <- struct{}{}:
		default:
			return
		}
		s.by = writers.Get().(*gzip.Writer)
		s.by.Reset(s.ResponseWriter)
	}
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
}

func tooShort(length string) bool {
	n, err := strconv.ParseInt(length, 10, 64)
	return err == nil && n < Least
}

func isText(kind string) bool {
	return strings.HasPrefix(kind, "text/") || strings.HasPrefix(kind, "application/json") || strings.HasPrefix(kind, "application/x-ndjson") || strings.HasPrefix(kind, "application/yaml")
}

func (s *smaller) Write(b []byte) (int, error) {
	if !s.begun {
		s.WriteHeader(http.StatusOK)
	}
	if s.by != nil {
		return s.by.Write(b)
	}
	return s.ResponseWriter.Write(b)
}

// FlushError sends what was written; it is for http.ResponseController.
func (s *smaller) FlushError() error {
	if !s.begun {
		s.WriteHeader(http.StatusOK)
	}
	if s.by != nil {
		if err := s.by.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(s.ResponseWriter).Flush()
}

// end ends the answer. One whose handler has failed stays without an end, so that the
// client knows.
func (s *smaller) end() {
	if s.by == nil {
		return
	}
	_ = s.by.Close() // the client may be gone
	s.by.Reset(nil)
	writers.Put(s.by)
}

// leave makes room for another.
func (s *smaller) leave() {
	if s.by != nil {
		<-s.room
	}
}

// takesGzip reports whether the client of these Accept-Encoding headers takes gzip
// (RFC 9110, Section 12.5.3). One that takes anything and names nothing gets none.
func takesGzip(lines []string) bool {
	for _, one := range list(lines) {
		name, weight, _ := strings.Cut(one, ";")
		name = strings.ToLower(strings.TrimSpace(name))
		if name == "gzip" || name == "x-gzip" {
			return !refuses(weight)
		}
	}
	return false
}

// refuses reports whether a weight is zero.
func refuses(weight string) bool {
	q, ok := strings.CutPrefix(strings.ToLower(strings.ReplaceAll(weight, " ", "")), "q=")
	if !ok {
		return false
	}
	n, err := strconv.ParseFloat(q, 64)
	return err != nil || n <= 0
}
