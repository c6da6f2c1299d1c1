package lint

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

func codes(findings []Finding) []string {
	var out []string
	for _, f := range findings {
		out = append(out, f.Code)
	}
	return out
}

func TestSamples(t *testing.T) {
	for _, r := range Rules() {
		if r == &fileName || r == &apexCNAME || r == &metaType || r == &rrsetTooLarge {
			continue // there are no such zones in the text of a master file, or in one that a page could show
		}
		t.Run(r.Code, func(t *testing.T) {
			if good := judge(t, r.Good, r.Beside); len(good) > 0 {
				t.Errorf("the good sample has findings: %v", good)
			}
			bad := judge(t, r.Bad, r.Beside)
			i := slices.IndexFunc(bad, func(f Finding) bool { return f.Code == r.Code })
			if i < 0 {
				t.Fatalf("the bad sample does not give %s but %v", r.Code, bad)
			}
			if f := bad[i]; f.Severity != r.Severity || f.Fix == "" || f.Source != r.Source || f.Owner == "" {
				t.Errorf("finding is incomplete: %+v", f)
			}
			for _, f := range bad {
				if f.Severity == Error && r.Severity != Error {
					t.Errorf("the bad sample of a warning gives an error: %v", f)
				}
			}
		})
	}
}

func TestMetaTypeOfATransferOrAnUpdate(t *testing.T) {
	b := zone.NewBuilder(dname.MustParse("example.com."))
	b.Add(dname.MustParse("www.example.com."), 200, 300, []byte{1}, zone.Place{Line: 7})
	f := CheckPartial(b.Build(), place).Findings
	if len(f) != 1 || f[0].Code != metaType.Code || f[0].Line != 7 {
		t.Errorf("got %v", f)
	}
}

func TestRulesAreComplete(t *testing.T) {
	seen := make(map[string]bool)
	for _, r := range Rules() {
		if seen[r.Code] || r.Code == "" || r.Code != strings.ToLower(r.Code) || strings.ContainsAny(r.Code, "_ ") {
			t.Errorf("code %q is taken twice or has the wrong form", r.Code)
		}
		seen[r.Code] = true
		if r.Fix == "" || r.Source == "" || r.Severity != Error && r.Severity != Warning {
			t.Errorf("%s lacks its fix, source or severity", r.Code)
		}
		if ByCode(r.Code) != r {
			t.Errorf("%s is not found by its code", r.Code)
		}
	}
	if ByCode("no-such-rule") != nil {
		t.Error("a rule that does not exist is found")
	}
}

func TestSituations(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		want       []string // codes in order of place
	}{
		{"healthy", head + "www A 192.0.2.1\n", nil},
		{"signatures and denial beside an alias", head + "www CNAME ns1.example.net.\nwww RRSIG CNAME 13 3 300 20300101000000 20200101000000 1 example.com. AAAA\nwww NSEC example.com. CNAME RRSIG NSEC\n", nil},
		{"signatures of one name have many TTLs", head + "www 300 RRSIG A 13 3 300 20300101000000 20200101000000 1 example.com. AAAA\nwww 60 RRSIG TXT 13 3 60 20300101000000 20200101000000 1 example.com. AAAA\n", nil},
		{"ALIAS beside mail", head + "@ ALIAS host.example.net.\n@ MX 10 mail.example.net.\n", nil},
		{"ALIAS beside CNAME", head + "www ALIAS a.example.net.\nwww CNAME b.example.net.\n", []string{"cname-and-other-data"}},
		{"DNAME beside CNAME", head + "www DNAME a.example.net.\nwww CNAME b.example.net.\n", []string{"cname-and-other-data"}},
		{"CNAME at the apex", head + "@ CNAME b.example.net.\n", []string{"cname-at-apex", "cname-and-other-data"}},
		{"SOA twice is a warning", head + "@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n", []string{"multiple-soas"}},
		{"SOA of another zone", head + "example.org. SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n", []string{"soa-not-at-apex"}},
		{"DNAME at the apex with NSEC3 below", "$TTL 3600\n$ORIGIN example.com.\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n@ DNAME example.net.\n" +
			"0p9mhaveqvm6t7vbl5lop2u3t2rp3tom NSEC3 1 0 0 - 2t7b4g4vsa5smi47k61mv5bv1a22bojr MX DNSKEY\n", nil},
		{"data under a DNAME two labels up", head + "a DNAME b.example.net.\nx.y.a A 192.0.2.1\n", []string{"below-dname"}},
		{"glue of a sibling", head + "a NS ns.b\nb NS ns.b\nns.b A 192.0.2.1\n", nil},
		{"address at a cut that is its own nameserver", head + "a NS a\na A 192.0.2.1\n", nil},
		{"address at a cut that nobody asks for", head + "a NS ns1.example.net.\na A 192.0.2.1\n", []string{"below-cut"}},
		{"mail at a cut", head + "a NS ns1.example.net.\na MX 10 mail.example.net.\n", []string{"below-cut"}},
		{"mail at glue", head + "a NS ns.a\nns.a A 192.0.2.1\nns.a MX 10 mail.example.net.\n", []string{"below-cut"}},
		{"a cut below a cut", head + "a NS ns1.example.net.\nb.a NS ns1.example.net.\n", []string{"below-cut"}},
		{"occluded data is not asked where it points", head + "a NS ns1.example.net.\nwww.a CNAME missing.a\n", []string{"below-cut"}},
		{"nameserver of the apex without address", head + "@ NS ns3\n", []string{"missing-glue"}},
		{"nameserver by a wildcard", head + "@ NS ns.w\n*.w A 192.0.2.1\n", nil},
		{"nameserver under a DNAME", head + "@ NS ns.w\nw DNAME example.net.\n", []string{"missing-glue", "ns-target-is-alias"}},
		{"nameserver at an empty non-terminal", head + "@ NS w\nx.w A 192.0.2.1\n", []string{"missing-glue"}},
		{"nameserver in upper case", head + "a NS NS.A.EXAMPLE.COM.\nns.a A 192.0.2.1\n", nil},
		{"mail to a wildcard alias", head + "@ MX 10 m.w\n*.w CNAME host.example.net.\n", []string{"mx-target-is-alias"}},
		{"no mail at all", head + "@ MX 0 .\n", nil},
		{"final dot missing in SOA", "$TTL 3600\n$ORIGIN example.com.\n@ SOA ns1.example.com hostmaster 1 7200 900 1209600 300\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n", []string{"trailing-dot"}},
		{"final dot missing in a reverse zone", "$TTL 3600\n$ORIGIN 2.0.192.in-addr.arpa.\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n1 PTR www.example.com\n", []string{"trailing-dot"}},
		{"a name of one label twice is a name", "$TTL 3600\n$ORIGIN com.\n@ SOA ns1.example.net. hostmaster.example.net. 1 7200 900 1209600 300\n@ NS ns1.example.net.\n@ NS ns2.example.net.\nwww CNAME com.com.\ncom A 192.0.2.1\n", nil},
		{"alias of itself", head + "a CNAME a\n", []string{"cname-loop"}},
		{"alias through a wildcard back to itself", head + "*.w CNAME x.w\n", []string{"cname-loop"}},
		{"alias through a DNAME back to itself", head + "a CNAME b.d\nd DNAME e\nb.e CNAME a\n", []string{"cname-loop"}},
		{"alias into a DNAME that never ends", head + "a CNAME b.d\nd DNAME x.d\n", []string{"dname-loop"}},
		{"alias that leads into a loop", head + "a CNAME b\nb CNAME c\nc CNAME b\n", []string{"cname-loop"}},
		{"two loops", head + "a CNAME b\nb CNAME a\nc CNAME d\nd CNAME c\n", []string{"cname-loop", "cname-loop"}},
		{"DS at the apex", head + "@ DS 12345 13 2 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef\n", []string{"ds-without-ns"}},
		{"expire before refresh", "$TTL 3600\n$ORIGIN example.com.\n@ SOA ns1.example.net. h.example.net. 1 7200 900 3600 300\n@ NS ns1.example.net.\n@ NS ns2.example.net.\n", []string{"soa-timers"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := codes(judge(t, c.zone)); !slices.Equal(got, c.want) {
				t.Errorf("got %v, want %v in:\n%s", judge(t, c.zone), c.want, c.zone)
			}
		})
	}
}

func TestConflictsNameRecordsAndLines(t *testing.T) {
	f := judge(t, head+"www CNAME host.example.net.\nwww MX 10 mail.example.net.\n")[0]
	want := []string{"CNAME host.example.net.  (test.zone:6)", "MX 10 mail.example.net.  (test.zone:7)"}
	if !slices.Equal(f.Conflicts, want) {
		t.Errorf("got %q, want %q", f.Conflicts, want)
	}
	if f.Line != 6 || f.Column != 1 || f.File != "test.zone" || f.Owner != "www.example.com." {
		t.Errorf("wrong place: %+v", f)
	}
}

func TestConflictsOfAliasesNameTheRecordsOnTheWay(t *testing.T) {
	for _, c := range []struct {
		name, zone string
		want       []string
	}{
		{"circle of two", head + "a CNAME b\nb ALIAS a\n",
			[]string{"a.example.com. CNAME b.example.com.  (test.zone:6)", "b.example.com. ALIAS a.example.com.  (test.zone:7)"}},
		{"circle through a wildcard", head + "*.w CNAME x.w\n", []string{"*.w.example.com. CNAME x.w.example.com.  (test.zone:6)"}},
		{"circle through a DNAME", head + "a CNAME b.d\nd DNAME e\nb.e CNAME a\n", []string{
			"a.example.com. CNAME b.d.example.com.  (test.zone:6)", "d.example.com. DNAME e.example.com.  (test.zone:7)",
			"b.e.example.com. CNAME a.example.com.  (test.zone:8)"}},
		{"circle through AliasMode", head + "a HTTPS 0 b\nb CNAME a\n",
			[]string{"a.example.com. HTTPS 0 b.example.com.  (test.zone:6)", "b.example.com. CNAME a.example.com.  (test.zone:7)"}},
		{"DNAME into itself", head + "d DNAME x.d\n", []string{"DNAME x.d.example.com.  (test.zone:6)"}},
		{"address as target", head + "a MX 10 host.example.net.\na MX 20 192.0.2.1.\n", []string{"MX 20 192.0.2.1.  (test.zone:7)"}},
		{"URL as target", head + "a CNAME https://host.example.net/.\n", []string{"CNAME https://host.example.net/.  (test.zone:6)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			found := judge(t, c.zone)
			i := slices.IndexFunc(found, func(f Finding) bool { return f.Severity == Error })
			if i < 0 {
				t.Fatalf("no error in %v", found)
			}
			got := slices.Sorted(slices.Values(found[i].Conflicts))
			if want := slices.Sorted(slices.Values(c.want)); !slices.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestConflictsOfALongCircleAreCut(t *testing.T) {
	var text strings.Builder
	text.WriteString(head)
	for i := range 30 {
		fmt.Fprintf(&text, "n%d CNAME n%d\n", i, (i+1)%30)
	}
	f := judge(t, text.String())[0]
	if n := len(f.Conflicts); f.Code != "cname-loop" || n != 21 || f.Conflicts[20] != "and 10 more" {
		t.Errorf("got %s with %d conflicts: %q", f.Code, n, f.Conflicts)
	}
}

func TestLoopIsShownFromItsFirstName(t *testing.T) {
	f := judge(t, head+"c CNAME a\nb CNAME c\na CNAME b\n")[0]
	if want := "these aliases run in a circle: a.example.com. -> b.example.com. -> c.example.com. -> a.example.com."; f.Message != want || f.Line != 8 {
		t.Errorf("got %q at line %d", f.Message, f.Line)
	}
}

func TestFindingText(t *testing.T) {
	f := Finding{Severity: Error, Code: "x-y", File: "a.zone", Line: 3, Column: 1, Message: "it is wrong", Fix: "mend it", Conflicts: []string{"A 1"}}
	if got, want := f.Error(), "a.zone:3:1: error: it is wrong [x-y]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := f.String(), "a.zone:3:1: error: it is wrong [x-y]\n    A 1\n  fix: mend it"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := (Finding{Severity: Warning, Code: "z", Message: "m"}).String(), "warning: m [z]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	j, err := json.Marshal(Finding{Severity: Warning, Code: "z", Message: "m"})
	if want := `{"severity":"warning","code":"z","message":"m","conflicts":[],"fixes":[]}`; err != nil || string(j) != want {
		t.Errorf("got %s, want %s", j, want)
	}
}

func TestPartialZoneIsNotBlamedForWhatIsMissing(t *testing.T) {
	b := build(t, "$TTL 3600\n$ORIGIN example.com.\n@ SOA ns1.example.net. h.example.net. 1 7200 900 1209600 300\nwww CNAME missing\nwww TXT x\n")
	if got := codes(CheckPartial(b, place).Findings); !slices.Equal(got, []string{"cname-and-other-data"}) {
		t.Errorf("got %v", got)
	}
}

func TestAZoneThatIsWrongAllOver(t *testing.T) {
	const n = 3 * MaxFindings
	b := zone.NewBuilder(dname.MustParse("example.com."))
	for i := range n {
		name := dname.MustParse(fmt.Sprintf("h%d.example.com.", i))
		b.Add(name, rr.TypeCNAME, 300, dname.MustParse("missing.example.com."), zone.Place{Line: uint32(2*n - i)})
		b.Add(name, rr.TypeTXT, 300, []byte("\x01x"), zone.Place{Line: uint32(2*n - i)})
		b.Add(dname.MustParse("www.example.org."), rr.TypeA, 300, make([]byte, 4), zone.Place{})
	}
	r := Check(b.Build(), place)
	if r.Errors != 2*n+2 || r.Warnings != n || len(r.Findings) != 2*MaxFindings {
		t.Errorf("%d errors, %d warnings, %d kept", r.Errors, r.Warnings, len(r.Findings))
	}
	if !slices.IsSortedFunc(r.Findings, func(a, b Finding) int { return a.Line - b.Line }) {
		t.Error("findings are not in order of place")
	}
}
