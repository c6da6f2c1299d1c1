package api

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestFindingsHaveAllTheirLists(t *testing.T) {
	for _, test := range []struct {
		name string
		f    Finding
		want string
	}{
		{"nothing in them", Finding{Severity: "error", Code: "c", Message: "m"}, `{"severity":"error","code":"c","message":"m","conflicts":[],"fixes":[]}`},
		{"something in them", Finding{Severity: "error", Code: "c", Message: "m", Conflicts: []string{"A 192.0.2.1"}, Fixes: []Fix{{Title: "t", Zones: []ZoneChange{{Zone: "z"}}}}},
			`{"severity":"error","code":"c","message":"m","conflicts":["A 192.0.2.1"],"fixes":[{"title":"t","zones":[{"zone":"z"}]}]}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, v := range []any{test.f, &test.f} {
				if got, err := json.Marshal(v); err != nil || string(got) != test.want {
					t.Errorf("%s, %v", got, err)
				}
			}
			var again Finding
			if err := json.Unmarshal([]byte(test.want), &again); err != nil || again.Message != "m" {
				t.Errorf("%+v, %v", again, err)
			}
		})
	}
}

func TestScopes(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       Scopes // nil where it is none
	}{
		{"an array", `["zones:read","*"]`, Scopes{"zones:read", "*"}},
		{"an array in a string", `"[\"zones:read\",\"*\"]"`, Scopes{"zones:read", "*"}},
		{"none", `[]`, Scopes{}},
		{"a word", `"zones:read"`, nil},
		{"a number", `7`, nil},
		{"numbers", `[7]`, nil},
		{"an object in a string", `"{}"`, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got Scopes
			err := json.Unmarshal([]byte(test.text), &got)
			if test.want != nil {
				if err != nil || !slices.Equal(got, test.want) {
					t.Errorf("%q, %v", got, err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Status != 400 || e.Details[0]["field"] != "scopes" || !strings.Contains(e.Message, "JSON array") {
				t.Errorf("%q, %v", got, err)
			}
		})
	}
	if text, err := json.Marshal(Scopes{"zones:read"}); err != nil || string(text) != `"[\"zones:read\"]"` {
		t.Errorf("%s, %v", text, err)
	}
}
