package call

import (
	"crypto/subtle"
	"net/http"
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

// Secure reports whether the browser came by HTTPS, as a proxy may say: porch
// leaves X-Forwarded-Proto only where one that is trusted has written it.
func (c *Call) Secure() bool {
	if c.Public != nil {
		return c.Public.Scheme == "https"
	}
	return c.R.TLS != nil || strings.EqualFold(c.R.Header.Get("X-Forwarded-Proto"), "https")
}

func (c *Call) cookieName() string {
	if c.Secure() {
		return secureCookie
	}
	return plainCookie
}

// Secret is that of the session which the browser has; empty for none.
func (c *Call) Secret() string {
	cookie, err := c.R.Cookie(c.cookieName())
	if err != nil {
		return ""
	}
	return cookie.Value
}

// SetCookie gives the browser the secret of a session; an empty one takes it away.
func (c *Call) SetCookie(secret string) {
	age := int(people.Longest.Seconds())
	if secret == "" {
		age = -1
	}
	http.SetCookie(c.W, &http.Cookie{
		Name: c.cookieName(), Value: secret, Path: "/", MaxAge: age, HttpOnly: true, Secure: c.Secure(), SameSite: http.SameSiteStrictMode,
	})
}

// byCookie reports whether the request has a session to show, and no token,
// which would count.
func (c *Call) byCookie() bool {
	return c.People != nil && c.R.Header.Get("Authorization") == "" && c.Secret() != ""
}

// person is who has the session of the request.
func (c *Call) person() (*access.Principal, error) {
	here, err := c.People.Current(c.Secret(), true)
	if err != nil {
		return nil, err
	}
	if err := c.OwnPage(here); err != nil {
		return nil, err
	}
	c.Here = here
	return here.Principal, nil
}

// OwnPage refuses what does not show that it comes from a page of this server: a
// browser sends a cookie along, whoever's page it is that asks.
func (c *Call) OwnPage(here *people.Current) error {
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
func (c *Call) sameOrigin() error {
	if c.R.Header.Get("Authorization") == "" && c.origin.Check(c.R) != nil {
		return foreign()
	}
	return nil
}

func foreign() error {
	return envelope.Fail(http.StatusForbidden, api.CodeCSRF, "the request comes from a page of another site; open the dashboard itself, and where it is behind a proxy tell the server its address by --public-url")
}

// notSignedIn is why a route for people refuses who has no session.
func (c *Call) notSignedIn(nobody bool) error {
	switch {
	case c.People == nil:
		return NoPeople()
	case nobody:
		return envelope.Fail(http.StatusUnauthorized, api.CodeUnauthorized, "you are not signed in; sign in to the dashboard")
	}
	return envelope.Fail(http.StatusForbidden, api.CodeForbidden, "this is about the session of a person, and a token has none; sign in to the dashboard")
}

// NoPeople says that this is a server of tokens only.
func NoPeople() error {
	return envelope.Fail(http.StatusNotImplemented, api.CodeNotImplemented, "nobody can sign in to this server; use a token")
}

// Confirmed refuses a person who has not shown lately who they are: what is asked for
// would outlast a browser that somebody else has got hold of.
func (c *Call) Confirmed() error {
	if c.Here == nil || c.Here.IsConfirmed() {
		return nil
	}
	return envelope.Fail(http.StatusForbidden, api.CodeReauthenticate,
		"this needs you to show again that it is you: it is more than five minutes ago; send your password to POST "+Prefix+"/session/confirm, or use a passkey there, or sign in again, and repeat the request")
}
