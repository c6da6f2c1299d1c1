package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
)

// fake answers as the API does, with what a test gives it, by method and path
// below /v1. It keeps what it was asked.
type fake struct {
	t       *testing.T
	answers map[string]any // data, or an *api.Error
	mu      sync.Mutex
	asked   []string // method, path with query, and body
}

// newFake starts a fake and makes it the server of the commands in this test.
func newFake(t *testing.T, answers map[string]any) *fake {
	t.Helper()
	atHome(t)
	f := &fake{t: t, answers: answers}
	s := httptest.NewServer(f)
	t.Cleanup(s.Close)
	t.Setenv("TRUENAME_SERVER", s.URL)
	t.Setenv("TRUENAME_TOKEN", "truename_secret")
	return f
}

// atHome gives the test a configuration directory of its own.
func atHome(t *testing.T) {
	t.Helper()
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
}

func (f *fake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	path := strings.TrimPrefix(r.URL.Path, "/v1")
	f.mu.Lock()
	f.asked = append(f.asked, strings.TrimSpace(r.Method+" "+strings.TrimPrefix(r.URL.RequestURI(), "/v1")+" "+string(body)))
	f.mu.Unlock()
	data, known := f.answers[r.Method+" "+path]
	if strings.Contains(string(body), `"dry_run":true`) || r.FormValue("dry_run") != "" {
		if dry, ok := f.answers["dry "+r.Method+" "+path]; ok {
			data, known = dry, true
		}
	}
	if !known {
		data = &api.Error{Status: 404, Code: api.CodeNotFound, Message: "there is no " + path}
	}
	w.Header().Set("Content-Type", "application/json")
	switch d := data.(type) {
	case *api.Error:
		w.Header().Set("X-Request-ID", "req-1")
		w.WriteHeader(d.Status)
		f.write(w, api.Failure{Status: api.Failed, Error: d})
	case string:
		_, _ = io.WriteString(w, d)
	case nil:
		w.WriteHeader(http.StatusNoContent)
	default:
		f.write(w, api.Response[any]{Status: api.Success, Data: data})
	}
}

func (f *fake) write(w io.Writer, v any) {
	if err := json.NewEncoder(w).Encode(v); err != nil {
		f.t.Error(err)
	}
}

// requests is what was asked so far.
func (f *fake) requests() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.Join(f.asked, "\n")
}

// piped runs a command without any terminal.
func piped(stdin string, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(args, strings.NewReader(stdin), &o, &e)
	return code, o.String(), e.String()
}

var (
	someTime = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)
	comment  = "customer 4711"
)

func paged(n int) api.Pagination { return api.Pagination{Total: n, Count: n, Limit: 100} }

// moved is a change that points www.a.example from old to new.
func moved() *api.Change {
	set := func(target string) *api.RRset {
		return &api.RRset{TTL: 300, Records: []api.RRsetRecord{{Content: target}}}
	}
	return &api.Change{
		ID: "0193-c", Revision: 42, Time: someTime, Reason: "new machine",
		Author: api.Author{Name: "ci", Via: "v1", Address: "192.0.2.9", Agent: "curl/8"},
		Zones: []api.ZoneDiff{{Kind: "update", Name: "a.example", From: 5, To: 6, Sets: []api.SetDiff{
			{Name: "www.a.example.", Type: "CNAME", Before: set("old.example.net."), After: set("new.example.net.")},
		}}},
	}
}

func dependentsOf() api.DependentsData {
	step := func(names ...string) (path []api.PathStep) {
		for i := 0; i < len(names); i += 2 {
			path = append(path, api.PathStep{Name: names[i], Kind: names[i+1]})
		}
		return append(path, api.PathStep{Name: "main.example.net."})
	}
	return api.DependentsData{Name: "main.example.net.", Hidden: 3, Dependents: []api.Dependent{
		{Owner: "a.example.", Type: "ALIAS", Kind: "ALIAS", Target: "main.example.net.", Zone: "a.example", TTL: 60, Depth: 1, Follows: true, Drain: 360, Path: step("a.example.", "ALIAS")},
		{Owner: "mail.example.", Type: "MX", Kind: "MX", Target: "main.example.net.", Zone: "mail.example", TTL: 3600, Depth: 1, Drain: 300, Path: step("mail.example.", "MX")},
		{Owner: "www.a.example.", Type: "CNAME", Kind: "CNAME", Target: "a.example.", Zone: "a.example", TTL: 300, Depth: 2, Follows: true, Drain: 360, Path: step("www.a.example.", "CNAME", "a.example.", "ALIAS")},
		{Owner: "shop.b.example.", Type: "CNAME", Kind: "CNAME", Target: "x.w.example.", Zone: "b.example", TTL: 300, Depth: 2, Follows: true, Drain: 300, Path: step("shop.b.example.", "CNAME", "x.w.example.", "wildcard")},
	}}
}

func aPlan() api.Plan {
	return api.Plan{
		ID: "p1", Request: api.PlanRequest{Kind: api.PlanRetarget, From: "old.example.net", To: "new.example.net"},
		CreatedAt: someTime, ExpiresAt: someTime.Add(time.Hour), Diff: moved().Zones, Records: 1,
		Affected: dependentsOf().Dependents, AffectedTotal: 12, Depth: 2, Drain: api.Drain{Seconds: 360, By: "a.example. ALIAS"}, Digest: "d",
		Findings: []api.Finding{{Severity: "warning", Code: "long-chain", Message: "the chain of www.a.example. has 2 links", Fix: "point it at new.example.net. itself"}},
	}
}
