package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxDocument bounds a JSON document that a server answers, in octets; lists
// come in pages far below it.
const maxDocument = 64 << 20

// call is one request.
type call struct {
	method string
	path   string // below /v1, escaped
	query  url.Values
	key    string    // Idempotency-Key; a request that has one may be repeated
	match  string    // If-Match
	body   any       // sent as JSON; nil for none
	text   io.Reader // sent as text/dns instead of body, and therefore once only
	accept string    // media type; empty for JSON
}

// repeatable reports whether a repetition does no harm (RFC 9110, Section 9.2.2).
func (k *call) repeatable() bool {
	return k.text == nil && (k.method == http.MethodGet || k.method == http.MethodHead || k.key != "")
}

// do sends k and decodes what the envelope holds as data into the value that
// into points to; nil drops it.
func (c *Client) do(ctx context.Context, k call, into any) error {
	r, err := c.send(ctx, k)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	if into == nil || r.StatusCode == http.StatusNoContent {
		_, err := io.Copy(io.Discard, io.LimitReader(r.Body, 64<<10)) // so that the connection can be used again
		return err
	}
	return decode(r.Body, into)
}

func decode(body io.Reader, into any) error {
	limited := &io.LimitedReader{R: body, N: maxDocument}
	answer := Response[any]{Data: into} // decodes into what into points to
	err := json.NewDecoder(limited).Decode(&answer)
	if limited.N == 0 {
		return fmt.Errorf("the server answered more than %d MiB; ask for less of it", maxDocument>>20)
	}
	if err != nil {
		return fmt.Errorf("the server answered no JSON that fits: %w; is it a Truename server?", err)
	}
	return nil
}

// send sends k, again if need be, and returns the response of a success.
func (c *Client) send(ctx context.Context, k call) (*http.Response, error) {
	var content []byte
	if k.body != nil {
		var err error
		if content, err = json.Marshal(k.body); err != nil {
			return nil, err
		}
	}
	for try := 0; ; try++ {
		req, err := c.request(ctx, k, content)
		if err != nil {
			return nil, err
		}
		r, err := c.http.Do(req)
		if err != nil {
			return nil, c.unreachable(ctx, err)
		}
		if r.StatusCode >= 200 && r.StatusCode < 300 {
			return r, nil
		}
		failed := failure(r)
		r.Body.Close()
		wait := pause(failed, try)
		if !k.repeatable() || !passing(r.StatusCode) || try >= c.retries || wait > c.patient {
			return nil, failed
		}
		if err := sleep(ctx, wait); err != nil {
			return nil, err
		}
	}
}

func (c *Client) request(ctx context.Context, k call, content []byte) (*http.Request, error) {
	target := c.base.String() + k.path
	if len(k.query) > 0 {
		target += "?" + k.query.Encode()
	}
	body := k.text
	if k.body != nil {
		body = bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(ctx, k.method, target, body)
	if err != nil {
		return nil, err
	}
	set := func(name, value string) {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	set("User-Agent", c.agent)
	set("Accept", k.accept)
	set("Idempotency-Key", k.key)
	set("If-Match", k.match)
	if k.accept == "" {
		set("Accept", "application/json")
	}
	if c.token != "" {
		set("Authorization", "Bearer "+c.token)
	}
	switch {
	case k.body != nil:
		set("Content-Type", "application/json")
	case k.text != nil:
		set("Content-Type", "text/dns")
	}
	return req, nil
}

// passing reports whether what a status says may be over soon.
func passing(status int) bool {
	switch status {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// pause is how long to wait before the next try: what the server said, else
// ever longer, with chance so that clients do not come back all at once.
func pause(failed *Error, try int) time.Duration {
	if failed.RetryAfter > 0 {
		return failed.RetryAfter
	}
	return (200*time.Millisecond)<<try + rand.N(100*time.Millisecond)
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// failure reads what r says of a request that failed. A proxy on the way may
// answer anything.
func failure(r *http.Response) *Error {
	content, _ := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	var answer Failure
	if json.Unmarshal(content, &answer) != nil || answer.Error == nil || answer.Error.Code == "" {
		answer.Error = foreign(r)
	}
	e := answer.Error
	e.Status = r.StatusCode
	e.Request = r.Header.Get("X-Request-ID")
	e.RetryAfter = retryAfter(r.Header)
	return e
}

// foreign is the error of a response without the envelope.
func foreign(r *http.Response) *Error {
	if r.StatusCode >= 300 && r.StatusCode < 400 {
		return &Error{Code: "REDIRECT", Message: fmt.Sprintf("the server sends its clients on to %q, and a token is not sent after it; use the address of the API itself", r.Header.Get("Location"))}
	}
	return &Error{Code: "HTTP_ERROR", Message: fmt.Sprintf("the server answered %s without saying why; is it a Truename server, and what is between?", strings.TrimSpace(r.Status))}
}

// retryAfter reads a number of seconds or a date (RFC 9110, Section 10.2.3).
func retryAfter(h http.Header) time.Duration {
	v := h.Get("Retry-After")
	if n, err := strconv.ParseUint(v, 10, 31); err == nil {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(v); err == nil {
		return max(0, time.Until(t))
	}
	return 0
}

// IsNotFound reports whether err says that there is no such thing.
func IsNotFound(err error) bool { return isStatus(err, http.StatusNotFound) }

func isStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}
