package envelope

import (
	"bytes"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/api"
)

// decode reads text into the value that into points to, strictly if known is set.
func decode(text string, into any, known bool) error {
	r := httptest.NewRequest("POST", "/", strings.NewReader(text))
	c := NewCall(httptest.NewRecorder(), r, 2*mostWalked)
	if known {
		return c.DecodeKnown(into, false)
	}
	return c.Decode(into, false)
}

func TestFieldsThatAreNotKnown(t *testing.T) {
	tests := []struct {
		name, text  string
		into        any
		field, says string // empty where it is fine
	}{
		{"all known", `{"reason":"r","dry_run":true,"zones":[{"zone":"z","edits":[{"op":"add","name":"a","records":[{"content":"x","priority":null}]}]}]}`, new(api.ChangeRequest), "", ""},
		{"in another case", `{"Dry_Run":true}`, new(api.ChangeRequest), "", ""},
		{"null", `null`, new(api.ChangeRequest), "", ""},
		{"without its separator", `{"dryrun":true,"zones":[]}`, new(api.ChangeRequest), "dryrun", "did you mean dry_run?"},
		{"in camel case", `{"dryRun":true,"zones":[]}`, new(api.ChangeRequest), "dryRun", "did you mean dry_run?"},
		{"with what it is of", `{"record_types":["A"]}`, new(api.CreateAPIKeyRequest), "record_types", "did you mean types?"},
		{"in the singular", `{"network":["192.0.2.0/24"]}`, new(api.CreateAPIKeyRequest), "network", "did you mean networks?"},
		{"near to none", `{"colour":"red"}`, new(api.UndoRequest), "colour", "the field colour is not known here; known are reason, dry_run"},
		{"further down", `{"zones":[{"zone":"a"},{"zone":"b","edits":[{"op":"put"},{"op":"add","tll":60}]}]}`, new(api.ChangeRequest), "zones[1].edits[1].tll", "did you mean ttl?"},
		{"in an object behind a pointer", `{"zones":[{"props":{"defaultttl":60}}]}`, new(api.ChangeRequest), "zones[0].props.defaultttl", "did you mean default_ttl?"},
		{"of what is put in", `{"zone":"z","serail":7}`, new(api.RestoreZoneRequest), "serail", "did you mean serial?"},
		{"very long", `{"` + strings.Repeat("x", 5000) + `":1}`, new(api.UndoRequest), strings.Repeat("x", 60) + "…", ""},
		{"far behind", `{"reason":"` + strings.Repeat("x", mostWalked) + `","dryrun":true}`, new(api.UndoRequest), "dryrun", "somewhere in the body is a field dryrun"},
		{"behind a number without end", `{"zones":[],"reason":"r","x":1e999}`, new(api.ChangeRequest), "x", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := decode(test.text, test.into, false); err != nil {
				t.Errorf("an open route refuses it: %v", err)
			}
			err := decode(test.text, test.into, true)
			if field(err) != test.field || err != nil && (Error(err).Code != api.CodeInvalidInput || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("about %q: %v", field(err), err)
			}
		})
	}
}

func TestWhatIsStrictIsAsStrictAsTheRest(t *testing.T) {
	for _, test := range []struct{ name, text, code, field string }{
		{"half of it", `{"reason":"x"`, api.CodeInvalidJSON, ""},
		{"more behind", `{"reason":"x"} {}`, api.CodeInvalidJSON, ""},
		{"a brace behind", `{"reason":"x"}}`, api.CodeInvalidJSON, ""},
		{"a name twice", `{"reason":"x","Reason":"y"}`, api.CodeInvalidJSON, ""},
		{"another type", `{"reason":7}`, api.CodeInvalidInput, "reason"},
		{"another type beside what is not known", `{"more":1,"reason":7}`, api.CodeInvalidInput, "reason"},
		{"a list", `[]`, api.CodeInvalidInput, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			err := decode(test.text, new(api.UndoRequest), true)
			if err == nil || Error(err).Code != test.code || test.field != "" && field(err) != test.field {
				t.Errorf("about %q: %v", field(err), err)
			}
		})
	}
}

func TestValuesThatNameTheirField(t *testing.T) {
	for _, test := range []struct{ name, text, field, says string }{
		{"a time that is none", `{"name":"x","expires_at":"garbage"}`, "expires_at", "2026-01-31T12:00:00Z"},
		{"a day without a time", `{"expires_at":"2026-01-31"}`, "expires_at", "2026-01-31T12:00:00Z"},
		{"a number for a time", `{"expires_at":1769860800}`, "expires_at", "2026-01-31T12:00:00Z"},
		{"an object for a time", `{"expires_at":{}}`, "expires_at", "2026-01-31T12:00:00Z"},
		{"scopes that are no JSON", `{"scopes":"notjson"}`, "scopes", "must be a JSON array"},
		{"scopes that are a number", `{"scopes":7}`, "scopes", "must be a JSON array"},
		{"scopes that are numbers", `{"scopes":[7]}`, "scopes", "must be a JSON array"},
		{"scopes that are none", `{"scopes":"{}"}`, "scopes", "must be a JSON array"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, known := range []bool{true, false} {
				err := decode(test.text, new(api.CreateAPIKeyRequest), known)
				if err == nil || Error(err).Code != api.CodeInvalidInput || field(err) != test.field || !strings.Contains(err.Error(), test.says) {
					t.Errorf("about %q: %v", field(err), err)
				}
			}
		})
	}
	var in api.CreateAPIKeyRequest
	if err := decode(`{"scopes":"[\"zones:read\"]","expires_at":"2026-01-31T12:00:00+02:00"}`, &in, true); err != nil || len(in.Scopes) != 1 || in.ExpiresAt.UTC().Hour() != 10 {
		t.Errorf("%+v, %v", in, err)
	}
}

// TestStrictIsWhatTheLibraryFinds checks by random objects that something is
// refused exactly where encoding/json knows a field that is not there, and that
// what is taken is the same as on an open route.
func TestStrictIsWhatTheLibraryFinds(t *testing.T) {
	type leaf struct {
		At   *time.Time `json:"at"`
		More any        `json:"more"`
	}
	type tree struct {
		leaf
		List []leaf          `json:"list"`
		Map  map[string]leaf `json:"map"`
		Skip int             `json:"-"`
	}
	names := rapid.SampledFrom([]string{"at", "AT", "more", "list", "map", "-", "Skip", "leaf", "x", ""})
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaves := rapid.SampledFrom([]any{nil, true, 1, "x", "2026-01-31T12:00:00Z"})
		if depth == 0 {
			return leaves
		}
		object := rapid.Map(rapid.MapOfN(names, value(depth-1), 0, 3), func(m map[string]any) any { return m })
		list := rapid.Map(rapid.SliceOfN(value(depth-1), 0, 2), func(l []any) any { return l })
		return rapid.OneOf(leaves, object, object, list)
	}
	rapid.Check(t, func(t *rapid.T) {
		body, err := json.Marshal(value(3).Draw(t, "body"))
		if err != nil || CheckJSON(body) != nil {
			t.Skip("no document")
		}
		library := json.NewDecoder(bytes.NewReader(body))
		library.DisallowUnknownFields()
		var want, got, open tree
		if (library.Decode(&want) == nil) != (decode(string(body), &got, true) == nil) {
			t.Fatalf("%s: the library and we do not agree", body)
		}
		if err := decode(string(body), &got, true); err == nil && decode(string(body), &open, false) != nil {
			t.Fatalf("%s: an open route takes less", body)
		}
	})
}

func TestParametersThatAreNotKnown(t *testing.T) {
	known := []string{"limit", "cursor", "dry_run"}
	for _, test := range []struct{ name, query, field, says string }{
		{"none", "", "", ""},
		{"known", "limit=1&dry_run=true", "", ""},
		{"known, twice", "limit=1&limit=2", "", ""},
		{"near", "dryrun=true", "dryrun", "the parameter dryrun is not known here; did you mean dry_run?; known are limit, cursor, dry_run"},
		{"in another case", "Limit=1", "Limit", "did you mean limit?"},
		{"far", "limit=1&colour=red", "colour", "known are limit"},
		{"without a value", "x", "x", "known are limit"},
		{"with a semicolon", "dry_run=true;limit=1", "query", "cannot be read"},
		{"with half an escape", "dry_run=%t", "query", "cannot be read"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := httptest.NewRequest("GET", "/", nil)
			r.URL.RawQuery = test.query
			err := NewCall(httptest.NewRecorder(), r, 0).Parameters(known)
			if field(err) != test.field || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("about %q: %v", field(err), err)
			}
		})
	}
	r := httptest.NewRequest("GET", "/?x=1", nil)
	if err := NewCall(httptest.NewRecorder(), r, 0).Parameters(nil); err == nil || !strings.Contains(err.Error(), "there is none") {
		t.Error(err)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"", "abc", 3}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"tll", "ttl", 1}, {"serail", "serial", 2}, {"xabc", "abc", 1}} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%q, %q: %d, not %d", test.a, test.b, got, test.want)
		}
	}
}
