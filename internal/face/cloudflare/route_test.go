package cloudflare

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestUnknownRoutes(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	for _, c := range []struct {
		name, method, path string
		status, code       int
		text               string
	}{
		{"no such route", "GET", "/nowhere", 404, 7000, "No route for that URI"},
		{"the prefix alone", "GET", "", 404, 7000, "No route for that URI"},
		{"a zone with more behind", "GET", zone + "/nothing", 404, 7000, "No route for that URI"},
		{"another method", "DELETE", "/zones", 405, 7001, "Method DELETE not available for that URI"},
		{"a method that nobody knows", "BREW", "/zones", 405, 7001, "Method BREW not available"},
		{"a zone by its name", "GET", "/zones/example.com", 400, 7003, "Could not route to /zones/example.com, perhaps your object identifier is invalid?"},
		{"a zone by a UUID with dashes", "GET", "/zones/00000000-0000-4000-8000-000000000000", 400, 7003, "Could not route"},
		{"a zone that is not there", "GET", "/zones/" + strings.Repeat("a", 32), 404, 7003, "Could not route"},
		{"a record that is not there", "GET", zone + "/dns_records/" + strings.Repeat("a", 32), 404, 81044, "Record does not exist."},
		{"a record id that is none", "DELETE", zone + "/dns_records/1", 404, 81044, "Record does not exist."},
		{"guessing the records", "POST", zone + "/dns_records/scan", 400, 10005, "Import a zone file"},
		{"guessing, started", "POST", zone + "/dns_records/scan/trigger", 400, 10005, ""},
		{"guessing, looked at", "GET", zone + "/dns_records/scan/review", 400, 10005, ""},
		{"another setting", "GET", zone + "/settings/ssl", 404, 1003, "cname_flattening"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d.TB = t
			d.do(c.method, c.path, nil).fails(c.status, c.code, c.text)
		})
	}
}

func TestAnotherMethodIsToldWhichThereAre(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	for path, want := range map[string]string{
		"/zones": "GET, POST", zone: "GET, PATCH, DELETE", zone + "/dns_records/scan/trigger": "POST", "/nowhere": "",
	} {
		if have := d.do("BREW", path, nil).header.Get("Allow"); have != want {
			t.Errorf("%s allows %q, not %q", path, have, want)
		}
	}
}

func TestSlashesMayBeTooMany(t *testing.T) {
	d := newDesk(t)
	d.make("example.com")
	for _, path := range []string{"/zones?name=example.com", "/zones/?name=example.com", "//zones//?name=example.com", "/./zones?name=example.com"} {
		d.do("GET", path, nil).ok().want("result/0/name", "example.com")
	}
}

func TestTidy(t *testing.T) {
	for path, want := range map[string]string{
		"": "/", "/": "/", "//": "/", "/a": "/a", "/a/": "/a", "//a///b//": "/a/b", "/a/../b": "/a/b", "a": "/a",
	} {
		if have := tidy(path); have != want {
			t.Errorf("%q is tidied to %q, not %q", path, have, want)
		}
	}
}

func TestEveryRouteAsksWhoIsThere(t *testing.T) {
	d := newDesk(t)
	zone := d.make("example.com")
	d.headers = nil
	for route := range table {
		method, path, _ := strings.Cut(route, " ")
		path = strings.NewReplacer(Prefix, "", "/zones/{zone}", zone, "{record}", strings.Repeat("0", 32), "{account}", "1", "{setting}", "x").Replace(path)
		t.Run(route, func(t *testing.T) {
			d.TB = t
			d.do(method, path, nil).fails(400, 9106, "Missing X-Auth-Key")
		})
	}
}

func TestAnswersOverHTTP10HaveALength(t *testing.T) {
	d := newDesk(t)
	d.make("example.com")
	r := httptest.NewRequest("GET", Prefix+"/zones?name=example.com", nil)
	r.Proto, r.ProtoMinor = "HTTP/1.0", 0
	for k, v := range d.headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	d.http.ServeHTTP(w, r)
	if w.Header().Get("Content-Length") == "" || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%v", w.Header())
	}
	if w.Body.Len() > 8000 {
		t.Errorf("%d octets: inadyn reads no more than 8 KiB with the headers", w.Body.Len())
	}
}
