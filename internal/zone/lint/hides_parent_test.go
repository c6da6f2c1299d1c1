package lint

import (
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
)

func TestAChangeThatMakesAChildZone(t *testing.T) {
	parent := build(t, "$ORIGIN example.org.\n"+good+"www A 192.0.2.1\na.b A 192.0.2.1\nsub NS ns1.example.net.\nsub NS ns2.example.net.\nns.sub A 192.0.2.1\n").Snapshot
	old := new(zone.Set).With(zone.Entry{Apex: parent.Apex(), Zone: parent})
	for _, c := range []struct {
		name, apex string
		hides      bool
	}{
		{"at a name with an address", "www.example.org.", true},
		{"above a name, at an empty non-terminal", "b.example.org.", true},
		{"at a delegation with glue", "sub.example.org.", false},
		{"at a new name", "new.example.org.", false},
		{"elsewhere", "www.example.com.", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			child := build(t, "$ORIGIN "+c.apex+"\n"+good).Snapshot
			apex := dname.MustParse(c.apex)
			r := CheckChange(Change{Old: old, New: old.With(zone.Entry{Apex: apex, Zone: child}), Touched: []Touched{{Apex: apex, Owner: apex}}})
			if got := slices.Contains(codes(r.Findings), "hides-records-of-parent"); got != c.hides {
				t.Errorf("%v", r.Findings)
			}
		})
	}
}
