package envelope

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
)

// Bearer is the secret of the Authorization header (RFC 6750, Section 2.1).
func Bearer(r *http.Request) (string, *api.Error) {
	const hint = "; send the header Authorization: Bearer and your token"
	values := r.Header.Values("Authorization")
	if len(values) == 0 {
		return "", Fail(http.StatusUnauthorized, api.CodeUnauthorized, "there is no token"+hint)
	}
	scheme, secret, _ := strings.Cut(values[0], " ")
	secret = strings.TrimSpace(secret)
	if len(values) > 1 || !strings.EqualFold(scheme, "Bearer") || secret == "" || len(secret) > 512 {
		return "", Fail(http.StatusUnauthorized, api.CodeUnauthorized, "the Authorization header cannot be read"+hint)
	}
	return secret, nil
}

// Throttle says in h how much a token has left
// (draft-ietf-httpapi-ratelimit-headers-07, Section 5), and refuses if that is nothing.
func Throttle(h http.Header, q access.Quota) *api.Error {
	if q.Limit == 0 {
		return nil
	}
	h.Set("RateLimit-Limit", strconv.Itoa(q.Limit))
	h.Set("RateLimit-Remaining", strconv.Itoa(q.Remaining))
	h.Set("RateLimit-Reset", strconv.Itoa(int(math.Ceil(q.Reset.Seconds()))))
	if q.OK {
		return nil
	}
	return TooMany(q.RetryAfter)
}

// TooMany is the error of one who came too often and may come again after that time.
func TooMany(wait time.Duration) *api.Error {
	wait = max(wait, time.Second)
	e := Fail(http.StatusTooManyRequests, api.CodeRateLimited, "too many requests; try again in "+access.RetryText(wait))
	e.RetryAfter = wait
	return e
}
