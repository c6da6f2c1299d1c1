package call

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// kind is a room's own kind of Call.
type kind struct{ *Call }

func (k kind) echo() (*envelope.Reply, error) {
	var in struct {
		Word string `json:"word"`
	}
	if err := k.Decode(&in); err != nil {
		return nil, err
	}
	return envelope.OK(in)
}

// served is what a Service of tokens only answers to a request of route.
func served(t *testing.T, route *Route, r *http.Request) (status int, code string, h http.Header) {
	t.Helper()
	w := httptest.NewRecorder()
	New(Config{}).Serve(w, r, route)
	var out struct{ Error api.Error }
	if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return w.Code, out.Error.Code, w.Header()
}

func TestWhatARoutePromises(t *testing.T) {
	closed := Route{Public: true, BodyOptional: true, Handle: By(kind.echo)}
	open, rehearsed, conditional, strict := closed, closed, closed, closed
	open.Open = true
	rehearsed.Queries = []Query{DryRun}
	conditional.Headers = []string{envelope.IfMatch}
	strict.BodyOptional = false
	const known, unknown = `{"word":"x"}`, `{"word":"x","wrod":"y"}`
	for _, test := range []struct {
		name                string
		route               Route
		method, query, body string
		header              [2]string
		status              int
	}{
		{"what it knows", closed, "POST", "", known, [2]string{}, 200},
		{"a field that it does not know", closed, "POST", "", unknown, [2]string{}, 400},
		{"which an open one passes over", open, "POST", "", unknown, [2]string{}, 200},
		{"a parameter that it does not know", closed, "POST", "?x=1", known, [2]string{}, 400},
		{"also where it reads", closed, "GET", "?x=1", "", [2]string{}, 400},
		{"which an open one passes over, too", open, "POST", "?x=1", known, [2]string{}, 200},
		{"a rehearsal that would be done for good", open, "POST", "?dry_run=true", known, [2]string{}, 400},
		{"one that it knows", rehearsed, "POST", "?dry_run=true", known, [2]string{}, 200},
		{"a condition that nobody looks at", closed, "POST", "", known, [2]string{envelope.IfMatch, `"1"`}, 400},
		{"one that it looks at", conditional, "POST", "", known, [2]string{envelope.IfMatch, `"1"`}, 200},
		{"a key that is too long", closed, "POST", "", known, [2]string{envelope.IdempotencyKey, strings.Repeat("k", MaxKey+1)}, 400},
		{"a key as long as may be", closed, "POST", "", known, [2]string{envelope.IdempotencyKey, strings.Repeat("k", MaxKey)}, 200},
		{"no body where none is needed", closed, "POST", "", "", [2]string{}, 200},
		{"no body where one is", strict, "POST", "", "", [2]string{}, 400},
		{"more than is taken", closed, "POST", "", `{"word":"` + strings.Repeat("x", DefaultBody) + `"}`, [2]string{}, 413},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest(test.method, Prefix+"/echo"+test.query, strings.NewReader(test.body))
			if test.header[0] != "" {
				r.Header.Set(test.header[0], test.header[1])
			}
			if status, code, _ := served(t, &test.route, r); status != test.status {
				t.Errorf("%d %s, not %d", status, code, test.status)
			}
		})
	}
}

// Who has no token is told so before anything else is looked at, and a route for
// people is none of a server of tokens only.
func TestWhoIsLetIn(t *testing.T) {
	for _, test := range []struct {
		name   string
		route  Route
		header [2]string
		status int
		code   string
	}{
		{"nobody", Route{}, [2]string{}, 401, api.CodeUnauthorized},
		{"another scheme", Route{}, [2]string{"Authorization", "Basic YTpi"}, 401, api.CodeUnauthorized},
		{"a cookie where nobody can sign in", Route{}, [2]string{"Cookie", plainCookie + "=x"}, 401, api.CodeUnauthorized},
		{"a route for people", Route{Person: true}, [2]string{}, 501, api.CodeNotImplemented},
		{"a route for people, by a token", Route{Person: true}, [2]string{"Authorization", "Bearer x"}, 501, api.CodeNotImplemented},
		{"a page of others, where none is needed", Route{Public: true}, [2]string{"Sec-Fetch-Site", "cross-site"}, 403, api.CodeCSRF},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.route.Handle = func(*Call) (*envelope.Reply, error) {
				t.Error("the handler was asked")
				return nil, nil
			}
			r := httptest.NewRequest("POST", Prefix+"/x", nil)
			if test.header[0] != "" {
				r.Header.Set(test.header[0], test.header[1])
			}
			if status, code, _ := served(t, &test.route, r); status != test.status || code != test.code {
				t.Errorf("%d %s, not %d %s", status, code, test.status, test.code)
			}
		})
	}
}

func TestWhatHoldsASecret(t *testing.T) {
	for _, test := range []struct {
		name   string
		answer any
		secret bool
	}{
		{"a session", api.Response[api.SessionData]{}, true},
		{"a token", api.Response[api.APIKeyData]{}, true},
		{"a code by which somebody joins", api.Response[api.InviteData]{}, true},
		{"the list of tokens", api.Response[api.APIKeysData]{}, false},
		{"nothing", nil, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			route := Route{Public: true, Answer: test.answer, Handle: func(*Call) (*envelope.Reply, error) { return envelope.OK(1) }}
			_, _, h := served(t, &route, httptest.NewRequest("GET", Prefix+"/x", nil))
			if got := strings.Contains(h.Get("Cache-Control"), "no-transform"); got != test.secret || route.HoldsSecret() != test.secret {
				t.Errorf("%v, %v", got, h)
			}
		})
	}
}
