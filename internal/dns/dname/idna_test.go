package dname

import (
	"strings"
	"testing"
)

func TestUnicode(t *testing.T) {
	tests := []struct{ name, text, ascii, shown string }{
		{"ASCII", "www.Example.net.", "www.Example.net.", "www.Example.net."},
		{"U-label", "bücher.example.", "xn--bcher-kva.example.", "bücher.example."},
		{"upper case is mapped", "BÜCHER.example.", "xn--bcher-kva.example.", "bücher.example."},
		{"sharp s stays", "straße.example.", "xn--strae-oqa.example.", "straße.example."},
		{"composed from parts", "bu\u0308cher.", "xn--bcher-kva.", "bücher."},
		{"underscore label beside", "_sip._tcp.bücher.", "_sip._tcp.xn--bcher-kva.", "_sip._tcp.bücher."},
		{"wildcard beside", "*.bücher.", "*.xn--bcher-kva.", "*.bücher."},
		{"escapes beside", `a\.b\000.bücher.`, `a\.b\000.xn--bcher-kva.`, `a\.b\000.bücher.`},
		{"every label", "例え.テスト.", "xn--r8jz45g.xn--zckzah.", "例え.テスト."},
		{"right to left", "مثال.", "xn--mgbh0fb.", "مثال."},
		{"ideographic full stop", "例え。テスト.", "xn--r8jz45g.xn--zckzah.", "例え.テスト."},
		{"not valid as A-label", "xn--a.example.", "xn--a.example.", "xn--a.example."},
		{"A-label in upper case", "XN--BCHER-KVA.", "XN--BCHER-KVA.", "bücher."},
		{"two hyphens in ASCII", "r3---sn.example.", "r3---sn.example.", "r3---sn.example."},
		{"root", ".", ".", "."},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			ascii, err := FromUnicode(test.text)
			if err != nil || ascii != test.ascii {
				t.Fatalf("got %s, %v", ascii, err)
			}
			n, err := AppendUnicode(nil, []byte(test.text), nil)
			if err != nil || Name(n).String() != test.ascii {
				t.Errorf("wire: %s, %v", Name(n), err)
			}
			if got := ToUnicode(n); got != test.shown {
				t.Errorf("shown as %s", got)
			}
		})
	}
}

func TestRelativeUnicode(t *testing.T) {
	n, err := AppendUnicode(nil, []byte("bücher"), MustParse("example."))
	if err != nil || Name(n).String() != "xn--bcher-kva.example." {
		t.Errorf("got %s, %v", Name(n), err)
	}
	if _, err := AppendUnicode(nil, []byte("bücher"), nil); err != ErrRelative {
		t.Errorf("without origin: %v", err)
	}
}

func TestUnicodeErrors(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"neither ASCII nor UTF-8", "\xff\xfe.", "neither ASCII nor UTF-8"},
		{"escape within", `b\ücher.`, "mixes escapes and Unicode"},
		{"underscore within", "_bücher.", "no internationalised label"},
		{"symbol", "\u2028x.", "no internationalised label"},
		{"joiner out of place", "a\u200db.", "no internationalised label"},
		{"hyphen first", "-bücher.", "no internationalised label"},
		{"directions mixed", "aمثال.", "no internationalised label"},
		{"too long as A-label", strings.Repeat("ü", 63) + ".", "longer than 63"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			n, err := AppendUnicode(nil, []byte(test.text), nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %s, %v", Name(n), err)
			}
		})
	}
}
