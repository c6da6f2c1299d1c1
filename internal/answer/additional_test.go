package answer

import (
	"fmt"
	"strings"
	"testing"
)

const pointing = `
@ MX 10 mx1
@ MX 20 mx2
@ MX 30 mx.elsewhere.test.
@ MX 40 nowhere
mx1 A 192.0.2.1
mx1 AAAA 2001:db8::1
mx2 A 192.0.2.2
loopback MX 10 loopback
loopback A 192.0.2.3
_s._tcp SRV 1 2 53 mx1
_none._tcp SRV 0 0 0 .
afs AFSDB 1 mx1
rt RT 1 mx1
kx KX 1 mx1
ptr PTR mx1
belowcut MX 10 host.cut
cut NS ns.cut
ns.cut A 192.0.2.4
host.cut A 192.0.2.5
atcut MX 10 cut
viaalias MX 10 alias
alias CNAME mx1
svc HTTPS 1 .
svc A 192.0.2.6
svc2 HTTPS 1 mx1
svc3 SVCB 0 mode
mode SVCB 0 mode2
mode SVCB 0 mode2
mode2 SVCB 1 mx1
mode2 A 192.0.2.7
svcalias HTTPS 0 svccname
svccname CNAME svc
svcnone HTTPS 0 .
svcring HTTPS 0 svcring2
svcring2 HTTPS 0 svcring
svcaway HTTPS 0 www.elsewhere.test.
svcother HTTPS 0 www.other.test.
svccut HTTPS 0 host.cut
svcwild HTTPS 0 any.wild
*.wild A 192.0.2.8
svcgone HTTPS 0 nowhere
longmode HTTPS 0 m1
m1 HTTPS 0 m2
m2 HTTPS 0 m3
m3 HTTPS 0 m4
m4 HTTPS 0 m5
m5 HTTPS 0 m6
m6 HTTPS 0 m7
m7 HTTPS 0 m8
m8 HTTPS 0 m9
m9 HTTPS 0 m10
m10 HTTPS 0 m11
`

func TestAdditional(t *testing.T) {
	set := zones(t, map[string]string{
		"example.": pointing, "other.test.": "www HTTPS 1 . alpn=h2\nwww A 192.0.2.9\n", "broken.test.": "!broken",
	})
	f := NewFinder(0)
	const hit = "hit NOERROR aa by example."
	const mx1 = "mx1.example. 300 A 192.0.2.1\nmx1.example. 300 AAAA 2001:db8::1"
	modes := ""
	for i := 1; i <= 8; i++ {
		modes += fmt.Sprintf("m%d.example. 300 HTTPS 0 m%d.example.\n", i, i+1)
	}
	for _, w := range []want{
		{"NS at the apex", "example. NS", hit, "example. 300 NS ns1.example.", "", "ns1.example. 300 A 192.0.2.53"},
		{"MX", "example. MX", hit, "example. 300 MX 10 mx1.example.\nexample. 300 MX 20 mx2.example.\nexample. 300 MX 30 mx.elsewhere.test.\nexample. 300 MX 40 nowhere.example.", "",
			mx1 + "\nmx2.example. 300 A 192.0.2.2"},
		{"MX of its own host", "loopback.example. MX", hit, "loopback.example. 300 MX 10 loopback.example.", "", "loopback.example. 300 A 192.0.2.3"},
		{"what the answer has is not repeated", "loopback.example. ANY", hit, "loopback.example. 300 MX 10 loopback.example.\nloopback.example. 300 A 192.0.2.3", "", "loopback.example. 300 A 192.0.2.3"},
		{"SRV", "_s._tcp.example. SRV", hit, "_s._tcp.example. 300 SRV 1 2 53 mx1.example.", "", mx1},
		{"SRV of no service", "_none._tcp.example. SRV", hit, "_none._tcp.example. 300 SRV 0 0 0 .", "", ""},
		{"AFSDB", "afs.example. AFSDB", hit, "afs.example. 300 AFSDB 1 mx1.example.", "", mx1},
		{"RT", "rt.example. RT", hit, "rt.example. 300 RT 1 mx1.example.", "", mx1},
		{"KX", "kx.example. KX", hit, "kx.example. 300 KX 1 mx1.example.", "", mx1},
		{"PTR has none", "ptr.example. PTR", hit, "ptr.example. 300 PTR mx1.example.", "", ""},
		{"a target below a cut", "belowcut.example. MX", hit, "belowcut.example. 300 MX 10 host.cut.example.", "", ""},
		{"a target at a cut", "atcut.example. MX", hit, "atcut.example. 300 MX 10 cut.example.", "", ""},
		{"a target that is an alias", "viaalias.example. MX", hit, "viaalias.example. 300 MX 10 alias.example.", "", ""},
		{"none for a denial", "example. SRV", "nodata NOERROR aa by example.", "", soa("example."), ""},

		{"HTTPS for its owner", "svc.example. HTTPS", hit, "svc.example. 300 HTTPS 1 .", "", "svc.example. 300 A 192.0.2.6"},
		{"HTTPS for another", "svc2.example. HTTPS", hit, "svc2.example. 300 HTTPS 1 mx1.example.", "", mx1},
		{"AliasMode twice", "svc3.example. SVCB", hit, "svc3.example. 300 SVCB 0 mode.example.", "",
			"mode.example. 300 SVCB 0 mode2.example.\nmode2.example. 300 A 192.0.2.7\nmode2.example. 300 SVCB 1 mx1.example.\n" + mx1},
		{"AliasMode through CNAME", "svcalias.example. HTTPS", hit, "svcalias.example. 300 HTTPS 0 svccname.example.", "",
			"svccname.example. 300 CNAME svc.example.\nsvc.example. 300 A 192.0.2.6\nsvc.example. 300 HTTPS 1 ."},
		{"AliasMode to nothing", "svcnone.example. HTTPS", hit, "svcnone.example. 300 HTTPS 0 .", "", ""},
		{"AliasMode in a ring", "svcring.example. HTTPS", hit, "svcring.example. 300 HTTPS 0 svcring2.example.", "", "svcring2.example. 300 HTTPS 0 svcring.example."},
		{"AliasMode out of our zones", "svcaway.example. HTTPS", hit, "svcaway.example. 300 HTTPS 0 www.elsewhere.test.", "", ""},
		{"AliasMode into another zone of ours", "svcother.example. HTTPS", hit, "svcother.example. 300 HTTPS 0 www.other.test.", "",
			"www.other.test. 300 A 192.0.2.9\nwww.other.test. 300 HTTPS 1 . alpn=\"h2\""},
		{"AliasMode below a cut", "svccut.example. HTTPS", hit, "svccut.example. 300 HTTPS 0 host.cut.example.", "", ""},
		{"AliasMode to a wildcard", "svcwild.example. HTTPS", hit, "svcwild.example. 300 HTTPS 0 any.wild.example.", "", "any.wild.example. 300 A 192.0.2.8"},
		{"AliasMode to what does not exist", "svcgone.example. HTTPS", hit, "svcgone.example. 300 HTTPS 0 nowhere.example.", "", ""},
		{"AliasMode without end", "longmode.example. HTTPS", hit, "longmode.example. 300 HTTPS 0 m1.example.", "", modes},
	} {
		w.check(t, f, set)
	}
}

// Glue is what lies at or below the cut; other addresses of the zone may be
// left out of a response (RFC 9471, Section 3.1).
func TestGlue(t *testing.T) {
	set := zones(t, map[string]string{"example.": `
cut NS ns.cut
cut NS ns.sibling
cut NS ns1
cut NS cut
cut NS ns.elsewhere.test.
cut NS missing.cut
cut A 192.0.2.9
ns.cut A 192.0.2.10
ns.cut TXT "not an address"
sibling NS ns.sibling
ns.sibling A 192.0.2.11
`})
	a := NewFinder(0).Find(set, question(t, "www.cut.example. A"))
	const wanted = `ns.cut.example. 300 A 192.0.2.10 glue
ns.sibling.example. 300 A 192.0.2.11
ns1.example. 300 A 192.0.2.53
cut.example. 300 A 192.0.2.9 glue`
	if got := items(a.Additional); got != wanted {
		t.Errorf("got\n%s\nwant\n%s", got, wanted)
	}
}

// A name server below a cut of the zone that the apex names has no glue mark:
// the response is no referral.
func TestAddressesBelowACutForTheApex(t *testing.T) {
	set := zones(t, map[string]string{"example.": "@ NS ns.cut\ncut NS ns.cut\nns.cut A 192.0.2.10\n"})
	want{"", "example. NS", "hit NOERROR aa by example.", "example. 300 NS ns1.example.\nexample. 300 NS ns.cut.example.", "",
		"ns1.example. 300 A 192.0.2.53\nns.cut.example. 300 A 192.0.2.10"}.check(t, NewFinder(0), set)
}

func TestAdditionalIsBounded(t *testing.T) {
	var text strings.Builder
	for i := range 200 {
		fmt.Fprintf(&text, "@ MX 10 mx%d\nmx%d A 192.0.2.1\nmx%d AAAA 2001:db8::1\n", i, i, i)
	}
	a := NewFinder(0).Find(zones(t, map[string]string{"example.": text.String()}), question(t, "example. MX"))
	if len(a.Additional) != maxAdditional || a.Answer[0].Set.Count() != 200 {
		t.Errorf("%d RRsets beside %d records", len(a.Additional), a.Answer[0].Set.Count())
	}
}

// Addresses that were not found count too: a set that points at thousands of
// names costs no more than the bound.
func TestTargetsThatDoNotExistAreBounded(t *testing.T) {
	var text strings.Builder
	for i := range maxAdditional {
		fmt.Fprintf(&text, "@ MX 10 gone%d\n", i)
	}
	text.WriteString("@ MX 10 mx\nmx A 192.0.2.1\n")
	a := NewFinder(0).Find(zones(t, map[string]string{"example.": text.String()}), question(t, "example. MX"))
	if len(a.Additional) != 0 {
		t.Errorf("%s after %d targets", items(a.Additional), maxAdditional)
	}
}

// No bound leaves glue out (RFC 9471, Section 3.1).
func TestGlueIsComplete(t *testing.T) {
	var text strings.Builder
	for i := range 100 {
		fmt.Fprintf(&text, "cut NS ns%d.cut\nns%d.cut A 192.0.2.1\nns%d.cut AAAA 2001:db8::1\n", i, i, i)
	}
	a := NewFinder(0).Find(zones(t, map[string]string{"example.": text.String()}), question(t, "www.cut.example. A"))
	if n := strings.Count(items(a.Additional)+"\n", " glue\n"); n != 200 {
		t.Errorf("%d sets of glue, want 200", n)
	}
}
