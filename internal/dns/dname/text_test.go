package dname

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	origin := MustParse("Example.")
	tests := []struct{ name, text, want, printed string }{
		{"absolute", "a.b.", "\x01a\x01b\x00", "a.b."},
		{"relative", "a", "\x01a\x07Example\x00", "a.Example."},
		{"origin", "@", "\x07Example\x00", "Example."},
		{"at sign in a longer name", "@.", "\x01@\x00", `\@.`},
		{"root", ".", "\x00", "."},
		{"case is kept", "aB.", "\x02aB\x00", "aB."},
		{"escaped dot", `a\.b.`, "\x03a.b\x00", `a\.b.`},
		{"escaped dot at the end", `a\.`, "\x02a.\x07Example\x00", `a\..Example.`},
		{"octets by number", `\000\046\255.`, "\x03\x00.\xff\x00", `\000\.\255.`},
		{"escaped letter", `\a.`, "\x01a\x00", "a."},
		{"special characters", `\"\;\(\)\@\$\\.`, "\x07\";()@$\\\x00", `\"\;\(\)\@\$\\.`},
		{"blank", `a\ b.`, "\x03a b\x00", `a\032b.`},
		{"underscore", "_tcp.", "\x04_tcp\x00", "_tcp."},
		{"wildcard", "*", "\x01*\x07Example\x00", "*.Example."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, err := Parse(test.text, origin)
			if err != nil || string(n) != test.want || n.String() != test.printed {
				t.Errorf("got %q, %s, %v", []byte(n), n, err)
			}
			edge, err := AppendUnicode([]byte("before"), []byte(test.text), origin)
			if err != nil || string(edge) != "before"+test.want {
				t.Errorf("at the edge: %q, %v", edge, err)
			}
		})
	}
}

func TestParseErrors(t *testing.T) {
	tests := []struct {
		name, text string
		want       error // nil: any
	}{
		{"empty", "", nil},
		{"relative without origin", "a", ErrRelative},
		{"origin without origin", "@", ErrRelative},
		{"dot first", ".a.", ErrEmptyLabel},
		{"two dots", "a..b.", ErrEmptyLabel},
		{"only dots", "..", ErrEmptyLabel},
		{"label of 64", strings.Repeat("x", 64) + ".", ErrLabel},
		{"label of 64 at the end", "a." + strings.Repeat("x", 64), ErrLabel},
		{"256 octets", strings.Repeat("x.", 128), ErrTooLong},
		{"lone backslash", `a\`, nil},
		{"two digits", `\04.`, nil},
		{"digit and letter", `\0a6.`, nil},
		{"octet of 256", `\256.`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for edge, parse := range []func() ([]byte, error){
				func() ([]byte, error) { return Append(nil, test.text, nil) },
				func() ([]byte, error) { return AppendUnicode(nil, []byte(test.text), nil) },
			} {
				if n, err := parse(); err == nil || test.want != nil && !errors.Is(err, test.want) {
					t.Errorf("edge %d: got %q, %v", edge, n, err)
				}
			}
		})
	}
}

func TestRelativeNameMadeTooLongByItsOrigin(t *testing.T) {
	origin := MustParse(strings.Repeat("x.", 126)) // 253 octets
	if n, err := Parse("a", origin); err != nil || len(n) != MaxLen {
		t.Errorf("255 octets: %v", err)
	}
	for _, parse := range []func() ([]byte, error){
		func() ([]byte, error) { return Append(nil, "ab", origin) },
		func() ([]byte, error) { return AppendUnicode(nil, []byte("ab"), origin) },
	} {
		if n, err := parse(); !errors.Is(err, ErrTooLong) {
			t.Errorf("got %d octets, %v", len(n), err)
		}
	}
}

func TestTextReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := anyName().Draw(t, "name")
		for _, parse := range []func() ([]byte, error){
			func() ([]byte, error) { return Append(nil, n.String(), nil) },
			func() ([]byte, error) { return AppendUnicode(nil, n.AppendText(nil), nil) },
		} {
			if again, err := parse(); err != nil || !bytes.Equal(again, n) {
				t.Fatalf("%q, printed %s, reads as %q, %v", []byte(n), n, again, err)
			}
		}
	})
}

func TestMustParsePanicsOnNonsense(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	MustParse("relative")
}

func FuzzParse(f *testing.F) {
	for _, text := range []string{"a.b.", "@", ".", `\000\..x`, "bücher.", "a。b", `xn--bcher-kva.`, "*._tcp.x", `a\`, "a..", "\xff."} {
		f.Add(text)
	}
	origin := MustParse("example.")
	f.Fuzz(func(t *testing.T, text string) {
		n, err := Parse(text, origin)
		edge, edgeErr := AppendUnicode(nil, []byte(text), origin)
		if isASCII(text) && ((err == nil) != (edgeErr == nil) || !bytes.Equal(edge, n)) {
			t.Fatalf("%q: %q, %v, but at the edge %q, %v", text, []byte(n), err, edge, edgeErr)
		}
		for _, got := range []Name{n, edge} {
			if got == nil {
				continue
			}
			if err := Check(got); err != nil {
				t.Fatalf("%q became %q: %v", text, []byte(got), err)
			}
			if again, err := Parse(got.String(), nil); err != nil || !bytes.Equal(again, got) {
				t.Fatalf("%q, printed %s, reads as %q, %v", []byte(got), got, []byte(again), err)
			}
			if again, err := AppendUnicode(nil, []byte(ToUnicode(got)), nil); err != nil || !Name(again).Equal(got) {
				t.Fatalf("%q, shown as %s, reads as %q, %v", []byte(got), ToUnicode(got), again, err)
			}
		}
	})
}
