// Package cloudflare speaks the API that Cloudflare's clients speak, under
// /client/v4: zones and DNS records, in the same envelope, with the same codes
// and statuses, so that a client that is given another base URL works here.
//
// Each write is one Change by internal/control. What differs from the original
// is said in docs/clients.md; what the server cannot do is refused, never feigned.
package cloudflare

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// Prefix is where the API is found.
const Prefix = "/client/v4"

// Limiter says whether the holder of key may do n things now, and if not, after what time.
type Limiter interface {
	Allow(key string, n int) (ok bool, retryAfter time.Duration)
}

// Options are what a face needs. Control and Keeper must be set.
type Options struct {
	Control     *control.Control
	Keeper      *access.Keeper
	Limiter     Limiter                        // of authenticated requests, by token; nil for none
	NameServers []string                       // that zones are delegated to, as in ns1.example.net; nil: those at each apex
	Address     func(*http.Request) netip.Addr // of the client; nil for that of the connection
}

// New is the handler of all paths under Prefix.
func New(o Options) http.Handler {
	f := &face{Options: o}
	if f.Address == nil {
		f.Address = remote
	}
	f.mux = f.routes()
	return f
}

type face struct {
	Options
	mux *http.ServeMux
}

// call is one request on its way.
type call struct {
	*face
	ctx   context.Context
	r     *http.Request
	query url.Values
	p     *access.Principal
	zone  *control.ZoneInfo // where the path names one
	out   envelope.Envelope
}

// action does what a route is for; what it returns is the result of the
// envelope. An error is a *fault or one of control's.
type action func(*call) (any, error)

// plain is a result that is sent as it is, without an envelope.
type plain struct {
	kind string
	body []byte
}

func (f *face) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	clean := *r
	u := *r.URL
	u.Path, u.RawPath = tidy(u.Path), ""
	clean.URL = &u
	f.mux.ServeHTTP(w, &clean)
}

// tidy takes the slashes away that are too many: ddclient asks for /zones/?name=.
func tidy(path string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(path, "/") {
		if part != "" && part != "." && part != ".." {
			b.WriteByte('/')
			b.WriteString(part)
		}
	}
	if b.Len() == 0 {
		return "/"
	}
	return b.String()
}

// handle makes a handler of do: authenticate, find the zone of the path, act, answer.
func (f *face) handle(do action) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := &call{face: f, ctx: r.Context(), r: r, query: r.URL.Query()}
		result, err := c.run(do)
		if errors.Is(err, context.Canceled) && r.Context().Err() != nil {
			return // nobody is listening
		}
		c.answer(w, result, err)
	}
}

func (c *call) run(do action) (any, error) {
	if err := c.authenticate(); err != nil {
		return nil, err
	}
	if id := c.r.PathValue("zone"); id != "" {
		if err := c.findZone(id); err != nil {
			return nil, err
		}
	}
	return do(c)
}

// origin says who is writing, and by which way.
func (c *call) origin() change.Origin {
	return change.Origin{Via: "cloudflare", Address: c.Address(c.r).String(), Agent: envelope.Shorten(c.r.UserAgent(), 200)}
}

func remote(r *http.Request) netip.Addr {
	at, _ := netip.ParseAddrPort(r.RemoteAddr)
	return at.Addr().Unmap()
}
