package answer

import "testing"

// The hot path allocates nothing once the Finder has warmed up.
func TestFindAllocatesNothing(t *testing.T) {
	set := zones(t, map[string]string{"example.": linking + pointing, "other.test.": otherSide})
	f := NewFinder(0)
	for _, text := range []string{
		"www.example. A", "www.example. TXT", "nowhere.example. A", "one.example. A", "two.example. A",
		"other.example. A", "any.wild.example. A", "www.sub.example. A", "host.old.example. A", "again.example. A",
		"a.ring.example. A", "example. MX", "svcalias.example. HTTPS", "away.example. A", "www.elsewhere.test. A", "www.example. ANY",
	} {
		q := question(t, text)
		if n := testing.AllocsPerRun(100, func() { f.Find(set, q) }); n != 0 {
			t.Errorf("%s: %v allocations", text, n)
		}
	}
}
