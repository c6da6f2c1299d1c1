package v1

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/access"
)

func TestWhatIsNoRequest(t *testing.T) {
	deep := strings.Repeat(`[`, 40) + strings.Repeat(`]`, 40)
	record := `{"name":"a","type":"A","content":"192.0.2.1"}`
	tests := []step{
		{"no such path", "GET", "/nothing", "", nil, 404, []string{"error.code=NOT_FOUND"}},
		{"a path that would be redirected", "GET", "/zones//x", "", nil, 404, []string{"error.code=NOT_FOUND"}},
		{"a path with dots", "GET", "/zones/../zones", "", nil, 404, []string{"error.code=NOT_FOUND"}},
		{"another method", "PATCH", "/zones", "{}", nil, 405, []string{"error.code=METHOD_NOT_ALLOWED", "header:Allow=GET, POST"}},
		{"no token", "GET", "/zones", "", []string{"Authorization"}, 401, []string{"error.code=UNAUTHORIZED", "header:WWW-Authenticate~Bearer"}},
		{"another scheme", "GET", "/zones", "", []string{"Authorization: Basic YTpi"}, 401, []string{"error.code=UNAUTHORIZED"}},
		{"a token that is not known", "GET", "/zones", "", []string{"Authorization: Bearer wrong"}, 401, []string{"error.code=UNAUTHORIZED"}},
		{"no body", "POST", "/zones/$zone/records", "", nil, 400, []string{"error.code=INVALID_JSON"}},
		{"no JSON", "POST", "/zones/$zone/records", `{"name":`, nil, 400, []string{"error.code=INVALID_JSON"}},
		{"a form", "POST", "/zones/$zone/records",
			`name=a`, []string{"Content-Type: application/x-www-form-urlencoded"}, 415, []string{"error.code=UNSUPPORTED_MEDIA_TYPE"}},
		{"another charset", "POST", "/zones/$zone/records", record, []string{"Content-Type: application/json; charset=utf-16"}, 415, nil},
		{"no UTF-8", "POST", "/zones/$zone/records", "{\"name\":\"\xff\",\"type\":\"A\"}", nil, 400, []string{"error.code=INVALID_JSON", "error.message~UTF-8"}},
		{"a name twice", "POST", "/zones/$zone/records",
			`{"name":"a","Name":"b","type":"A","content":"192.0.2.1"}`, nil, 400, []string{"error.code=INVALID_JSON", "error.message~twice"}},
		{"more behind the end", "POST", "/zones/$zone/records", record + record, nil, 400, []string{"error.code=INVALID_JSON"}},
		{"a list", "POST", "/zones/$zone/records", `[` + record + `]`, nil, 400, []string{"error.code=INVALID_INPUT"}},
		{"nested without end", "POST", "/zones/$zone/records", `{"name":` + deep + `}`, nil, 400, []string{"error.code=INVALID_JSON", "error.message~deeper"}},
		{"a name that is a number", "POST", "/zones/$zone/records",
			`{"name":7,"type":"A","content":"192.0.2.1"}`, nil, 400, []string{"error.code=INVALID_INPUT", "error.details.0.field=name"}},
		{"larger than is taken", "POST", "/zones/$zone/records", `{"name":"` + strings.Repeat("a", DefaultBody) + `"}`, nil, 413, []string{"error.code=TOO_LARGE"}},
	}
	d := zoned(t)
	before := d.head()
	for _, s := range tests {
		t.Run(s.name, func(t *testing.T) {
			d.run([]step{s})
			if d.head() != before {
				t.Error("something has changed")
			}
		})
	}
}

func TestHeadersOfEveryAnswer(t *testing.T) {
	d := newDesk(t)
	a := d.send("GET", "/health", "", "Authorization", "X-Request-ID: abc-1.2_3")
	if a.header.Get("X-Request-ID") != "abc-1.2_3" {
		t.Errorf("the request id is %q", a.header.Get("X-Request-ID"))
	}
	if status, _ := a.at("data.health.status"); status != "ok" || a.status != 200 {
		t.Errorf("%d %s", a.status, a.raw)
	}
	a = d.send("GET", "/health", "", "X-Request-ID: a b\"<script>")
	if id := a.header.Get("X-Request-ID"); id == "" || strings.ContainsAny(id, " \"<") {
		t.Errorf("the request id is %q", id)
	}
	for _, h := range [...][2]string{{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}, {"Content-Type", "application/json; charset=utf-8"}} {
		if a.header.Get(h[0]) != h[1] {
			t.Errorf("%s is %q, not %q", h[0], a.header.Get(h[0]), h[1])
		}
	}
}

func TestTooManyRequests(t *testing.T) {
	d := newDesk(t)
	d.Limiter = access.NewLimiter(0.01, 2, 16)
	d.run([]step{
		{"one", "GET", "/zones", "", nil, 200, []string{"header:RateLimit-Limit=2", "header:RateLimit-Remaining=1"}},
		{"two", "GET", "/zones", "", nil, 200, []string{"header:RateLimit-Remaining=0"}},
		{"three", "GET", "/zones", "", nil, 429, []string{"error.code=RATE_LIMITED", "header:Retry-After~0"}},
		{"who has no token is not counted", "GET", "/health", "", []string{"Authorization"}, 200, nil},
	})
}

func TestGuessingTokensIsSlowedDown(t *testing.T) {
	d := newDesk(t)
	for range 1000 {
		if a := d.send("GET", "/zones", "", "Authorization: Bearer guess"); a.status == 429 {
			if a.header.Get("Retry-After") == "" {
				t.Error("no Retry-After")
			}
			return
		}
	}
	t.Error("a thousand guesses were let through")
}

func TestAFaultOfTheProgramIsAnAnswer(t *testing.T) {
	d := newDesk(t)
	d.mux.HandleFunc("GET /v1/fault", func(http.ResponseWriter, *http.Request) { panic("on purpose") })
	w := httptest.NewRecorder()
	d.ServeHTTP(w, httptest.NewRequest("GET", "/v1/fault", nil))
	a := d.read(w.Result())
	if code, _ := a.at("error.code"); a.status != 500 || code != "INTERNAL_ERROR" || strings.Contains(string(a.raw), "on purpose") {
		t.Errorf("%d %s", a.status, a.raw)
	}
}

func TestTheDescriptionIsServed(t *testing.T) {
	d := newDesk(t)
	for path, want := range map[string]string{"/openapi.json": `"openapi": "3.1.0"`, "/openapi.yaml": "openapi: 3.1.0", "/docs": "<!doctype html>"} {
		a := d.send("GET", path, "", "Authorization")
		if a.status != 200 || !strings.Contains(strings.ToLower(string(a.raw)), want) {
			t.Errorf("%s: %d without %q", path, a.status, want)
		}
	}
	page := d.send("GET", "/docs", "", "Authorization")
	if strings.Contains(string(page.raw), "https://") || !strings.Contains(page.header.Get("Content-Security-Policy"), "default-src 'none'") {
		t.Error("the page loads something from elsewhere")
	}
}
