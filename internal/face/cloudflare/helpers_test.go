package cloudflare

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.uber.org/goleak"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/face/cloudflare/envelope"
	"github.com/truename-dns/truename/internal/store/sqlite"
	"github.com/truename-dns/truename/internal/zone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	secret = "an admin secret that is long enough"
	email  = "admin@truename.invalid"
)

// board is what a name server would answer from.
type board struct{ set atomic.Pointer[zone.Set] }

func (b *board) Zones() *zone.Set    { return b.set.Load() }
func (b *board) Publish(s *zone.Set) { b.set.Store(s) }

// desk is the API over a real store.
type desk struct {
	testing.TB
	control *control.Control
	keeper  *access.Keeper
	admin   *access.Principal
	http    http.Handler
	headers map[string]string
	seen    []string // every body that was answered
}

func newDesk(t testing.TB, more ...func(*Options)) *desk {
	t.Helper()
	s, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := new(board)
	b.set.Store(new(zone.Set))
	servers := []dname.Name{dname.MustParse("ns1.host.test."), dname.MustParse("ns2.host.test.")}
	d := &desk{TB: t, control: control.New(s, b, control.Config{NameServers: servers})}
	ctx, cancel := context.WithCancel(context.Background())
	if err := d.control.Open(ctx); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- d.control.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	d.admit(ctx, s)
	o := Options{Control: d.control, Keeper: d.keeper, NameServers: []string{"ns1.host.test", "ns2.host.test."}}
	for _, change := range more {
		change(&o)
	}
	d.http = New(o)
	d.bearer(strings.ReplaceAll(secret, " ", "-"))
	return d
}

func (d *desk) admit(ctx context.Context, s *sqlite.Store) {
	d.Helper()
	var err error
	if d.keeper, err = access.New(ctx, s); err != nil {
		d.Fatal(err)
	}
	chosen := strings.ReplaceAll(secret, " ", "-")
	if _, _, err = d.keeper.EnsureAdmin(ctx, chosen); err != nil {
		d.Fatal(err)
	}
	if d.admin, err = d.keeper.Authenticate(ctx, chosen, netipLocal); err != nil {
		d.Fatal(err)
	}
}

func (d *desk) bearer(token string) {
	d.headers = map[string]string{"Authorization": "Bearer " + token}
}

// token makes a token with those rights, and uses it from here on.
func (d *desk) token(spec access.TokenSpec) {
	d.Helper()
	spec.Name = "test"
	_, made, err := d.keeper.CreateToken(context.Background(), d.admin, &spec)
	if err != nil {
		d.Fatal(err)
	}
	d.bearer(made)
}

// answer is what came back.
type answer struct {
	*desk
	status int
	header http.Header
	body   []byte
	json   map[string]any
}

func (d *desk) do(method, path string, body any) *answer {
	d.Helper()
	var in io.Reader
	switch b := body.(type) {
	case nil:
	case string:
		in = strings.NewReader(b)
	case []byte:
		in = bytes.NewReader(b)
	default:
		in = bytes.NewReader(envelope.Encode(b))
	}
	r := httptest.NewRequest(method, Prefix+path, in)
	r.RemoteAddr = "127.0.0.1:4711"
	for k, v := range d.headers {
		r.Header.Set(k, v)
	}
	w := httptest.NewRecorder()
	d.http.ServeHTTP(w, r)
	a := &answer{desk: d, status: w.Code, header: w.Header(), body: w.Body.Bytes()}
	if strings.HasPrefix(a.header.Get("Content-Type"), "application/json") {
		a.check(method + " " + path)
	}
	return a
}

// check holds every answer against what all have in common.
func (a *answer) check(what string) {
	a.Helper()
	if err := json.Unmarshal(a.body, &a.json); err != nil {
		a.Fatalf("%s: %v in %s", what, err, a.body)
	}
	if err := idFirst(a.body); err != nil {
		a.Errorf("%s: %v in %s", what, err, a.body)
	}
	if !bytes.HasPrefix(a.body, []byte(`{"result":`)) || a.json["errors"] == nil || a.json["messages"] == nil {
		a.Errorf("%s: no envelope: %s", what, a.body)
	}
	ok := a.json["success"] == true
	if ok != (a.status == http.StatusOK) || ok == (len(a.json["errors"].([]any)) > 0) || !ok && a.json["result"] != nil {
		a.Errorf("%s: status %d and %s", what, a.status, a.body)
	}
	a.seen = append(a.seen, string(a.body))
}

// idFirst finds an object in which "id" is there, but not as the first.
func idFirst(body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	var members []int // of each object around so far; -1 for an array
	for key := false; ; {
		t, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		last := len(members) - 1
		switch {
		case t == json.Delim('{'):
			members = append(members, 0)
		case t == json.Delim('['):
			members = append(members, -1)
		case t == json.Delim('}'), t == json.Delim(']'):
			members = members[:last]
		case key:
			if t == "id" && members[last] > 0 {
				return fmt.Errorf("\"id\" is member %d of its object", members[last]+1)
			}
			members[last]++
			key = false
			continue
		}
		last = len(members) - 1
		key = last >= 0 && members[last] >= 0 && d.More()
	}
}

// at is a value deep in the answer: result.0.name.
func (a *answer) at(path string) any {
	a.Helper()
	var v any = a.json
	for part := range strings.SplitSeq(path, "/") {
		switch have := v.(type) {
		case map[string]any:
			v = have[part]
		case []any:
			var i int
			if _, err := fmt.Sscan(part, &i); err != nil || i >= len(have) {
				a.Fatalf("no %s in %s", path, a.body)
			}
			v = have[i]
		default:
			return nil
		}
	}
	return v
}

func (a *answer) text(path string) string {
	a.Helper()
	return fmt.Sprint(a.at(path))
}

// want compares values: pairs of a path and what is there.
func (a *answer) want(pairs ...any) *answer {
	a.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if have := a.at(pairs[i].(string)); fmt.Sprint(have) != fmt.Sprint(pairs[i+1]) {
			a.Errorf("%s is %v, not %v, in %s", pairs[i], have, pairs[i+1], a.body)
		}
	}
	return a
}

func (a *answer) ok() *answer {
	a.Helper()
	if a.status != http.StatusOK {
		a.Fatalf("status %d: %s", a.status, a.body)
	}
	return a
}

// fails wants an error of that status and code, whose message has the text.
func (a *answer) fails(status, code int, text string) *answer {
	a.Helper()
	if a.status != status {
		a.Errorf("status %d, not %d: %s", a.status, status, a.body)
		return a
	}
	problem := a.at("errors/0").(map[string]any)
	codes := fmt.Sprint(problem["code"])
	for _, c := range chainOf(problem) {
		codes += " " + fmt.Sprint(c["code"])
	}
	if !strings.Contains(" "+codes+" ", fmt.Sprintf(" %d ", code)) || !strings.Contains(problem["message"].(string), text) {
		a.Errorf("not %d %q: %s", code, text, a.body)
	}
	return a
}

func chainOf(problem map[string]any) (chain []map[string]any) {
	list, _ := problem["error_chain"].([]any)
	for _, c := range list {
		chain = append(chain, c.(map[string]any))
	}
	return chain
}

// make makes a zone and returns its path.
func (d *desk) make(name string) string {
	d.Helper()
	return "/zones/" + d.do("POST", "/zones", object{{"name", name}}).ok().text("result/id")
}

// record makes a record out of its JSON and returns its path.
func (d *desk) record(zone, body string) string {
	d.Helper()
	return zone + "/dns_records/" + d.do("POST", zone+"/dns_records", body).ok().text("result/id")
}

// lines is the records of a list as text.
func (a *answer) lines() string {
	a.Helper()
	var b strings.Builder
	for _, r := range a.ok().at("result").([]any) {
		m := r.(map[string]any)
		fmt.Fprintf(&b, "%v %v %v\n", m["name"], m["type"], m["content"])
	}
	return b.String()
}

// served is what the DNS would say of a name.
func (d *desk) served(apex, owner string, t rr.Type) string {
	d.Helper()
	z, err := d.control.Zone(d.admin, control.Ref{Apex: dname.MustParse(apex)})
	if err != nil {
		d.Fatal(err)
	}
	name := dname.MustParse(owner)
	var b []byte
	for rest := servedSet(z, name, t); !rest.Empty(); {
		var r rr.Record
		r, rest = rest.Next()
		b = append(bytes.TrimRight(zonefile.AppendRecord(b, name, r), "\n"), '\n')
	}
	return string(b)
}

// changes counts the Changes made so far.
func (d *desk) changes() (n int) {
	d.Helper()
	for _, err := range d.control.Changes(context.Background(), d.admin, control.ChangeQuery{}) {
		if err != nil {
			d.Fatal(err)
		}
		n++
	}
	return n
}
