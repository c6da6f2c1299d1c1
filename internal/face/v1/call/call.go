// Package call is what every operation of the v1 API needs, whichever room it is
// in: its Route, what it is worked out with, and the Call, which is one request on
// its way to its handler: who asks, whether they may, and what the path names.
package call

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// Call is one request on its way to its handler.
type Call struct {
	*envelope.Call
	*Service
	Ctx  context.Context
	Who  *access.Principal // nil on public routes
	Here *people.Current   // the session of who has signed in; nil for a token

	route *Route
}

// answer admits the request and hands it to its handler.
func (c *Call) answer() (*envelope.Reply, error) {
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
	return c.route.Handle(c)
}

// admit finds out who is asking, and whether it may.
func (c *Call) admit() error {
	var err error
	if c.byCookie() {
		c.Who, err = c.person()
	} else {
		c.Who, err = c.token()
	}
	if err != nil {
		return err
	}
	if c.Limiter != nil {
		if failed := envelope.Throttle(c.W.Header(), c.Limiter.Take(c.Who.Token, 1)); failed != nil {
			return failed
		}
	}
	if err := c.permit(); err != nil || !c.route.Confirmed {
		return err
	}
	return c.Confirmed()
}

// permit sees to it that who is asking may.
func (c *Call) permit() error {
	if c.route.Instead != "" && c.Who.Has(c.route.Instead) {
		c.Who = c.Who.Having(c.route.Scopes...)
	}
	return c.Who.May(c.route.Scopes...)
}

// Again finds out anew who is asking, and whether they still may, for what goes on
// for long. Their session does not last longer by it.
func (c *Call) Again() error {
	if c.Here != nil {
		here, err := c.People.Current(c.Secret(), false)
		if err != nil {
			return err
		}
		c.Here, c.Who = here, here.Principal
		return c.permit()
	}
	who, err := c.token()
	if err != nil {
		return err
	}
	c.Who = who
	return c.permit()
}

// token is who the token of the request acts as.
func (c *Call) token() (*access.Principal, error) {
	secret, failed := envelope.Bearer(c.R)
	switch {
	case c.route.Person:
		return nil, c.notSignedIn(failed != nil)
	case failed != nil:
		return nil, failed
	}
	return c.Keeper.Authenticate(c.Ctx, secret, c.From)
}

// promises refuses what a client relies on and the route would pass over: a
// parameter that is not known, a rehearsal that would be done for good, and a
// condition or a key that nobody looks at (RFC 9110, Section 13.1.1).
func (c *Call) promises() error {
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
	if n := len(c.R.Header.Get(envelope.IdempotencyKey)); n > MaxKey {
		return envelope.Invalid(envelope.IdempotencyKey, "the Idempotency-Key has %d octets; at most %d are kept", n, MaxKey)
	}
	return nil
}

// MaxKey bounds an Idempotency-Key, in octets.
const MaxKey = 255

// failed answers with err.
func (c *Call) failed(err error) { envelope.WriteError(c.W, c.Report(err)) }

// Report is err for the client; the log is told of it where it is the server's fault.
func (c *Call) Report(err error) *api.Error {
	e := envelope.Error(err)
	if e.Status == http.StatusInternalServerError || e.Status == http.StatusServiceUnavailable {
		c.Log.Error("a request failed", "method", c.R.Method, "path", c.R.URL.Path, "request", c.W.Header().Get("X-Request-ID"), "error", err)
	}
	return e
}

// BrokenOff ends an answer in lines with err, or is err where there are none.
func (c *Call) BrokenOff(lines *envelope.Lines, err error) (*envelope.Reply, error) {
	if lines != nil {
		err = c.Report(err)
	}
	return lines.Failed(err)
}

// Decode reads the body as JSON into the value that into points to, as strictly
// as the route is.
func (c *Call) Decode(into any) error {
	if c.route.Open {
		return c.Call.Decode(into, c.route.BodyOptional)
	}
	return c.DecodeKnown(into, c.route.BodyOptional)
}

// Request is the beginning of a change: who, why, and how to know it again.
func (c *Call) Request() (*control.Request, error) {
	dry, err := c.Boolean("dry_run", false)
	if err != nil {
		return nil, err
	}
	r := &control.Request{DryRun: dry, Origin: c.Origin(), Reason: strings.ToValidUTF8(c.R.Header.Get("X-Change-Reason"), "?")}
	if c.Who.Person {
		r.Origin.Via = "dashboard"
	}
	if key := c.R.Header.Get(envelope.IdempotencyKey); key != "" {
		r.Repeat = change.Request{Key: key, Digest: c.Digest()}
	}
	return r, nil
}
