package envelope

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/cloudflare/content"
	"github.com/truename-dns/truename/internal/zone/lint"
)

func TestBodies(t *testing.T) {
	type in struct {
		Name string `json:"name"`
		TTL  Number `json:"ttl"`
	}
	for _, c := range []struct{ name, body, says, pointer string }{
		{"as it should be", `{"name":"x","ttl":300}`, "", ""},
		{"fields of later times", `{"name":"x","later":[{"a":1},{"a":1}]}`, "", ""},
		{"a number as text", `{"ttl":"300"}`, "", ""},
		{"a whole number with a point", `{"ttl":300.0}`, "", ""},
		{"half a second", `{"ttl":0.5}`, "ttl cannot be", "/ttl"},
		{"a number as a name", `{"name":1}`, "cannot be a number", "/name"},
		{"a key twice", `{"name":"x","name":"y"}`, `"name" is there twice`, ""},
		{"a key twice further down", `{"a":[{"b":1,"b":2}]}`, `"b" is there twice`, ""},
		{"not all of it", `{"name":`, "it is no JSON", ""},
		{"nothing", ``, "it is no JSON", ""},
		{"too deep", strings.Repeat("[", 17) + strings.Repeat("]", 17), "more than 16 levels", ""},
		{"no UTF-8", "{\"name\":\"\xff\"}", "not UTF-8", ""},
		{"too long", `{"name":"` + strings.Repeat("x", 100) + `"}`, "more than 64 octets", ""},
	} {
		var v in
		err := Read(strings.NewReader(c.body), &v, 64)
		var f *Fault
		switch {
		case c.says == "" && err != nil:
			t.Errorf("%s: %v", c.name, err)
		case c.says != "" && (!errors.As(err, &f) || !strings.Contains(f.Problems[0].Message, c.says)):
			t.Errorf("%s: got %v, want %q", c.name, err, c.says)
		case c.pointer != "" && (f.Problems[0].Source == nil || f.Problems[0].Source.Pointer != c.pointer):
			t.Errorf("%s: it points at %+v", c.name, f.Problems[0].Source)
		}
	}
}

func TestErrorsInTheWordsOfTheOriginal(t *testing.T) {
	rule := func(code string, conflicts ...string) error {
		return &control.Error{Class: control.Refused, Findings: []lint.Finding{{Code: code, Message: "it is wrong", Fix: "do better", Conflicts: conflicts}}}
	}
	for _, c := range []struct {
		name         string
		err          error
		status, code int
	}{
		{"a fault is one already", Wrong(9000, "x"), 400, 9000},
		{"what may not be", &access.Denied{}, 403, CodeAuth},
		{"no such zone", &control.Error{Class: control.Missing, Code: "zone-not-found"}, 404, CodeIdentifier},
		{"no such record", &control.Error{Class: control.Missing, Code: "record-not-found"}, 404, CodeMissing},
		{"there already", &control.Error{Class: control.Conflict, Code: "record-exists"}, 400, CodeIdentical},
		{"a zone that is there", &control.Error{Class: control.Conflict, Code: "zone-exists"}, 400, 1061},
		{"read-only", &control.Error{Class: control.Conflict, Code: "zone-read-only"}, 403, CodeToken},
		{"too large", &control.Error{Class: control.TooLarge}, 413, CodeQuota},
		{"meanwhile another's", &control.Error{Class: control.Moved}, 409, CodeInternal},
		{"a TTL", &control.Error{Class: control.Invalid, Code: "bad-ttl"}, 400, CodeValidation},
		{"a name", &control.Error{Class: control.Invalid, Code: "bad-name"}, 400, CodeName},
		{"a loop", rule("cname-loop"), 400, CodeSelf},
		{"beside a CNAME", rule("cname-and-other-data", "A 192.0.2.1"), 400, CodeCNAME},
		{"content, in the older form", &content.Error{Code: 9005, Text: "x", Old: true}, 400, CodeValidation},
		{"content", &content.Error{Code: 9005, Text: "x"}, 400, 9005},
		{"anything else", errors.New("x"), 503, CodeInternal},
	} {
		if f := Explain(c.err); f.Status != c.status || f.Problems[0].Code != c.code {
			t.Errorf("%s: %d %+v, want %d and %d", c.name, f.Status, f.Problems, c.status, c.code)
		}
	}
	if f := Refusal(rule("cname-and-other-data", "NS ns.example.").(*control.Error), "CNAME"); f.Problems[0].Code != CodeNS {
		t.Errorf("beside a delegation: %+v", f.Problems)
	}
	if f := Refusal(rule("cname-and-other-data", "A 192.0.2.1").(*control.Error), "CNAME"); f.Problems[0].Code != CodeTaken || !strings.Contains(f.Problems[0].Message, "In the way: A 192.0.2.1") {
		t.Errorf("a CNAME beside an address: %+v", f.Problems)
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name   string
		result any
		err    error
		says   []Message
		status int
		want   string
	}{
		{"a result first", map[string]string{"id": "1"}, nil, nil, 200, `{"result":{"id":"1"},"success":true,"errors":[],"messages":[]}`},
		{"a message once", nil, nil, []Message{{1, "<x>"}, {1, "<x>"}}, 200, `{"result":null,"success":true,"errors":[],"messages":[{"code":1,"message":"<x>"}]}`},
		{"an error alone", "x", Wrong(9000, "no").At("/name").At("/other"), []Message{{1, "x"}}, 400,
			`{"result":null,"success":false,"errors":[{"code":9000,"message":"no","source":{"pointer":"/name"}}],"messages":[]}`},
	} {
		w := httptest.NewRecorder()
		var e Envelope
		for _, m := range c.says {
			e.Say(m.Code, m.Message)
		}
		e.Send(w, c.result, c.err)
		if got := strings.TrimSpace(w.Body.String()); got != c.want || w.Code != c.status || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s, want %s", c.name, w.Code, got, c.want)
		}
	}
	w := httptest.NewRecorder()
	f := Failure(http.StatusTooManyRequests, 1, "later")
	f.Retry = 1500 * time.Millisecond
	new(Envelope).Send(w, nil, f)
	if got := w.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After is %q", got)
	}
}

func TestPages(t *testing.T) {
	for _, c := range []struct{ page, per, total, from, to, pages, count int }{
		{1, 10, 25, 0, 10, 3, 10}, {3, 10, 25, 20, 25, 3, 5}, {4, 10, 25, 25, 25, 3, 0}, {1, 10, 0, 0, 0, 0, 0},
	} {
		i := ResultInfo{Page: c.page, PerPage: c.per}
		from, to := i.Of(c.total)
		if from != c.from || to != c.to || i.TotalPages != c.pages || i.Count != c.count || i.TotalCount != c.total {
			t.Errorf("page %d of %d: %d to %d, %+v", c.page, c.total, from, to, i)
		}
	}
}
