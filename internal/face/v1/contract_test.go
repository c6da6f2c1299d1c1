package v1

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/face/v1/people"
)

// schema is as much of JSON Schema as the description uses.
type schema struct {
	Ref        string             `json:"$ref"`
	Type       any                `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	Enum       []any              `json:"enum"`
	Format     string             `json:"format"`
	AnyOf      []*schema          `json:"anyOf"`
	More       any                `json:"additionalProperties"`
}

// openAPI is as much of the description as the tests look at.
type openAPI struct {
	Paths map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Responses   map[string]struct {
			Ref     string
			Content map[string]struct{ Schema *schema }
		}
	}
	Components struct{ Schemas map[string]*schema }
}

func description(t testing.TB) *openAPI {
	t.Helper()
	doc := new(openAPI)
	if err := json.Unmarshal(api.OpenAPI, doc); err != nil {
		t.Fatal(err)
	}
	return doc
}

// check says where v is not what s wants.
func (o *openAPI) check(s *schema, v any, path string) error {
	if s.Ref != "" {
		s = o.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
	}
	if len(s.AnyOf) > 0 {
		var err error
		for _, one := range s.AnyOf {
			if err = o.check(one, v, path); err == nil {
				return nil
			}
		}
		return err
	}
	kind := kindOf(v)
	if s.Type != nil && !strings.Contains(fmt.Sprint(s.Type), kind) && !(kind == "integer" && strings.Contains(fmt.Sprint(s.Type), "number")) {
		return fmt.Errorf("%s is %s, not %v", path, kind, s.Type)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, v) {
		return fmt.Errorf("%s is %v, not one of %v", path, v, s.Enum)
	}
	switch x := v.(type) {
	case string:
		if s.Format == "uuid" && !uuidForm.MatchString(x) {
			return fmt.Errorf("%s is %q, no UUID", path, x)
		}
	case []any:
		for i := range x {
			if err := o.check(s.Items, x[i], path+"."+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	case map[string]any:
		return o.members(s, x, path)
	}
	return nil
}

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func (o *openAPI) members(s *schema, x map[string]any, path string) error {
	for _, name := range s.Required {
		if _, found := x[name]; !found {
			return fmt.Errorf("%s has no %s", path, name)
		}
	}
	for name, v := range x {
		p := s.Properties[name]
		if p == nil && s.More == false {
			return fmt.Errorf("%s.%s is not described", path, name)
		}
		if p != nil {
			if err := o.check(p, v, path+"."+name); err != nil {
				return err
			}
		}
	}
	return nil
}

func kindOf(v any) string {
	switch x := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case json.Number:
		if strings.ContainsAny(x.String(), ".eE") {
			return "number"
		}
		return "integer"
	}
	return "object"
}

// conforms checks an answer of an operation against the description.
func (o *openAPI) conforms(r *Route, a *said) error {
	if a.json == nil {
		return nil
	}
	s := &schema{Ref: "#/components/schemas/Failure"}
	if a.status < 400 {
		answer, known := o.Paths[r.Path][strings.ToLower(r.Method)].Responses[strconv.Itoa(a.status)]
		if !known {
			return fmt.Errorf("the status %d is not described", a.status)
		}
		s = answer.Content["application/json"].Schema
	}
	return o.check(s, a.json, r.ID)
}

// furnished is a desk where every variable of a path stands for something.
func furnished(t *testing.T) *desk {
	d := followers(t)
	d.following()
	d.run([]step{
		{"a record", "POST", "/zones/$zone/records", `{"name":"r","type":"A","content":"192.0.2.1","comment":"c"}`, nil, 201, []string{"record:=data.record.id"}},
		{"a change", "GET", "/changes?limit=1", "", nil, 200, []string{"change:=data.changes.0.id"}},
		{"a plan", "POST", "/plans", `{"kind":"retarget","from":"main.example.net","to":"next.example.net"}`, nil, 201, []string{"plan:=data.plan.id"}},
		{"an account", "POST", "/users", `{"email":"jo@example.org"}`, nil, 201, []string{"user:=data.user.id"}},
		{"a token", "POST", "/users/$user/apikeys", `{"name":"k","scopes":["*"],"zone_ids":["$zone"]}`, nil, 201, []string{"key:=data.api_key.id"}},
		{"a member", "POST", "/members", `{"email":"al@example.org","role":"viewer"}`, nil, 201, []string{"member:=data.member.id"}},
		{"a serial", "GET", "/zones/$zone", "", nil, 200, []string{"serial:=data.zone.serial"}},
	})
	for _, name := range []string{"zone", "record", "change", "plan", "user", "key", "member"} {
		d.vars[name+"_id"] = d.vars[name]
	}
	d.vars["record_name"], d.vars["record_type"], d.vars["name"] = "r", "A", "main.example.net"
	return d
}

// What the operations are sent.
var (
	goodBodies = map[string]string{
		"createZone": `{"name":"new.test"}`, "updateZone": `{"name":"example.com","region":"GLOBAL"}`,
		"createRecord": `{"name":"n","type":"MX","content":"mail.example.net","priority":1}`, "updateRecord": `{"name":"r","type":"A","content":"192.0.2.1"}`,
		"updateRecordByNameAndType": `{"content":"192.0.2.1"}`, "createChange": `{"zones":[{"zone":"example.com","edits":[{"op":"add","name":"q","type":"CNAME","contents":["nowhere.example.net"]}]}]}`,
		"createPlan": `{"kind":"ttl","name":"main.example.net","ttl":60}`, "setDNSSECStatus": `{"enable":false}`, "createUser": `{"email":"x@example.org"}`,
		"updateUser": `{"full_name":"x"}`, "patchUser": `{"full_name":"y"}`, "inviteMember": `{"email":"bo@example.org","role":"editor"}`, "updateMember": `{"role":"owner"}`, "createAPIKey": `{"name":"y","scopes":["zones:read"]}`, "restoreZone": `{"revision":2,"name":"r"}`, "restoreZoneByName": `{"zone":"example.com","revision":2,"name":"r"}`,
	}
	goodQueries = map[string]string{"search": "q=main", "importNewZone": "zone=text.test", "checkText": "zone=text.test", "listChanges": "sets=true", "diffZone": "from=$serial",
		"explain": "name=r.example.com&type=CAA&trace=true", "trace": "name=r.example.com", "doctor": "name=r.example.com", "propagation": "name=r.example.com&expect=192.0.2.1", "watchTraffic": "history=1&limit=1"}
)

func TestAnswersAreAsDescribed(t *testing.T) {
	doc := description(t)
	for _, r := range Routes() {
		if r.Tag == people.SignInTag { // see TestSignInIsAsDescribed
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			d := furnished(t)
			body, headers := goodBodies[r.ID], []string(nil)
			if r.Text {
				body, headers = zoneText, []string{asText}
			}
			path := pathVariable.ReplaceAllString(r.Path, "$$$1") + "?" + goodQueries[r.ID]
			if slices.ContainsFunc(r.Queries, func(q Query) bool { return q.Name == "dry_run" }) {
				before := d.head()
				a := d.send(r.Method, path+"&dry_run=true", body, headers...)
				if err := doc.conforms(&r, a); err != nil || a.status != 200 || d.head() != before {
					t.Errorf("a dry run: %d, %v: %s", a.status, err, a.raw)
				}
			}
			wrong := d.send(r.Method, path, body, append(headers, "Authorization")...)
			if err := doc.conforms(&r, wrong); err != nil || wrong.status != 401 && !r.Public {
				t.Errorf("without a token: %d, %v", wrong.status, err)
			}
			a := d.send(r.Method, path, body, headers...)
			if err := doc.conforms(&r, a); err != nil {
				t.Errorf("%v: %s", err, a.raw)
			}
			if a.status != r.Status {
				t.Errorf("the status is %d, not %d: %s", a.status, r.Status, a.raw)
			}
		})
	}
}

var pathVariable = regexp.MustCompile(`\{(\w+)\}`)

// The public contract: testdata/contract.txt has a line for each operation of
// openapi.yaml of dnscaleou/dnscale-typescript (MIT), with its operationId, its
// successful status and the fields that must be in the answer.
func TestThePublicContractIsKept(t *testing.T) {
	f, err := os.Open("testdata/contract.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	doc := description(t)
	lines := 0
	for in := bufio.NewScanner(f); in.Scan(); {
		if strings.HasPrefix(in.Text(), "#") || in.Text() == "" {
			continue
		}
		lines++
		words := strings.Fields(in.Text())
		op, known := doc.Paths[words[1]][strings.ToLower(words[0])]
		switch {
		case !known:
			t.Errorf("%s %s is not there", words[0], words[1])
			continue
		case words[2] == "absent":
			if !strings.HasPrefix(op.OperationID, "absent") {
				t.Errorf("%s %s is there: say so in the contract", words[0], words[1])
			}
			continue
		}
		answer, known := op.Responses[words[2]]
		if op.OperationID != words[3] || !known {
			t.Errorf("%s %s is %s, without an answer %s", words[0], words[1], op.OperationID, words[2])
			continue
		}
		for _, path := range words[4:] {
			if err := doc.has(answer.Content["application/json"].Schema, strings.Split(path, ".")); err != nil {
				t.Errorf("%s %s: %v", words[0], words[1], err)
			}
		}
	}
	if lines < 50 {
		t.Errorf("only %d operations were looked at", lines)
	}
}

// has checks that s requires the field of that path.
func (o *openAPI) has(s *schema, path []string) error {
	for s.Ref != "" || len(s.AnyOf) > 0 || s.Items != nil {
		switch {
		case s.Ref != "":
			s = o.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
		case s.Items != nil:
			s = s.Items
		default:
			s = s.AnyOf[0]
		}
	}
	if len(path) == 0 {
		return nil
	}
	p := s.Properties[path[0]]
	if p == nil {
		return fmt.Errorf("there is no field %s", path[0])
	}
	return o.has(p, path[1:])
}

// TestLinesAndConditionsAreDescribed checks that who reads the description learns
// of what a header can change.
func TestLinesAndConditionsAreDescribed(t *testing.T) {
	doc := description(t)
	lines, conditions := 0, 0
	for _, r := range Routes() {
		op := doc.Paths[r.Path][strings.ToLower(r.Method)]
		_, described := op.Responses[strconv.Itoa(r.Status)].Content["application/x-ndjson"]
		if described != r.Lines {
			t.Errorf("%s: lines of JSON are described: %v", r.ID, described)
		}
		_, described = op.Responses["304"]
		if described != slices.Contains(r.Headers, "If-None-Match") {
			t.Errorf("%s: 304 is described: %v", r.ID, described)
		}
		if r.Lines {
			lines++
		}
		if described {
			conditions++
		}
	}
	if lines < 3 || conditions < 3 {
		t.Errorf("%d with lines, %d with conditions", lines, conditions)
	}
}

// TestAuthorsAreTheOnesOfTheLists checks that the log names accounts and tokens
// by the ids that their own lists show.
func TestAuthorsAreTheOnesOfTheLists(t *testing.T) {
	d := zoned(t)
	d.run([]step{
		{"who it is", "GET", "/whoami", "", nil, 200, []string{"account:=data.account", "token:=data.token"}},
		{"the token", "GET", "/users/$account/apikeys/$token", "", nil, 200, []string{"data.api_key.user_id=$account"}},
		{"what it did", "GET", "/changes", "", nil, 200, []string{"data.changes.0.author.account=$account", "data.changes.0.author.token=$token"}},
		{"by the account", "GET", "/changes?account=$account", "", nil, 200, []string{"data.changes.#=1"}},
	})
}
