package lint

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
	"github.com/truename-dns/truename/internal/zone/lint/form"
	"github.com/truename-dns/truename/internal/zone/lint/reach"
)

// scan is Pointers that looks through all zones.
type scan struct{ set *zone.Set }

func (s scan) each(want func(dname.Name) bool, yield func(apex, owner dname.Name, t rr.Type) bool) {
	for e := range s.set.All {
		for owner, n := range e.Zone.All() {
			for set, cur := n.Next(0); !set.Empty(); set, cur = n.Next(cur) {
				for len(set) > 0 {
					var r rr.Record
					r, set = set.Next()
					if kindOf(r.Type())&pointers == 0 || r.Type() == rr.TypeSOA {
						continue
					}
					if target := form.Target(r); target != nil && want(target) && !yield(e.Apex, owner, r.Type()) {
						return
					}
				}
			}
		}
	}
}

func (s scan) To(target dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool) {
	s.each(target.Equal, yield)
}

func (s scan) Below(name dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool) {
	s.each(func(n dname.Name) bool { return n.IsBelow(name) }, yield)
}

func setOf(t testing.TB, texts []string) *zone.Set {
	t.Helper()
	var entries []zone.Entry
	for _, m := range masters(t, texts...) {
		entries = append(entries, zone.Entry{Apex: m.apex, Zone: m.build().Snapshot})
	}
	return new(zone.Set).With(entries...)
}

// between is the Change that leads from one set of zones to another.
func between(before, after *zone.Set) Change {
	c := Change{Old: before, New: after, Pointers: scan{before}}
	seen := make(map[string]bool)
	for _, s := range [...]*zone.Set{before, after} {
		for e := range s.All {
			a, b := e.Zone, reach.ZoneOf(before, e.Apex, new(dname.Key))
			if s == before {
				b = reach.ZoneOf(after, e.Apex, new(dname.Key))
			}
			for owner, n := range a.All() {
				if id := e.Apex.String() + owner.String(); !seen[id] && !sameNode(owner, n, b) {
					seen[id] = true
					c.Touched = append(c.Touched, Touched{Apex: e.Apex, Owner: owner.Clone()})
				}
			}
		}
	}
	return c
}

func sameNode(owner dname.Name, n zone.Node, other *zone.Snapshot) bool {
	if other == nil {
		return false
	}
	var k dname.Key
	k.Set(owner)
	m := other.Node(&k, k.Depth())
	return m != nil && fmt.Sprint(n.Canonical()) == fmt.Sprint(m.Canonical())
}

const hub = beside + "main A 192.0.2.1\nmain TXT x\n"

func TestChanges(t *testing.T) {
	for _, c := range []struct {
		name          string
		before, after []string
		errors        []string // codes with owners
		warnings      []string
	}{
		{"nothing wrong", []string{head}, []string{head + "www A 192.0.2.1\n"}, nil, nil},
		{"address becomes alias", []string{head + "www A 192.0.2.1\n"}, []string{head + "www CNAME host.example.net.\n"}, nil, nil},
		{"alias comes beside an address", []string{head + "www A 192.0.2.1\n"}, []string{head + "www A 192.0.2.1\nwww CNAME host.example.net.\n"},
			[]string{"cname-and-other-data www.example.com."}, nil},
		{"alias at the apex", []string{head}, []string{head + "@ CNAME host.example.net.\n"}, []string{"cname-and-other-data example.com.", "cname-at-apex example.com."}, nil},
		{"an error that stood there does not count", []string{head + "www CNAME a.example.net.\nwww TXT x\n"},
			[]string{head + "www CNAME a.example.net.\nwww TXT x\nwww TXT y\n"}, nil, nil},
		{"an error elsewhere does not count", []string{head + "www CNAME a.example.net.\nwww TXT x\n"},
			[]string{head + "www CNAME a.example.net.\nwww TXT x\nftp A 192.0.2.1\n"}, nil, nil},
		{"a warning of a touched name travels even if it stood there", []string{head + "www CNAME gone\n"}, []string{head + "www 60 CNAME gone\n"},
			nil, []string{"dangling-target www.example.com."}},
		{"last NS record goes", []string{head}, []string{strings.ReplaceAll(head, "@ NS", "x NS")}, []string{"missing-ns example.com."}, nil},
		{"loop is closed in another zone", []string{head + "a CNAME main.example.org.\n", hub},
			[]string{head + "a CNAME main.example.org.\n", beside + "main CNAME a.example.com.\n"}, []string{"cname-loop main.example.org."}, nil},
		{"loop is closed by a wildcard when the name before it goes", []string{head + "*.w CNAME a.w\na.w A 192.0.2.1\n"}, []string{head + "*.w CNAME a.w\n"},
			[]string{"cname-loop a.w.example.com."}, nil},
		{"loop is closed by a DNAME for those who point below it", []string{head + "y CNAME x.d\nx.e CNAME y\n"},
			[]string{head + "y CNAME x.d\nd DNAME e\nx.e CNAME y\n"}, []string{"cname-loop x.e.example.com."}, nil},
		{"name is led into a loop that is there", []string{head + "a CNAME b\nb CNAME a\n"}, []string{head + "a CNAME b\nb CNAME a\nx CNAME a\n"},
			[]string{"cname-loop x.example.com."}, nil},
		{"a loop that is there stops nobody else", []string{head + "a CNAME b\nb CNAME a\n"}, []string{head + "a CNAME b\nb CNAME a\nx A 192.0.2.1\n"}, nil, nil},
		{"a loop is opened", []string{head + "a CNAME b\nb CNAME a\n"}, []string{head + "a CNAME b\nb A 192.0.2.1\n"}, nil, nil},
		{"target of mail becomes an alias elsewhere", []string{head + "@ MX 10 main.example.org.\n", hub},
			[]string{head + "@ MX 10 main.example.org.\n", beside + "main CNAME host.example.net.\n"}, nil, []string{"mx-target-is-alias example.com."}},
		{"target goes", []string{head + "www CNAME main.example.org.\n", hub}, []string{head + "www CNAME main.example.org.\n", beside},
			nil, []string{"dangling-target www.example.com."}},
		{"address of a mail server goes", []string{head + "@ MX 10 main.example.org.\n", hub}, []string{head + "@ MX 10 main.example.org.\n", beside + "main TXT x\n"},
			nil, []string{"target-without-address example.com."}},
		{"glue goes", []string{head + "sub NS ns.sub\nns.sub A 192.0.2.1\n"}, []string{head + "sub NS ns.sub\n"}, nil, []string{"missing-glue sub.example.com."}},
		{"glue comes with its NS", []string{head}, []string{head + "sub NS ns.sub\nns.sub A 192.0.2.1\n"}, nil, nil},
		{"glue comes after its NS", []string{head + "sub NS ns.sub\n"}, []string{head + "sub NS ns.sub\nns.sub A 192.0.2.1\n"}, nil, nil},
		{"an address below a cut that nobody asks for", []string{head + "sub NS ns1.example.net.\n"}, []string{head + "sub NS ns1.example.net.\nns.sub A 192.0.2.1\n"},
			nil, []string{"below-cut ns.sub.example.com."}},
		{"other data of a target changes", []string{head + "www CNAME main.example.org.\n", hub},
			[]string{head + "www CNAME main.example.org.\n", beside + "main A 192.0.2.9\nmain TXT y\n"}, nil, nil},
		{"a zone goes that others point into", []string{head + "www CNAME main.example.org.\n@ MX 10 main.example.org.\n", hub}, []string{head + "www CNAME main.example.org.\n@ MX 10 main.example.org.\n"},
			nil, []string{"dangling-target example.com.", "dangling-target www.example.com."}},
		{"a zone comes with an error", []string{head}, []string{head, beside + "a CNAME b\nb CNAME a\n"}, []string{"cname-loop a.example.org."}, nil},
		{"a zone comes that lacks what others point to", []string{head + "www CNAME main.example.org.\n"}, []string{head + "www CNAME main.example.org.\n", beside},
			nil, []string{"dangling-target www.example.com."}},
		{"a zone comes that closes a loop", []string{head + "www CNAME main.example.org.\n"}, []string{head + "www CNAME main.example.org.\n", beside + "main CNAME www.example.com.\n"},
			[]string{"cname-loop main.example.org."}, nil},
		{"DNAME over names", []string{head + "a.old A 192.0.2.1\n"}, []string{head + "a.old A 192.0.2.1\nold DNAME example.net.\n"},
			[]string{"below-dname a.old.example.com."}, nil},
		{"cut over names", []string{head + "a.sub A 192.0.2.1\n"}, []string{head + "a.sub A 192.0.2.1\nsub NS ns1.example.net.\n"},
			nil, []string{"below-cut a.sub.example.com."}},
		{"name below a DNAME", []string{head + "old DNAME example.net.\n"}, []string{head + "old DNAME example.net.\na.old A 192.0.2.1\n"},
			[]string{"below-dname a.old.example.com."}, nil},
		{"empty non-terminal takes the wildcard away", []string{head + "* A 192.0.2.1\n"}, []string{head + "* A 192.0.2.1\n_acme-challenge.shop TXT x\n"},
			nil, []string{"wildcard-shadowed shop.example.com."}},
		{"empty non-terminal goes", []string{head + "www CNAME b\na.b A 192.0.2.1\n"}, []string{head + "www CNAME b\n"}, nil, []string{"dangling-target www.example.com."}},
		{"wildcard goes that stood for a target", []string{head + "www CNAME x.w\n*.w A 192.0.2.1\n"}, []string{head + "www CNAME x.w\n"}, nil, []string{"dangling-target www.example.com."}},
		{"owner with a final dot missing", []string{head}, []string{head + "www.example.com A 192.0.2.1\n"}, nil, []string{"trailing-dot www.example.com.example.com."}},
		{"chain grows too long below a follower", []string{chainOf(15), beside + "x CNAME n00.example.com.\ny CNAME x\n"},
			[]string{strings.Replace(chainOf(15), "n15 A 192.0.2.1", "n15 CNAME host.example.net.", 1), beside + "x CNAME n00.example.com.\ny CNAME x\n"},
			[]string{"alias-chain-too-long x.example.org.", "alias-chain-too-long y.example.org."}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := CheckChange(between(setOf(t, c.before), setOf(t, c.after)))
			var errors, warnings []string
			for _, f := range r.Findings {
				if line := f.Code + " " + f.Owner; f.Severity == Error {
					errors = append(errors, line)
				} else if f.Code != aliasChain.Code {
					warnings = append(warnings, line)
				}
			}
			slices.Sort(errors)
			slices.Sort(warnings)
			if !slices.Equal(errors, c.errors) || !slices.Equal(warnings, c.warnings) || r.Errors != len(errors) {
				t.Errorf("got errors %q and warnings %q (%v), want %q and %q", errors, warnings, r.Findings, c.errors, c.warnings)
			}
		})
	}
}

func TestAChangeWithoutPointersOrZones(t *testing.T) {
	if r := CheckChange(Change{Touched: []Touched{{Apex: dname.MustParse("example.com."), Owner: dname.MustParse("www.example.com.")}}}); len(r.Findings) > 0 {
		t.Errorf("got %v", r.Findings)
	}
	set := setOf(t, []string{head + "sub NS ns1.example.net.\nns.sub A 192.0.2.1\n"})
	c := Change{New: set, Touched: []Touched{{Apex: dname.MustParse("example.com."), Owner: dname.MustParse("example.com.")}}}
	if got := codes(CheckChange(c).Findings); !slices.Equal(got, []string{"below-cut"}) {
		t.Errorf("a zone that comes first of all: got %q", got)
	}
}

func TestFollowersAreBounded(t *testing.T) {
	var b strings.Builder
	for i := range 3 * MaxPointers {
		fmt.Fprintf(&b, "w%d CNAME main.example.org.\n", i)
	}
	before := setOf(t, []string{head + b.String(), hub})
	r := CheckChange(between(before, setOf(t, []string{head + b.String(), beside})))
	if r.Warnings != MaxPointers || r.Errors != 0 {
		t.Errorf("%d warnings, want %d", r.Warnings, MaxPointers)
	}
}
