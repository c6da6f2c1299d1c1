package v1

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access/people"
)

const (
	ownersEmail = "jo@example.org"
	ownersWord  = "otter sings below ice"
	otherWord   = "seven brass umbrellas"
)

// owner is somebody who has signed in by the setup code.
type owner struct{ cookie, csrf string }

// personal makes a request for a person one of the owner's.
func (d *desk) personal(r *http.Request) {
	d.Helper()
	if d.People == nil {
		return
	}
	_, pattern := d.mux.Handler(r)
	for i := range d.routes {
		if d.routes[i].Person && pattern == d.routes[i].Method+" "+Prefix+d.routes[i].Path {
			o := d.ownerOf()
			r.Header.Del("Authorization")
			r.Header.Set("Cookie", "truename="+o.cookie)
			r.Header.Set(api.CSRFHeader, o.csrf)
		}
	}
}

func (d *desk) ownerOf() *owner {
	d.Helper()
	if d.owner == nil {
		c := d.setUp()
		d.owner = &owner{c.Secret, c.CSRF}
	}
	return d.owner
}

// setUp makes the first owner past the API.
func (d *desk) setUp() *people.Current {
	d.Helper()
	code, err := d.People.EnsureSetup(d.Context())
	if err != nil {
		d.Fatal(err)
	}
	c, err := d.People.Setup(d.Context(), &people.Newcomer{Code: code, Email: ownersEmail, Name: "Jo", Password: ownersWord}, new(people.From))
	if err != nil {
		d.Fatal(err)
	}
	return c
}

// browser is somebody at the dashboard: it keeps the cookie, and what pages know
// of the session.
type browser struct {
	*desk
	host   string
	secure bool
	cookie *http.Cookie
	csrf   string
	from   string // address and port
}

func (d *desk) browser() *browser {
	return &browser{desk: d, host: "localhost:8053", from: "192.0.2.80:4711"}
}

// signedIn is a browser of the owner.
func (d *desk) signedIn() *browser {
	d.Helper()
	d.ownerOf()
	b := d.browser()
	b.signIn(ownersEmail, ownersWord)
	return b
}

func (b *browser) signIn(email, password string) {
	b.Helper()
	if a := b.send("POST", "/session", `{"email":"`+email+`","password":"`+password+`"}`); a.status != 201 {
		b.Fatalf("%d %s", a.status, a.raw)
	}
}

// send sends what a page of the dashboard would send. Headers are as in desk.send.
func (b *browser) send(method, path, body string, headers ...string) *said {
	b.Helper()
	r := httptest.NewRequest(method, Prefix+b.expand(path), strings.NewReader(b.expand(body)))
	r.RemoteAddr, r.Host = b.from, b.host
	scheme := "http"
	if b.secure {
		r.TLS, scheme = new(tls.ConnectionState), "https"
	}
	r.Header.Set("User-Agent", "a browser")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if method != "GET" {
		r.Header.Set("Origin", scheme+"://"+b.host)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if b.cookie != nil {
		r.AddCookie(b.cookie)
	}
	if b.csrf != "" {
		r.Header.Set(api.CSRFHeader, b.csrf)
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, b.expand(value))
		}
	}
	w := httptest.NewRecorder()
	b.ServeHTTP(w, r)
	return b.keep(w.Result())
}

// keep keeps the cookie and the token of an answer.
func (b *browser) keep(r *http.Response) *said {
	b.Helper()
	for _, c := range r.Cookies() {
		if b.cookie = c; c.MaxAge < 0 {
			b.cookie, b.csrf = nil, ""
		}
	}
	a := b.read(r)
	if csrf, ok := a.at("data.session.csrf"); ok {
		b.csrf = csrf
	}
	return a
}

// run is desk.run by the browser.
func (b *browser) run(steps []step) {
	b.Helper()
	for _, s := range steps {
		a := b.send(s.method, s.path, s.body, s.headers...)
		if a.status != s.status {
			b.Fatalf("%s: %s %s: %d, not %d: %s", s.name, s.method, s.path, a.status, s.status, a.raw)
		}
		b.envelope(s.name, a)
		for _, w := range s.want {
			b.expect(s.name, a, w)
		}
	}
}
