package cloudflare

import (
	"errors"
	"net/http"
	"strings"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// maxSecret bounds what is taken for a secret, in octets.
const maxSecret = 512

// authenticate finds out who is calling: by Authorization: Bearer, or by
// X-Auth-Email with X-Auth-Key.
func (c *call) authenticate() error {
	h := c.r.Header
	bearer, email, key := h.Get("Authorization"), h.Get("X-Auth-Email"), h.Get("X-Auth-Key")
	var err error
	switch {
	case bearer != "":
		err = c.byToken(bearer)
	case email != "" || key != "":
		err = c.byKey(email, key)
	default:
		return envelope.Wrong(envelope.CodeNoHeaders, "Missing X-Auth-Key, X-Auth-Email or Authorization headers. Send \"Authorization: Bearer TOKEN\".")
	}
	if err != nil {
		return err
	}
	return c.throttle()
}

func (c *call) byToken(header string) error {
	scheme, secret, _ := strings.Cut(header, " ")
	secret = strings.TrimSpace(secret)
	if !strings.EqualFold(scheme, "Bearer") || !isSecret(secret) {
		return envelope.BadHeader(6111, "Invalid format for Authorization header. Send \"Authorization: Bearer TOKEN\".")
	}
	p, err := c.Keeper.Authenticate(c.ctx, secret, c.Address(c.r))
	if err != nil {
		return c.unknown(err, envelope.CodeToken, "Invalid access token")
	}
	c.p = p
	return nil
}

func (c *call) byKey(email, key string) error {
	switch {
	case len(email) > 254 || !strings.Contains(email, "@"):
		return envelope.BadHeader(6102, "Invalid format for X-Auth-Email header. Send the email address of the account.")
	case !isSecret(key):
		return envelope.BadHeader(6103, "Invalid format for X-Auth-Key header. Send the key of the account, or the secret of one of its tokens.")
	}
	p, err := c.Keeper.AuthenticateKey(c.ctx, email, key, c.Address(c.r))
	if err != nil {
		return c.unknown(err, envelope.CodeUnknownKey, "Unknown X-Auth-Key or X-Auth-Email")
	}
	c.p = p
	return nil
}

// unknown turns an error of the Keeper into a fault.
func (c *call) unknown(err error, code int, text string) error {
	var e *access.Error
	switch {
	case !errors.As(err, &e):
		return err
	case e.Class == access.TooMany:
		f := envelope.Failure(http.StatusTooManyRequests, 971, "Please wait and consider throttling your request speed. "+content.Sentence(e.Message, e.Fix))
		f.Retry = e.RetryAfter
		return f
	}
	return envelope.Failure(http.StatusForbidden, code, text+". "+content.Sentence(e.Message, e.Fix))
}

func (c *call) throttle() error {
	if c.Limiter == nil {
		return nil
	}
	ok, after := c.Limiter.Allow(c.p.Token, 1)
	if ok {
		return nil
	}
	f := envelope.Failure(http.StatusTooManyRequests, 971, "Please wait and consider throttling your request speed. The header Retry-After says how many seconds.")
	f.Retry = max(after, 1)
	return f
}

// isSecret reports whether s may be a token or key: printable, and neither too short nor too long.
func isSecret(s string) bool {
	if len(s) < 8 || len(s) > maxSecret {
		return false
	}
	return strings.IndexFunc(s, func(r rune) bool { return r <= ' ' || r >= 0x7f }) < 0
}

// findZone finds the zone that the path names.
func (c *call) findZone(text string) error {
	id, err := change.ParseZoneID(text)
	if err != nil || len(text) != 32 {
		f := envelope.Wrong(envelope.CodeIdentifier, "Could not route to /zones/"+envelope.Shorten(text, 64)+", perhaps your object identifier is invalid? A zone has 32 hexadecimal digits: GET /zones?name=example.com tells them.")
		f.Problems = append(f.Problems, envelope.Problem{Code: 7000, Message: "No route for that URI"})
		return f
	}
	c.zone, err = c.Control.Zone(c.p, control.Ref{ID: id})
	return err
}
