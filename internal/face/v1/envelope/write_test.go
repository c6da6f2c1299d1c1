package envelope

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
)

func TestAnswersAreWritten(t *testing.T) {
	serial := change.Serial(7)
	tests := []struct {
		name    string
		answer  *Reply
		method  string
		header  string // If-None-Match
		status  int
		body    string
		headers map[string]string
	}{
		{"nothing", nil, "DELETE", "", 204, "", map[string]string{"Content-Type": ""}},
		{"data", &Reply{Status: 201, Data: api.Message{Message: "x"}}, "POST", "", 201, `{"status":"success","data":{"message":"x"}}`, map[string]string{"Content-Type": "application/json; charset=utf-8", "Content-Length": "44"}},
		{"a body of its own", &Reply{Status: 200, Whole: []byte(`{}`)}, "GET", "", 200, `{}`, nil},
		{"with a tag", &Reply{Status: 200, Data: 1, ETag: &serial}, "GET", "", 200, `{"status":"success","data":1}`, map[string]string{"ETag": `"7"`}},
		{"that the client has", &Reply{Status: 200, Data: 1, ETag: &serial}, "GET", `"7"`, 304, "", map[string]string{"ETag": `"7"`, "Content-Length": ""}},
		{"among others", &Reply{Status: 200, Data: 1, ETag: &serial}, "GET", `"5", W/"7"`, 304, "", nil},
		{"by a HEAD", &Reply{Status: 200, Data: 1, ETag: &serial}, "HEAD", `"7"`, 304, "", nil},
		{"any", &Reply{Status: 200, Data: 1, ETag: &serial}, "GET", `*`, 304, "", nil},
		{"another tag", &Reply{Status: 200, Data: 1, ETag: &serial}, "GET", `"77"`, 200, `{"status":"success","data":1}`, nil},
		{"without quotes", &Reply{Status: 200, Data: 1, ETag: &serial}, "GET", `7`, 200, `{"status":"success","data":1}`, nil},
		{"a tag is no reason to pass over a write", &Reply{Status: 200, Data: 1, ETag: &serial}, "PUT", `"7"`, 200, `{"status":"success","data":1}`, nil},
		{"again", &Reply{Status: 201, Data: 1, Replayed: true}, "POST", "", 201, `{"status":"success","data":1}`, map[string]string{"Idempotency-Replayed": "true"}},
		{"written already", Streamed, "GET", "", 200, "", map[string]string{"Content-Type": ""}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w, r := httptest.NewRecorder(), httptest.NewRequest(test.method, "/", nil)
			if test.header != "" {
				r.Header.Set("If-None-Match", test.header)
			}
			if err := Write(w, r, test.answer); err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimSuffix(w.Body.String(), "\n"); w.Code != test.status || got != test.body {
				t.Errorf("%d %q", w.Code, got)
			}
			for name, want := range test.headers {
				if got := w.Header().Get(name); got != want {
					t.Errorf("%s is %q, not %q", name, got, want)
				}
			}
		})
	}
}

func TestWhatCannotBeWrittenIsAnError(t *testing.T) {
	w := httptest.NewRecorder()
	if err := Write(w, httptest.NewRequest("GET", "/", nil), &Reply{Status: 200, Data: math.Inf(1)}); err == nil || w.Body.Len() > 0 {
		t.Errorf("%v %s", err, w.Body)
	}
}

func TestErrorsAreWrittenWithTheirHeaders(t *testing.T) {
	tests := []struct {
		name          string
		e             *api.Error
		status        int
		header, value string
	}{
		{"of a field", Invalid("name", "no %s", "name"), 400, "Retry-After", ""},
		{"too many", TooMany(1500 * time.Millisecond), 429, "Retry-After", "2"},
		{"too many for a moment", TooMany(time.Nanosecond), 429, "Retry-After", "1"},
		{"no token", Fail(401, api.CodeUnauthorized, "x"), 401, "WWW-Authenticate", `Bearer realm="truename"`},
		{"no right", Fail(403, api.CodeForbidden, "x"), 403, "WWW-Authenticate", ""},
		{"a fault", Internal(), 500, "Content-Type", "application/json; charset=utf-8"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			w := httptest.NewRecorder()
			WriteError(w, test.e)
			var said api.Failure
			if err := json.Unmarshal(w.Body.Bytes(), &said); err != nil {
				t.Fatal(err)
			}
			if w.Code != test.status || said.Status != "error" || said.Error.Code != test.e.Code || said.Error.Message != test.e.Message {
				t.Errorf("%d %s", w.Code, w.Body)
			}
			if got := w.Header().Get(test.header); got != test.value {
				t.Errorf("%s is %q", test.header, got)
			}
		})
	}
}

func TestListsStandWhereClientsLook(t *testing.T) {
	tests := []struct{ total, offset, limit, count int }{{0, 0, 10, 0}, {3, 0, 2, 2}, {3, 2, 2, 1}, {1 << 40, 0, 1000, 1000}}
	for _, test := range tests {
		p := Part(test.total, test.offset, test.limit, test.count)
		body := append(List("zones", []byte(`["a"]`), p), '}')
		var got struct {
			Status string
			Data   struct {
				Zones, Items         []string
				Pagination           api.Pagination
				Total, Limit, Offset int
			}
		}
		if err := json.Unmarshal(body, &got); err != nil {
			t.Fatalf("%v in %s", err, body)
		}
		d := got.Data
		if got.Status != "success" || len(d.Zones) != 1 || len(d.Items) != 1 || d.Pagination != p || d.Total != test.total || d.Limit != test.limit || d.Offset != test.offset {
			t.Errorf("%s", body)
		}
		if more := test.offset+test.count < test.total; d.Pagination.HasMore != more {
			t.Errorf("has_more is %v", d.Pagination.HasMore)
		}
	}
}

func TestStrangersAreQuotedInPart(t *testing.T) {
	tests := []struct {
		text string
		most int
		want string
	}{
		{"short", 10, "short"},
		{"exactly", 7, "exactly"},
		{"longer than that", 6, "longer…"},
		{"Grüße", 3, "Gr…"}, // never half a letter
		{"\xff\xfe", 10, "?"},
	}
	for _, test := range tests {
		if got := Shorten(test.text, test.most); got != test.want {
			t.Errorf("%q is %q, not %q", test.text, got, test.want)
		}
	}
}

// lineServer answers with what make makes, to a client that asks for lines or not.
func lineServer(t *testing.T, accept string, make func(*Lines) (*Reply, error)) (int, string, []string) {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a, err := make(NewCall(w, r, 1000).Lines())
		if err == nil {
			err = Write(w, r, a)
		}
		if err != nil {
			WriteError(w, Error(err))
		}
	}))
	defer srv.Close()
	r, err := http.NewRequest("GET", srv.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", accept)
	a, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	var lines []string
	for d := json.NewDecoder(a.Body); ; {
		var line json.RawMessage
		if d.Decode(&line) != nil {
			return a.StatusCode, a.Header.Get("Content-Type"), lines
		}
		lines = append(lines, string(line))
	}
}

func TestAnswersInLines(t *testing.T) {
	two := func(end func(*Lines) (*Reply, error)) func(*Lines) (*Reply, error) {
		return func(l *Lines) (*Reply, error) {
			if err := errors.Join(l.Add("one"), l.Flush(), l.Add("two")); err != nil {
				return nil, err
			}
			return end(l)
		}
	}
	good := two(func(l *Lines) (*Reply, error) { return l.Done(&Reply{Status: 201, Data: "end"}) })
	bad := two(func(l *Lines) (*Reply, error) { return l.Failed(Invalid("x", "wrong")) })
	tests := []struct {
		name, accept string
		make         func(*Lines) (*Reply, error)
		status       int
		kind         string
		lines        int
		last         string
	}{
		{"lines", NDJSON, good, 200, NDJSON, 3, `{"status":"success","data":"end"}`},
		{"lines among others", "application/json, " + NDJSON + ";q=0.5", good, 200, NDJSON, 3, `"end"`},
		{"none", "*/*", good, 201, "application/json; charset=utf-8", 1, `{"status":"success","data":"end"}`},
		{"an error in lines", NDJSON, bad, 200, NDJSON, 3, `{"status":"error","error":{"code":"INVALID_INPUT"`},
		{"an error without", "", bad, 400, "application/json; charset=utf-8", 1, `{"status":"error"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, kind, lines := lineServer(t, test.accept, test.make)
			if status != test.status || kind != test.kind || len(lines) != test.lines || !strings.Contains(lines[len(lines)-1], test.last) {
				t.Errorf("%d %s %q", status, kind, lines)
			}
			if len(lines) == 3 && fmt.Sprint(lines[:2]) != `[{"status":"progress","data":"one"} {"status":"progress","data":"two"}]` {
				t.Errorf("%q", lines)
			}
		})
	}
}
