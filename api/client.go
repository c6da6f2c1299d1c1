package api

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// DefaultServer is where a server answers that was started without --http.
const DefaultServer = "http://127.0.0.1:8053"

// Client speaks to the v1 API of one server. Its methods may be called from
// many goroutines. Every error that the server answered is an *Error.
//
// A request that changes nothing, or that carries an idempotency key, is
// repeated when the server is busy or away, as late as its Retry-After says.
type Client struct {
	base    *url.URL
	token   string
	agent   string
	http    *http.Client
	retries int
	patient time.Duration
}

// Option changes a Client that is being made.
type Option func(*Client)

// WithAgent sets the User-Agent, which the log of changes keeps.
func WithAgent(agent string) Option { return func(c *Client) { c.agent = agent } }

// WithHTTP makes the Client use h, of which a copy is changed not to follow redirects.
func WithHTTP(h *http.Client) Option { return func(c *Client) { c.http = h } }

// WithRetries bounds how often a request is repeated (default 4) and how long
// one wait may be (default 30 s); a server that asks for a longer one gets no
// more requests, but its error is returned.
func WithRetries(times int, longest time.Duration) Option {
	return func(c *Client) { c.retries, c.patient = times, longest }
}

// NewClient makes a Client of the server at that base URL, with or without the
// path /v1, and with an optional token.
func NewClient(server, token string, options ...Option) (*Client, error) {
	base, err := parseServer(server)
	if err != nil {
		return nil, err
	}
	c := &Client{base: base, token: token, agent: "truename-api", http: newHTTP(), retries: 4, patient: 30 * time.Second}
	for _, set := range options {
		set(c)
	}
	h := *c.http
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &h
	return c, nil
}

// Server is the base URL, without the path /v1.
func (c *Client) Server() string { return strings.TrimSuffix(c.base.String(), "/v1") }

func parseServer(server string) (*url.URL, error) {
	u, err := url.Parse(server)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%q is not the address of a server; write it as in %s", server, DefaultServer)
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("the address %s of a server has more than a scheme, a host and a path; write it as in %s", u.Redacted(), DefaultServer)
	}
	u.Path = strings.TrimSuffix(strings.TrimRight(u.Path, "/"), "/v1") + "/v1"
	return u, nil
}

// newHTTP bounds the steps of a request but not its whole, for an import of a
// million records or a long list takes its time; the context bounds that.
func newHTTP() *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout:   10 * time.Second,
		ResponseHeaderTimeout: 2 * time.Minute,
		ExpectContinueTimeout: time.Second,
		IdleConnTimeout:       90 * time.Second,
		MaxIdleConnsPerHost:   32,
		ForceAttemptHTTP2:     true,
	}}
}

// ErrUnreachable is in the chain of errors of requests that no server answered.
var ErrUnreachable = errors.New("no server answers")

// unreachable says so of what the transport returned.
func (c *Client) unreachable(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // its text repeats the URL
	}
	return fmt.Errorf("%w at %s: %w", ErrUnreachable, c.Server(), err)
}
