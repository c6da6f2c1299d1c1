package v1

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

const inLines = "Accept: " + envelope.NDJSON

// crowd is a desk where n names in example.com follow main.example.net.
func crowd(t testing.TB, n int) *desk {
	d := zoned(t)
	var edits []string
	for i := range n {
		edits = append(edits, fmt.Sprintf(`{"op":"add","name":"h%d","type":"CNAME","contents":["main.example.net"]}`, i))
	}
	d.run([]step{{"followers", "POST", "/changes", `{"zones":[
		{"zone":"example.net","create":{},"edits":[{"op":"add","name":"main","type":"A","ttl":600,"contents":["192.0.2.1"]}]},
		{"zone":"example.com","edits":[` + strings.Join(edits, ",") + `]}]}`, nil, 201, nil}})
	return d
}

// line is one of an answer in lines.
type line struct {
	Status string
	Data   struct {
		api.Dependent
		Count, Hidden int
	}
	Error *api.Error
}

func readLines(t *testing.T, raw []byte) (lines []line) {
	t.Helper()
	for text := range strings.Lines(string(raw)) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatalf("%v in %s", err, text)
		}
		lines = append(lines, l)
	}
	return lines
}

func TestDependentsAsTheyAreFound(t *testing.T) {
	const n = 2345 // more than two parts
	d := crowd(t, n)
	tests := []struct {
		name, path string
		count      int
	}{
		{"all of them", "/aliases/main.example.net/dependents", n},
		{"with a small first part", "/aliases/main.example.net/dependents?limit=1", n},
		{"with a large first part", "/aliases/main.example.net/dependents?limit=1000", n},
		{"directly", "/aliases/main.example.net/dependents?transitive=false", n},
		{"of a name that nobody follows", "/aliases/h1.example.com/dependents", 0},
		{"of a name elsewhere", "/aliases/nowhere.test/dependents", 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			a := d.send("GET", test.path, "", inLines)
			lines := readLines(t, a.raw)
			if a.status != 200 || a.header.Get("Content-Type") != envelope.NDJSON || len(lines) != test.count+1 {
				t.Fatalf("%d, %s, %d lines", a.status, a.header.Get("Content-Type"), len(lines))
			}
			seen := make(map[string]bool)
			for _, l := range lines[:test.count] {
				if seen[l.Data.Owner] || l.Status != "progress" || l.Data.Drain != 600 {
					t.Fatalf("%+v, seen %v", l, seen[l.Data.Owner])
				}
				seen[l.Data.Owner] = true
			}
			if last := lines[test.count]; last.Status != "success" || last.Data.Count != test.count || last.Data.Hidden != 0 {
				t.Errorf("%+v", last)
			}
		})
	}
	d.run([]step{
		{"an error before the first line has its status", "GET", "/aliases/a..b/dependents", "", []string{inLines}, 400, []string{"error.details.0.field=name"}},
		{"so has a cursor that is none", "GET", "/aliases/main.example.net/dependents?cursor=!", "", []string{inLines}, 400, nil},
	})
}

// TestTheFirstPartComesAtOnce reads the first lines of an answer that is not over.
func TestTheFirstPartComesAtOnce(t *testing.T) {
	d := crowd(t, 2000)
	srv := httptest.NewServer(d)
	defer srv.Close()
	r, err := http.NewRequest("GET", srv.URL+"/v1/aliases/main.example.net/dependents", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+adminSecret)
	r.Header.Set("Accept", envelope.NDJSON)
	a, err := srv.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	in := bufio.NewScanner(a.Body)
	for i := range dependentsPage {
		if !in.Scan() {
			t.Fatalf("%d lines", i)
		}
	}
	a.Body.Close() // the rest is not wanted; goleak sees to it that nobody goes on
}

func TestDependentsOfOthersAreCounted(t *testing.T) {
	d := crowd(t, 3)
	d.run([]step{
		{"an account", "POST", "/users", `{"email":"jo@example.org"}`, nil, 201, []string{"jo:=data.user.id"}},
		{"its token", "POST", "/users/$jo/apikeys", `{"name":"jo","scopes":["zones:*","records:*"]}`, nil, 201, []string{"key:=data.api_key.key"}},
		{"its zone", "POST", "/changes",
			`{"zones":[{"zone":"jo.test","create":{"account":"$jo"},"edits":[{"op":"add","name":"www","type":"CNAME","contents":["main.example.net"]}]}]}`,
			nil, 201, nil},
	})
	d.token = d.vars["key"]
	d.run([]step{{"its own", "GET", "/aliases/main.example.net/dependents", "", nil, 200, []string{"data.dependents.#=1", "data.hidden=3", "data.dependents.0.owner=www.jo.test."}}})
	lines := readLines(t, d.send("GET", "/aliases/main.example.net/dependents", "", inLines).raw)
	if last := lines[len(lines)-1]; len(lines) != 2 || last.Data.Count != 1 || last.Data.Hidden != 3 {
		t.Errorf("%+v", lines)
	}
}

func TestDrainIsSaidWhereItIsKnown(t *testing.T) {
	d := crowd(t, 1)
	d.run([]step{
		{"a target elsewhere", "POST", "/zones/$zone/records", `{"name":"out","type":"CNAME","content":"far.example.org"}`, nil, 201, nil},
		{"nobody knows", "GET", "/aliases/far.example.org/dependents", "", nil, 200, []string{"data.dependents.0.drain=null", "!data.dependents.0.drain_by"}},
		{"a target here", "GET", "/aliases/main.example.net/dependents",
			"", nil, 200, []string{
				"data.dependents.0.drain=600", "data.dependents.0.drain_by.by=main.example.net. A", "data.dependents.0.drain_by.ttl=600",
				"data.dependents.0.drain_by.until~T", "data.dependents.0.path.0.zone=example.com", "data.dependents.0.path.0.ttl=3600",
			}},
		{"in a chain", "GET", "/aliases/h0.example.com", "", nil, 200, []string{"data.chain.ttl=600", "data.chain.zone=example.net"}},
		{"that leaves", "GET", "/aliases/out.example.com", "", nil, 200, []string{"data.chain.end=leaves", "data.chain.ttl=0", "!data.chain.zone"}},
	})
}

func TestAPlanSaysAllItKnows(t *testing.T) {
	d := crowd(t, 2)
	d.run([]step{
		{"more followers", "POST", "/changes", `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"deep","type":"CNAME","ttl":60,"contents":["h1.example.com"]}]},
			{"zone":"third.test","create":{},"edits":[{"op":"add","name":"@","type":"MX","contents":["10 main.example.net"]}]}]}`, nil, 201, nil},
		{"the name", "POST", "/zones/example.net/records", `{"name":"next","type":"A","content":"192.0.2.9"}`, nil, 201, nil},
		{"a plan", "POST", "/plans", `{"kind":"retarget","from":"main.example.net","to":"next.example.net"}`, nil, 201, []string{
			"data.plan.zones.#=2", "data.plan.zones.0.name=example.com", "data.plan.zones.0.names=2", "data.plan.zones.0.sets=2", "data.plan.zones.0.before=2", "data.plan.zones.0.after=2", "data.plan.zones.1.name=third.test", "data.plan.zones.0.from~20",
			"data.plan.affected_total=4", "data.plan.affected_zones.#=2", "data.plan.affected_zones.0.zone=example.com", "data.plan.affected_zones.0.names=3", "data.plan.affected_zones.1.names=1",
			"data.plan.fixed.#=0", "data.plan.partial=false", "data.plan.drain.seconds=3600", "data.plan.drain.until~T", "data.plan.drain.owner~.", "data.plan.account~-", "data.plan.depth=2"}},
		{"a narrower token", "POST", "/users/me/apikeys",
			`{"name":"t","scopes":["zones:*","records:*"],"owners":["h0"]}`, nil, 201, []string{"key:=data.api_key.key"}},
		{"what it may not write stays, with the reason", "POST", "/plans", `{"kind":"retarget","from":"main.example.net","to":"next.example.net"}`, []string{"Authorization: Bearer $key"}, 201, []string{
			"data.plan.zones.#=1", "data.plan.zones.0.names=1", "data.plan.fixed.#=2", "data.plan.fixed.0.owner=h1.example.com.", "data.plan.fixed.0.reason~token", "data.plan.fixed.0.zone=example.com"}},
		{"nothing to do", "POST", "/plans",
			`{"kind":"retarget","from":"nobody.example.net","to":"next.example.net"}`, nil, 201,
			[]string{"data.plan.zones.#=0", "data.plan.drain.seconds=null", "!data.plan.drain.until", "data.plan.records=0"}},
	})
}
