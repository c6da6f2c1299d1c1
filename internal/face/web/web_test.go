package web

import (
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

// built is what a build leaves.
var built = fstest.MapFS{
	"index.html":              {Data: []byte("the page")},
	"index.html.gz":           {Data: []byte("the page in gzip")},
	"index.html.br":           {Data: []byte("the page in br")},
	"favicon.svg":             {Data: []byte("<svg/>")},
	"assets/app-a1b2c3.js":    {Data: []byte("script")},
	"assets/app-a1b2c3.js.br": {Data: []byte("script in br")},
	"assets/app-d4e5f6.css":   {Data: []byte("style")},
	"odd.bin-thing":           {Data: []byte{0, 1, 2}},
}

// ask is the answer to a request over a real connection.
func ask(t *testing.T, h http.Handler, method, target string, headers ...string) (*http.Response, string) {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	req, err := http.NewRequest(method, srv.URL+target, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity") // else the client asks for gzip by itself
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
	}
	r, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(body)
}

func TestWhatIsServedWhere(t *testing.T) {
	h := newSite(built)
	for _, test := range []struct {
		name, method, path, accept string
		status                     int
		body, kind, cache, coding  string
	}{
		{"the page", "GET", "/", "", 200, "the page", "text/html; charset=utf-8", eachTime, ""},
		{"by its name", "GET", "/index.html", "", 200, "the page", "text/html; charset=utf-8", eachTime, ""},
		{"a path that the page knows", "GET", "/zones/abc/records", "", 200, "the page", "text/html; charset=utf-8", eachTime, ""},
		{"one with a name of a zone", "GET", "/zones/example.com/records", "", 200, "the page", "text/html; charset=utf-8", eachTime, ""},
		{"in gzip", "GET", "/", "gzip, deflate", 200, "the page in gzip", "text/html; charset=utf-8", eachTime, "gzip"},
		{"in the smallest form", "GET", "/", "gzip, deflate, br, zstd", 200, "the page in br", "text/html; charset=utf-8", eachTime, "br"},
		{"a coding that is refused", "GET", "/", "br;q=0, gzip;q=0.5", 200, "the page in gzip", "text/html; charset=utf-8", eachTime, "gzip"},
		{"all refused", "GET", "/", "br; q=0.000, GZIP;q=0", 200, "the page", "text/html; charset=utf-8", eachTime, ""},
		{"a script", "GET", "/assets/app-a1b2c3.js", "", 200, "script", "text/javascript; charset=utf-8", forever, ""},
		{"a script in br", "GET", "/assets/app-a1b2c3.js", "br", 200, "script in br", "text/javascript; charset=utf-8", forever, "br"},
		{"a style", "GET", "/assets/app-d4e5f6.css", "br", 200, "style", "text/css; charset=utf-8", forever, ""},
		{"a picture", "GET", "/favicon.svg", "", 200, "<svg/>", "image/svg+xml", eachTime, ""},
		{"of no known kind", "GET", "/odd.bin-thing", "", 200, "\x00\x01\x02", "application/octet-stream", eachTime, ""},
		{"by HEAD", "HEAD", "/", "", 200, "", "text/html; charset=utf-8", eachTime, ""},
		{"a file that is not there", "GET", "/missing.js", "", 404, "there is no such file\n", "text/plain; charset=utf-8", "no-store", ""},
		{"a script of another build", "GET", "/assets/app-000000.js", "", 404, "there is no such file\n", "text/plain; charset=utf-8", "no-store", ""},
		{"a directory", "GET", "/assets/", "", 404, "there is no such file\n", "text/plain; charset=utf-8", "no-store", ""},
		{"out of the directory", "GET", "/..%2f..%2fweb.go", "", 404, "there is no such file\n", "text/plain; charset=utf-8", "no-store", ""},
		{"a form that nobody should ask for", "GET", "/index.html.br", "", 404, "there is no such file\n", "text/plain; charset=utf-8", "no-store", ""},
		{"to write", "POST", "/", "", 405, "pages can be read only\n", "text/plain; charset=utf-8", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			accept := "Accept-Encoding: identity"
			if test.accept != "" {
				accept = "Accept-Encoding: " + test.accept
			}
			r, body := ask(t, h, test.method, test.path, accept)
			if r.StatusCode != test.status || body != test.body {
				t.Errorf("%d %q", r.StatusCode, body)
			}
			for name, want := range map[string]string{"Content-Type": test.kind, "Cache-Control": test.cache, "Content-Encoding": test.coding} {
				if got := r.Header.Get(name); got != want {
					t.Errorf("%s is %q, not %q", name, got, want)
				}
			}
			if r.Header.Get("Content-Security-Policy") != policy || r.Header.Get("X-Content-Type-Options") != "nosniff" || r.Header.Get("Referrer-Policy") != "no-referrer" {
				t.Errorf("headers %v", r.Header)
			}
		})
	}
}

// A name has dots, as a file has: who opens a page is told from who loads a file
// by what they take.
func TestANameInThePathIsAPage(t *testing.T) {
	const opening, loading = "Accept: text/html,application/xhtml+xml,*/*;q=0.8", "Accept: */*"
	for _, test := range []struct {
		name, path, accept string
		status             int
	}{
		{"a zone is opened", "/zones/example.com", opening, 200},
		{"a script is loaded", "/zones/missing.js", loading, 404},
		{"a script of another build is opened", "/assets/app-000000.js", opening, 404},
		{"a path without a dot is loaded", "/zones", loading, 200},
		{"a file that is there is opened", "/favicon.svg", opening, 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			if r, _ := ask(t, newSite(built), "GET", test.path, test.accept); r.StatusCode != test.status {
				t.Errorf("%d", r.StatusCode)
			}
		})
	}
}

func TestWhatABrowserHasIsNotSentAgain(t *testing.T) {
	h := newSite(built)
	first, _ := ask(t, h, "GET", "/")
	tag := first.Header.Get("ETag")
	packed, _ := ask(t, h, "GET", "/", "Accept-Encoding: br")
	if tag == "" || packed.Header.Get("ETag") == tag {
		t.Fatalf("tags %q and %q", tag, packed.Header.Get("ETag"))
	}
	if first.Header.Get("Vary") != "Accept-Encoding" {
		t.Error("it does not say that it has several forms")
	}
	for _, test := range []struct {
		name, header string
		status       int
	}{
		{"it", "If-None-Match: " + tag, 304},
		{"it among others", `If-None-Match: "other", W/` + tag, 304},
		{"any", "If-None-Match: *", 304},
		{"another", `If-None-Match: "other"`, 200},
		{"another form of it", "If-None-Match: " + packed.Header.Get("ETag"), 200},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, body := ask(t, h, "GET", "/", test.header)
			if r.StatusCode != test.status || (body == "") != (test.status == 304) {
				t.Errorf("%d %q", r.StatusCode, body)
			}
		})
	}
}

func TestThePolicyIsStrict(t *testing.T) {
	for _, word := range []string{"unsafe", "*", "http:", "https:", "blob:", "eval"} {
		if strings.Contains(policy, word) {
			t.Errorf("the policy has %s", word)
		}
	}
	for _, word := range []string{"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"} {
		if !strings.Contains(policy, word) {
			t.Errorf("the policy has no %s", word)
		}
	}
}

// What is embedded must work under the policy: nothing inline, nothing from elsewhere.
func TestTheEmbeddedPageKeepsThePolicy(t *testing.T) {
	r, page := ask(t, Handler(), "GET", "/")
	if r.StatusCode != 200 || !strings.Contains(strings.ToLower(page), "<!doctype html>") {
		t.Fatalf("%d %q", r.StatusCode, page)
	}
	for what, pattern := range map[string]string{
		"a script in the page":     `<script(?:\s+(?:type|crossorigin|async|defer)(?:="[^"]*")?)*\s*>`,
		"a style in the page":      `<style|\sstyle=`,
		"a handler in the page":    `\son[a-z]+=`,
		"something from elsewhere": `(?:src|href)="(?:https?:)?//`,
	} {
		if found := regexp.MustCompile(pattern).FindString(page); found != "" {
			t.Errorf("%s: %s", what, found)
		}
	}
	for _, m := range regexp.MustCompile(`(?:src|href)="(/[^"]*\.[a-z0-9]+)"`).FindAllStringSubmatch(page, -1) {
		if r, _ := ask(t, Handler(), "GET", m[1]); r.StatusCode != 200 {
			t.Errorf("the page wants %s: %d", m[1], r.StatusCode)
		}
	}
}

// Everything that is embedded is served, compressed forms under the name of what
// they are forms of.
func TestAllThatIsEmbeddedIsServed(t *testing.T) {
	h := Handler()
	n := 0
	err := fs.WalkDir(dist, "dist", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) == ".br" || path.Ext(name) == ".gz" {
			return err
		}
		n++
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest("GET", strings.TrimPrefix(name, "dist"), nil))
		if w.Code != 200 || w.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: %d", name, w.Code)
		}
		return nil
	})
	if err != nil || n == 0 {
		t.Errorf("%d files, %v", n, err)
	}
}

func FuzzPath(f *testing.F) {
	for _, s := range []string{"/", "/zones/x", "/../x.go", "//", "/assets/..", "/\x00", "/%2e%2e/index.html"} {
		f.Add(s, "br;q=0, gzip", `"x"`)
	}
	h := newSite(built)
	f.Fuzz(func(t *testing.T, at, accept, tag string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = at
		r.Header["Accept-Encoding"], r.Header["If-None-Match"] = []string{accept}, []string{tag}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != 200 && w.Code != 304 && w.Code != 404 {
			t.Errorf("%q: %d", at, w.Code)
		}
	})
}
