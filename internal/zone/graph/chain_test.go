package graph

import (
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
)

var chains = map[string]string{
	"example.": `
www A 192.0.2.1
www 30 AAAA 2001:db8::1
one 60 CNAME WWW
two CNAME one
away CNAME www.elsewhere.test.
tobroken CNAME www.broken.test.
todns CNAME nowhere
sub NS ns.sub
tocut CNAME host.sub
*.wild 120 CNAME www
old 90 DNAME new
host.new A 192.0.2.2
grows DNAME x.grows
@ 600 ALIAS lb.other.test.
svc HTTPS 0 www
svc2 HTTPS 0 apexalias
apexalias ALIAS www
served HTTPS 1 . alpn=h2
none HTTPS 0 .
own A 192.0.2.3
own ALIAS www
both A 192.0.2.5
both AAAA 2001:db8::5
both ALIAS www
a.ring CNAME b.ring
b.ring CNAME c.ring
c.ring CNAME a.ring
into CNAME b.ring
ali ALIAS back.other.test.
x.swap HTTPS 0 y.swap
x.swap A 192.0.2.9
y.swap ALIAS x.swap
*.selfwild CNAME x.selfwild
`,
	"other.test.": `
lb 20 CNAME host
host 40 A 192.0.2.4
back CNAME ali.example.
`,
	"broken.test.": "!",
}

func TestFollow(t *testing.T) {
	set := world(t, chains)
	for _, c := range []struct{ situation, name, qtype, steps, end string }{
		{"an address", "www.example.", "A", "", "addresses example. 300"},
		{"one link", "one.EXAMPLE.", "AAAA", "one.example. CNAME 60 > www.example.", "addresses example. 30"},
		{"two links", "two.example.", "A", "two.example. CNAME 300 > one.example. CNAME 60 > www.example.", "addresses example. 300"},
		{"to other types", "one.example.", "MX", "one.example. CNAME 60 > www.example.", "nodata example. 60"},
		{"out of our zones", "away.example.", "A", "away.example. CNAME 300 > www.elsewhere.test.", "leaves"},
		{"into a zone that is not ready", "tobroken.example.", "A", "tobroken.example. CNAME 300 > www.broken.test.", "leaves"},
		{"to what does not exist", "todns.example.", "A", "todns.example. CNAME 300 > nowhere.example.", "nxdomain example. 60"},
		{"into a delegation", "tocut.example.", "A", "tocut.example. CNAME 300 > host.sub.example.", "delegated example. 0"},
		{"a wildcard", "any.wild.example.", "A", "any.wild.example. CNAME by *.wild.example. 120 > www.example.", "addresses example. 300"},
		{"a DNAME", "host.old.example.", "A", "host.old.example. DNAME by old.example. 90 > host.new.example.", "addresses example. 300"},
		{"a DNAME that grows", "a.grows.example.", "A", "", "loop grows.example. -> a.x.grows.example. -> grows.example."},
		{"ALIAS at the apex into another zone", "example.", "A", "example. ALIAS 600 > lb.other.test. CNAME 20 > host.other.test.", "addresses other.test. 40"},
		{"ALIAS is for addresses only", "example.", "TXT", "", "nodata example. 60"},
		{"AliasMode", "svc.example.", "HTTPS", "svc.example. HTTPS AliasMode 300 > www.example.", "nodata example. 60"},
		{"AliasMode is for its own type only", "svc.example.", "A", "", "nodata example. 60"},
		{"AliasMode and then ALIAS", "svc2.example.", "HTTPS", "svc2.example. HTTPS AliasMode 300 > apexalias.example. ALIAS 300 > www.example.", "addresses example. 30"},
		{"ServiceMode", "served.example.", "HTTPS", "", "addresses example. 300"},
		{"AliasMode to nothing", "none.example.", "HTTPS", "", "nodata example. 60"},
		{"ALIAS beside an address of the family", "own.example.", "A", "", "addresses example. 300"},
		{"ALIAS beside an address of the other family", "own.example.", "AAAA", "own.example. ALIAS 300 > www.example.", "addresses example. 30"},
		{"ALIAS beside addresses of both families", "both.example.", "HTTPS", "", "nodata example. 60"},
		{"a ring", "a.ring.example.", "A", "a.ring.example. CNAME 300 > b.ring.example. CNAME 300 > c.ring.example. CNAME 300 > a.ring.example.",
			"loop a.ring.example. -> b.ring.example. -> c.ring.example. -> a.ring.example."},
		{"into a ring", "into.example.", "TXT", "into.example. CNAME 300 > b.ring.example. CNAME 300 > c.ring.example. CNAME 300 > a.ring.example. CNAME 300 > b.ring.example.",
			"loop b.ring.example. -> c.ring.example. -> a.ring.example. -> b.ring.example."},
		{"a ring of ALIAS and CNAME over two zones", "ali.example.", "A", "ali.example. ALIAS 300 > back.other.test. CNAME 300 > ali.example.",
			"loop ali.example. -> back.other.test. -> ali.example."},
		{"a name passed for its service and for its address", "x.swap.example.", "HTTPS",
			"x.swap.example. HTTPS AliasMode 300 > y.swap.example. ALIAS 300 > x.swap.example.", "addresses example. 300"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			got := Follow(set, dname.MustParse(c.name), typeOf(t, c.qtype), 0)
			end := got.End.String()
			switch {
			case got.Loop != nil:
				end += " " + PathString(got.Loop)
			case got.Apex != nil:
				end += fmt.Sprintf(" %s %d", got.Apex, got.TTL)
			}
			if steps := pathText(got.Steps); steps != c.steps || end != c.end {
				t.Errorf("got  %q, %s\nwant %q, %s", steps, end, c.steps, c.end)
			}
		})
	}
}

func TestFollowStopsAtTheLimit(t *testing.T) {
	text := ""
	for i := range 80 {
		text += fmt.Sprintf("c%d CNAME c%d\n", i, i+1)
	}
	set := world(t, map[string]string{"example.": text + "c80 A 192.0.2.1\n"})
	for _, c := range []struct {
		from, limit, depth int
		end                End
	}{{64, 0, 16, Found}, {63, 0, 16, TooLong}, {79, 1, 1, Found}, {78, 1, 1, TooLong}, {0, 1000, MaxLimit, TooLong}, {16, 1000, MaxLimit, Found}} {
		got := Follow(set, dname.MustParse(fmt.Sprintf("c%d.example.", c.from)), typeOf(t, "A"), c.limit)
		if got.End != c.end || got.Depth() != c.depth {
			t.Errorf("from %d with limit %d: %s after %d steps, want %s after %d", c.from, c.limit, got.End, got.Depth(), c.end, c.depth)
		}
	}
}

func TestFollowWhereADNAMEMakesATooLongName(t *testing.T) {
	long := "l23456789012345678901234567890123456789012345678901234567890"
	text := fmt.Sprintf("d DNAME %[1]s.%[1]s.%[1]s\n", long)
	set := world(t, map[string]string{"example.": text})
	if got := Follow(set, dname.MustParse(long+"."+long+".d.example."), typeOf(t, "A"), 0); got.End != Overflow || got.Depth() != 0 {
		t.Errorf("%s after %d steps, want overflow after none", got.End, got.Depth())
	}
}

func TestLoop(t *testing.T) {
	set := world(t, chains)
	for name, want := range map[string]string{
		"www.example.": "", "svc2.example.": "", "x.swap.example.": "", "nowhere.test.": "",
		"into.example.":       "b.ring.example. -> c.ring.example. -> a.ring.example. -> b.ring.example.",
		"ali.example.":        "ali.example. -> back.other.test. -> ali.example.",
		"q.selfwild.example.": "x.selfwild.example. -> x.selfwild.example.",
		"a.grows.example.":    "grows.example. -> a.x.grows.example. -> grows.example.",
	} {
		path, ok := Loop(set, dname.MustParse(name))
		if got := PathString(path); ok != (want != "") || got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
