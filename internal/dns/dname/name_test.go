package dname

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// anyName draws names of all octets, of up to twelve labels.
func anyName() *rapid.Generator[Name] {
	label := rapid.SliceOfN(rapid.Byte(), 1, 20)
	return rapid.Custom(func(t *rapid.T) Name {
		var n Name
		for _, l := range rapid.SliceOfN(label, 0, 12).Draw(t, "labels") {
			n = append(append(n, byte(len(l))), l...)
		}
		return append(n, 0)
	})
}

// nearName draws names of few octets, so that two of them are often related.
func nearName() *rapid.Generator[Name] {
	label := rapid.SliceOfN(rapid.SampledFrom([]byte("aAbB*\x00")), 1, 2)
	return rapid.Custom(func(t *rapid.T) Name {
		var n Name
		for _, l := range rapid.SliceOfN(label, 0, 4).Draw(t, "labels") {
			n = append(append(n, byte(len(l))), l...)
		}
		return append(n, 0)
	})
}

func TestCanonicalOrder(t *testing.T) {
	// RFC 4034, Section 6.1
	want := []string{
		`example.`, `a.example.`, `yljkjljk.a.example.`, `Z.a.example.`, `zABC.a.EXAMPLE.`,
		`z.example.`, `\001.z.example.`, `*.z.example.`, `\200.z.example.`,
	}
	names := make([]Name, len(want))
	for i := range want {
		names[i] = MustParse(want[len(want)-1-i])
	}
	slices.SortFunc(names, Name.Compare)
	for i, n := range names {
		if !bytes.Equal(n, MustParse(want[i])) {
			t.Errorf("place %d: %s, want %s", i, n, want[i])
		}
	}
}

func TestOrderIsTotalAndAgreesWithEqual(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := nearName().Draw(t, "a"), nearName().Draw(t, "b"), nearName().Draw(t, "c")
		ab, ba, bc, ac := a.Compare(b), b.Compare(a), b.Compare(c), a.Compare(c)
		if (ab < 0) != (ba > 0) || (ab == 0) != a.Equal(b) {
			t.Errorf("%s and %s: %d, %d, equal %v", a, b, ab, ba, a.Equal(b))
		}
		if ab < 0 && bc < 0 && ac >= 0 {
			t.Errorf("%s < %s < %s, yet %d", a, b, c, ac)
		}
	})
}

func TestBelow(t *testing.T) {
	tests := []struct {
		name, apex    string
		atOrBelow     bool
		properlyUnder bool
	}{
		{"example.", "example.", true, false},
		{"a.EXAMPLE.", "example.", true, true},
		{"example.", "a.example.", false, false},
		{"aexample.", "example.", false, false},
		{`a\.example.`, "example.", false, false},
		{`\007example.`, "example.", false, false},
		{"a.b.", ".", true, true},
		{".", ".", true, false},
	}
	for _, test := range tests {
		n, apex := MustParse(test.name), MustParse(test.apex)
		if n.IsAtOrBelow(apex) != test.atOrBelow || n.IsBelow(apex) != test.properlyUnder {
			t.Errorf("%s under %s: %v, %v", n, apex, n.IsAtOrBelow(apex), n.IsBelow(apex))
		}
	}
}

func TestBelowMeansSuffix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n, apex := nearName().Draw(t, "name"), nearName().Draw(t, "apex")
		want := n.Labels() >= apex.Labels() && n.Suffix(apex.Labels()).Equal(apex)
		if n.IsAtOrBelow(apex) != want {
			t.Errorf("%s under %s: %v", n, apex, !want)
		}
	})
}

func TestPartsOfNames(t *testing.T) {
	n := MustParse("*.b.Example.")
	if n.Labels() != 3 || !n.IsWildcard() || n.IsRoot() || n.Parent().String() != "b.Example." || n.Suffix(1).String() != "Example." {
		t.Errorf("%d labels, wildcard %v, parent %s, suffix %s", n.Labels(), n.IsWildcard(), n.Parent(), n.Suffix(1))
	}
	if !Root.IsRoot() || Root.Labels() != 0 || !Root.Parent().IsRoot() || Root.IsWildcard() {
		t.Error("root")
	}
	for text, want := range map[string]bool{"*.": true, "**.": false, "a.*.": false, `\*.b.`: true} {
		if MustParse(text).IsWildcard() != want {
			t.Errorf("%s: wildcard %v", text, !want)
		}
	}
	if got := MustParse("b.").Wildcard(nil).String(); got != "*.b." {
		t.Errorf("wildcard %s", got)
	}
	clone := n.Clone()
	if clone[1] = 'x'; n[1] != '*' || n.Lower().String() != "*.b.example." {
		t.Errorf("clone or lower: %s", n)
	}
}

func TestWireForm(t *testing.T) {
	longest := strings.Repeat("\x3f"+strings.Repeat("x", 63), 3) + "\x3d" + strings.Repeat("x", 61) + "\x00"
	tests := []struct {
		name, wire string
		want       error
	}{
		{"root", "\x00", nil},
		{"longest", longest, nil},
		{"one octet too long", strings.Repeat("\x3f"+strings.Repeat("x", 63), 3) + "\x3e" + strings.Repeat("x", 62) + "\x00", ErrTooLong},
		{"label of 64", "\x40" + strings.Repeat("x", 64) + "\x00", ErrLabel},
		{"pointer", "\xc0\x0c", ErrLabel},
		{"nothing", "", ErrTruncated},
		{"no root", "\x01a", ErrTruncated},
		{"label cut", "\x05ab", ErrTruncated},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if err := Check([]byte(test.wire)); !errors.Is(err, test.want) {
				t.Errorf("got %v", err)
			}
		})
	}
	if Check([]byte("\x00\x00")) == nil {
		t.Error("octets behind the root label pass")
	}
}

func TestKeyAgreesWithItsSuffixes(t *testing.T) {
	var k, fresh Key // reused: what a longer name left behind must not matter
	rapid.Check(t, func(t *rapid.T) {
		n := anyName().Draw(t, "name")
		k.Set(n)
		if !bytes.Equal(k.Name(), n.Lower()) || k.Depth() != n.Labels() {
			t.Fatalf("%s: name %s, depth %d", n, k.Name(), k.Depth())
		}
		for d := 0; d <= k.Depth(); d++ {
			suffix := n.Suffix(d)
			if !bytes.Equal(k.Suffix(d), suffix.Lower()) {
				t.Fatalf("%s: suffix %d is %s", n, d, k.Suffix(d))
			}
			if fresh.Set(suffix); fresh.Hash(d) != k.Hash(d) {
				t.Fatalf("%s: hash %d differs", n, d)
			}
			if len(suffix) > MaxLen-2 {
				continue
			}
			if fresh.Set(suffix.Wildcard(nil)); fresh.Hash(d+1) != k.WildcardHash(d) {
				t.Fatalf("%s: wildcard hash %d differs", n, d)
			}
		}
	})
}

func TestKeyHashIsThatOfTheName(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := nearName().Draw(t, "a"), nearName().Draw(t, "b")
		var ka, kb Key
		ka.Set(a)
		kb.Set(b)
		if same := ka.Hash(ka.Depth()) == kb.Hash(kb.Depth()); same != a.Equal(b) {
			t.Errorf("%s and %s: same hash %v", a, b, same)
		}
	})
}

func TestKeyOfLongestName(t *testing.T) {
	n := MustParse(strings.Repeat("A.", MaxLabels))
	var k Key
	k.Set(n)
	if k.Depth() != MaxLabels || k.Name().String() != strings.Repeat("a.", MaxLabels) {
		t.Errorf("depth %d, %s", k.Depth(), k.Name())
	}
}
