package api

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name   string
		status int
		header map[string]string
		body   string
		want   Error
	}{
		{"of the envelope", 409, map[string]string{"X-Request-ID": "r1"},
			`{"status":"error","error":{"code":"CONFLICT","message":"no","details":[{"field":"name"}],"findings":[{"severity":"error","code":"cname-and-other-data","message":"m","conflicts":["A 192.0.2.1"]}]}}`,
			Error{Code: "CONFLICT", Message: "no", Status: 409, Request: "r1"}},
		{"with a time to come back", 429, map[string]string{"Retry-After": "7"}, `{"error":{"code":"RATE_LIMITED","message":"slow"}}`,
			Error{Code: "RATE_LIMITED", Message: "slow", Status: 429, RetryAfter: 7 * time.Second}},
		{"of a proxy", 502, nil, `<html>Bad Gateway</html>`, Error{Code: "HTTP_ERROR", Status: 502,
			Message: "the server answered 502 Bad Gateway without saying why; is it a Truename server, and what is between?"}},
		{"JSON of somebody else", 404, nil, `{"error":"nope"}`, Error{Code: "HTTP_ERROR", Status: 404,
			Message: "the server answered 404 Not Found without saying why; is it a Truename server, and what is between?"}},
		{"nothing at all", 500, nil, ``, Error{Code: "HTTP_ERROR", Status: 500,
			Message: "the server answered 500 Internal Server Error without saying why; is it a Truename server, and what is between?"}},
		{"a redirect", 302, map[string]string{"Location": "https://elsewhere.example/"}, ``, Error{Code: "REDIRECT", Status: 302,
			Message: `the server sends its clients on to "https://elsewhere.example/", and a token is not sent after it; use the address of the API itself`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			asked := 0
			client := serving(t, func(w http.ResponseWriter, _ *http.Request) {
				asked++
				for name, value := range c.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}, WithRetries(0, 0))
			_, err := client.Zone(t.Context(), "z")
			var got *Error
			if !errors.As(err, &got) || asked != 1 {
				t.Fatalf("%v after %d requests", err, asked)
			}
			if got.Code != c.want.Code || got.Message != c.want.Message || got.Status != c.want.Status ||
				got.Request != c.want.Request || got.RetryAfter != c.want.RetryAfter {
				t.Errorf("%+v", got)
			}
			if c.status == 409 && (len(got.Findings) != 1 || got.Findings[0].Conflicts[0] != "A 192.0.2.1" || got.Details[0]["field"] != "name") {
				t.Errorf("%+v", got)
			}
			if IsNotFound(err) != (c.status == 404) {
				t.Error("IsNotFound")
			}
		})
	}
}

func TestAnswersThatDoNotFit(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"no JSON", "<html>hello</html>", "is it a Truename server?"},
		{"JSON of another shape", `{"data":{"zone":7}}`, "is it a Truename server?"},
		{"an end too early", `{"data":{"zone":{"na`, "unexpected EOF"},
		{"more than there can be", `{"data":{"zone":{"name":"` + strings.Repeat("x", maxDocument), "more than 64 MiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client := serving(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, c.body) })
			if _, err := client.Zone(t.Context(), "z"); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%.200v", err)
			}
		})
	}
}

// script answers one request after another and notes when they came, in the
// time of a synctest bubble.
type script struct {
	answers []http.Response
	came    []time.Duration
	start   time.Time
	bodies  []string
}

func (s *script) RoundTrip(r *http.Request) (*http.Response, error) {
	s.came = append(s.came, time.Since(s.start))
	if r.Body != nil {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		s.bodies = append(s.bodies, string(body))
	}
	a := s.answers[min(len(s.came), len(s.answers))-1]
	a.Body = io.NopCloser(strings.NewReader(`{"status":"success","data":{"zone":{"name":"z"}}}`))
	if a.Header == nil {
		a.Header = make(http.Header)
	}
	return &a, nil
}

func status(code int, retryAfter string) http.Response {
	return http.Response{StatusCode: code, Header: http.Header{"Retry-After": {retryAfter}}}
}

func TestRequestsAreRepeated(t *testing.T) {
	ctx := context.Background() // that of t is not of the bubble
	read := func(c *Client) error { _, err := c.Zone(ctx, "z"); return err }
	write := func(c *Client) error {
		_, err := c.Change(ctx, ChangeRequest{Reason: "r", Zones: []ZoneChange{}}, "")
		return err
	}
	plain := func(c *Client) error { _, err := c.CreateUser(ctx, UserRequest{}); return err }
	text := func(c *Client) error {
		_, err := c.Import(ctx, ImportRequest{Zone: "z", Text: strings.NewReader("x")}, nil)
		return err
	}
	for _, c := range []struct {
		name    string
		ask     func(*Client) error
		answers []http.Response
		want    []time.Duration // when requests come; nil for one only
		fails   int             // status of the error in the end; 0 for none
	}{
		{"after the time that the server says", read, []http.Response{status(429, "7"), status(200, "")}, []time.Duration{0, 7 * time.Second}, 0},
		{"as late as a date says", read, []http.Response{status(503, "Sat, 01 Jan 2000 00:00:09 GMT"), status(200, "")}, []time.Duration{0, 9 * time.Second}, 0},
		{"with a key also when they write", write, []http.Response{status(503, "1"), status(504, "2"), status(200, "")}, []time.Duration{0, time.Second, 3 * time.Second}, 0},
		{"at most four times", read, []http.Response{status(502, "1")}, []time.Duration{0, 1e9, 2e9, 3e9, 4e9}, 502},
		{"but not when the server asks for more patience than there is", read, []http.Response{status(429, "31")}, nil, 429},
		{"but not when they write without a key", plain, []http.Response{status(503, "1")}, nil, 503},
		{"but not with a text that is read once", text, []http.Response{status(503, "1")}, nil, 503},
		{"but not for what will not pass", read, []http.Response{status(500, "1")}, nil, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &script{answers: c.answers, start: time.Now()}
				client, err := NewClient(DefaultServer, "", WithHTTP(&http.Client{Transport: s}))
				if err != nil {
					t.Fatal(err)
				}
				err = c.ask(client)
				if c.want == nil {
					c.want = []time.Duration{0}
				}
				if !slices.Equal(s.came, c.want) {
					t.Errorf("requests at %v, want %v", s.came, c.want)
				}
				if (err == nil) != (c.fails == 0) || err != nil && !isStatus(err, c.fails) {
					t.Errorf("in the end: %v", err)
				}
				for _, body := range s.bodies {
					if body != s.bodies[0] {
						t.Errorf("bodies %q", s.bodies)
					}
				}
			})
		})
	}
}

func TestPausesGrow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{answers: []http.Response{status(503, "")}, start: time.Now()}
		client, err := NewClient(DefaultServer, "", WithHTTP(&http.Client{Transport: s}))
		if err != nil {
			t.Fatal(err)
		}
		if _, err = client.Zone(t.Context(), "z"); !isStatus(err, 503) || len(s.came) != 5 {
			t.Fatalf("%v after %d requests", err, len(s.came))
		}
		for i := 2; i < len(s.came); i++ {
			if a, b := s.came[i-1]-s.came[i-2], s.came[i]-s.came[i-1]; b <= a {
				t.Errorf("pauses: %v after %v", b, a)
			}
		}
	})
}
