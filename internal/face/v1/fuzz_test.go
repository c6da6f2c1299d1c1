package v1

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzAnything throws anything at every route: no answer is the server's fault,
// every answer has the envelope, and an error leaves all as it was.
func FuzzAnything(f *testing.F) {
	routes := Routes()
	for i := range routes {
		body := goodBodies[routes[i].ID]
		if routes[i].Text {
			body = zoneText
		}
		f.Add(i, "example.com", goodQueries[routes[i].ID], []byte(body), "")
	}
	f.Add(0, "\x00", "limit=1e9", []byte(`{"zones":[{"zone":"example.com","edits":[{"op":"put","name":"\u0000","type":"TXT","contents":["\ud800"]}]}]}`), `"1"`)
	f.Add(5, "*.example.com", "content=%ff", []byte(`{"name":null,"type":{},"content":[]}`), "*")
	f.Add(9, "..", "cursor=AAAA", []byte(`{"ttl":-9223372036854775809}`), "W/x")
	d := zoned(f)
	f.Fuzz(func(t *testing.T, which int, value, query string, body []byte, match string) {
		r := &routes[uint(which)%uint(len(routes))]
		at := *d
		at.TB = t
		at.throw(t, r, value, query, body, match)
	})
}

// throw sends one request, whatever it is, and checks its answer.
func (d *desk) throw(t interface {
	Errorf(string, ...any)
	Fatalf(string, ...any)
}, r *Route, value, query string, body []byte, match string) {
	req := httptest.NewRequest(r.Method, Prefix+"/", strings.NewReader(string(body)))
	req.URL.Path = Prefix + pathVariable.ReplaceAllStringFunc(r.Path, func(string) string { return value })
	req.URL.RawQuery = query
	req.Header.Set("Authorization", "Bearer "+adminSecret)
	if match != "" {
		req.Header["If-Match"] = []string{match}
	}
	if r.Type == "text/event-stream" {
		gone, cancel := context.WithCancel(req.Context())
		cancel() // or it would go on for long
		req = req.WithContext(gone)
	}
	before := d.head()
	w := httptest.NewRecorder()
	d.ServeHTTP(w, req)
	switch {
	case w.Code >= 500 && w.Code != 501:
		t.Fatalf("%s %s?%s %q: %d %s", r.Method, req.URL.Path, query, body, w.Code, w.Body)
	case w.Code >= 400 && d.head() != before:
		t.Fatalf("%s %s?%s %q: %d, but something has changed", r.Method, req.URL.Path, query, body, w.Code)
	case w.Code == 204 && w.Body.Len() > 0:
		t.Errorf("%s %s: 204 with a body", r.Method, req.URL.Path)
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "application/json") && r.ID != "getOpenAPI" {
		var envelope struct {
			Status string
			Data   json.RawMessage
			Error  struct{ Code, Message string }
		}
		err := json.Unmarshal(w.Body.Bytes(), &envelope)
		failed := envelope.Status == "error" && envelope.Error.Code != "" && envelope.Error.Message != ""
		if err != nil || failed != (w.Code >= 400) || !failed && (envelope.Status != "success" || envelope.Data == nil) {
			t.Fatalf("%s %s?%s %q: no envelope: %d %s (%v)", r.Method, req.URL.Path, query, body, w.Code, w.Body, err)
		}
	}
}

// anyJSON is a JSON value, often with names and values that mean something.
func anyJSON(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.SampledFrom([]any{nil, true, false, "", "@", "*", "www", "example.com", "main.example.net.", "A", "CNAME", "TXT", "SOA", "add", "put", "remove", "192.0.2.1", "10 mail.example.net", "retarget", "ttl", "all", "names", "2026-01-01T00:00:00Z", "[\"*\"]"}),
		rapid.Map(rapid.Int64(), func(n int64) any { return n }),
		rapid.Map(rapid.Float64(), func(n float64) any { return n }),
		rapid.Map(rapid.String(), func(s string) any { return s }),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	field := rapid.OneOf(rapid.SampledFrom([]string{"name", "type", "content", "ttl", "priority", "disabled", "comment", "zones", "zone", "edits", "op", "records", "contents", "create", "delete", "if_match", "props", "soa", "kind", "from", "to",
		"scopes", "zone_scopes", "zone_ids", "expires_at", "email", "role", "serial", "revision", "time", "reason", "dry_run", "enable", "status", "account"}), rapid.String())
	list := rapid.Map(rapid.SliceOfN(anyJSON(depth-1), 0, 3), func(l []any) any { return l })
	object := rapid.Map(rapid.MapOfN(field, anyJSON(depth-1), 0, 8), func(m map[string]any) any { return m })
	return rapid.OneOf(append(leaves, list, object, object, object)...)
}

func TestAnyJSONAtEveryRoute(t *testing.T) {
	d := zoned(t)
	routes := Routes()
	rapid.Check(t, func(t *rapid.T) {
		r := &routes[rapid.IntRange(0, len(routes)-1).Draw(t, "route")]
		body, err := json.Marshal(anyJSON(4).Draw(t, "body"))
		if err != nil {
			t.Skip("JSON has no such number")
		}
		value := rapid.OneOf(rapid.Just("example.com"), rapid.Just(d.vars["zone"]), rapid.Just("me"), rapid.String()).Draw(t, "value")
		d.throw(t, r, value, rapid.SampledFrom([]string{"", "limit=5", "zone=example.com", "q=example", "from=1", "dry_run=true"}).Draw(t, "query"), body, "")
	})
}

// TestIDsOfRecords checks that whatever can be stored is found by its id.
func TestIDsOfRecords(t *testing.T) {
	d := zoned(t)
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.StringMatching(`[a-z0-9_|-]{1,12}`).Draw(t, "label")
		text := rapid.StringN(1, 300, 600).Draw(t, "text")
		body, err := json.Marshal(map[string]any{"name": label, "type": "TXT", "content": text})
		if err != nil {
			t.Fatal(err)
		}
		a := d.send("POST", "/zones/$zone/records", string(body))
		id, made := a.at("data.record.id")
		if !made {
			return // in quotes that do not match, or there already; an error is fine
		}
		if again := d.send("GET", "/zones/$zone/records/"+id, ""); again.status != 200 {
			t.Fatalf("%q of %q: %s", text, label, again.raw)
		}
		if gone := d.send("DELETE", "/zones/$zone/records/"+id, ""); gone.status != 204 {
			t.Fatalf("%q of %q: %s", text, label, gone.raw)
		}
	})
}
