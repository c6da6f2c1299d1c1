package sqlite

import (
	"bytes"
	"cmp"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// anyName draws names of few octets, so that they often share labels.
var anyName = rapid.Custom(func(t *rapid.T) dname.Name {
	octet := rapid.SampledFrom([]byte{0, 1, 2, 'A', 'a', 'b', 'Z', '[', 'z', 0xff})
	name := dname.Name{}
	for _, label := range rapid.SliceOfN(rapid.SliceOfN(octet, 1, 3), 0, 4).Draw(t, "labels") {
		name = append(append(name, byte(len(label))), label...)
	}
	return append(name, 0)
})

func TestKeysSortAsNames(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anyName.Draw(t, "a"), anyName.Draw(t, "b")
		if got, want := bytes.Compare(keyOf(a), keyOf(b)), cmp.Compare(a.Compare(b), 0); got != want {
			t.Fatalf("%s and %s: %d, %d by the names", a, b, got, want)
		}
	})
}
