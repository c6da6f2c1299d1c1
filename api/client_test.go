package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// serving is a server that answers with handle, and a Client of it.
func serving(t *testing.T, handle http.HandlerFunc, options ...Option) *Client {
	t.Helper()
	s := httptest.NewServer(handle)
	t.Cleanup(s.Close)
	c, err := NewClient(s.URL, "truename_secret", options...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.http.CloseIdleConnections)
	return c
}

func answer(t *testing.T, w http.ResponseWriter, status int, data any) {
	t.Helper()
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(Response[any]{Status: Success, Data: data}); err != nil {
		t.Error(err)
	}
}

func TestServersAddress(t *testing.T) {
	for _, c := range []struct{ name, server, want string }{
		{"a host and port", "http://127.0.0.1:8053", "http://127.0.0.1:8053"},
		{"a final slash", "https://dns.example.net/", "https://dns.example.net"},
		{"the path of the API", "https://dns.example.net/v1/", "https://dns.example.net"},
		{"below a path", "https://example.net/dns", "https://example.net/dns"},
	} {
		t.Run(c.name, func(t *testing.T) {
			client, err := NewClient(c.server, "")
			if err != nil || client.Server() != c.want {
				t.Errorf("%v, %v", client, err)
			}
		})
	}
	for _, bad := range []string{"", "127.0.0.1:8053", "dns.example.net", "ftp://x", "http://", "http://u:secret@x", "http://x?y=z", "http://x#y", "http://[::1"} {
		if _, err := NewClient(bad, ""); err == nil || !strings.Contains(err.Error(), DefaultServer) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestWhatARequestCarries(t *testing.T) {
	var got *http.Request
	var body string
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		content, _ := io.ReadAll(r.Body)
		got, body = r, string(content)
		answer(t, w, 200, ChangeData{Change: &Change{ID: "c1"}})
	}, WithAgent("test/1"))
	data, err := c.Change(t.Context(), ChangeRequest{Reason: "r", Zones: []ZoneChange{{Zone: "example.com", Delete: true}}}, "")
	if err != nil || data.Change.ID != "c1" {
		t.Fatalf("%+v, %v", data, err)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer truename_secret", "User-Agent": "test/1",
		"Accept": "application/json", "Content-Type": "application/json",
	} {
		if v := got.Header.Get(name); v != want {
			t.Errorf("%s: %q, want %q", name, v, want)
		}
	}
	if got.Method != "POST" || got.URL.Path != "/v1/changes" || body != `{"reason":"r","zones":[{"zone":"example.com","delete":true}]}` {
		t.Errorf("%s %s %s", got.Method, got.URL, body)
	}
	first := got.Header.Get("Idempotency-Key")
	if _, err := c.Change(t.Context(), ChangeRequest{}, ""); err != nil || len(first) < 20 || got.Header.Get("Idempotency-Key") == first {
		t.Errorf("keys %q and %q, %v", first, got.Header.Get("Idempotency-Key"), err)
	}
	if _, err := c.Change(t.Context(), ChangeRequest{}, "mine"); err != nil || got.Header.Get("Idempotency-Key") != "mine" {
		t.Errorf("key %q, %v", got.Header.Get("Idempotency-Key"), err)
	}
}

// TestRoutes: every method asks at the address that the API has for it.
func TestRoutes(t *testing.T) {
	ctx := t.Context()
	none := func(_ any, err error) error { return err }
	for _, r := range []struct {
		want string
		data any
		ask  func(*Client) error
	}{
		{"GET /v1/health", HealthData{}, func(c *Client) error { return none(c.Health(ctx)) }},
		{"GET /v1/zones?limit=100&offset=0", ZonesData{}, func(c *Client) error { return all(c.Zones(ctx)) }},
		{"GET /v1/zones/example.com", ZoneData{}, func(c *Client) error { return none(c.Zone(ctx, "example.com")) }},
		{"GET /v1/zones/2%2F0.192.in-addr.arpa", ZoneData{}, func(c *Client) error { return none(c.Zone(ctx, "2/0.192.in-addr.arpa")) }},
		{"GET /v1/zones/deleted", DeletedZonesData{}, func(c *Client) error { return none(c.DeletedZones(ctx)) }},
		{"GET /v1/zones/z/records?limit=1000&managed=true&offset=0", RecordsData{}, func(c *Client) error { return all(c.Records(ctx, "z", RecordQuery{})) }},
		{"GET /v1/zones/z/records?limit=1000&managed=true&name=%40&offset=0&type=MX", RecordsData{}, func(c *Client) error { return all(c.Records(ctx, "z", RecordQuery{"@", "MX"})) }},
		{"GET /v1/search?q=a+b", SearchData{}, func(c *Client) error { return all(c.Search(ctx, "a b")) }},
		{"GET /v1/changes?before=9&limit=5&zone=z", ChangesData{}, func(c *Client) error { return all(c.Changes(ctx, ChangeQuery{Zone: "z", Before: 9, Limit: 5})) }},
		{"GET /v1/changes?account=a&after=3&sets=true", ChangesData{}, func(c *Client) error { return all(c.Changes(ctx, ChangeQuery{Account: "a", After: 3, Sets: true})) }},
		{"GET /v1/changes/c1", ChangeData{Change: &Change{}}, func(c *Client) error { return none(c.ChangeByID(ctx, "c1")) }},
		{"POST /v1/changes/c1/undo", ChangeData{}, func(c *Client) error { return none(c.Undo(ctx, "c1", UndoRequest{})) }},
		{"POST /v1/zones/z/restore", ChangeData{}, func(c *Client) error { return none(c.Restore(ctx, "z", RestoreRequest{})) }},
		{"GET /v1/zones/z/diff?from=1&to=4294967295", DiffData{}, func(c *Client) error { return none(c.Diff(ctx, "z", 1, 4294967295)) }},
		{"POST /v1/plans", PlanData{}, func(c *Client) error { return none(c.Plan(ctx, PlanRequest{})) }},
		{"GET /v1/plans/p1", PlanData{}, func(c *Client) error { return none(c.PlanByID(ctx, "p1")) }},
		{"POST /v1/plans/p1/apply", ChangeData{}, func(c *Client) error { return none(c.ApplyPlan(ctx, "p1", ApplyPlanRequest{})) }},
		{"GET /v1/aliases/www.example.com.?type=AAAA", ChainData{}, func(c *Client) error { return none(c.Chain(ctx, "www.example.com.", "AAAA")) }},
		{"GET /v1/aliases/www.example.com", ChainData{}, func(c *Client) error { return none(c.Chain(ctx, "www.example.com", "")) }},
		{"GET /v1/aliases/m/dependents?limit=7&transitive=true", DependentsData{}, func(c *Client) error { return all(c.Dependents(ctx, "m", DependentQuery{Limit: 7})) }},
		{"GET /v1/aliases/m/dependents?transitive=false", DependentsData{}, func(c *Client) error { return all(c.Dependents(ctx, "m", DependentQuery{Direct: true})) }},
		{"GET /v1/whoami", WhoAmI{}, func(c *Client) error { return none(c.WhoAmI(ctx)) }},
		{"GET /v1/users", UsersData{}, func(c *Client) error { return none(c.Users(ctx)) }},
		{"POST /v1/users", UserData{}, func(c *Client) error { return none(c.CreateUser(ctx, UserRequest{})) }},
		{"DELETE /v1/users/u1", nil, func(c *Client) error { return c.DeleteUser(ctx, "u1") }},
		{"GET /v1/users/u1/apikeys", APIKeysData{}, func(c *Client) error { return none(c.Keys(ctx, "u1")) }},
		{"POST /v1/users/u1/apikeys", APIKeyData{}, func(c *Client) error { return none(c.CreateKey(ctx, "u1", CreateAPIKeyRequest{})) }},
		{"DELETE /v1/users/u1/apikeys/k1", nil, func(c *Client) error { return c.DeleteKey(ctx, "u1", "k1") }},
		{"POST /v1/check?zone=example.com", CheckData{}, func(c *Client) error { return none(c.Check(ctx, "example.com", strings.NewReader("x"))) }},
		{"POST /v1/zones/z/import?dry_run=true&mode=merge&reason=r&sets=true", ImportData{}, func(c *Client) error {
			return none(c.Import(ctx, ImportRequest{Zone: "z", Text: strings.NewReader("x"), Mode: ImportMerge, DryRun: true, Reason: "r"}, nil))
		}},
		{"POST /v1/import?zone=z", ImportData{}, func(c *Client) error {
			return none(c.Import(ctx, ImportRequest{Zone: "z", Create: true, Text: strings.NewReader("x")}, nil))
		}},
		{"GET /v1/zones/z/export", nil, func(c *Client) error { return c.Export(ctx, "z", io.Discard) }},
	} {
		t.Run(r.want, func(t *testing.T) {
			var got []string
			c := serving(t, func(w http.ResponseWriter, q *http.Request) {
				got = append(got, q.Method+" "+q.URL.RequestURI())
				if q.Method == "DELETE" {
					w.WriteHeader(http.StatusNoContent)
					return
				}
				answer(t, w, 200, r.data)
			})
			if err := r.ask(c); err != nil || !slices.Equal(got, []string{r.want}) {
				t.Errorf("asked %v, %v", got, err)
			}
		})
	}
}

// all reads a list to its end.
func all[T any](list func(func(T, error) bool)) (err error) {
	list(func(_ T, e error) bool { err = e; return e == nil })
	return err
}

func TestListsByOffset(t *testing.T) {
	for _, total := range []int{0, 1, zonesAPage, zonesAPage + 1, 3*zonesAPage - 1} {
		t.Run(strconv.Itoa(total), func(t *testing.T) {
			c := serving(t, func(w http.ResponseWriter, r *http.Request) {
				offset, _ := strconv.Atoi(r.FormValue("offset"))
				limit, _ := strconv.Atoi(r.FormValue("limit"))
				var data ZonesData
				for i := offset; i < min(offset+limit, total); i++ {
					data.Zones = append(data.Zones, Zone{Name: fmt.Sprintf("z%d", i)})
				}
				data.Pagination = Pagination{Total: total, HasMore: offset+limit < total}
				answer(t, w, 200, data)
			})
			n := 0
			for z, err := range c.Zones(t.Context()) {
				if err != nil || z.Name != fmt.Sprintf("z%d", n) {
					t.Fatalf("%d: %+v, %v", n, z, err)
				}
				n++
			}
			if n != total {
				t.Errorf("%d of %d", n, total)
			}
		})
	}
}

func TestListsByCursor(t *testing.T) {
	asked := 0
	handle := func(w http.ResponseWriter, r *http.Request) {
		asked++
		switch r.FormValue("cursor") {
		case "":
			answer(t, w, 200, DependentsData{Dependents: []Dependent{{Owner: "a."}}, Next: "2 ;&"})
		case "2 ;&":
			answer(t, w, 200, DependentsData{Dependents: []Dependent{{Owner: "b."}}, Next: "3"})
		case "3":
			answer(t, w, 500, nil)
		}
	}
	c := serving(t, handle)
	var got []string
	var failed error
	for page, err := range c.Dependents(t.Context(), "m.", DependentQuery{}) {
		if err != nil {
			failed = err
			continue
		}
		got = append(got, page.Dependents[0].Owner)
	}
	var e *Error
	if !slices.Equal(got, []string{"a.", "b."}) || !errors.As(failed, &e) || e.Status != 500 {
		t.Errorf("%v, %v", got, failed)
	}
	asked = 0
	for range c.Dependents(t.Context(), "m.", DependentQuery{}) {
		break
	}
	if asked != 1 {
		t.Errorf("%d pages are asked for where one is wanted", asked)
	}
}

func TestAListCanBeReadTwice(t *testing.T) {
	c := serving(t, func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("cursor") == "" {
			answer(t, w, 200, ChangesData{Changes: []Change{{ID: "1"}}, Next: "n"})
			return
		}
		answer(t, w, 200, ChangesData{Changes: []Change{{ID: "2"}}, Next: "n"}) // a server that would never end
	})
	list := c.Changes(t.Context(), ChangeQuery{})
	for range 2 {
		var got []string
		for ch, err := range list {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ch.ID)
		}
		if !slices.Equal(got, []string{"1", "2"}) {
			t.Errorf("%v", got)
		}
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	release := make(chan struct{})
	c := serving(t, func(http.ResponseWriter, *http.Request) { cancel(); <-release })
	defer close(release)
	if _, err := c.Zone(ctx, "z"); !errors.Is(err, context.Canceled) || errors.Is(err, ErrUnreachable) {
		t.Errorf("%v", err)
	}
}

func TestNobodyAnswers(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	c, err := NewClient(s.URL, "truename_secret")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Zone(t.Context(), "z")
	if !errors.Is(err, ErrUnreachable) || !strings.Contains(err.Error(), s.URL+": ") || strings.Contains(err.Error(), "/v1/zones") || strings.Contains(err.Error(), "secret") {
		t.Errorf("%v", err)
	}
}
