package cloudflare

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
)

// FuzzBody sends anything to every route: it never gets a 5xx, always one valid
// envelope, and where it gets an error nothing has changed.
func FuzzBody(f *testing.F) {
	d := newDesk(f)
	zone := d.make("example.com")
	record := d.record(zone, `{"type":"A","name":"a","content":"192.0.2.1"}`)
	d.record(zone, `{"type":"CNAME","name":"@","content":"host.example.net"}`)
	routes := make([]string, 0, len(table))
	for route := range table {
		routes = append(routes, route)
	}
	slices.Sort(routes)
	for i := range routes {
		for _, body := range []string{
			`{"type":"A","name":"x","content":"192.0.2.1","ttl":1,"tags":["a:b"],"settings":{}}`, `{"deletes":[{}],"posts":[{"type":"CNAME","name":"@","content":"@"}]}`,
			`{"soa":{"mname":"a"},"ns_ttl":60}`, `{"name":"example.net","account":{}}`, `{"type":"LOC","data":{"lat_degrees":1}}`, `[[[[`, `{"a":1,"a":2}`, "www A 192.0.2.1",
			`{"type":"NAPTR","name":"n","data":{"order":1,"preference":2,"regex":"\\\"","replacement":"a b"}}`, `{"value":"flatten_all"}`, "\xff", `{"type":"TXT","name":"t","content":"\"\\300\""}`,
			`{"type":"MX","name":"m","content":" ","priority":1e9}`, `{"type":"SVCB","name":"s","content":"1 . key0="}`,
		} {
			f.Add(uint8(i), "page=1&name=a&tag=x", []byte(body))
		}
	}
	f.Fuzz(func(t *testing.T, n uint8, query string, body []byte) {
		method, path, _ := strings.Cut(routes[int(n)%len(routes)], " ")
		path = strings.NewReplacer("/zones/{zone}", zone, "{record}", id(record), "{account}", "1", "{setting}", "cname_flattening").Replace(path)
		if method == "DELETE" {
			return // there would be nothing left to try with
		}
		before := d.state(zone)
		r := httptest.NewRequest(method, "/", bytes.NewReader(body))
		r.URL.Path, r.URL.RawQuery = path, query
		for k, v := range d.headers {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		d.http.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if w.Header().Get("Content-Type") != "application/json" {
			return
		}
		var e envelope.Envelope
		if err := json.Unmarshal(w.Body.Bytes(), &e); err != nil || idFirst(w.Body.Bytes()) != nil {
			t.Fatalf("%s %s: %v in %s", method, path, err, w.Body)
		}
		if e.Success != (w.Code == 200) || e.Success == (len(e.Errors) > 0) {
			t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
		}
		if !e.Success && d.state(zone) != before {
			t.Fatalf("%s %s failed and has changed the zone: %s", method, path, w.Body)
		}
	})
}

// state is all that a client can see of a zone.
func (d *desk) state(zone string) string {
	var all string
	for _, path := range []string{"", "/dns_records?per_page=5000", "/dns_settings"} {
		r := httptest.NewRequest("GET", Prefix+zone+path, nil)
		for k, v := range d.headers {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		d.http.ServeHTTP(w, r)
		all += w.Body.String()
	}
	return all
}

func FuzzOwner(f *testing.F) {
	for _, name := range []string{"@", "www", "www.example.com.", "münchen", `a\.b`, "..", "*", `\065`, "xn--a"} {
		f.Add(name)
	}
	apex := dname.MustParse("example.com.")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := parseOwner(text, apex)
		if err != nil {
			return
		}
		if err := dname.Check(n); err != nil {
			t.Fatal(err)
		}
		again, err := parseOwner(content.Undotted(n), apex)
		if n.IsAtOrBelow(apex) && (err != nil || !again.Equal(n)) {
			t.Fatalf("%q is %s is %s: %v", text, n, again, err)
		}
	})
}
