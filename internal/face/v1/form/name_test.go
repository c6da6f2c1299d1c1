package form

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/v1/envelope"
)

// about is which field an error is about; empty for no error.
func about(err error) string {
	if err == nil {
		return ""
	}
	e := envelope.Error(err)
	if e.Status != 400 || len(e.Details) == 0 {
		return "no field: " + e.Error()
	}
	return e.Details[0]["field"]
}

func TestNamesOfRecords(t *testing.T) {
	tests := []struct {
		name, text string
		want       string // empty for an error
	}{
		{"the zone itself", "@", "example.com."},
		{"by its name", "example.com", "example.com."},
		{"with a dot", "example.com.", "example.com."},
		{"in another case", "EXAMPLE.com", "example.com."},
		{"relative", "www", "www.example.com."},
		{"relative in another case", "WWW", "www.example.com."},
		{"relative with dots", "a.b", "a.b.example.com."},
		{"in full", "www.example.com", "www.example.com."},
		{"in full with a dot", "www.example.com.", "www.example.com."},
		{"what only ends like the zone", "notexample.com", "notexample.com.example.com."},
		{"a wildcard", "*", "*.example.com."},
		{"an underscore", "_dmarc", "_dmarc.example.com."},
		{"an escape", `a\.b`, `a\.b.example.com.`},
		{"another script", "bücher", "xn--bcher-kva.example.com."},
		{"nothing", "", ""},
		{"of another zone", "www.example.net.", ""},
		{"above the zone", "com.", ""},
		{"the root", ".", ""},
		{"an empty label", "a..b", ""},
		{"a label of 64", strings.Repeat("a", 64), ""},
		{"a name of 256", strings.Repeat("a.", 125) + "example.com.", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, err := ParseOwner("here", test.text, apex)
			if test.want == "" {
				if about(err) != "here" {
					t.Errorf("%v is about %q", n, about(err))
				}
			} else if err != nil || n.String() != test.want {
				t.Errorf("%v, %v", n, err)
			}
		})
	}
	if n, err := ParseOwner("here", "com", dname.Root); err != nil || n.String() != "com." {
		t.Errorf("in the root zone: %v, %v", n, err)
	}
}

// TestShownNamesAreRead checks that a name that is shown is read as the same name.
func TestShownNamesAreRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "label")
		wire := append(append([]byte{byte(len(label))}, label...), apex...)
		n := dname.Name(wire).Lower()
		again, err := ParseOwner("name", n.String(), apex)
		if err != nil || !again.Equal(n) {
			t.Fatalf("%q is read as %v, %v", n.String(), again, err)
		}
	})
}

func TestNamesInFull(t *testing.T) {
	tests := []struct{ text, want, bare string }{
		{"www.example.com", "www.example.com.", "www.example.com"},
		{"WWW.Example.com.", "www.example.com.", "www.example.com"},
		{"com", "com.", "com"},
		{".", ".", "."},
		{"", "", ""},
		{"@", "", ""},
		{"a..b", "", ""},
		{strings.Repeat("a", 64) + ".com", "", ""},
	}
	for _, test := range tests {
		n, err := ParseName("here", test.text)
		if test.want == "" {
			if about(err) != "here" {
				t.Errorf("%q: %v is about %q", test.text, n, about(err))
			}
			continue
		}
		if err != nil || n.String() != test.want || Bare(n) != test.bare {
			t.Errorf("%q: %v %q, %v", test.text, n, Bare(n), err)
		}
	}
}

func TestTypesByName(t *testing.T) {
	tests := []struct{ text, want string }{{"A", "A"}, {"cname", "CNAME"}, {"ALIAS", "ALIAS"}, {"TYPE65280", "TYPE65280"}, {"", ""}, {"?", ""}, {"TYPE65536", ""}, {strings.Repeat("X", 5000), ""}}
	for _, test := range tests {
		got, err := ParseType("here", test.text)
		if test.want == "" {
			if about(err) != "here" || len(err.Error()) > 400 {
				t.Errorf("%v is about %q", got, about(err))
			}
		} else if err != nil || got.String() != test.want {
			t.Errorf("%q: %v, %v", test.text, got, err)
		}
	}
}

func TestZonesByIDOrName(t *testing.T) {
	const id = "01234567-89ab-4def-8123-456789abcdef"
	tests := []struct {
		name, text string
		id, apex   string
	}{
		{"an id", id, id, ""},
		{"an id without dashes", strings.ReplaceAll(id, "-", ""), id, ""},
		{"a name", "example.com", "", "example.com."},
		{"a name in another case, with a dot", "Example.COM.", "", "example.com."},
		{"a word", "word", "", "word."},
		{"the root", ".", "", "."},
		{"nothing", "", "", ""},
		{"the sign of the apex", "@", "", ""},
		{"no name", "a..b", "", ""},
		{"a name too long", strings.Repeat("abcdefg.", 40), "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ref, err := ParseRef(test.text)
			if test.id == "" && test.apex == "" {
				if e := envelope.Error(err); err == nil || e.Code != api.CodeInvalidZoneID || about(err) != "zone_id" {
					t.Fatalf("%+v, %v", ref, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if test.id != "" && ref.ID.String() != test.id || test.id == "" && ref.ID != (change.ZoneID{}) || test.apex != "" && ref.Apex.String() != test.apex {
				t.Errorf("%+v", ref)
			}
		})
	}
}
