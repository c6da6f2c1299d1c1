package v1

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// Names of the cookie that holds the secret of a session. The prefix makes
// browsers see to it that no other host, and no plain HTTP, has set it
// (draft-ietf-httpbis-rfc6265bis-20, Section 4.1.3.2).
const (
	secureCookie = "__Host-truename"
	plainCookie  = "truename"
)

// guard refuses requests that pages of others send by somebody's browser.
func guard(public *url.URL) *http.CrossOriginProtection {
	g := http.NewCrossOriginProtection()
	if public != nil {
		_ = g.AddTrustedOrigin(public.Scheme + "://" + public.Host) // one that is none trusts nobody
	}
	return g
}

// secure reports whether the browser came by HTTPS. What a proxy says of it can
// be made up, to the loss of who does so only: their cookie gets lost.
func (c *call) secure() bool {
	if c.Public != nil {
		return c.Public.Scheme == "https"
	}
	return c.R.TLS != nil || strings.EqualFold(c.R.Header.Get("X-Forwarded-Proto"), "https")
}

// site is how the browser knows the server.
func (c *call) site() *people.Site {
	host, scheme := c.R.Host, "http"
	if c.Public != nil {
		host = c.Public.Host
	}
	if c.secure() {
		scheme = "https"
	}
	domain := host
	if name, _, err := net.SplitHostPort(host); err == nil {
		domain = name
	}
	return &people.Site{Domain: strings.ToLower(domain), Origin: scheme + "://" + host}
}

// canPasskeys reports whether browsers let that site have passkeys: under a
// name, and by HTTPS unless it is this machine (Web Authentication Level 3,
// Section 5.1.3).
func canPasskeys(s *people.Site) bool {
	if s.Domain == "localhost" || strings.HasSuffix(s.Domain, ".localhost") {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(s.Domain, "[]"))
	return err != nil && s.Domain != "" && strings.HasPrefix(s.Origin, "https://")
}

func (c *call) cookieName() string {
	if c.secure() {
		return secureCookie
	}
	return plainCookie
}

// secret is that of the session which the browser has; empty for none.
func (c *call) secret() string {
	cookie, err := c.R.Cookie(c.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setCookie gives the browser the secret of a session; an empty one takes it away.
func (c *call) setCookie(secret string) {
	age := int(people.Longest.Seconds())
	if secret == "" {
		age = -1
	}
	http.SetCookie(c.W, &http.Cookie{
		Name: c.cookieName(), Value: secret, Path: "/", MaxAge: age, HttpOnly: true, Secure: c.secure(), SameSite: http.SameSiteStrictMode,
	})
}

// byCookie reports whether the request has a session to show, and no token,
// which would count.
func (c *call) byCookie() bool {
	return c.People != nil && c.R.Header.Get("Authorization") == "" && c.secret() != ""
}

// person is who has the session of the request.
func (c *call) person() (*access.Principal, error) {
	here, err := c.People.Current(c.secret(), true)
	if err != nil {
		return nil, err
	}
	if err := c.ownPage(here); err != nil {
		return nil, err
	}
	c.here = here
	return here.Principal, nil
}

// ownPage refuses what does not show that it comes from a page of this server: a
// browser sends a cookie along, whoever's page it is that asks.
func (c *call) ownPage(here *people.Current) error {
	if err := c.sameOrigin(); err != nil {
		return err
	}
	switch c.R.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		return foreign()
	}
	if safe(c.R.Method) {
		return nil
	}
	if subtle.ConstantTimeCompare([]byte(c.R.Header.Get(api.CSRFHeader)), []byte(here.CSRF)) != 1 {
		return envelope.Fail(http.StatusForbidden, api.CodeCSRF, "the header "+api.CSRFHeader+" is not that of your session; load the page anew")
	}
	return nil
}

func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// sameOrigin refuses what changes something and comes from a page of others.
func (c *call) sameOrigin() error {
	if c.R.Header.Get("Authorization") == "" && c.origin.Check(c.R) != nil {
		return foreign()
	}
	return nil
}

func foreign() error {
	return envelope.Fail(http.StatusForbidden, api.CodeCSRF, "the request comes from a page of another site; open the dashboard itself")
}

// notSignedIn is why a route for people refuses who has no session.
func (c *call) notSignedIn(nobody bool) error {
	switch {
	case c.People == nil:
		return noPeople()
	case nobody:
		return envelope.Fail(http.StatusUnauthorized, api.CodeUnauthorized, "you are not signed in; sign in to the dashboard")
	}
	return envelope.Fail(http.StatusForbidden, api.CodeForbidden, "this is about the session of a person, and a token has none; sign in to the dashboard")
}

func noPeople() error {
	return envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, "nobody can sign in to this server; use a token")
}

// from is where an attempt to sign in comes from.
func (c *call) from() *people.From {
	return &people.From{Address: c.From, Agent: c.Origin().Agent, Secret: c.secret()}
}
