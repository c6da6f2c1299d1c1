package form

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

var apex = dname.MustParse("example.com.")

// TestTextComesBack checks that what is shown of TXT reads as the same text,
// and as the same data where that is cut at 255 octets.
func TestTextComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "text")
		if rapid.Bool().Draw(t, "words") {
			text = []byte(rapid.StringMatching(`[ -~ü"\\]{0,300}`).Draw(t, "printable"))
		}
		data := texts(string(text))
		shown := Content(rr.TypeTXT, data)
		again, err := ParseContent("content", rr.TypeTXT, shown, nil, apex)
		if err != nil {
			t.Fatalf("%q is shown as %q: %v", text, shown, err)
		}
		if !bytes.Equal(again, data) {
			t.Fatalf("%q is shown as %q and read as %q", data, shown, again)
		}
	})
}

func TestTextThatLooksLikeSomethingElse(t *testing.T) {
	for text, want := range map[string]string{
		`\# 2 0161`: `"\\# 2 0161"`,
		`\#!`:       `"\\#!"`,
		`a \# 2`:    `a \# 2`,
		`"in"`:      `"\"in\""`,
		`"in`:       `"in`,
	} {
		data := texts(text)
		shown := Content(rr.TypeTXT, data)
		again, err := ParseContent("content", rr.TypeTXT, shown, nil, apex)
		if shown != want || err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s is shown as %s, want %s, and read as %q: %v", text, shown, want, again, err)
		}
	}
}

func TestContentOfEveryTypeComesBack(t *testing.T) {
	for number := range 1 << 16 {
		kind := rr.Type(number)
		example := kind.Example()
		if example == "" || kind.IsMeta() {
			continue
		}
		data, err := ParseContent("content", kind, example, nil, apex)
		if err != nil {
			continue // an example may have a place holder; the types' own tests look at those
		}
		shown := Content(kind, data)
		again, err := ParseContent("content", kind, shown, nil, apex)
		if err != nil || !bytes.Equal(again, data) {
			t.Errorf("%s %q is shown as %q: %v", kind, example, shown, err)
		}
	}
}

func TestIDsTakenApart(t *testing.T) {
	tests := []struct {
		name, text string
		ok         bool
		owner      string
		content    string
	}{
		{"as they are made", "www.example.com.|A|192.0.2.1", true, "www.example.com.", "192.0.2.1"},
		{"the separator in the content", "a.example.com.|TXT|x|A|y", true, "a.example.com.", "x|A|y"},
		{"the separator in the owner", "a|A|b.example.com.|A|192.0.2.1", true, "a|a|b.example.com.", "192.0.2.1"},
		{"another zone", "www.example.net.|A|192.0.2.1", false, "", ""},
		{"a relative name", "www|A|192.0.2.1", false, "", ""},
		{"no type", "www.example.com.|?|192.0.2.1", false, "", ""},
		{"no content", "www.example.com.|A", false, "", ""},
		{"nothing", "", false, "", ""},
		{"separators alone", "||||||", false, "", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			key, ok := ParseRecordID(encodeID(test.text), apex)
			if ok != test.ok || ok && (key.Owner.String() != test.owner || key.Content != test.content) {
				t.Errorf("%v %+v", ok, key)
			}
		})
	}
}

func FuzzRecordID(f *testing.F) {
	f.Add(RecordID("www.example.com.", "A", "192.0.2.1"))
	f.Add(encodeID("a|A|b.example.com.|TYPE7|\\# 0"))
	f.Fuzz(func(t *testing.T, id string) {
		if key, ok := ParseRecordID(id, apex); ok && !key.Owner.IsAtOrBelow(apex) {
			t.Errorf("%q is of %s", id, key.Owner)
		}
	})
}

func TestIdsInTheFormOfUUIDs(t *testing.T) {
	const id = "0123456789abcdef0123456789abcdef"
	if got := UUID(id); got != "01234567-89ab-cdef-0123-456789abcdef" {
		t.Error(got)
	}
	if a, b := UUID("x"), UUID("y"); a == b || len(a) != 36 || !IsID("x", a) || IsID("x", b) {
		t.Error(a, b)
	}
}
