package envelope

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/zone/lint"
)

func TestEveryErrorHasItsStatusAndCode(t *testing.T) {
	ours := func(c control.Class) error {
		return &control.Error{Class: c, Code: "no-such-thing", Message: "m", Fix: "f", Path: "zones[0]"}
	}
	tokens := func(c access.Class) error {
		return &access.Error{Class: c, Code: "no-such-token", Message: "m", Fix: "f", Field: "scopes"}
	}
	tests := []struct {
		name   string
		err    error
		status int
		code   string
	}{
		{"invalid", ours(control.Invalid), 400, api.CodeInvalidInput},
		{"denied", ours(control.Denied), 403, api.CodeForbidden},
		{"missing has its own code", ours(control.Missing), 404, "NO_SUCH_THING"},
		{"conflict", ours(control.Conflict), 409, api.CodeConflict},
		{"refused by a rule", ours(control.Refused), 409, api.CodeConflict},
		{"moved", ours(control.Moved), 412, api.CodeMoved},
		{"too large", ours(control.TooLarge), 413, api.CodeTooLarge},
		{"unavailable", ours(control.Unavailable), 503, api.CodeUnavailable},
		{"a class that is not known", ours(control.Class(99)), 503, api.CodeUnavailable},
		{"of tokens: invalid", tokens(access.Invalid), 400, api.CodeInvalidInput},
		{"of tokens: unknown", tokens(access.Unauthenticated), 401, api.CodeUnauthorized},
		{"of tokens: forbidden", tokens(access.Forbidden), 403, api.CodeForbidden},
		{"of tokens: missing", tokens(access.Missing), 404, "NO_SUCH_TOKEN"},
		{"of tokens: conflict", tokens(access.Conflict), 409, api.CodeConflict},
		{"of tokens: too many", tokens(access.TooMany), 429, api.CodeRateLimited},
		{"of tokens: unavailable", tokens(access.Unavailable), 503, api.CodeUnavailable},
		{"of tokens: a class that is not known", tokens(access.Class(99)), 503, api.CodeUnavailable},
		{"a scope that is missing", &access.Denied{Scope: access.RecordsWrite}, 403, api.CodeForbidden},
		{"ready", Invalid("name", "x"), 400, api.CodeInvalidInput},
		{"wrapped", fmt.Errorf("while: %w", ours(control.Moved)), 412, api.CodeMoved},
		{"given up by the client", context.Canceled, 503, api.CodeUnavailable},
		{"given up by the clock", fmt.Errorf("x: %w", context.DeadlineExceeded), 503, api.CodeUnavailable},
		{"anything else", errors.New("disk /dev/sda1 is on fire"), 500, api.CodeInternal},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			e := Error(test.err)
			if e.Status != test.status || e.Code != test.code || e.Message == "" {
				t.Errorf("%d %s %q", e.Status, e.Code, e.Message)
			}
			if strings.Contains(e.Message, "sda1") {
				t.Error("the cause of a fault is said to the client")
			}
			if slow := e.RetryAfter > 0; slow != (e.Status == 429 || e.Status == 503 && strings.HasPrefix(test.name, "una") || strings.HasPrefix(test.name, "a class")) {
				t.Errorf("Retry-After %v", e.RetryAfter)
			}
		})
	}
}

func TestErrorsHaveDetails(t *testing.T) {
	e := Error(&control.Error{Class: control.Invalid, Code: "bad-thing", Message: "wrong", Fix: "mend", Path: "zones[1].edits[2]", Zone: 1, Edit: 2})
	want := map[string]string{"code": "bad-thing", "message": "wrong", "fix": "mend", "field": "zones[1].edits[2]"}
	if len(e.Details) != 1 || fmt.Sprint(e.Details[0]) != fmt.Sprint(want) {
		t.Errorf("%v", e.Details)
	}
	e = Error(&control.Error{Class: control.Invalid, Code: "bad-thing", Message: "wrong"})
	if _, there := e.Details[0]["fix"]; there || len(e.Details[0]) != 2 {
		t.Errorf("what is empty is said: %v", e.Details)
	}
	if e = Error(&access.Denied{Scope: access.ZonesRead}); e.Details[0]["scope"] != "zones:read" {
		t.Errorf("%v", e.Details)
	}
	if e = Error(&access.Error{Class: access.TooMany, RetryAfter: 3 * time.Second}); e.RetryAfter != 3*time.Second || !strings.Contains(e.Message, "3 seconds") {
		t.Errorf("%v %v", e.RetryAfter, e)
	}
}

func TestBrokenRulesAreDetailsAndFindings(t *testing.T) {
	finding := lint.Finding{
		Severity: lint.Error, Code: "cname-and-other-data", Message: "both", Fix: "one", Source: "RFC 1034, Section 3.6.2",
		Owner: "www.example.com.", Conflicts: []string{"A 192.0.2.1", "CNAME x."},
		Fixes: []lint.Fix{{Title: "drop A", Edits: []lint.Edit{{Op: lint.OpRemove, Zone: "example.com.", Owner: "www.example.com.", Type: "A", Old: []string{"192.0.2.1"}}}}},
	}
	many := make([]lint.Finding, 50)
	for i := range many {
		many[i] = finding
	}
	e := Error(&control.Error{Class: control.Refused, Code: "refused", Message: "rules", Findings: many})
	if len(e.Findings) != 50 || len(e.Details) != 20 {
		t.Errorf("%d findings, %d details", len(e.Findings), len(e.Details))
	}
	d := e.Details[0]
	if d["code"] != finding.Code || d["owner"] != finding.Owner || d["conflict"] != "A 192.0.2.1; CNAME x." || d["source"] != finding.Source || d["fix"] != "one" {
		t.Errorf("%v", d)
	}
	f := e.Findings[0]
	if f.Severity != "error" || f.Code != finding.Code || len(f.Conflicts) != 2 || len(f.Fixes) != 1 || f.Fixes[0].Title != "drop A" {
		t.Errorf("%+v", f)
	}
	if Findings(nil) != nil {
		t.Error("no findings are not nil")
	}
}

func TestFixesCanBePosted(t *testing.T) {
	fix := patch(lint.Fix{Title: "t", Edits: []lint.Edit{
		{Op: lint.OpRemove, Zone: "a.test.", Owner: "x.a.test.", Type: "A", Old: []string{"192.0.2.1"}},
		{Op: lint.OpAdd, Zone: "b.test.", Owner: "y.b.test.", Type: "CNAME", Data: []string{"z."}, TTL: 60},
		{Op: lint.OpReplace, Zone: "a.test.", Owner: "w.a.test.", Type: "TXT", Old: []string{`"o"`}, Data: []string{`"n"`}},
	}})
	if len(fix.Zones) != 2 || fix.Zones[0].Zone != "a.test." || fix.Zones[1].Zone != "b.test." {
		t.Fatalf("%+v", fix.Zones)
	}
	tests := []struct {
		edit     api.RecordEdits
		op, name string
		content  string
		ttl      uint32
	}{
		{fix.Zones[0].Edits[0], "remove", "x.a.test.", "192.0.2.1", 0},
		{fix.Zones[0].Edits[1], "remove", "w.a.test.", `"o"`, 0},
		{fix.Zones[0].Edits[2], "add", "w.a.test.", `"n"`, 0},
		{fix.Zones[1].Edits[0], "add", "y.b.test.", "z.", 60},
	}
	for _, test := range tests {
		e := test.edit
		ttl := uint32(0)
		if e.TTL != nil {
			ttl = *e.TTL
		}
		if e.Op != test.op || e.Name != test.name || len(e.Contents) != 1 || e.Contents[0] != test.content || ttl != test.ttl {
			t.Errorf("%+v is not %s %s", e, test.op, test.name)
		}
	}
}
