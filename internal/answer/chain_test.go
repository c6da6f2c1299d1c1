package answer

import (
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/code"
)

const linking = `
www A 192.0.2.1
one CNAME www
two CNAME one
todns CNAME nowhere
toempty CNAME below.ent
x.below.ent TXT "x"
tonodata CNAME www
away CNAME www.elsewhere.test.
other CNAME www.other.test.
viaother CNAME back.other.test.
tobroken CNAME www.broken.test.
tocut CNAME www.sub
sub NS ns.sub
ns.sub A 192.0.2.10
*.wild CNAME www
*.wildaway CNAME www.elsewhere.test.
self CNAME self
a.ring CNAME b.ring
b.ring CNAME c.ring
c.ring CNAME a.ring
into CNAME b.ring
across CNAME across.other.test.
*.selfwild CNAME x.selfwild
old DNAME new
host.new A 192.0.2.20
alias.new CNAME host.new
oldaway DNAME elsewhere.test.
oldother DNAME new.other.test.
again CNAME twice.old
twice.new CNAME host.old
grows DNAME x.grows
flip DNAME flop
flop DNAME flip
tods CNAME sub
totop CNAME ent
`

const otherSide = `
www A 192.0.2.100
back CNAME www.example.
across CNAME across.example.
host.new A 192.0.2.101
`

func TestChain(t *testing.T) {
	set := zones(t, map[string]string{
		"example.": linking, "other.test.": otherSide, "broken.test.": "!broken",
	})
	f := NewFinder(0)
	const www = "www.example. 300 A 192.0.2.1"
	for _, w := range []want{
		{"one link", "one.example. A", "hit NOERROR aa by example.", "one.example. 300 CNAME www.example.\n" + www, "", ""},
		{"two links", "two.example. A", "hit NOERROR aa by example.", "two.example. 300 CNAME one.example.\none.example. 300 CNAME www.example.\n" + www, "", ""},
		{"the link itself", "two.example. CNAME", "hit NOERROR aa by example.", "two.example. 300 CNAME one.example.", "", ""},
		{"its end does not exist", "todns.example. A", "nxdomain NXDOMAIN aa by example.", "todns.example. 300 CNAME nowhere.example.", soa("example."), ""},
		{"its end is empty", "toempty.example. A", "nodata NOERROR aa by example.", "toempty.example. 300 CNAME below.ent.example.", soa("example."), ""},
		{"its end has other types", "tonodata.example. AAAA", "nodata NOERROR aa by example.", "tonodata.example. 300 CNAME www.example.", soa("example."), ""},
		{"out of our zones", "away.example. A", "departed NOERROR aa by example.", "away.example. 300 CNAME www.elsewhere.test.", "", ""},
		{"into another zone of ours", "other.example. A", "hit NOERROR aa by other.test.", "other.example. 300 CNAME www.other.test.\nwww.other.test. 300 A 192.0.2.100", "", ""},
		{"into another zone of ours and back", "viaother.example. A", "hit NOERROR aa by example.",
			"viaother.example. 300 CNAME back.other.test.\nback.other.test. 300 CNAME www.example.\n" + www, "", ""},
		{"into a zone that is not ready", "tobroken.example. A", "departed NOERROR aa by example.", "tobroken.example. 300 CNAME www.broken.test.", "", ""},
		{"into a delegation", "tocut.example. A", "delegation NOERROR aa by example.", "tocut.example. 300 CNAME www.sub.example.", "sub.example. 300 NS ns.sub.example.", "ns.sub.example. 300 A 192.0.2.10 glue"},
		{"DS at a cut through an alias", "tods.example. DS", "nodata NOERROR aa by example.", "tods.example. 300 CNAME sub.example.", soa("example."), ""},
		{"a wildcard alias", "Any.wild.example. A", "hit NOERROR aa by example.", "Any.wild.example. 300 CNAME www.example.\n" + www, "", ""},
		{"a wildcard alias out of our zones", "any.wildaway.example. A", "departed NOERROR aa by example.", "any.wildaway.example. 300 CNAME www.elsewhere.test.", "", ""},
		{"a wildcard alias asked for itself", "any.wild.example. CNAME", "hit NOERROR aa by example.", "any.wild.example. 300 CNAME www.example.", "", ""},

		{"to itself", "self.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at self.example."`, "self.example. 300 CNAME self.example.", "", ""},
		{"to itself, asked for itself", "self.example. CNAME", "hit NOERROR aa by example.", "self.example. 300 CNAME self.example.", "", ""},
		{"to itself in another case", "SELF.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at self.example."`, "SELF.example. 300 CNAME self.example.", "", ""},
		{"a ring of three", "a.ring.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at a.ring.example."`,
			"a.ring.example. 300 CNAME b.ring.example.\nb.ring.example. 300 CNAME c.ring.example.\nc.ring.example. 300 CNAME a.ring.example.", "", ""},
		{"into a ring", "into.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at b.ring.example."`,
			"into.example. 300 CNAME b.ring.example.\nb.ring.example. 300 CNAME c.ring.example.\nc.ring.example. 300 CNAME a.ring.example.\na.ring.example. 300 CNAME b.ring.example.", "", ""},
		{"a ring over two zones", "across.example. A", `loop SERVFAIL aa by other.test. ede0 "alias loop at across.example."`,
			"across.example. 300 CNAME across.other.test.\nacross.other.test. 300 CNAME across.example.", "", ""},
		{"a wildcard that covers its target", "q.selfwild.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at x.selfwild.example."`,
			"q.selfwild.example. 300 CNAME x.selfwild.example.\nx.selfwild.example. 300 CNAME x.selfwild.example.", "", ""},

		{"below a DNAME", "host.old.example. A", "hit NOERROR aa by example.",
			"old.example. 300 DNAME new.example.\nhost.old.example. 300 CNAME host.new.example.\nhost.new.example. 300 A 192.0.2.20", "", ""},
		{"below a DNAME in another case", "HoSt.OLD.example. A", "hit NOERROR aa by example.",
			"OLD.example. 300 DNAME new.example.\nHoSt.OLD.example. 300 CNAME HoSt.new.example.\nHoSt.new.example. 300 A 192.0.2.20", "", ""},
		{"CNAME asked for below a DNAME", "alias.old.example. CNAME", "hit NOERROR aa by example.",
			"old.example. 300 DNAME new.example.\nalias.old.example. 300 CNAME alias.new.example.", "", ""},
		{"ANY below a DNAME", "host.old.example. ANY", "hit NOERROR aa by example.",
			"old.example. 300 DNAME new.example.\nhost.old.example. 300 CNAME host.new.example.\nhost.new.example. 300 A 192.0.2.20", "", ""},
		{"the owner of a DNAME", "old.example. A", "nodata NOERROR aa by example.", "", soa("example."), ""},
		{"the DNAME itself", "old.example. DNAME", "hit NOERROR aa by example.", "old.example. 300 DNAME new.example.", "", ""},
		{"a DNAME to what does not exist", "nowhere.old.example. A", "nxdomain NXDOMAIN aa by example.",
			"old.example. 300 DNAME new.example.\nnowhere.old.example. 300 CNAME nowhere.new.example.", soa("example."), ""},
		{"a DNAME out of our zones", "a.b.oldaway.example. A", "departed NOERROR aa by example.",
			"oldaway.example. 300 DNAME elsewhere.test.\na.b.oldaway.example. 300 CNAME a.b.elsewhere.test.", "", ""},
		{"a DNAME into another zone of ours", "host.oldother.example. A", "hit NOERROR aa by other.test.",
			"oldother.example. 300 DNAME new.other.test.\nhost.oldother.example. 300 CNAME host.new.other.test.\nhost.new.other.test. 300 A 192.0.2.101", "", ""},
		{"a DNAME passed twice is given once", "again.example. A", "hit NOERROR aa by example.",
			"again.example. 300 CNAME twice.old.example.\nold.example. 300 DNAME new.example.\ntwice.old.example. 300 CNAME twice.new.example.\n" +
				"twice.new.example. 300 CNAME host.old.example.\nhost.old.example. 300 CNAME host.new.example.\nhost.new.example. 300 A 192.0.2.20", "", ""},
		{"two DNAMEs in turn", "x.flip.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at x.flip.example."`,
			"flip.example. 300 DNAME flop.example.\nx.flip.example. 300 CNAME x.flop.example.\nflop.example. 300 DNAME flip.example.\nx.flop.example. 300 CNAME x.flip.example.", "", ""},
	} {
		w.check(t, f, set)
	}
}

// RFC 6672, Section 2.2: a name that becomes too long is answered with YXDOMAIN and the DNAME.
func TestDNAMEOverflow(t *testing.T) {
	long := strings.Repeat("l23456789.", 9) // 90 octets
	set := zones(t, map[string]string{"example.": "short DNAME " + long + "example.\n"})
	f := NewFinder(0)
	// 255 = prefix + 90 + len("example.") in wire form, 9 octets.
	fits := strings.Repeat("a.", 78)
	for _, c := range []struct {
		prefix string
		want   Outcome
	}{{fits, NoName}, {fits + "b.", Overflow}} {
		a := f.Find(set, question(t, c.prefix+"short.example. A"))
		if a.Outcome != c.want || !a.Authoritative {
			t.Errorf("%d octets below: %s", len(c.prefix), summary(a))
		}
		if c.want == Overflow && (a.Rcode != code.YXDomain || len(a.Answer) != 1 || !strings.HasPrefix(items(a.Answer), "short.example. 300 DNAME ")) {
			t.Errorf("got %s with %s", summary(a), items(a.Answer))
		}
	}
}

// links is a zone with a chain of n links to an address.
func links(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "c%d CNAME c%d\n", i, i+1)
	}
	fmt.Fprintf(&s, "c%d A 192.0.2.1\n", n)
	return s.String()
}

func TestChainLimit(t *testing.T) {
	for _, c := range []struct{ limit, allowed int }{{1, 1}, {0, DefaultMaxChain}, {16, 16}, {64, 64}} {
		f := NewFinder(c.limit)
		for _, length := range []int{c.allowed - 1, c.allowed, c.allowed + 1, c.allowed + 10} {
			set := zones(t, map[string]string{"example.": links(length)})
			a := f.Find(set, question(t, "c0.example. A"))
			want, records := Hit, length+1
			if length > c.allowed {
				want, records = Exhausted, c.allowed
			}
			if a.Outcome != want || len(a.Answer) != records || a.Rcode != code.NoError || !a.Authoritative || len(a.Authority) != 0 {
				t.Errorf("limit %d, %d links: %s with %d records", c.limit, length, summary(a), len(a.Answer))
			}
		}
	}
}

// A DNAME to itself or below can only loop, but the CNAME made from it may be
// asked for.
func TestDNAMEBelowItself(t *testing.T) {
	set := zones(t, map[string]string{"example.": "grows DNAME x.grows\nsame DNAME same\ninto CNAME a.grows\n"})
	f := NewFinder(0)
	for _, w := range []want{
		{"below", "a.grows.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at grows.example."`, "", "", ""},
		{"itself", "a.same.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at same.example."`, "", "", ""},
		{"through an alias", "into.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at grows.example."`, "into.example. 300 CNAME a.grows.example.", "", ""},
		{"the CNAME asked for", "a.grows.example. CNAME", "hit NOERROR aa by example.", "grows.example. 300 DNAME x.grows.example.\na.grows.example. 300 CNAME a.x.grows.example.", "", ""},
	} {
		w.check(t, f, set)
	}
}

// A zone of its own below the DNAME ends what would be a loop: the search starts over
// in the nearest zone (RFC 6672, Section 3.2, steps 2 and 3c).
func TestDNAMEIntoZoneBelowItself(t *testing.T) {
	set := zones(t, map[string]string{
		"example.":              "grows DNAME sub.grows\nother DNAME x.other\n",
		"deep.x.other.example.": "@ A 192.0.2.2\n",
		"sub.grows.example.":    "www A 192.0.2.1\n",
	})
	f := NewFinder(0)
	for _, w := range []want{
		{"a name there", "www.grows.example. A", "hit NOERROR aa by sub.grows.example.",
			"grows.example. 300 DNAME sub.grows.example.\nwww.grows.example. 300 CNAME www.sub.grows.example.\nwww.sub.grows.example. 300 A 192.0.2.1", "", ""},
		{"no name there", "no.grows.example. A", "nxdomain NXDOMAIN aa by sub.grows.example.",
			"grows.example. 300 DNAME sub.grows.example.\nno.grows.example. 300 CNAME no.sub.grows.example.",
			"sub.grows.example. 60 SOA ns1.sub.grows.example. admin.sub.grows.example. 1 7200 900 1209600 60", ""},
		{"a zone below the target", "deep.other.example. A", "hit NOERROR aa by deep.x.other.example.",
			"other.example. 300 DNAME x.other.example.\ndeep.other.example. 300 CNAME deep.x.other.example.\ndeep.x.other.example. 300 A 192.0.2.2", "", ""},
		{"outside of that zone", "a.other.example. A", `loop SERVFAIL aa by example. ede0 "alias loop at other.example."`, "", "", ""},
	} {
		w.check(t, f, set)
	}
}

// At the limit no DNAME stands without the CNAME made from it (RFC 6672, Section 3.1).
func TestDNAMEAtTheLimit(t *testing.T) {
	set := zones(t, map[string]string{"example.": "one CNAME two.old\nold DNAME new\ntwo.new A 192.0.2.1\n"})
	want{"", "one.example. A", "exhausted NOERROR aa by example.", "one.example. 300 CNAME two.old.example.", "", ""}.check(t, NewFinder(1), set)
}

// An answer does not show anything of the one before it.
func TestFinderForgets(t *testing.T) {
	set := zones(t, map[string]string{"example.": linking, "other.test.": otherSide})
	f := NewFinder(0)
	fresh := func(q string) string {
		a := NewFinder(0).Find(set, question(t, q))
		return summary(a) + items(a.Answer) + items(a.Authority) + items(a.Additional)
	}
	questions := []string{"two.example. A", "a.ring.example. A", "host.old.example. A", "nowhere.example. A", "tocut.example. A", "www.test. A", "again.example. A"}
	for _, first := range questions {
		for _, second := range questions {
			f.Find(set, question(t, first))
			a := f.Find(set, question(t, second))
			if got := summary(a) + items(a.Answer) + items(a.Authority) + items(a.Additional); got != fresh(second) {
				t.Errorf("%s after %s: %s", second, first, got)
			}
		}
	}
}

// What is made of a wildcard or a DNAME says so by the first link, whatever its end.
func TestEncloser(t *testing.T) {
	set := zones(t, map[string]string{"example.": linking, "other.test.": otherSide})
	for text, want := range map[string]string{
		"x.wild.example. A": "wild.example.", "x.y.wild.example. TXT": "wild.example.", "host.old.example. A": "old.example.",
		"again.example. A": "", "www.example. A": "", "*.wild.example. A": "", "nowhere.example. A": "",
	} {
		got := ""
		if a := NewFinder(0).Find(set, question(t, text)); a.Encloser != nil {
			got = a.Encloser.String()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
	}
}
