// Package web serves the dashboard: the built assets of ui/, which are part of
// the program, so that it needs nothing beside itself and no other host.
package web

import (
	"embed"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// policy lets pages load from this server only, without a script or a style in
// the page itself (Content Security Policy Level 3).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; manifest-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// How long browsers keep what they got: what has a digest in its name never
// changes (RFC 8246), all else is asked for again each time.
const (
	forever   = "public, max-age=31536000, immutable"
	eachTime  = "no-cache"
	hashed    = "assets/" // where the build puts what has a digest in its name
	indexPage = "index.html"
)

// Handler serves the dashboard at all paths: its files, and its page at every
// other, for the page itself knows what is where.
func Handler() http.Handler {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the name is a constant
	}
	return newSite(files)
}

// site is the files of the dashboard by path.
type site map[string]*file

func newSite(files fs.FS) site {
	s := make(site)
	_ = fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			s.add(files, name)
		}
		return err
	})
	return s
}

// add takes in a file, or what another is when it is compressed.
func (s site) add(files fs.FS, name string) {
	content, err := fs.ReadFile(files, name)
	if err != nil {
		return
	}
	plain, coding := name, ""
	for _, c := range codings {
		if before, ok := strings.CutSuffix(name, c.suffix); ok {
			plain, coding = before, c.name
		}
	}
	f := s[plain]
	if f == nil {
		f = &file{kind: kindOf(plain), cache: eachTime, forms: make(map[string]form)}
		if strings.HasPrefix(plain, hashed) {
			f.cache = forever
		}
		s[plain] = f
	}
	f.forms[coding] = newForm(content)
}

// kinds is the media types that must not depend on the machine.
var kinds = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
	".json": "application/json", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2", ".png": "image/png", ".ico": "image/x-icon", ".txt": "text/plain; charset=utf-8",
}

func kindOf(name string) string {
	ext := path.Ext(name)
	if kind := kinds[ext]; kind != "" {
		return kind
	}
	if kind := mime.TypeByExtension(ext); kind != "" {
		return kind
	}
	return "application/octet-stream"
}

func (s site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "pages can be read only", http.StatusMethodNotAllowed)
		return
	}
	if f := s.find(r); f != nil {
		f.serve(w, r)
		return
	}
	h.Set("Cache-Control", "no-store")
	http.Error(w, "there is no such file", http.StatusNotFound)
}

// find is the file that r asks for, or the page where no file is meant. A path
// with a dot may be a name, as in /zones/example.com, or a file that is not
// there: who opens a page says that it takes HTML.
func (s site) find(r *http.Request) *file {
	name := strings.TrimPrefix(r.URL.Path, "/")
	if f := s[name]; f != nil {
		return f
	}
	last := name[strings.LastIndexByte(name, '/')+1:]
	isPage := !strings.Contains(last, ".") || strings.Contains(r.Header.Get("Accept"), "text/html")
	if !isPage || strings.HasPrefix(name, hashed) {
		return nil
	}
	return s[indexPage]
}

// length is a number as a header has it.
func length(content []byte) string { return strconv.Itoa(len(content)) }
