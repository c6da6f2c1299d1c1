package serve

import (
	"testing"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/zone"
)

// A query counts for the zone that its name is in, and by a name that is ours:
// what strangers make up below one is not told apart.
func TestWhatAQueryCountsFor(t *testing.T) {
	b := serving(t, Config{Recursion: nil}, example+"across CNAME www.other.test.\n*.astray CNAME nowhere.other.test.\n")
	other := snapshot(t, "other.test.", "www A 192.0.2.9\nback CNAME www.example.\n")
	deep := snapshot(t, "deep.example.", "up CNAME www.example.\n")
	b.Publish(b.Zones().With(zone.Entry{Apex: other.Apex(), Zone: other}, zone.Entry{Apex: deep.Apex(), Zone: deep}))
	for _, c := range []struct {
		situation, name string
		qtype           uint16
		zone, counted   string // zone is empty for none, counted has a ! where it does not exist
	}{
		{"a hit", "wWw.Example.", dns.TypeA, "example.", "www.example."},
		{"no such type", "www.example.", dns.TypeMX, "example.", "www.example."},
		{"no such name", "No.where.example.", dns.TypeA, "example.", "!no.where.example."},
		{"an alias", "alias.example.", dns.TypeA, "example.", "alias.example."},
		{"an alias asked for itself", "alias.example.", dns.TypeCNAME, "example.", "alias.example."},
		{"a chain into another zone of ours", "across.example.", dns.TypeA, "example.", "across.example."},
		{"a chain into the zone above", "up.deep.example.", dns.TypeA, "deep.example.", "up.deep.example."},
		{"a chain from another zone of ours", "back.other.test.", dns.TypeA, "other.test.", "back.other.test."},
		{"a chain out of our zones", "away.example.", dns.TypeA, "example.", "away.example."},
		{"made up below a wildcard", "made.up.wild.example.", dns.TypeA, "example.", "*.wild.example."},
		{"made up below a wildcard without the type", "up.wild.example.", dns.TypeMX, "example.", "*.wild.example."},
		{"a wildcard alias", "up.calias.example.", dns.TypeA, "example.", "*.calias.example."},
		{"a wildcard that leads to no name", "up.astray.example.", dns.TypeA, "example.", "!up.astray.example."},
		{"below a DNAME", "host.old.example.", dns.TypeA, "example.", "old.example."},
		{"below a cut", "some.thing.sub.example.", dns.TypeA, "example.", "sub.example."},
		{"a zone that is not ready", "www.broken.test.", dns.TypeA, "broken.test.", "www.broken.test."},
		{"no zone of ours", "www.elsewhere.test.", dns.TypeA, "", ""},
	} {
		b.stats.Take()
		b.ask(t, edns(query(c.name, c.qtype), 1232))
		s := b.stats.Take()
		if n := s.All.Total(); n != 1 {
			t.Errorf("%s: %d queries", c.situation, n)
		}
		if c.zone == "" {
			if s.Elsewhere.Total() != 1 || len(s.Zones)+len(s.Names)+len(s.Missing) > 0 {
				t.Errorf("%s: %+v", c.situation, s)
			}
			continue
		}
		if n := s.Zones[string(dname.MustParse(c.zone))]; len(s.Zones) != 1 || n.Total() != 1 {
			t.Errorf("%s: counted for %v, want %s", c.situation, s.Zones, c.zone)
		}
		got := ""
		for _, n := range s.Names {
			got += dname.Name(n.Name).String()
		}
		for _, n := range s.Missing {
			got += "!" + dname.Name(n.Name).String()
		}
		if got != c.counted {
			t.Errorf("%s: counted as %q, want %q", c.situation, got, c.counted)
		}
	}
}

// What the gate turns away is for no zone, though the query before was.
func TestWhatIsTurnedAwayCountsForNoZone(t *testing.T) {
	b := serving(t, Config{}, example)
	b.ask(t, query("www.example.", dns.TypeA))
	b.stats.Take()
	b.ask(t, query("example.", dns.TypeAXFR))
	s := b.stats.Take()
	if len(s.Zones) != 0 || s.Elsewhere.Rcode(code.Refused) != 1 {
		t.Errorf("%+v", s)
	}
}
