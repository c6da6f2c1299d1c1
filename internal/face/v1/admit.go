package v1

import (
	"errors"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
)

// admit finds out who is asking, and whether it may.
func (c *call) admit() *api.Error {
	secret, failed := bearer(c.r)
	if failed != nil {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="truename"`)
		return failed
	}
	who, err := c.Keeper.Authenticate(c.ctx, secret, c.from)
	if err != nil {
		return c.translate(err)
	}
	c.who = who
	if failed := c.throttle(); failed != nil {
		return failed
	}
	if err := who.May(c.route.Scopes...); err != nil {
		return c.translate(err)
	}
	return nil
}

// bearer is the secret of the Authorization header (RFC 6750, Section 2.1).
func bearer(r *http.Request) (string, *api.Error) {
	const hint = "; send the header Authorization: Bearer and your token"
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", fail(http.StatusUnauthorized, api.CodeUnauthorized, "there is no token"+hint)
	}
	scheme, secret, _ := strings.Cut(values[0], " ")
	secret = strings.TrimSpace(secret)
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || secret == "" || len(secret) > 512 {
		return "", fail(http.StatusUnauthorized, api.CodeUnauthorized, "the Authorization header cannot be read"+hint)
	}
	return secret, nil
}

// throttle takes one request from what the token has left, and says how much
// that is (draft-ietf-httpapi-ratelimit-headers-07, Section 5).
func (c *call) throttle() *api.Error {
	if c.Limiter == nil {
		return nil
	}
	q := c.Limiter.Take(c.who.Token, 1)
	if q.Limit == 0 {
		return nil
	}
	h := c.w.Header()
	h.Set("RateLimit-Limit", itoa(q.Limit))
	h.Set("RateLimit-Remaining", itoa(q.Remaining))
	h.Set("RateLimit-Reset", itoa(seconds(q.Reset)))
	if q.OK {
		return nil
	}
	return c.wait(q.RetryAfter)
}

// wait is the error of one who came too often.
func (c *call) wait(d time.Duration) *api.Error {
	again := itoa(max(1, seconds(d)))
	c.w.Header().Set("Retry-After", again)
	return fail(http.StatusTooManyRequests, api.CodeRateLimited, "too many requests; try again in "+again+" seconds")
}

func seconds(d time.Duration) int { return int(math.Ceil(d.Seconds())) }

// deniedCode tells a token that is not known from one that may not do this.
func deniedCode(err error) *api.Error {
	var d *access.Denied
	if !errors.As(err, &d) {
		return nil
	}
	e := fail(http.StatusForbidden, api.CodeForbidden, d.Error())
	if d.Scope != "" {
		e.Details = []map[string]string{{"scope": string(d.Scope), "message": "the token lacks it"}}
	}
	return e
}
