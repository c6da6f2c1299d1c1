package local

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// The list is that of RFC 6303, Section 4, and what was registered since.
func TestSpecialZones(t *testing.T) {
	var all []string
	for _, z := range specialZones {
		if !strings.HasPrefix(z.rfc, "RFC ") {
			t.Errorf("%s: no RFC", z.apexes)
		}
		all = append(all, strings.Fields(z.apexes)...)
	}
	slices.Sort(all)
	if n := len(slices.Compact(slices.Clone(all))); n != len(all) || n != specials().Len() || n != 3+18+7+2+1+4+1+64+2 {
		t.Errorf("%d zones, %d different, %d held", len(all), n, specials().Len())
	}
	for apex := range specialRecords {
		if !slices.Contains(all, apex) {
			t.Errorf("records of %s, which is no zone", apex)
		}
	}
	if got := fmt.Sprint(dname.MustParse("1." + zeros + "ip6.arpa.").Labels()); got != "34" {
		t.Errorf("the name of ::1 has %s labels", got)
	}
}

// What is in no special zone is others' to answer.
func TestSpecial(t *testing.T) {
	for _, c := range []struct{ name, apex, want string }{
		{"WWW.LocalHost.", "localhost.", "NOERROR WWW.LocalHost. A"},
		{"www.invalid.", "invalid.", "NXDOMAIN"},
		{"8.8.8.8.in-addr.arpa.", "", ""},
		{"test.", "", ""},
		{".", "", ""},
	} {
		name := dname.MustParse(c.name)
		var key dname.Key
		key.Set(name)
		apex, m, ok := Special(&key, name, rr.TypeA)
		if ok != (c.apex != "") || ok && (apex.String() != c.apex || shown(m) != c.want) {
			t.Errorf("%s: %v, %s, %s", c.name, ok, apex, shown(m))
		}
	}
}
