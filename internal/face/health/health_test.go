package health

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
)

// ask is the status, headers and body of a request to h over a real connection.
func ask(t *testing.T, h http.Handler, method, path string) (int, http.Header, string) {
	t.Helper()
	srv := httptest.NewServer(h)
	defer srv.Close()
	req, err := http.NewRequest(method, srv.URL+path, nil)
	if err != nil {
		t.Fatal(err)
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
	return r.StatusCode, r.Header, string(body)
}

func TestHandler(t *testing.T) {
	var ready atomic.Bool
	h := Handler(ready.Load, prometheus.NewRegistry())
	for _, c := range []struct {
		name         string
		ready        bool
		method, path string
		status       int
		body         string
	}{
		{"alive before it is ready", false, "GET", "/healthz", 200, "ok\n"},
		{"alive", true, "GET", "/healthz", 200, "ok\n"},
		{"by HEAD", true, "HEAD", "/healthz", 200, ""},
		{"not ready", false, "GET", "/readyz", 503, "not ready: "},
		{"ready", true, "GET", "/readyz", 200, "ready\n"},
		{"not ready any more", false, "GET", "/readyz", 503, "not ready: "},
		{"ready by HEAD", true, "HEAD", "/readyz", 200, ""},
		{"nothing there", true, "GET", "/", 404, ""},
		{"a method that changes things", true, "POST", "/healthz", 405, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ready.Store(c.ready)
			status, header, body := ask(t, h, c.method, c.path)
			if status != c.status || !strings.HasPrefix(body, c.body) {
				t.Errorf("got %d %q, want %d %q", status, body, c.status, c.body)
			}
			if status == 200 && (header.Get("Cache-Control") != "no-store" || header.Get("Content-Type") != "text/plain; charset=utf-8") {
				t.Errorf("headers %v", header)
			}
		})
	}
}

func TestMetricsAreExposed(t *testing.T) {
	r := prometheus.NewRegistry()
	c := prometheus.NewCounter(prometheus.CounterOpts{Name: "things_total", Help: "Things."})
	r.MustRegister(c)
	c.Add(3)
	status, header, body := ask(t, Handler(func() bool { return false }, r), "GET", "/metrics")
	if status != 200 || !strings.HasPrefix(header.Get("Content-Type"), "text/plain; version=0.0.4") {
		t.Errorf("%d %v", status, header)
	}
	p := expfmt.NewTextParser(model.UTF8Validation)
	families, err := p.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if got := families["things_total"].GetMetric()[0].GetCounter().GetValue(); got != 3 {
		t.Errorf("got %v", got)
	}
}
