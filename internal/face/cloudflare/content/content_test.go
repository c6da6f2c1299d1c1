package content

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
)

// FuzzContent holds what is shown of a record against what is read of it: the
// same record comes out.
// TestBare: text without quotes is shown only where it would be read as the same again.
func TestBare(t *testing.T) {
	for _, c := range []struct {
		name, data, text string
		ok               bool
	}{
		{"text", "\x03a b", "a b", true},
		{"a quote within", "\x03a\"b", "a\"b", true},
		{"quotes around it", "\x03\"a\"", "", false},
		{"nothing", "\x00", "", false},
		{"two strings", "\x01a\x01b", "", false},
		{"as long as a string", "\xff" + strings.Repeat("x", 255), strings.Repeat("x", 255), true},
		{"cut where it must be", "\xff" + strings.Repeat("x", 255) + "\x01y", strings.Repeat("x", 255) + "y", true},
		{"cut elsewhere", "\x01y\xff" + strings.Repeat("x", 255), "", false},
		{"no UTF-8", "\x01\xff", "", false},
	} {
		text, ok := Bare([]byte(c.data))
		if ok != c.ok || ok && text != c.text {
			t.Errorf("%s: %q, %v", c.name, text, ok)
		}
	}
}

func FuzzContent(f *testing.F) {
	for t := range layouts {
		f.Add(uint16(t), t.Example())
	}
	for _, t := range []rr.Type{rr.TypeA, rr.TypeAAAA, rr.TypeCNAME, rr.TypeMX, rr.TypeTXT, rr.TypeNS, rr.TypePTR} {
		f.Add(uint16(t), t.Example())
	}
	f.Fuzz(func(t *testing.T, typ uint16, text string) {
		kind := rr.Type(typ)
		data, err := zonefile.AppendData(nil, kind, text, nil)
		if err != nil || kind.IsMeta() || rr.CheckData(kind, data) != nil || kind == rr.TypeTXT && len(data) == 1 {
			return
		}
		shown := Text(kind, data)
		n := int64(max(Priority(kind, data), 0))
		p := Source{Content: &shown, Priority: &n, Type: kind, Owner: dname.MustParse("owner.example."), Apex: dname.MustParse("example.")}
		if shown == "" || kind == rr.TypeALIAS {
			return
		}
		back, err := p.Data()
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Code == 0 || e.Text == "" {
				t.Fatalf("%s %q is shown as %q: %v", kind, text, shown, err)
			}
			return // names that are addresses, for example, are in the DNS but not here
		}
		if !bytes.Equal(back, data) {
			t.Fatalf("%s %q is shown as %q and read as %x, not %x", kind, text, shown, back, data)
		}
		if fields := Data(kind, data); fields != nil && len(fields) != len(layouts[kind]) {
			t.Fatalf("%s %q: %v", kind, text, fields)
		}
	})
}

// What a data object says and what is shown of it are the same.
func TestDataComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]any{
			"flags": rapid.IntRange(0, 255).Draw(t, "flags"), "tag": rapid.StringMatching(`[a-z0-9]{1,15}`).Draw(t, "tag"),
			"value": rapid.StringMatching(`[ -~]{1,60}`).Draw(t, "value"),
		}
		p := Source{Type: rr.TypeCAA, Fields: make(map[string]json.RawMessage)}
		for k, v := range want {
			b, err := json.Marshal(v)
			if err != nil {
				t.Fatal(err)
			}
			p.Fields[k] = b
		}
		data, err := p.Data()
		if err != nil {
			t.Fatal(err)
		}
		have := make(map[string]any)
		for _, f := range Data(rr.TypeCAA, data) {
			have[f.Name] = f.Value
		}
		if have["value"] != want["value"] || have["tag"] != want["tag"] || have["flags"] != float64(want["flags"].(int)) {
			t.Fatalf("%v, not %v", have, want)
		}
	})
}

func TestHosts(t *testing.T) {
	apex := dname.MustParse("example.com.")
	for _, c := range []struct{ text, want string }{
		{"@", "example.com."}, {"www.example.net", "www.example.net."}, {"www.example.net.", "www.example.net."}, {"www", "www."},
		{".", "."}, {"bücher.example", "xn--bcher-kva.example."}, {`a\.b.example`, `a\.b.example.`}, {`a\.`, `a\..`},
		{"", ""}, {"a..b", ""}, {strings.Repeat("x", 64), ""},
	} {
		have, err := ParseHost(c.text, apex)
		if c.want == "" && err == nil || c.want != "" && (err != nil || have.String() != c.want) {
			t.Errorf("%q is %s, %v, not %q", c.text, have, err, c.want)
		}
	}
	for text, want := range map[string]string{".": ".", "a.": "a", "a": "a", "": ""} {
		if have := Undot(text); have != want {
			t.Errorf("%q without its dot is %q", text, have)
		}
	}
}

func TestWhatIsWrongHasACode(t *testing.T) {
	text := func(s string) *string { return &s }
	few, many := int64(1), int64(1<<20)
	for _, c := range []struct {
		name    string
		source  Source
		code    int
		old     bool
		pointer string
	}{
		{"nothing", Source{Type: rr.TypeA}, Required, true, "/content"},
		{"nothing between quotes", Source{Type: rr.TypeTXT, Content: text("")}, Required, true, "/content"},
		{"A", Source{Type: rr.TypeA, Content: text("x")}, 9005, false, "/content"},
		{"AAAA", Source{Type: rr.TypeAAAA, Content: text("::ffff:192.0.2.1.")}, 9006, false, "/content"},
		{"CNAME", Source{Type: rr.TypeCNAME, Content: text("a b")}, 9007, true, "/content"},
		{"CNAME to itself", Source{Type: rr.TypeCNAME, Owner: dname.MustParse("a.example."), Content: text("A.EXAMPLE")}, 9039, false, "/content"},
		{"NS", Source{Type: rr.TypeNS, Content: text("192.0.2.1")}, 9008, false, "/content"},
		{"MX", Source{Type: rr.TypeMX, Content: text("192.0.2.1"), Priority: &few}, 9009, false, "/content"},
		{"MX without its priority", Source{Type: rr.TypeMX, Content: text("a.example")}, Required, true, "/priority"},
		{"MX with too much of it", Source{Type: rr.TypeMX, Content: text("a.example"), Priority: &many}, 9009, false, "/content"},
		{"TXT without its last quote", Source{Type: rr.TypeTXT, Content: text("\"\\\"")}, Validation, true, "/content"},
		{"SRV", Source{Type: rr.TypeSRV, Content: text("1 2 x")}, Validation, true, "/content"},
		{"SRV without a port", Source{Type: rr.TypeSRV, Fields: map[string]json.RawMessage{"priority": []byte("1")}}, Required, true, "/data/port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.source.Data()
			var e *Error
			if !errors.As(err, &e) || e.Code != c.code || e.Old != c.old || e.Pointer != c.pointer || !strings.HasSuffix(e.Text, ".") {
				t.Errorf("%+v", err)
			}
		})
	}
}

func TestSentence(t *testing.T) {
	for _, c := range []struct {
		parts []string
		want  string
	}{
		{nil, ""}, {[]string{"a b", "", "c?"}, "A b. C?"}, {[]string{"www.example.com is wrong", "mend it."}, "www.example.com is wrong. Mend it."},
	} {
		if have := Sentence(c.parts...); have != c.want {
			t.Errorf("%q, not %q", have, c.want)
		}
	}
}

func TestFieldsOfMasterFiles(t *testing.T) {
	for _, c := range []struct{ text, first, after string }{
		{"a b c", "a", "b c"}, {"a", "a", ""}, {`"a b" c`, `"a b"`, "c"}, {`"a\" b" c`, `"a\" b"`, "c"}, {`"open`, `"open`, ""}, {"", "", ""},
	} {
		if first, after := token(c.text); first != c.first || after != c.after {
			t.Errorf("%q is %q and %q", c.text, first, after)
		}
	}
	for text, want := range map[string]string{`"a"`: "a", `"a\"b"`: `a"b`, `"\065\\"`: `A\`, `""`: "", `"\9"`: "9", `"\300"`: "300"} {
		if have := unquote(text); have != want {
			t.Errorf("%s without quotes is %q, not %q", text, have, want)
		}
	}
}
