package answer

import "testing"

// One name of every kind.
const plain = `
www A 192.0.2.1
www A 192.0.2.2
www TXT "text"
alias CNAME www
deep.below.here A 192.0.2.3
*.wild A 192.0.2.4
*.wild MX 10 mail.wild
there.wild TXT "exists"
under.ent.wild TXT "below an empty non-terminal"
*.calias CNAME www
sub NS ns.sub
sub NS ns1
sub NS ns.other.test.
sub DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000
ns.sub A 192.0.2.10
ns.sub AAAA 2001:db8::10
occluded.sub A 192.0.2.11
nods NS ns1
both.deleg NS ns.both.deleg
ns.both.deleg A 192.0.2.12
ent.star.*.mid TXT "an asterisk in the middle"
`

func TestFind(t *testing.T) {
	set := zones(t, map[string]string{
		"example.":        plain,
		"signed.example.": "www A 192.0.2.9\n",
		"nods.example.":   "www A 192.0.2.8\n",
		"broken.test.":    "!broken.test.zone:3:1: no SOA record",
	})
	f := NewFinder(0)
	for _, w := range []want{
		{"outside of all zones", "www.example.org. A", "refused REFUSED ede20", "", "", ""},
		{"above all zones", ". NS", "refused REFUSED ede20", "", "", ""},
		{"a sibling whose name ends the same", "notexample. A", "refused REFUSED ede20", "", "", ""},
		{"a zone that could not be loaded", "www.broken.test. A", `not ready SERVFAIL by broken.test. ede14 "broken.test.zone:3:1: no SOA record"`, "", "", ""},
		{"DS of a zone that could not be loaded", "broken.test. DS", `not ready SERVFAIL by broken.test. ede14 "broken.test.zone:3:1: no SOA record"`, "", "", ""},

		{"a hit", "www.example. A", "hit NOERROR aa by example.", "www.example. 300 A 192.0.2.1\nwww.example. 300 A 192.0.2.2", "", ""},
		{"a hit in another case", "wWw.ExAmPlE. A", "hit NOERROR aa by example.", "wWw.ExAmPlE. 300 A 192.0.2.1\nwWw.ExAmPlE. 300 A 192.0.2.2", "", ""},
		{"the apex", "example. SOA", "hit NOERROR aa by example.", "example. 3600 SOA ns1.example. admin.example. 1 7200 900 1209600 60", "", ""},
		{"no such type", "www.example. MX", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"no such name", "nowhere.example. A", "nxdomain NXDOMAIN aa by example.", "", soa("example."), ""},
		{"no such name below one that exists", "below.www.example. A", "nxdomain NXDOMAIN aa by example.", "", soa("example."), ""},
		{"an empty non-terminal", "below.here.example. A", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"beside an empty non-terminal's child", "other.below.here.example. A", "nxdomain NXDOMAIN aa by example.", "", soa("example."), ""},

		{"CNAME asked for itself", "alias.example. CNAME", "hit NOERROR aa by example.", "alias.example. 300 CNAME www.example.", "", ""},

		{"a wildcard", "some.wild.example. A", "hit NOERROR aa by example.", "some.wild.example. 300 A 192.0.2.4", "", ""},
		{"a wildcard for several labels", "so.me.wild.example. A", "hit NOERROR aa by example.", "so.me.wild.example. 300 A 192.0.2.4", "", ""},
		{"a wildcard without the type", "some.wild.example. AAAA", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"the wildcard itself", "*.wild.example. A", "hit NOERROR aa by example.", "*.wild.example. 300 A 192.0.2.4", "", ""},
		{"below the wildcard itself", "a.*.wild.example. A", "nxdomain NXDOMAIN aa by example.", "", soa("example."), ""},
		{"a name that exists is not covered", "there.wild.example. A", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"nor is what lies below it", "below.there.wild.example. A", "nxdomain NXDOMAIN aa by example.", "", soa("example."), ""},
		{"nor is an empty non-terminal", "ent.wild.example. A", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"nor is what lies below that", "x.ent.wild.example. A", "nxdomain NXDOMAIN aa by example.", "", soa("example."), ""},
		{"the wildcard's parent", "wild.example. A", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"an empty non-terminal named asterisk covers too", "q.mid.example. A", "nodata NOERROR aa by example.", "", soa("example."), ""},

		{"below a cut", "www.sub.example. A", "delegation NOERROR by example.", "",
			"sub.example. 300 NS ns.sub.example.\nsub.example. 300 NS ns1.example.\nsub.example. 300 NS ns.other.test.",
			"ns.sub.example. 300 A 192.0.2.10 glue\nns.sub.example. 300 AAAA 2001:db8::10 glue\nns1.example. 300 A 192.0.2.53"},
		{"the cut itself", "SUB.example. A", "delegation NOERROR by example.", "",
			"SUB.example. 300 NS ns.sub.example.\nSUB.example. 300 NS ns1.example.\nSUB.example. 300 NS ns.other.test.",
			"ns.sub.example. 300 A 192.0.2.10 glue\nns.sub.example. 300 AAAA 2001:db8::10 glue\nns1.example. 300 A 192.0.2.53"},
		{"NS at the cut", "both.deleg.example. NS", "delegation NOERROR by example.", "", "both.deleg.example. 300 NS ns.both.deleg.example.", "ns.both.deleg.example. 300 A 192.0.2.12 glue"},
		{"ANY at the cut", "both.deleg.example. ANY", "delegation NOERROR by example.", "", "both.deleg.example. 300 NS ns.both.deleg.example.", "ns.both.deleg.example. 300 A 192.0.2.12 glue"},
		{"glue asked for", "ns.both.deleg.example. A", "delegation NOERROR by example.", "", "both.deleg.example. 300 NS ns.both.deleg.example.", "ns.both.deleg.example. 300 A 192.0.2.12 glue"},
		{"occluded data", "occluded.sub.example. DS", "delegation NOERROR by example.", "",
			"sub.example. 300 NS ns.sub.example.\nsub.example. 300 NS ns1.example.\nsub.example. 300 NS ns.other.test.",
			"ns.sub.example. 300 A 192.0.2.10 glue\nns.sub.example. 300 AAAA 2001:db8::10 glue\nns1.example. 300 A 192.0.2.53"},
		{"DS at the cut", "sub.example. DS", "hit NOERROR aa by example.", "sub.example. 300 DS 1 8 2 0000000000000000000000000000000000000000000000000000000000000000", "", ""},
		{"DS at a cut without", "both.deleg.example. DS", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"DS at an apex whose parent is held, with the cut", "nods.example. DS", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"DS at an apex whose parent is held, without the cut", "signed.example. DS", "nodata NOERROR aa by signed.example.", "", soa("signed.example."), ""},
		{"DS at an apex whose parent is not held", "example. DS", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"DS below an apex", "www.nods.example. DS", "nodata NOERROR aa by nods.example.", "", soa("nods.example."), ""},
		{"anything else at such an apex", "nods.example. NS", "hit NOERROR aa by nods.example.", "nods.example. 300 NS ns1.nods.example.", "", "ns1.nods.example. 300 A 192.0.2.53"},
		{"the child zone is nearest", "www.nods.example. A", "hit NOERROR aa by nods.example.", "www.nods.example. 300 A 192.0.2.8", "", ""},

		{"ANY", "www.example. ANY", "hit NOERROR aa by example.", "www.example. 300 A 192.0.2.1\nwww.example. 300 A 192.0.2.2\nwww.example. 300 TXT \"text\"", "", ""},
		{"ANY, one set is enough", "www.example. ANY minimal", "hit NOERROR aa by example.", "www.example. 300 A 192.0.2.1\nwww.example. 300 A 192.0.2.2", "", ""},
		{"ANY at an alias", "alias.example. ANY", "hit NOERROR aa by example.", "alias.example. 300 CNAME www.example.", "", ""},
		{"ANY at an empty non-terminal", "here.example. ANY", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"ANY at a name that does not exist", "nowhere.example. ANY", "nxdomain NXDOMAIN aa by example.", "", soa("example."), ""},
		{"ANY at a wildcard", "w.wild.example. ANY minimal", "hit NOERROR aa by example.", "w.wild.example. 300 A 192.0.2.4", "", ""},
	} {
		w.check(t, f, set)
	}
}

// DS of a name deep below a cut of the parent, while we hold its zone: the
// parent's side can only refer (RFC 4035, Section 3.1.4.1).
func TestDSOfAZoneBelowAnothersDelegation(t *testing.T) {
	set := zones(t, map[string]string{
		"example.":       "sub NS ns.elsewhere.test.\n",
		"a.sub.example.": "",
	})
	want{"", "a.sub.example. DS", "delegation NOERROR by example.", "", "sub.example. 300 NS ns.elsewhere.test.", ""}.check(t, NewFinder(0), set)
}

func TestDSOfAZoneThatIsNotReadyBelowOneThatIs(t *testing.T) {
	set := zones(t, map[string]string{"example.": "sub NS ns.elsewhere.test.\n", "sub.example.": "!sub.example.zone:3:1: no SOA record"})
	want{"", "sub.example. DS", "nodata NOERROR aa by example.", "", soa("example."), ""}.check(t, NewFinder(0), set)
}

func TestDSWhereTheParentIsNotReady(t *testing.T) {
	set := zones(t, map[string]string{"example.": "!broken", "sub.example.": ""})
	want{"", "sub.example. DS", "nodata NOERROR aa by sub.example.", "", soa("sub.example."), ""}.check(t, NewFinder(0), set)
}

func TestRootZone(t *testing.T) {
	set := zones(t, map[string]string{".": "com NS ns.com\nns.com A 192.0.2.1\n"})
	f := NewFinder(0)
	for _, w := range []want{
		{"apex", ". NS", "hit NOERROR aa by .", ". 300 NS ns1.", "", "ns1. 300 A 192.0.2.53"},
		{"DS of the root", ". DS", "nodata NOERROR aa by .", "", ". 60 SOA ns1. admin. 1 7200 900 1209600 60", ""},
		{"a referral", "www.example.com. A", "delegation NOERROR by .", "", "com. 300 NS ns.com.", "ns.com. 300 A 192.0.2.1 glue"},
		{"no such name", "nowhere. A", "nxdomain NXDOMAIN aa by .", "", ". 60 SOA ns1. admin. 1 7200 900 1209600 60", ""},
	} {
		w.check(t, f, set)
	}
}

// The least of TTL and MINIMUM of the SOA counts (RFC 2308, Section 3).
func TestNegativeTTL(t *testing.T) {
	for _, c := range []struct{ situation, soa, want string }{
		{"MINIMUM is less", "@ 3600 SOA ns1 admin 1 2 3 4 60\n", "60"},
		{"TTL is less", "@ 30 SOA ns1 admin 1 2 3 4 60\n", "30"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			set := zones(t, map[string]string{"example.": ""})
			e := zoneWithSOA(t, c.soa)
			a := NewFinder(0).Find(set.With(e), question(t, "nowhere.example. A"))
			if got, want := items(a.Authority), "example. "+c.want+" SOA ns1.example. admin.example. 1 2 3 4 60"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestOutcomesHaveNames(t *testing.T) {
	seen := map[string]bool{}
	for o := Refused; o <= Overflow; o++ {
		if seen[o.String()] || o.String() == "" {
			t.Errorf("outcome %d is called %q", o, o)
		}
		seen[o.String()] = true
	}
}
