package v1

import (
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Request-ID", envelope.RequestID(r))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	defer func() {
		if v := recover(); v != nil {
			if err, is := v.(error); is && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			s.Log.Error("a request made the program fail", "method", r.Method, "path", r.URL.Path, "request", h.Get("X-Request-ID"), "fault", v, "stack", string(debug.Stack()))
			envelope.WriteError(w, envelope.Internal())
		}
	}()
	if unclean(r.URL.Path) { // the mux would redirect, and clients do not follow
		s.unknown(w, r)
		return
	}
	s.mux.ServeHTTP(w, trimmed(r))
}

// trimmed is r without the slash at the end of its path, which clients of
// DNScale send; one that is escaped belongs to a name and stays.
func trimmed(r *http.Request) *http.Request {
	if !strings.HasSuffix(r.URL.EscapedPath(), "/") {
		return r
	}
	u, out := *r.URL, *r
	u.Path, u.RawPath = strings.TrimSuffix(u.Path, "/"), strings.TrimSuffix(u.RawPath, "/")
	out.URL = &u
	return &out
}

func unclean(path string) bool {
	return !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path, "/.") && (strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../"))
}

// unknown answers what is no route.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	if allowed := s.allowed(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		envelope.WriteError(w, envelope.Fail(http.StatusMethodNotAllowed, api.CodeBadMethod,
			fmt.Sprintf("%s is not possible here; use %s", envelope.Shorten(r.Method, 20), strings.Join(allowed, ", "))))
		return
	}
	envelope.WriteError(w, envelope.Fail(http.StatusNotFound, api.CodeNotFound, "there is nothing at this path; "+Prefix+"/docs says what there is"))
}

// allowed is the methods that the path has.
func (s *Server) allowed(r *http.Request) []string {
	var out []string
	if unclean(r.URL.Path) {
		return nil
	}
	for _, m := range [...]string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		if _, pattern := s.mux.Handler(&http.Request{Method: m, URL: r.URL, Host: r.Host}); pattern != "/" && pattern != "" {
			out = append(out, m)
		}
	}
	return out
}
