// Command openapi writes api/openapi.json, the description of the v1 API, to
// standard output; make generate puts it in its place. It is made of the routes
// of internal/face/v1 and of the Go types of package api.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/truename-dns/truename/api"
	v1 "github.com/truename-dns/truename/internal/face/v1"
)

func main() {
	if err := write(os.Stdout, v1.Routes()); err != nil {
		fmt.Fprintln(os.Stderr, "openapi:", err)
		os.Exit(1)
	}
}

func write(w io.Writer, routes []v1.Route) error {
	text, err := json.Marshal(describe(routes))
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := json.Indent(&out, text, "", " "); err != nil {
		return err
	}
	out.WriteByte('\n')
	_, err = out.WriteTo(w)
	return err
}

const about = `Names that point at other names: zones and records in the shape of the DNScale API, and beyond it changes over many zones, plans, the alias graph and history.

Send the token as a header: ` + "`Authorization: Bearer <token>`" + `. The scopes that an operation needs are in its x-required-scopes.

Every answer has the envelope ` + "`{\"status\":\"success\",\"data\":{…}}`" + ` or ` + "`{\"status\":\"error\",\"error\":{\"code\",\"message\",\"details\",\"findings\"}}`" + `; after an error nothing has changed. Where a path has a zone_id, the name of the zone will do too. The operations on zones, records and DNSSEC pass over fields and parameters that they do not know, for clients of DNScale send such; all others refuse them, so that nothing misspelt is lost. A zone's ETag is its serial, for If-Match.`

// tags is what the groups of operations are about.
var tags = []*huma.Tag{
	{Name: "Health", Description: "Whether the server answers, who a token is, and this description."},
	{Name: "Zones", Description: "Zones and their properties."},
	{Name: "Records", Description: "Single records. Their id is derived from name, type and content."},
	{Name: "Changes", Description: "Many records in many zones, all or nothing; the log of all changes, and the way back."},
	{Name: "Plans", Description: "What a change would do, before it is done."},
	{Name: "Aliases", Description: "Where a name leads, and who leads to it, over all zones."},
	{Name: "Explain", Description: "What is answered for a name and why, who says what, and what is wrong."},
	{Name: "Import and export", Description: "Zone files in and out."},
	{Name: "Check", Description: "What the rules find, in the zones held and in zone files."},
	{Name: "Search", Description: "Zones and records by a part of their text."},
	{Name: "Activity", Description: "The log of changes, in the form of DNScale."},
	{Name: "Accounts and tokens", Description: "Who may do what."},
	{Name: "Members", Description: "The people of an account, and what each may do."},
	{Name: "Sign-in", Description: "What the dashboard needs: passwords, passkeys and the sessions of browsers. Tokens have no part in it."},
	{Name: "DNSSEC", Description: "Whether zones are signed."},
	{Name: "Usage", Description: "Not offered by this server."},
	{Name: "Billing", Description: "Not offered by this server."},
	{Name: "Alerts", Description: "Not offered by this server."},
	{Name: "Invitations", Description: "Not offered by this server."},
	{Name: "DNS Control", Description: "Not offered by this server."},
}

func describe(routes []v1.Route) *huma.OpenAPI {
	huma.DefaultArrayNullable = false // a list is never null
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	registry.RegisterTypeAlias(reflect.TypeFor[api.Scopes](), reflect.TypeFor[string]()) // it is written as one
	registry.RegisterTypeAlias(reflect.TypeFor[api.Seconds](), reflect.TypeFor[int64]())
	doc := &huma.OpenAPI{
		OpenAPI: "3.1.0",
		Info:    &huma.Info{Title: "Truename API", Version: "1", Description: about},
		Servers: []*huma.Server{{URL: v1.Prefix}},
		Tags:    tags,
		Components: &huma.Components{
			Schemas: registry,
			SecuritySchemes: map[string]*huma.SecurityScheme{
				"BearerAuth":    {Type: "http", Scheme: "bearer"},
				"SessionCookie": {Type: "apiKey", In: "cookie", Name: "__Host-truename", Description: "The session of a browser; truename instead of __Host-truename over plain HTTP. What changes something sends X-CSRF-Token too."},
			},
		},
		Security: []map[string][]string{{"BearerAuth": {}}, {"SessionCookie": {}}},
	}
	failure := registry.Schema(reflect.TypeFor[api.Failure](), true, "")
	doc.Components.Responses = map[string]*huma.Response{"Error": {
		Description: "What is wrong, and what to do. Nothing has changed.",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: failure}},
	}}
	for i := range routes {
		doc.AddOperation(operation(registry, &routes[i]))
	}
	open(registry, routes)
	return doc
}

var wildcard = regexp.MustCompile(`\{(\w+)\}`)

func operation(registry huma.Registry, r *v1.Route) *huma.Operation {
	op := &huma.Operation{
		Method: r.Method, Path: r.Path, OperationID: r.ID, Tags: []string{r.Tag}, Summary: r.Summary, Description: r.Description,
		RequestBody: body(registry, r), Responses: responses(registry, r), Extensions: map[string]any{},
	}
	if r.Public {
		op.Security = []map[string][]string{{}}
	} else if r.Person {
		op.Security = []map[string][]string{{"SessionCookie": {}}}
	} else if len(r.Scopes) > 0 {
		op.Extensions["x-required-scopes"] = r.Scopes
		if r.Instead != "" {
			op.Extensions["x-sufficient-scope"] = r.Instead
		}
	}
	if r.Confirmed {
		op.Extensions["x-needs-confirmation"] = true
	}
	for _, m := range wildcard.FindAllStringSubmatch(r.Path, -1) {
		op.Parameters = append(op.Parameters, &huma.Param{Name: m[1], In: "path", Required: true, Description: pathWords[m[1]], Schema: &huma.Schema{Type: "string"}})
	}
	for _, q := range r.Queries {
		op.Parameters = append(op.Parameters, &huma.Param{Name: q.Name, In: "query", Required: q.Required, Description: q.Description, Schema: &huma.Schema{Type: q.Type, Default: q.Default}})
	}
	for _, h := range r.Headers {
		op.Parameters = append(op.Parameters, &huma.Param{Name: h, In: "header", Description: headerWords[h], Schema: &huma.Schema{Type: "string"}})
	}
	return op
}

var pathWords = map[string]string{
	"zone_id":     "id or name of the zone",
	"record_id":   "id of the record, as it was given",
	"record_name": "name of the record: relative to the zone, @ for the zone itself, or fully qualified",
	"record_type": "type of the record",
	"change_id":   "id or revision of the change",
	"plan_id":     "id of the plan",
	"name":        "a fully qualified name, with or without its final dot",
	"user_id":     "id of the account, or me",
	"key_id":      "id of the token",
	"member_id":   "id of the member",
	"session_id":  "id of the session",
	"passkey_id":  "id of the passkey, as the browser has it",
}

var headerWords = map[string]string{
	"If-Match":        "do it only if the zone has this serial",
	"If-None-Match":   "answer with 304 if the zone still has this serial",
	"Idempotency-Key": "a word of your own, as a UUID: the same request with the same key is done once, and answered again",
}

func body(registry huma.Registry, r *v1.Route) *huma.RequestBody {
	switch {
	case r.Text:
		text := &huma.MediaType{Schema: &huma.Schema{Type: "string"}}
		return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
			"text/dns": text, "text/plain": text,
			"multipart/form-data": {Schema: &huma.Schema{Type: "object", Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary"}}}},
		}}
	case r.Body == nil:
		return nil
	}
	return &huma.RequestBody{Required: !r.BodyOptional, Content: map[string]*huma.MediaType{
		"application/json": {Schema: registry.Schema(reflect.TypeOf(r.Body), true, "")},
	}}
}

func responses(registry huma.Registry, r *v1.Route) map[string]*huma.Response {
	out := map[string]*huma.Response{"default": {Ref: "#/components/responses/Error"}}
	good := &huma.Response{Description: http.StatusText(r.Status)}
	switch {
	case r.Answer != nil:
		good.Content = map[string]*huma.MediaType{"application/json": {Schema: registry.Schema(reflect.TypeOf(r.Answer), true, "")}}
	case r.Type != "":
		kind := "string"
		if r.Type == "application/json" {
			kind = "object"
		}
		good.Content = map[string]*huma.MediaType{r.Type: {Schema: &huma.Schema{Type: kind}}}
	}
	if r.Status == http.StatusNotImplemented {
		return out
	}
	if r.Lines {
		good.Content["application/x-ndjson"] = inLines
	}
	if slices.Contains(r.Headers, "If-None-Match") {
		out["304"] = &huma.Response{Description: "The zone still has that serial"}
	}
	out[strconv.Itoa(r.Status)] = good
	if slices.ContainsFunc(r.Queries, func(q v1.Query) bool { return q.Name == "dry_run" }) {
		dry(registry, r, out)
	}
	return out
}

var inLines = &huma.MediaType{Schema: &huma.Schema{Type: "string", Description: "lines of JSON in the envelope: status progress, and success or error on the last one"}}

// dry is the answer where nothing is written: 200, with the change.
func dry(registry huma.Registry, r *v1.Route, out map[string]*huma.Response) {
	s := registry.Schema(reflect.TypeFor[api.Response[api.ChangeData]](), true, "")
	words := "Nothing had to be changed, or it was a dry run"
	if r.Text {
		s = registry.Schema(reflect.TypeOf(r.Answer), true, "")
	} else if real := out["200"]; real != nil && r.Answer != nil {
		usual := real.Content["application/json"].Schema
		s, words = &huma.Schema{AnyOf: []*huma.Schema{usual, s}}, real.Description+", or what a dry run would change"
	}
	answer := &huma.Response{Description: words, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
	if r.Lines {
		answer.Content["application/x-ndjson"] = inLines
	}
	out["200"] = answer
}

// open lets requests of open routes hold more than is known: it is passed over.
func open(registry huma.Registry, routes []v1.Route) {
	for _, r := range routes {
		if r.Open && r.Body != nil {
			registry.Map()[huma.DefaultSchemaNamer(reflect.TypeOf(r.Body), "")].AdditionalProperties = true
		}
	}
}
