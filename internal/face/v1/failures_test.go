package v1

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/face/v1/call"
	"github.com/truename-dns/truename/internal/face/v1/form"
)

// request is what route r is sent when all is well.
func (d *desk) request(r *Route) (path, body string, headers []string) {
	body = goodBodies[r.ID]
	if r.Text {
		body, headers = zoneText, []string{asText}
	}
	return pathVariable.ReplaceAllString(r.Path, "$$$1") + "?" + goodQueries[r.ID], body, headers
}

// TestEveryRouteNeedsItsScopes takes away one scope at a time.
func TestEveryRouteNeedsItsScopes(t *testing.T) {
	d := furnished(t)
	secrets := make(map[access.Scope]string)
	for _, s := range access.Scopes {
		var rest []string
		for _, other := range access.Scopes {
			if other != s {
				rest = append(rest, string(other))
			}
		}
		list, err := json.Marshal(rest)
		if err != nil {
			t.Fatal(err)
		}
		d.run([]step{{"a token", "POST", "/users/me/apikeys", `{"name":"t","scopes":` + string(list) + `}`, nil, 201, []string{"secret:=data.api_key.key"}}})
		secrets[s] = d.vars["secret"]
	}
	before := d.head()
	for _, r := range Routes() {
		if !r.Public && !r.Person && len(r.Scopes) == 0 && r.Status != 501 && r.ID != "whoAmI" {
			t.Errorf("%s needs no scope", r.ID)
		}
		path, body, headers := d.request(&r)
		for _, s := range r.Scopes {
			if r.Instead != "" {
				continue // TestUsageByItsOwnScope
			}
			a := d.send(r.Method, path, body, append(slices.Clone(headers), "Authorization: Bearer "+secrets[s])...)
			if scope, _ := a.at("error.details.0.scope"); a.status != 403 || scope != string(s) {
				t.Errorf("%s without %s: %d %s", r.ID, s, a.status, a.raw)
			}
		}
	}
	if d.head() != before {
		t.Error("something has changed")
	}
}

// TestEveryRouteMissesWhatIsNotThere puts what is not there into its path.
func TestEveryRouteMissesWhatIsNotThere(t *testing.T) {
	nothing := map[string][]string{ // of a variable: values that stand for nothing
		"zone_id":     {"11111111-1111-4111-8111-111111111111", "nowhere.test"},
		"record_id":   {"!!", "AAAA", encoded("nobody.example.com.|A|192.0.2.1"), encoded("r.example.com.|A|192.0.2.9")},
		"record_name": {"nobody"},
		"record_type": {"TLSA"},
		"change_id":   {"nope", "999999", "-1"},
		"plan_id":     {"nope"},
		"user_id":     {"nope", "11111111-1111-4111-8111-111111111111"},
		"key_id":      {"nope", "11111111-1111-4111-8111-111111111111"},
	}
	d := furnished(t)
	before := d.head()
	for _, r := range Routes() {
		if r.Status == 501 {
			continue
		}
		_, body, headers := d.request(&r)
		for _, m := range pathVariable.FindAllStringSubmatch(r.Path, -1) {
			for _, value := range nothing[m[1]] {
				path := strings.Replace(r.Path, m[0], value, 1)
				path = pathVariable.ReplaceAllString(path, "$$$1") + "?" + goodQueries[r.ID]
				a := d.send(r.Method, path, body, headers...)
				code, _ := a.at("error.code")
				if a.status != 404 || !strings.HasSuffix(code, "NOT_FOUND") {
					t.Errorf("%s of %s: %d %s", r.ID, path, a.status, a.raw)
				}
			}
		}
	}
	if d.head() != before {
		t.Error("something has changed")
	}
}

// encoded is an id of a record of that text.
func encoded(text string) string {
	parts := strings.SplitN(text, "|", 3)
	return form.RecordID(parts[0], parts[1], parts[2])
}

// TestEveryRouteRefusesABodyThatIsNone sends what is no JSON object of its form.
func TestEveryRouteRefusesABodyThatIsNone(t *testing.T) {
	bodies := []struct {
		name, body, kind string
		status           int
	}{
		{"half an object", `{"name":`, "application/json", 400},
		{"a list", `[]`, "application/json", 400},
		{"a name twice", `{"name":"x","name":"x"}`, "application/json", 400},
		{"no UTF-8", "{\"name\":\"\xff\"}", "application/json", 400},
		{"deep", strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 40), "application/json", 400},
		{"a form", `name=x`, "application/x-www-form-urlencoded", 415},
		{"a zone file", zoneText, "text/dns", 415},
	}
	d := furnished(t)
	before := d.head()
	for _, r := range Routes() {
		if r.Body == nil {
			continue
		}
		path, _, _ := d.request(&r)
		for _, b := range bodies {
			a := d.send(r.Method, path, b.body, "Content-Type: "+b.kind)
			if a.status != b.status {
				t.Errorf("%s with %s: %d %s", r.ID, b.name, a.status, a.raw)
			}
		}
		if r.BodyOptional {
			continue
		}
		if a := d.send(r.Method, path, ""); a.status != 400 {
			t.Errorf("%s without a body: %d %s", r.ID, a.status, a.raw)
		}
	}
	if d.head() != before {
		t.Error("something has changed")
	}
}

// TestEveryParameterIsLookedAt gives every parameter of a query a value that it cannot have.
func TestEveryParameterIsLookedAt(t *testing.T) {
	free := map[string]bool{ // any text will do
		"account": true, "reason": true, "search": true, "resource": true, "action": true, "content": true, "sets": false,
	}
	d := furnished(t)
	before := d.head()
	for _, r := range Routes() {
		path, body, headers := d.request(&r)
		for _, q := range r.Queries {
			if free[q.Name] {
				continue
			}
			bad := "a..b"
			base := strings.SplitN(path, "?", 2)[0]
			var others []string
			for _, part := range strings.Split(goodQueries[r.ID], "&") {
				if part != "" && !strings.HasPrefix(part, q.Name+"=") {
					others = append(others, part)
				}
			}
			if q.Name == "q" {
				bad = "x" // too short
			}
			a := d.send(r.Method, base+"?"+strings.Join(append(others, q.Name+"="+bad), "&"), body, headers...)
			if a.status != 400 {
				t.Errorf("%s with %s=%s: %d %s", r.ID, q.Name, bad, a.status, a.raw)
			}
			if !q.Required {
				continue
			}
			if a = d.send(r.Method, base+"?"+strings.Join(others, "&"), body, headers...); a.status != 400 {
				t.Errorf("%s without %s: %d %s", r.ID, q.Name, a.status, a.raw)
			}
		}
	}
	if d.head() != before {
		t.Error("something has changed")
	}
}

// TestEveryCodeIsGivenOut asks for each code of package api once.
func TestEveryCodeIsGivenOut(t *testing.T) {
	d := zoned(t)
	tests := []struct {
		code         string
		status       int
		method, path string
		body         string
		headers      []string
	}{
		{api.CodeInvalidInput, 400, "POST", "/zones/$zone/records", `{"name":"a","type":"A","content":"x"}`, nil},
		{api.CodeInvalidJSON, 400, "POST", "/zones", `{`, nil},
		{api.CodeInvalidZoneID, 400, "GET", "/zones/word", "", nil},
		{api.CodeUnauthorized, 401, "GET", "/zones", "", []string{"Authorization"}},
		{api.CodeForbidden, 403, "GET", "/zones", "", []string{"Authorization: Bearer $narrow"}},
		{api.CodeNotFound, 404, "GET", "/nothing", "", nil},
		{api.CodeZoneNotFound, 404, "GET", "/zones/nowhere.test", "", nil},
		{api.CodeRecordNotFound, 404, "GET", "/zones/$zone/records/AAAA", "", nil},
		{api.CodeChangeNotFound, 404, "GET", "/changes/nope", "", nil},
		{api.CodePlanNotFound, 404, "GET", "/plans/nope", "", nil},
		{api.CodeBadMethod, 405, "DELETE", "/zones", "", nil},
		{api.CodeConflict, 409, "POST", "/zones", `{"name":"example.com"}`, nil},
		{api.CodeMoved, 412, "DELETE", "/zones/$zone", "", []string{`If-Match: "1"`}},
		{api.CodeTooLarge, 413, "POST", "/zones", `{"name":"` + strings.Repeat("a", DefaultBody) + `"}`, nil},
		{api.CodeMediaType, 415, "POST", "/zones", `{}`, []string{"Content-Type: text/html"}},
		{api.CodeNotImplemented, 501, "GET", "/alerts", "", nil},
	}
	d.run([]step{{"a token", "POST", "/users/me/apikeys", `{"name":"t","scopes":["activity:read"]}`, nil, 201, []string{"narrow:=data.api_key.key"}}})
	before := d.head()
	for _, test := range tests {
		t.Run(test.code, func(t *testing.T) {
			d.run([]step{{test.code, test.method, test.path, test.body, test.headers, test.status, []string{"error.code=" + test.code}}})
		})
	}
	if d.head() != before {
		t.Error("something has changed")
	}
}

func TestKeysAndReasonsHaveAnEnd(t *testing.T) {
	d := zoned(t)
	before := d.head()
	record := `{"name":"a","type":"A","content":"192.0.2.1"}`
	d.run([]step{
		{"a key too long", "POST", "/zones/$zone/records",
			record, []string{"Idempotency-Key: " + strings.Repeat("k", call.MaxKey+1)}, 400, []string{"error.details.0.field=Idempotency-Key"}},
		{"a reason too long", "POST", "/zones/$zone/records",
			record, []string{"X-Change-Reason: " + strings.Repeat("r", 1001)}, 413, []string{"error.details.0.code=reason-too-long"}},
		{"in the body", "POST", "/changes", `{"reason":"` + strings.Repeat("r", 1001) + `","zones":[{"zone":"example.com"}]}`, nil, 413, nil},
	})
	var zones, edits []string
	for i := range control.MaxEdits + 1 {
		edits = append(edits, fmt.Sprintf(`{"op":"add","name":"h%d","type":"A","contents":["192.0.2.1"]}`, i))
	}
	for i := range control.MaxZoneEdits + 1 {
		zones = append(zones, fmt.Sprintf(`{"zone":"z%d.test","create":{}}`, i))
	}
	d.run([]step{
		{"too many edits", "POST", "/changes",
			`{"zones":[{"zone":"example.com","edits":[` + strings.Join(edits, ",") + `]}]}`, nil, 413, []string{"error.details.0.code=too-many-edits"}},
		{"too many zones", "POST", "/changes", `{"zones":[` + strings.Join(zones, ",") + `]}`, nil, 413, []string{"error.details.0.code=too-many-zones"}},
	})
	if d.head() != before {
		t.Error("something has changed")
	}
	d.run([]step{{"as long as may be", "POST", "/zones/$zone/records", record, []string{"Idempotency-Key: " + strings.Repeat("k", call.MaxKey)}, 201, nil}})
}
