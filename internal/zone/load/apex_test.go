package load

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// A server takes the CNAME of an apex as ALIAS; who checks a file is told that no zone can have one.
func TestACNAMEAtTheApex(t *testing.T) {
	const cname = "@ 300 CNAME host.example.net.\n"
	strict := []string{"example.com.zone:3 cname-at-apex", "example.com.zone:3 cname-and-other-data"}
	for _, c := range []struct {
		situation, text string
		want            []string // of one to be served
		served          bool
	}{
		{"alone", soa + ns + cname, []string{"example.com.zone:3 apex-cname"}, true},
		{"before the SOA", cname + soa + ns, []string{"example.com.zone:1 apex-cname"}, true},
		{"beside mail and text", soa + ns + cname + "@ 300 MX 10 mail.example.net.\n@ 300 TXT x\n", []string{"example.com.zone:3 apex-cname"}, true},
		{"with mail for it", soa + ns + cname + "www 300 MX 10 example.com.\n", []string{"example.com.zone:3 apex-cname"}, true},
		{"to nowhere, of which the line is told", soa + ns + "@ 300 CNAME nowhere\n", []string{"example.com.zone:3 apex-cname", "example.com.zone:3 dangling-target"}, true},
		{"twice the same", soa + ns + cname + cname, []string{"example.com.zone:3 apex-cname", "example.com.zone:4 duplicate-record"}, true},
		{"beside an address", soa + ns + cname + "@ 300 A 192.0.2.1\n", strict, false},
		{"beside an ALIAS", soa + ns + cname + "@ 300 ALIAS other.example.net.\n", strict, false},
		{"two of them", soa + ns + cname + "@ 300 CNAME other.example.net.\n", append(slices.Clone(strict), "example.com.zone:4 multiple-cnames"), false},
		{"below the apex beside other data", soa + ns + "www 300 CNAME host.example.net.\nwww 300 TXT x\n", []string{"example.com.zone:3 cname-and-other-data"}, false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			path := filepath.Join(write(t, map[string]string{"example.com.zone": c.text}), "example.com.zone")
			r := Served(path, Options{})
			if got := brief(r); !slices.Equal(got, c.want) {
				t.Errorf("found %q, want %q", got, c.want)
			}
			if (r.Snapshot != nil) != c.served || (r.Errors == 0) != c.served {
				t.Fatalf("%d errors, served: %v", r.Errors, r.Snapshot != nil)
			}
			if c.served && len(c.want) == 1 {
				isALIAS(t, r.Snapshot)
			}
			if checked := File(path, Options{}); checked.Errors == 0 || checked.Snapshot != nil {
				t.Errorf("a check says %v", checked.Findings)
			}
		})
	}
}

func isALIAS(t *testing.T, s *zone.Snapshot) {
	t.Helper()
	var k dname.Key
	k.Set(s.Apex())
	n := s.Node(&k, k.Depth())
	if !n.Set(rr.TypeCNAME).Empty() || n.Set(rr.TypeALIAS).TTL() != 300 || n.Set(rr.TypeALIAS).Target().String() != "host.example.net." {
		t.Errorf("the apex has CNAME %q and ALIAS %q", n.Set(rr.TypeCNAME), n.Set(rr.TypeALIAS))
	}
}

func TestAFileThatIsNoZoneIsServedNoMore(t *testing.T) {
	dir := write(t, map[string]string{"example.com.zone": "@ 300 CNAME host.example.net.\n"})
	if r := Served(filepath.Join(dir, "example.com.zone"), Options{}); r.Snapshot != nil || r.Errors == 0 {
		t.Errorf("%v", r.Findings)
	}
}
