package local

import (
	"fmt"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/resolver/message"
	"github.com/truename-dns/truename/internal/zone"
)

// shown is m in one line: its code, then the owners and types of its sections.
func shown(m message.Message) string {
	out := m.Rcode.String()
	for n, items := range [][]message.Item{m.Answer, m.Authority, m.Additional} {
		if n > 0 && len(items) > 0 && items[0].Set.Type() != rr.TypeSOA {
			out += []string{"", " |", " +"}[n]
		}
		for _, i := range items {
			if i.Set.Type() != rr.TypeSOA {
				out += fmt.Sprintf(" %s %s", i.Owner, i.Set.Type())
			}
		}
	}
	return out
}

const ours = `$TTL 300
@ SOA ns.ours.test. host.ours.test. 1 3600 600 86400 60
@ NS ns
ns A 192.0.2.1
www CNAME ns
*.wild A 192.0.2.2
*.all CNAME www
old DNAME new
site ALIAS edge.example.
sub NS ns.sub
sub NS ns.elsewhere.
ns.sub A 192.0.2.3
ns.sub AAAA 2001:db8::3
`

func zones(t testing.TB) Zones {
	t.Helper()
	apex := dname.MustParse("ours.test.")
	b := zone.NewBuilder(apex)
	err := zonefile.Parse(strings.NewReader(ours), "ours.test", zonefile.Options{Origin: apex}, func(r *zonefile.Record) error {
		b.Add(r.Owner, r.Type, r.TTL, r.Data, zone.Place{})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	set := new(zone.Set).With(zone.Entry{Apex: apex, Zone: b.Build().Snapshot}, zone.Entry{Apex: dname.MustParse("broken.test."), Reason: "no SOA"})
	return func() *zone.Set { return set }
}

// Find says what a server of the zones would, and Link the CNAME in it.
func TestZones(t *testing.T) {
	zs := zones(t)
	for _, c := range []struct {
		situation, name string
		t               rr.Type
		want, link      string
	}{
		{"records", "ns.ours.test.", rr.TypeA, "NOERROR ns.ours.test. A", ""},
		{"another type", "ns.ours.test.", rr.TypeTXT, "NOERROR", ""},
		{"no such name", "none.ours.test.", rr.TypeA, "NXDOMAIN", ""},
		{"an alias", "WWW.ours.test.", rr.TypeA, "NOERROR WWW.ours.test. CNAME", "ns.ours.test."},
		{"the alias itself", "www.ours.test.", rr.TypeCNAME, "NOERROR www.ours.test. CNAME", "ns.ours.test."},
		{"made of a wildcard", "a.wild.ours.test.", rr.TypeA, "NOERROR a.wild.ours.test. A", ""},
		{"an alias made of a wildcard", "a.all.ours.test.", rr.TypeA, "NOERROR a.all.ours.test. CNAME", "www.ours.test."},
		{"below a DNAME", "a.old.ours.test.", rr.TypeA, "NOERROR old.ours.test. DNAME", ""},
		{"an ALIAS", "site.ours.test.", rr.TypeA, "NOERROR site.ours.test. ALIAS", ""},
		{"beside an ALIAS", "site.ours.test.", rr.TypeTXT, "NOERROR", ""},
		{"a cut", "sub.ours.test.", rr.TypeA, "NOERROR | sub.ours.test. NS + ns.sub.ours.test. A ns.sub.ours.test. AAAA", ""},
		{"below a cut", "www.sub.ours.test.", rr.TypeA, "NOERROR | sub.ours.test. NS + ns.sub.ours.test. A ns.sub.ours.test. AAAA", ""},
		{"DS at a cut", "sub.ours.test.", rr.TypeDS, "NOERROR", ""},
		{"a zone that is not loaded", "www.broken.test.", rr.TypeA, "SERVFAIL", ""},
		{"others", "www.example.", rr.TypeA, "", ""},
	} {
		name := dname.MustParse(c.name)
		m, ok := zs.Find(name, c.t)
		if ok != (c.want != "") || ok && shown(m) != c.want {
			t.Errorf("%s: %v, %s; want %s", c.situation, ok, shown(m), c.want)
		}
		var key dname.Key
		key.Set(name)
		cname, ok := zs.Link(&key)
		if ok != (c.want != "") || cname.Empty() != (c.link == "") || !cname.Empty() && cname.Target().String() != c.link {
			t.Errorf("%s: link %v %v, want %q", c.situation, ok, cname, c.link)
		}
	}
}

// What Find gives away is the caller's: nothing in it is the zone's own.
func TestFindCopies(t *testing.T) {
	zs := zones(t)
	for _, name := range []string{"ns.ours.test.", "site.ours.test.", "a.old.ours.test.", "sub.ours.test."} {
		m, _ := zs.Find(dname.MustParse(name), rr.TypeA)
		for _, items := range [][]message.Item{m.Answer, m.Authority, m.Additional} {
			for _, i := range items {
				message.SetTTL(i.Set, 1)
			}
		}
		m, _ = zs.Find(dname.MustParse(name), rr.TypeA)
		for _, i := range append(m.Answer, m.Authority...) {
			if i.Set.TTL() == 1 {
				t.Errorf("%s: %s %s of the zone was changed", name, i.Owner, i.Set.Type())
			}
		}
	}
}

func TestLinkAllocatesNothing(t *testing.T) {
	zs := zones(t)
	var key dname.Key
	key.Set(dname.MustParse("www.ours.test."))
	if n := testing.AllocsPerRun(100, func() { zs.Link(&key) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
