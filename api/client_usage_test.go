package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
)

// usageServer answers what it is asked with what stands for the path, and notes the
// query.
func usageServer(t *testing.T, answers map[string]string) (c *Client, asked *string) {
	asked = new(string)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*asked = r.URL.RequestURI()
		text, known := answers[r.URL.Path]
		if !known {
			t.Errorf("%s was asked for", r.URL.Path)
		}
		fmt.Fprint(w, text)
	}))
	t.Cleanup(s.Close)
	c, err := NewClient(s.URL, "t", WithRetries(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return c, asked
}

func TestUsageRequests(t *testing.T) {
	c, asked := usageServer(t, map[string]string{
		"/v1/usage":                     `{"status":"success","data":{"traffic":{"queries":5,"points":[{"t":60,"queries":5}]}}}`,
		"/v1/usage/top":                 `{"status":"success","data":{"top":{"names":[{"name":"www.example.com.","queries":3}]}}}`,
		"/v1/usage/summary":             `{"status":"success","data":{"total_queries":7}}`,
		"/v1/zones/example.com/usage":   `{"status":"success","data":{"total_queries":9,"zone_id":null}}`,
		"/v1/aliases/example.com/state": `{"status":"success","data":{"alias":{"state":"stale"}}}`,
	})
	for _, step := range []struct {
		name, want string
		ask        func() (bool, error)
	}{
		{"traffic of the last hour", "/v1/usage", func() (bool, error) {
			v, err := c.Traffic(t.Context(), "", "")
			return v.Queries == 5 && v.Points[0].T == 60, err
		}},
		{"traffic of a zone", "/v1/usage?window=day&zone=example.com", func() (bool, error) {
			v, err := c.Traffic(t.Context(), WindowDay, "example.com")
			return v.Queries == 5, err
		}},
		{"the top", "/v1/usage/top?limit=5&window=month", func() (bool, error) {
			v, err := c.TrafficTop(t.Context(), WindowMonth, "", 5)
			return v.Names[0].Queries == 3, err
		}},
		{"a month", "/v1/usage/summary?month=2026-01", func() (bool, error) {
			v, err := c.UsageSummary(t.Context(), "2026-01")
			return v.TotalQueries == 7, err
		}},
		{"a zone", "/v1/zones/example.com/usage?end_date=2026-01-31", func() (bool, error) {
			v, err := c.ZoneUsage(t.Context(), "example.com", "", "2026-01-31")
			return v.TotalQueries == 9 && v.ZoneID == nil, err
		}},
		{"an alias", "/v1/aliases/example.com/state", func() (bool, error) {
			v, err := c.AliasState(t.Context(), "example.com")
			return v.Alias.State == AliasStale && v.Target == nil, err
		}},
	} {
		if ok, err := step.ask(); err != nil || !ok {
			t.Errorf("%s: %v, %v", step.name, ok, err)
		}
		if *asked != step.want {
			t.Errorf("%s: asked %s, want %s", step.name, *asked, step.want)
		}
	}
}

func TestAliasesInPages(t *testing.T) {
	part := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		part++
		if r.URL.Query().Get("state") != AliasFailing {
			t.Errorf("asked %s", r.URL)
		}
		fmt.Fprintf(w, `{"status":"success","data":{"aliases":[{"name":"n%d.example.com."}],"pagination":{"has_more":%v}}}`, part, part < 3)
	}))
	defer s.Close()
	c, err := NewClient(s.URL, "t")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for a, err := range c.ZoneAliases(t.Context(), "example.com", AliasFailing) {
		if n++; err != nil || a.Name != fmt.Sprintf("n%d.example.com.", n) {
			t.Errorf("%v %+v", err, a)
		}
	}
	if n != 3 {
		t.Errorf("%d aliases", n)
	}
}

// The server says why it tells no more, and what comes after it is an event again.
func TestTheEndOfEvents(t *testing.T) {
	client, _ := usageServer(t, map[string]string{"/v1/usage/live": "id: 1\ndata: {\"t\":1}\n\nevent: ended\ndata: {\"status\":\"error\",\"error\":{\"code\":\"UNAUTHORIZED\",\"message\":\"sign in\"}}\n\ndata: {\"t\":2}\n\n"})
	n := 0
	for s, err := range client.LiveTraffic(t.Context(), "", 0) {
		if n++; n == 1 && err == nil && s.T == 1 {
			continue
		}
		var e *Error
		if !errors.As(err, &e) || e.Code != CodeUnauthorized || e.Message != "sign in" || n != 2 {
			t.Errorf("event %d: %+v, %v", n, s, err)
		}
	}
	if n != 2 {
		t.Errorf("%d events", n)
	}
}

func TestEventsOfTraffic(t *testing.T) {
	for _, c := range []struct {
		situation, body string
		seconds         int
		fails           bool
	}{
		{"two seconds, and comments", "retry: 2000\n\n: nothing yet\n\nid: 1\ndata: {\"t\":1,\"qps\":2}\n\nid: 2\ndata: {\"t\":2,\"qps\":2}\n\n", 2, false},
		{"nothing", "", 0, false},
		{"a second that has a name", "event: second\ndata: {\"t\":1,\"qps\":2}\n\ndata: {\"t\":2,\"qps\":2}\n\n", 2, false},
		{"an end that does not say why", "data: {\"t\":1,\"qps\":2}\n\nevent: ended\ndata: {}\n\n", 1, true},
		{"no JSON", "data: {\"t\":1,\"qps\":2}\n\ndata: {\n\n", 1, true},
	} {
		client, asked := usageServer(t, map[string]string{"/v1/usage/live": c.body})
		seconds, failed := 0, false
		for s, err := range client.LiveTraffic(t.Context(), "example.com", 7) {
			if failed = err != nil; failed {
				break
			}
			if seconds++; s.T != int64(seconds) || s.QPS != 2 {
				t.Errorf("%s: %+v", c.situation, s)
			}
		}
		if seconds != c.seconds || failed != c.fails || *asked != "/v1/usage/live?history=7&zone=example.com" {
			t.Errorf("%s: %d seconds, failed %v, asked %s", c.situation, seconds, failed, *asked)
		}
	}
}
