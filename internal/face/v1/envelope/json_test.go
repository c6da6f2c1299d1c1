package envelope

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/api"
)

func TestJSONThatIsPassedOverElsewhere(t *testing.T) {
	many := func(last string) string {
		var b strings.Builder
		for _, c := range "abcdefghijkl" {
			b.WriteString(`"` + string(c) + `":1,`)
		}
		return `{` + b.String() + `"` + last + `":1}`
	}
	tests := []struct {
		name, body string
		word       string // of the message; empty where it is fine
	}{
		{"nothing", ``, ""},
		{"a word", `true`, ""},
		{"an object", `{"a":1,"b":{"a":2},"c":[{"a":1},{"a":1}]}`, ""},
		{"a name that is a value too", `{"a":"b","b":"a"}`, ""},
		{"a list of the same words", `["a","a","a"]`, ""},
		{"quotes in a name", `{"a\"b":1,"a\"c":2}`, ""},
		{"brackets in a text", `{"a":"}{][,:","b":"\\"}`, ""},
		{"a name twice", `{"a":1,"a":2}`, `"a" comes twice`},
		{"in another case", `{"name":1,"Name":2}`, "comes twice"},
		{"in another case beyond ASCII", `{"straße":1,"STRAßE":2}`, "comes twice"},
		{"written in another way", `{"name":1,"n\u0061me":2}`, "comes twice"},
		{"further down", `{"a":[{"b":{"c":1,"c":2}}]}`, `"c" comes twice`},
		{"behind an object", `{"a":{"x":1},"a":2}`, "comes twice"},
		{"behind a list", `{"a":[1,2],"b":1,"a":2}`, "comes twice"},
		{"the empty name twice", `{"":1,"":2}`, "comes twice"},
		{"many names", many("z"), ""},
		{"one of the first of many twice", many("A"), "comes twice"},
		{"one of the last of many twice", many("L"), "comes twice"},
		{"as deep as may be", strings.Repeat("[", MaxDepth) + strings.Repeat("]", MaxDepth), ""},
		{"deeper", strings.Repeat("[", MaxDepth+1) + strings.Repeat("]", MaxDepth+1), "deeper than 32"},
		{"deeper in objects", strings.Repeat(`{"a":`, MaxDepth+1) + "1" + strings.Repeat("}", MaxDepth+1), "deeper than 32"},
		{"deep without an end", strings.Repeat("[", 1<<20), "deeper than 32"},
		{"side by side is not deep", "[" + strings.Repeat("[],", 1000) + "[]]", ""},
		{"no UTF-8", "{\"a\":\"\xff\"}", "not UTF-8"},
		{"half of a letter", "{\"a\":\"\xc3\"}", "not UTF-8"},
		{"a text without an end", `{"a":1,"a`, ""},
		{"an empty text without an end", `{"":1,"`, "comes twice"},
		{"brackets that close nothing", `]]}}`, ""},
		{"a backslash at the end", `{"a\`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			err := CheckJSON([]byte(test.body))
			switch {
			case test.word == "":
				if err != nil {
					t.Error(err)
				}
			case err == nil || !strings.Contains(err.Error(), test.word):
				t.Errorf("%v, without %q", err, test.word)
			default:
				if e := Error(err); e.Code != api.CodeInvalidJSON || e.Status != 400 {
					t.Errorf("%d %s", e.Status, e.Code)
				}
			}
		})
	}
}

// slowly is CheckJSON by the tokens of encoding/json, for JSON that is some.
func slowly(d *json.Decoder, depth int) error {
	t, err := d.Token()
	if err != nil {
		return err
	}
	open, nested := t.(json.Delim)
	if !nested {
		return nil
	}
	if depth == MaxDepth {
		return errors.New("deep")
	}
	names := make(map[string]bool)
	for d.More() {
		if open == '{' {
			t, err := d.Token()
			if err != nil {
				return err
			}
			fold := strings.Map(func(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }, t.(string))
			if names[fold] {
				return errors.New("twice")
			}
			names[fold] = true
		}
		if err := slowly(d, depth+1); err != nil {
			return err
		}
	}
	_, err = d.Token()
	return err
}

// anyJSON writes JSON in which names come twice now and then.
func anyJSON(depth int) *rapid.Generator[string] {
	quoted := func(s string) string {
		text, _ := json.Marshal(s) // a string always can be written
		return string(text)
	}
	name := rapid.Map(rapid.OneOf(rapid.StringMatching(`[abAB"\\{}\[\],:]{0,2}`), rapid.SampledFrom([]string{"k", "K", "ſ", "s", "é", "É"})), quoted)
	leaf := rapid.OneOf(rapid.SampledFrom([]string{"null", "true", "-1.5e3", `"\u0061"`, `"\\"`, ` 7 `}), name)
	if depth == 0 {
		return leaf
	}
	member := rapid.Custom(func(t *rapid.T) string {
		return name.Draw(t, "name") + " :" + anyJSON(depth-1).Draw(t, "value")
	})
	object := rapid.Map(rapid.SliceOfN(member, 0, 11), func(m []string) string { return "{" + strings.Join(m, ",") + "}" })
	list := rapid.Map(rapid.SliceOfN(anyJSON(depth-1), 0, 3), func(l []string) string { return "[" + strings.Join(l, " , ") + "]" })
	return rapid.OneOf(leaf, object, list, object)
}

// TestCheckJSONAgreesWithTheTokens compares with what encoding/json makes of the same text.
func TestCheckJSONAgreesWithTheTokens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := []byte(anyJSON(3).Draw(t, "body"))
		if !json.Valid(body) {
			t.Fatalf("the test wrote no JSON: %s", body)
		}
		want := slowly(json.NewDecoder(bytes.NewReader(body)), 0)
		if got := CheckJSON(body); (got == nil) != (want == nil) {
			t.Fatalf("%s: %v, not %v", body, got, want)
		}
	})
}

func FuzzCheckJSON(f *testing.F) {
	for _, seed := range []string{`{"a":1,"A":2}`, `[[[]]]`, `{"":1,"`, `"\`, `{"a\u0000":[{}]}`, `}{`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		err := CheckJSON(body)
		if !json.Valid(body) || err != nil && strings.Contains(err.Error(), "UTF-8") {
			return // it must only come to an end
		}
		if want := slowly(json.NewDecoder(bytes.NewReader(body)), 0); (err == nil) != (want == nil) {
			t.Errorf("%q: %v, not %v", body, err, want)
		}
	})
}
