package v1

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
	"github.com/truename-dns/truename/internal/access/people"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/store/sqlite"
	"github.com/truename-dns/truename/internal/zone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// board is what a name server would answer from.
type board struct{ set atomic.Pointer[zone.Set] }

func (b *board) Zones() *zone.Set    { return b.set.Load() }
func (b *board) Publish(s *zone.Set) { b.set.Store(s) }

// desk is the API over a real store, and somebody who sends requests to it.
type desk struct {
	testing.TB
	*Server
	token string
	shelf store.Shelf
	owner *owner // who sends what is for people; nil until there is such
	vars  map[string]string
	watched
	targets others
}

const adminSecret = "a-secret-of-the-tests"

func newDesk(t testing.TB) *desk {
	t.Helper()
	s, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	keeper, err := access.New(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := keeper.EnsureAdmin(t.Context(), adminSecret); err != nil {
		t.Fatal(err)
	}
	persons, err := people.New(t.Context(), keeper, s, password.Cost{Memory: 64, Time: 1, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	b := new(board)
	b.set.Store(new(zone.Set))
	c := control.New(s, b, control.Config{NameServers: []dname.Name{dname.MustParse("ns1.host.test."), dname.MustParse("ns2.host.test.")}})
	if err := c.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error)
	go func() { done <- c.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	d := &desk{TB: t, token: adminSecret, shelf: s, vars: make(map[string]string)}
	d.Server = New(Config{Control: c, Keeper: keeper, People: persons, Doctor: examiner(t, b), Traffic: d.watch(s, c), Targets: &d.targets, Served: b.Zones, Version: "test"})
	return d
}

// said is an answer.
type said struct {
	status int
	header http.Header
	raw    []byte
	json   any
}

// send sends a request. Headers are given as "Name: value"; one without a
// value takes it away. $name in path and body stands for a saved value.
func (d *desk) send(method, path, body string, headers ...string) *said {
	d.Helper()
	r := httptest.NewRequest(method, Prefix+d.expand(path), strings.NewReader(d.expand(body)))
	r.RemoteAddr = "192.0.2.77:4711"
	r.Header.Set("Authorization", "Bearer "+d.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	d.personal(r)
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if r.Header.Del(name); value != "" {
			r.Header.Set(name, d.expand(value))
		}
	}
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return d.read(w.Result())
}

var variable = regexp.MustCompile(`\$\w+`)

func (d *desk) expand(text string) string {
	return variable.ReplaceAllStringFunc(text, func(name string) string {
		if v, known := d.vars[name[1:]]; known {
			return v
		}
		return name
	})
}

func (d *desk) read(r *http.Response) *said {
	d.Helper()
	defer r.Body.Close()
	raw, err := io.ReadAll(r.Body)
	if err != nil {
		d.Fatal(err)
	}
	a := &said{status: r.StatusCode, header: r.Header, raw: raw}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		if err := dec.Decode(&a.json); err != nil {
			d.Fatalf("%v in %s", err, raw)
		}
	}
	return a
}

// at is the value at a path as data.zones.0.name; "#" at its end counts a list.
func (a *said) at(path string) (string, bool) {
	v := a.json
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			var found bool
			if v, found = x[step]; !found {
				return "", false
			}
		case []any:
			if step == "#" {
				v = json.Number(strconv.Itoa(len(x)))
				continue
			}
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				return "", false
			}
			v = x[i]
		default:
			return "", false
		}
	}
	if v == nil {
		return "null", true
	}
	return fmt.Sprint(v), true
}

// step is a request with what is expected of its answer: lines of path=value,
// path~part of the value, !path for what must not be there, and name:=path to
// save a value.
type step struct {
	name         string
	method, path string
	body         string
	headers      []string
	status       int
	want         []string
}

func (d *desk) run(steps []step) {
	d.Helper()
	for _, s := range steps {
		a := d.send(s.method, s.path, s.body, s.headers...)
		if a.status != s.status {
			d.Fatalf("%s: %s %s: %d, not %d: %s", s.name, s.method, s.path, a.status, s.status, a.raw)
		}
		if s.status == http.StatusNoContent && len(a.raw) > 0 {
			d.Errorf("%s: 204 with a body: %s", s.name, a.raw)
		}
		d.envelope(s.name, a)
		for _, w := range s.want {
			d.expect(s.name, a, w)
		}
	}
}

// envelope checks what is true of every JSON answer.
func (d *desk) envelope(name string, a *said) {
	d.Helper()
	if a.header.Get("X-Request-ID") == "" {
		d.Errorf("%s: no request id", name)
	}
	if a.json == nil {
		return
	}
	status, _ := a.at("status")
	code, failed := a.at("error.code")
	_, message := a.at("error.message")
	_, data := a.at("data")
	if good := a.status < 400; good && (status != "success" || !data || failed) || !good && (status != "error" || code == "" || !message || data) {
		d.Errorf("%s: no envelope of a %d: %s", name, a.status, a.raw)
	}
}

func (d *desk) expect(name string, a *said, want string) {
	d.Helper()
	if path, ok := strings.CutPrefix(want, "!"); ok {
		if v, found := a.at(path); found {
			d.Errorf("%s: there is %s: %q", name, path, v)
		}
		return
	}
	if variable, path, ok := strings.Cut(want, ":="); ok {
		v, found := a.at(path)
		if !found {
			d.Fatalf("%s: no %s in %s", name, path, a.raw)
		}
		d.vars[variable] = v
		return
	}
	i := strings.IndexAny(want, "=~")
	path, value := want[:i], want[i+1:]
	value = d.expand(value)
	got, found := a.at(path)
	if h, ok := strings.CutPrefix(path, "header:"); ok {
		got, found = a.header.Get(h), a.header.Get(h) != "" || value == ""
	}
	if !found || want[i] == '=' && got != value || want[i] == '~' && !strings.Contains(got, value) {
		d.Errorf("%s: %s is %q, not %q, in %s", name, path, got, value, a.raw)
	}
}

// zoned is a desk with the zone example.com, whose id is $zone.
func zoned(t testing.TB) *desk {
	t.Helper()
	d := newDesk(t)
	d.run([]step{{"a zone", "POST", "/zones", `{"name":"example.com"}`, nil, 201, []string{"zone:=data.zone.id"}}})
	return d
}

// head is the revision of the last Change, which tells whether anything was written.
func (d *desk) head() change.Revision {
	d.Helper()
	who, err := d.Keeper.Authenticate(context.Background(), adminSecret, netip.MustParseAddr("192.0.2.77"))
	if err != nil {
		d.Fatal(err)
	}
	for ch, err := range d.Control.Changes(context.Background(), who, control.ChangeQuery{Limit: 1}) {
		if err != nil {
			d.Fatal(err)
		}
		return ch.Revision
	}
	return 0
}

// refusedChange is a body that /changes refuses: with what status, and which
// field its first detail names, if any.
type refusedChange struct {
	name, body string
	status     int
	field      string
}

// refuseChanges sends each, to a zone of its own, and sees that nothing is written.
func refuseChanges(t *testing.T, tests []refusedChange) {
	t.Helper()
	d := zoned(t)
	before := d.head()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := d.send("POST", "/changes", test.body)
			d.envelope(test.name, a)
			if a.status != test.status {
				t.Errorf("%d: %s", a.status, a.raw)
			}
			if test.field != "" {
				d.expect(test.name, a, "error.details.0.field="+test.field)
			}
			if d.head() != before {
				t.Error("something has changed")
			}
		})
	}
}
