package dname

import (
	"bytes"
	"cmp"
	"testing"

	"pgregory.net/rapid"
)

func TestSortKeyOrdersAsRFC4034Does(t *testing.T) {
	// The example of RFC 4034, Section 6.1.
	names := []string{"example.", "a.example.", "yljkjljk.a.example.", "Z.a.example.", "zABC.a.EXAMPLE.", "z.example.", `\001.z.example.`, "*.z.example.", `\200.z.example.`}
	for i := 1; i < len(names); i++ {
		a, b := MustParse(names[i-1]), MustParse(names[i])
		if bytes.Compare(a.AppendSortKey(nil), b.AppendSortKey(nil)) >= 0 {
			t.Errorf("%s does not come before %s", a, b)
		}
	}
}

func TestSortKeyComparesAsNamesDo(t *testing.T) {
	label := rapid.SliceOfN(rapid.SampledFrom([]byte{0, 1, 2, 'a', 'A', 'b', 0xff, '.', '*'}), 1, 3)
	name := rapid.Custom(func(t *rapid.T) Name {
		var n Name
		for _, l := range rapid.SliceOfN(label, 0, 4).Draw(t, "labels") {
			n = append(append(n, byte(len(l))), l...)
		}
		return append(n, 0)
	})
	rapid.Check(t, func(t *rapid.T) {
		a, b := name.Draw(t, "a"), name.Draw(t, "b")
		ka, kb := a.AppendSortKey(nil), b.AppendSortKey(nil)
		if got, want := bytes.Compare(ka, kb), cmp.Compare(a.Compare(b), 0); got != want {
			t.Errorf("%s and %s: %d, want %d", a, b, got, want)
		}
		if bytes.HasPrefix(kb, ka) != b.IsAtOrBelow(a) {
			t.Errorf("%s, %s: the keys begin alike: %v", a, b, bytes.HasPrefix(kb, ka))
		}
	})
}
