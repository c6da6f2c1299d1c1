package v1

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// call is one request on its way to its handler.
type call struct {
	*envelope.Call
	*Server
	route *Route
	ctx   context.Context
	who   *access.Principal // nil on public routes
	here  *people.Current   // the session of who has signed in; nil for a token
}

func itoa(n int) string { return strconv.Itoa(n) }

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

// serve answers a request of route.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, route *Route) {
	most := route.MaxBody
	if most == 0 {
		most = DefaultBody
	}
	c := &call{Call: envelope.NewCall(w, r, most), Server: s, route: route, ctx: r.Context()}
	a, err := c.answer()
	if err == nil {
		err = envelope.Write(w, r, a)
	}
	if err != nil {
		c.failed(err)
	}
}

// answer admits the request and hands it to its handler.
func (c *call) answer() (*envelope.Reply, error) {
	admit := c.admit
	if c.route.Public {
		admit = c.sameOrigin
	}
	if err := admit(); err != nil {
		return nil, err
	}
	if err := c.promises(); err != nil {
		return nil, err
	}
	return c.route.handle(c)
}

// admit finds out who is asking, and whether it may.
func (c *call) admit() error {
	var err error
	if c.byCookie() {
		c.who, err = c.person()
	} else {
		c.who, err = c.token()
	}
	if err != nil {
		return err
	}
	if c.Limiter != nil {
		if failed := envelope.Throttle(c.W.Header(), c.Limiter.Take(c.who.Token, 1)); failed != nil {
			return failed
		}
	}
	return c.who.May(c.route.Scopes...)
}

// token is who the token of the request acts as.
func (c *call) token() (*access.Principal, error) {
	secret, failed := envelope.Bearer(c.R)
	switch {
	case c.route.Person:
		return nil, c.notSignedIn(failed != nil)
	case failed != nil:
		return nil, failed
	}
	return c.Keeper.Authenticate(c.ctx, secret, c.From)
}

// promises refuses what a client relies on and the route would pass over: a
// parameter that is not known, a rehearsal that would be done for good, and a
// condition or a key that nobody looks at (RFC 9110, Section 13.1.1).
func (c *call) promises() error {
	if !c.route.Open {
		if err := c.Parameters(c.route.parameters()); err != nil {
			return err
		}
	}
	if c.R.Method == http.MethodGet || c.R.Method == http.MethodHead {
		return nil
	}
	if c.Query("dry_run") != "" && !c.route.rehearses() {
		return envelope.Invalid("dry_run", "this operation knows no dry run; nothing was done")
	}
	if c.R.Header.Get(envelope.IfMatch) != "" && !slices.Contains(c.route.Headers, envelope.IfMatch) {
		return envelope.Invalid(envelope.IfMatch, "this operation knows no If-Match; nothing was done")
	}
	if n := len(c.R.Header.Get(envelope.IdempotencyKey)); n > maxKey {
		return envelope.Invalid(envelope.IdempotencyKey, "the Idempotency-Key has %d octets; at most %d are kept", n, maxKey)
	}
	return nil
}

// maxKey bounds an Idempotency-Key, in octets.
const maxKey = 255

// failed answers with err.
func (c *call) failed(err error) { envelope.WriteError(c.W, c.report(err)) }

// report is err for the client; the log is told of it where it is the server's fault.
func (c *call) report(err error) *api.Error {
	e := envelope.Error(err)
	if e.Status == http.StatusInternalServerError || e.Status == http.StatusServiceUnavailable {
		c.Log.Error("a request failed", "method", c.R.Method, "path", c.R.URL.Path, "request", c.W.Header().Get("X-Request-ID"), "error", err)
	}
	return e
}

// codeOf is the code of an error of control; empty for another.
func codeOf(err error) string {
	var e *control.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// brokenOff ends an answer in lines with err, or is err where there are none.
func (c *call) brokenOff(lines *envelope.Lines, err error) (*envelope.Reply, error) {
	if lines != nil {
		err = c.report(err)
	}
	return lines.Failed(err)
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

// decode reads the body as JSON into the value that into points to.
func (c *call) decode(into any) error {
	if c.route.Open {
		return c.Decode(into, c.route.BodyOptional)
	}
	return c.DecodeKnown(into, c.route.BodyOptional)
}

// request is the beginning of a change: who, why, and how to know it again.
func (c *call) request() (*control.Request, error) {
	dry, err := c.Boolean("dry_run", false)
	if err != nil {
		return nil, err
	}
	r := &control.Request{DryRun: dry, Origin: c.Origin(), Reason: strings.ToValidUTF8(c.R.Header.Get("X-Change-Reason"), "?")}
	if c.who.Person {
		r.Origin.Via = "dashboard"
	}
	if key := c.R.Header.Get(envelope.IdempotencyKey); key != "" {
		r.Repeat = change.Request{Key: key, Digest: c.Digest()}
	}
	return r, nil
}
