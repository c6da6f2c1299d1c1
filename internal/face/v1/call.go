package v1

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
)

// call is one request on its way.
type call struct {
	*Server
	route *Route
	w     http.ResponseWriter
	r     *http.Request
	ctx   context.Context
	who   *access.Principal // nil on public routes
	from  netip.Addr
	body  []byte   // once it is read
	bound *bounded // the same, of a text
}

// reply is what is answered. A nil *reply is 204 without a body.
type reply struct {
	status int
	data   any            // goes into the envelope
	whole  []byte         // the whole body instead
	etag   *change.Serial // of the zone
	replay bool
}

func ok(data any) (*reply, error)      { return &reply{status: http.StatusOK, data: data}, nil }
func created(data any) (*reply, error) { return &reply{status: http.StatusCreated, data: data}, nil }

// streamed says that the handler has written the answer itself.
var streamed = &reply{}

func itoa(n int) string { return strconv.Itoa(n) }

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Request-ID", requestID(r))
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	defer func() {
		if v := recover(); v != nil {
			if err, is := v.(error); is && errors.Is(err, http.ErrAbortHandler) {
				panic(v)
			}
			s.Log.Error("a request made the program fail", "method", r.Method, "path", r.URL.Path, "request", h.Get("X-Request-ID"), "fault", v, "stack", string(debug.Stack()))
			writeError(w, internal())
		}
	}()
	if unclean(r.URL.Path) { // the mux would redirect, and clients do not follow
		s.unknown(w, r)
		return
	}
	s.mux.ServeHTTP(w, r)
}

func unclean(path string) bool {
	return !strings.HasPrefix(path, "/") || strings.Contains(path, "//") || strings.Contains(path+"/", "/./") || strings.Contains(path+"/", "/../")
}

// requestID is the client's, if it is a short word, or a new one.
func requestID(r *http.Request) string {
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

// serve answers a request of route.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, route *Route) {
	c := &call{Server: s, route: route, w: w, r: r, ctx: r.Context(), from: addressOf(r)}
	if !route.Public {
		if err := c.admit(); err != nil {
			writeError(w, err)
			return
		}
	}
	if err := c.promises(); err != nil {
		writeError(w, err)
		return
	}
	answer, err := route.handle(c)
	switch {
	case err != nil:
		writeError(w, c.translate(err))
	case answer == streamed:
	case answer == nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		c.write(answer)
	}
}

// promises refuses what a client relies on and the route would pass over: a
// rehearsal that would be done for good, and a condition that nobody looks at
// (RFC 9110, Section 13.1.1).
func (c *call) promises() *api.Error {
	if c.r.Method == http.MethodGet || c.r.Method == http.MethodHead {
		return nil
	}
	if c.query("dry_run") != "" && !slices.ContainsFunc(c.route.Queries, func(q Query) bool { return q.Name == "dry_run" }) {
		return invalid("dry_run", "this operation knows no dry run; nothing was done")
	}
	if c.r.Header.Get(ifMatch) != "" && !slices.Contains(c.route.Headers, ifMatch) {
		return invalid(ifMatch, "this operation knows no If-Match; nothing was done")
	}
	return nil
}

func (c *call) write(a *reply) {
	h := c.w.Header()
	if a.etag != nil {
		h.Set("ETag", `"`+strconv.FormatUint(uint64(*a.etag), 10)+`"`)
	}
	if a.replay {
		h.Set("Idempotency-Replayed", "true")
	}
	body := a.whole
	if body == nil {
		var err error
		if body, err = json.Marshal(envelope{api.Success, a.data}); err != nil {
			writeError(c.w, c.translate(err))
			return
		}
	}
	writeJSON(c.w, a.status, body)
}

type envelope struct {
	Status string `json:"status"`
	Data   any    `json:"data"`
}

func writeJSON(w http.ResponseWriter, status int, body []byte) {
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Content-Length", itoa(len(body)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n')) // the client may be gone
}

// unknown answers what is no route.
func (s *Server) unknown(w http.ResponseWriter, r *http.Request) {
	if allowed := s.allowed(r); len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		writeError(w, fail(http.StatusMethodNotAllowed, api.CodeBadMethod,
			fmt.Sprintf("%s is not possible here; use %s", shorten(r.Method, 20), strings.Join(allowed, ", "))))
		return
	}
	writeError(w, fail(http.StatusNotFound, api.CodeNotFound, "there is nothing at this path; "+Prefix+"/docs says what there is"))
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

func addressOf(r *http.Request) netip.Addr {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return at.Addr().Unmap()
}

// shorten bounds what a stranger wrote before it is said back.
func shorten(text string, most int) string {
	text = strings.ToValidUTF8(text, "?")
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
