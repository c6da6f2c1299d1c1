package app

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/truename-dns/truename/api"
)

func TestPublicURL(t *testing.T) {
	for _, c := range []struct{ name, text, want, wrong string }{
		{"none", "", "", ""},
		{"a name", "https://dns.example.com", "https://dns.example.com", ""},
		{"as it is copied from a browser", "https://DNS.Example.com/", "https://dns.example.com", ""},
		{"the port of the scheme", "https://dns.example.com:443", "https://dns.example.com", ""},
		{"the same by HTTP", "http://dns.example.com:80/", "http://dns.example.com", ""},
		{"another port", "https://dns.example.com:8443", "https://dns.example.com:8443", ""},
		{"HTTP at the port of HTTPS", "http://dns.example.com:443", "http://dns.example.com:443", ""},
		{"one label", "http://localhost:8053", "http://localhost:8053", ""},
		{"an address", "https://192.0.2.1", "https://192.0.2.1", ""},
		{"an IPv6 address", "https://[2001:DB8::1]", "https://[2001:db8::1]", ""},
		{"an IPv6 address and a port", "https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443", ""},
		{"another script", "https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example", ""},
		{"no scheme", "dns.example.com", "", "not a URL of this server"},
		{"a port and no scheme", "dns.example.com:8443", "", "not a URL of this server"},
		{"another scheme", "ftp://dns.example.com", "", "not a URL of this server"},
		{"no host", "https://", "", "not a URL of this server"},
		{"no host but a port", "https://:443", "", "not a URL of this server"},
		{"a person", "https://jo@dns.example.com", "", "not a URL of this server"},
		{"a path", "https://example.com/dns", "", "a host of its own"},
		{"a query", "https://example.com?x", "", "a host of its own"},
		{"a fragment", "https://example.com#x", "", "a host of its own"},
		{"a final dot", "https://dns.example.com.", "", "neither a name nor an address"},
		{"letters of another script", "https://münchen.example", "", "begins with xn--"},
		{"a space", "https://dns example.com", "", "not a URL of this server"},
		{"a hyphen that ends a label", "https://dns-.example.com", "", "neither a name nor an address"},
		{"a long name", "https://" + strings.Repeat("abcdefgh.", 40) + "com", "", "neither a name nor an address"},
		{"a port that is none", "https://dns.example.com:70000", "", "from 1 to 65535"},
		{"port 0", "https://dns.example.com:0", "", "from 1 to 65535"},
		{"an empty port", "https://dns.example.com:", "", "from 1 to 65535"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got Config
			err := setPublic(&got, c.text)
			switch {
			case c.wrong != "":
				if err == nil || !strings.Contains(err.Error(), c.wrong) || got.Public != nil {
					t.Errorf("%v, %v; want an error with %q", got.Public, err, c.wrong)
				}
			case err != nil:
				t.Error(err)
			case c.want == "" && got.Public != nil, c.want != "" && got.Public.String() != c.want:
				t.Errorf("%v, want %q", got.Public, c.want)
			}
		})
	}
}

// front is a reverse proxy with HTTPS that asks for another Host than the browser does.
type front struct {
	*httptest.Server
	behind atomic.Pointer[url.URL]
	jo     *http.Client // at a browser that knows it
}

func newFront(t *testing.T) *front {
	f := new(front)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(f.behind.Load()) }}
	f.Server = httptest.NewTLSServer(proxy)
	t.Cleanup(f.Close)
	f.jo = f.Client()
	var err error
	if f.jo.Jar, err = cookiejar.New(nil); err != nil {
		t.Fatal(err)
	}
	return f
}

// send is the answer to a request as a page of that origin sends it.
func (f *front) send(t *testing.T, method, path, body, origin, csrf string) (*http.Response, api.Session, string) {
	t.Helper()
	r, err := http.NewRequest(method, f.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Origin", origin)
	if csrf != "" {
		r.Header.Set(api.CSRFHeader, csrf)
	}
	a, err := f.jo.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	var in struct{ Data api.SessionData }
	if err := json.Unmarshal(text, &in); err != nil {
		t.Fatal(err)
	}
	return a, in.Data.Session, string(text)
}

// start starts a server behind f and returns its setup code.
func (f *front) start(t *testing.T, settings map[string]string) (code string) {
	t.Helper()
	s := start(t, t.TempDir(), settings)
	at, err := url.Parse(s.http())
	if err != nil {
		t.Fatal(err)
	}
	f.behind.Store(at)
	until(t, "the greeting", func() bool { return strings.Contains(s.out.String(), "it can be used once") })
	_, code, _ = strings.Cut(s.out.String(), "it can be used once:\n  ")
	code, _, _ = strings.Cut(code, "\n")
	if public := settings["public-url"]; public != "" && !strings.Contains(s.out.String(), "dashboard is at "+public+"/\n") {
		t.Errorf("the greeting is %s", s.out.String())
	}
	return code
}

func setup(code string) string {
	return `{"code":"` + code + `","email":"jo@example.org","name":"Jo","password":"otter sings below ice"}`
}

// TestBehindAProxy signs in, writes and invites through a proxy that changes the Host.
func TestBehindAProxy(t *testing.T) {
	f := newFront(t)
	code := f.start(t, map[string]string{"public-url": f.URL})
	if a, _, text := f.send(t, "POST", "/v1/setup", setup(code), "https://evil.example", ""); a.StatusCode != 403 || !strings.Contains(text, `"CSRF"`) {
		t.Errorf("from a page of others: %s", text)
	}
	a, session, text := f.send(t, "POST", "/v1/setup", setup(code), f.URL, "")
	if a.StatusCode != 201 || len(a.Cookies()) != 1 || !a.Cookies()[0].Secure || !strings.HasPrefix(a.Cookies()[0].Name, "__Host-") {
		t.Fatalf("%s %v %s", a.Status, a.Cookies(), text)
	}
	if a, _, text := f.send(t, "POST", "/v1/zones", `{"name":"example.com"}`, f.URL, session.CSRF); a.StatusCode != 201 {
		t.Errorf("a zone: %s", text)
	}
	if a, _, text := f.send(t, "POST", "/v1/zones", `{"name":"example.net"}`, "https://evil.example", session.CSRF); a.StatusCode != 403 {
		t.Errorf("a zone, from a page of others: %s", text)
	}
	if _, _, text := f.send(t, "POST", "/v1/members", `{"email":"mia@example.org","role":"editor"}`, f.URL, session.CSRF); !strings.Contains(text, `"url":"`+f.URL+`/join#`) {
		t.Errorf("an invitation: %s", text)
	}
	f.jo.CloseIdleConnections()
}

// TestBehindAProxyThatIsNotKnown is why the setting is there.
func TestBehindAProxyThatIsNotKnown(t *testing.T) {
	f := newFront(t)
	code := f.start(t, map[string]string{})
	if a, _, text := f.send(t, "POST", "/v1/setup", setup(code), f.URL, ""); a.StatusCode != 403 || !strings.Contains(text, "--public-url") {
		t.Errorf("%s", text)
	}
	f.jo.CloseIdleConnections()
}
