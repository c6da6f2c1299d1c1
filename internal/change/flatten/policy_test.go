package flatten

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

var addresses = []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("192.0.2.2")}

// policyText is what edit says of the record of owner to x.example.net.
func policyText(edit zone.Policies, owner string) string {
	p, known := edit[zone.PolicyKey(name(owner), name("x.example.net."))]
	switch {
	case !known:
		return "nothing"
	case p == nil:
		return "taken out"
	}
	return fmt.Sprintf("%s %d %d %d", p.OnFailure, p.Stale(), p.A.Count(), p.AAAA.Count())
}

func TestPolicies(t *testing.T) {
	alias := func(a change.Alias) change.RRset { return with(set("www", "ALIAS", "x.example.net."), a) }
	cname := func(a change.Alias) change.RRset { return with(set("www", "CNAME", "x.example.net."), a) }
	none := set("www", "ALIAS")
	nodata := change.Alias{OnFailure: "nodata"}
	for _, c := range []struct {
		situation     string
		before, after change.RRset
		was, is       bool // the zone flattens all
		want          string
	}{
		{"nothing is said", none, alias(change.Alias{}), false, false, "nothing"},
		{"it comes", none, alias(nodata), false, false, "nodata 259200 0 0"},
		{"it goes with the record", alias(nodata), none, false, false, "taken out"},
		{"it goes, and the record stays", alias(nodata), alias(change.Alias{}), false, false, "taken out"},
		{"it is another", alias(nodata), alias(change.Alias{OnFailure: "stale", MaxStale: change.SecondsOf(60)}), false, false, "stale 60 0 0"},
		{"no time at all is the least there is", none, alias(change.Alias{MaxStale: change.SecondsOf(0)}), false, false, "stale 1 0 0"},
		{"addresses", none, alias(change.Alias{OnFailure: "fallback", Fallback: addresses}), false, false, "fallback 259200 2 1"},
		{"the record is disabled", alias(nodata), off(alias(nodata), 0), false, false, "taken out"},
		{"a CNAME becomes flat", cname(nodata), cname(nodata), false, true, "nodata 259200 0 0"},
		{"a CNAME becomes plain", cname(nodata), cname(nodata), true, false, "taken out"},
		{"a CNAME stays plain", cname(nodata), cname(nodata), false, false, "nothing"},
		{"text", with(set("www", "TXT", "x"), nodata), with(set("www", "TXT", "x"), nodata), false, true, "nothing"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			edit := Policies(kept(c.was), kept(c.is), []change.SetDiff{{Before: c.before, After: c.after}})
			if got := policyText(edit, "www"); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
	exchange := []change.SetDiff{{Before: cname(change.Alias{Flatten: change.Yes, OnFailure: "servfail"}), After: set("www", "CNAME")}, {Before: none, After: alias(nodata)}}
	for range 2 { // an ALIAS comes for a CNAME of the same target
		if got := policyText(Policies(kept(false), kept(false), exchange), "www"); got != "nodata 259200 0 0" {
			t.Errorf("for what it took the place of: %s", got)
		}
		exchange[0], exchange[1] = exchange[1], exchange[0]
	}
}

func TestFallbackHasTheTTLOfItsRecord(t *testing.T) {
	edit := Policies(nil, kept(false), []change.SetDiff{{After: with(set("www", "ALIAS", "x.example.net."), change.Alias{OnFailure: "fallback", Fallback: addresses[:1]})}})
	p := edit[zone.PolicyKey(name("www"), name("x.example.net."))]
	if r, _ := p.A.Next(); r.TTL() != 300 || string(rr.AppendDataText(nil, rr.TypeA, r.Data())) != "192.0.2.1" {
		t.Errorf("%d %s", r.TTL(), rr.AppendDataText(nil, rr.TypeA, r.Data()))
	}
}

func TestCheck(t *testing.T) {
	for _, a := range []change.Alias{
		{}, {Flatten: change.No}, {OnFailure: "stale"}, {MaxStale: change.SecondsOf(MaxStale)}, {MaxStale: change.SecondsOf(0)},
		{OnFailure: "stale", MaxStale: change.SecondsOf(1)}, {OnFailure: "servfail"}, {OnFailure: "nodata"}, {OnFailure: "fallback", Fallback: addresses},
	} {
		if message, fix := Check(&a); message != "" || fix != "" {
			t.Errorf("%+v: %s; %s", a, message, fix)
		}
	}
	for word, a := range map[string]change.Alias{
		"there is no on_failure":    {OnFailure: "STALE"},
		"longer than 2592000":       {MaxStale: change.SecondsOf(MaxStale + 1)},
		"this is servfail":          {OnFailure: "servfail", MaxStale: change.SecondsOf(0)},
		"on_failure is nodata":      {OnFailure: "nodata", Fallback: addresses},
		"no addresses to fall back": {OnFailure: "fallback"},
		"is there twice":            {OnFailure: "fallback", Fallback: append(addresses, addresses[0])},
		"no address that a record":  {OnFailure: "fallback", Fallback: []netip.Addr{netip.MustParseAddr("fe80::1%lo")}},
		"at most 16":                {OnFailure: "fallback", Fallback: make([]netip.Addr, 17)},
	} {
		if message, fix := Check(&a); !strings.Contains(message, word) || fix == "" {
			t.Errorf("%+v: %q, %q; want %q", a, message, fix, word)
		}
	}
}

func TestApex(t *testing.T) {
	alias := set("@", "CNAME", "host.example.net.")
	for _, c := range []struct {
		situation string
		beside    []change.RRset
		done      bool
	}{
		{"alone", nil, true},
		{"beside mail and text", []change.RRset{set("@", "MX", "10 mail.example.net."), set("@", "TXT", "x"), set("@", "NS", "ns.example.net.")}, true},
		{"beside an IPv4 address", []change.RRset{set("@", "A", "192.0.2.1")}, false},
		{"beside an IPv6 address", []change.RRset{set("@", "AAAA", "2001:db8::1")}, false},
		{"beside an ALIAS", []change.RRset{set("@", "ALIAS", "other.example.net.")}, false},
		{"beside another", []change.RRset{set("@", "CNAME", "other.example.net.")}, false},
	} {
		t.Run(c.situation, func(t *testing.T) {
			s := built(t, append(c.beside, alias)...)
			got, done := Apex(s)
			n := nodeOf(got, apex)
			if done != c.done || done == n.Is(zone.HasCNAME) || done && n.Set(rr.TypeALIAS).Count() != 1 {
				t.Fatalf("done: %v; %s", done, n.Set(rr.TypeALIAS).Type())
			}
			if got.Records() != s.Records() {
				t.Errorf("%d records were %d", got.Records(), s.Records())
			}
		})
	}
	without := built(t, set("www", "CNAME", "host.example.net."))
	if got, done := Apex(without); done || got != without {
		t.Error("a zone without one is another")
	}
	if _, done := Apex(zone.NewBuilder(apex).Build().Snapshot); done {
		t.Error("what is no zone has an apex")
	}
}

func TestIdle(t *testing.T) {
	flat, plain, nodata := change.Alias{Flatten: change.Yes}, change.Alias{Flatten: change.No}, change.Alias{OnFailure: "nodata"}
	for _, c := range []struct {
		situation, owner, kind, data string
		says                         change.Alias
		all                          bool
		word                         string
	}{
		{"an address", "www", "A", "192.0.2.1", flat, false, "no effect on A"},
		{"an ALIAS that says yes", "www", "ALIAS", "x.example.net.", flat, false, "flatten_cname has no effect on an ALIAS record"},
		{"an ALIAS that says no", "www", "ALIAS", "x.example.net.", plain, false, "flatten_cname false has no effect on an ALIAS record"},
		{"an apex that says yes", "@", "ALIAS", "x.example.net.", flat, false, "flatten_cname has no effect at the apex"},
		{"an apex that says no", "@", "ALIAS", "x.example.net.", plain, false, "flatten_cname false has no effect at the apex"},
		{"a policy of a plain CNAME", "www", "CNAME", "x.example.net.", nodata, false, "on_failure is of no effect"},
		{"a policy of one that is flattened", "www", "CNAME", "x.example.net.", nodata, true, ""},
		{"a policy of an ALIAS", "www", "ALIAS", "x.example.net.", nodata, false, ""},
		{"a CNAME that says yes", "www", "CNAME", "x.example.net.", flat, false, ""},
		{"a CNAME that says no", "www", "CNAME", "x.example.net.", plain, true, ""},
	} {
		t.Run(c.situation, func(t *testing.T) {
			s := with(set(c.owner, c.kind, c.data), c.says)
			if got := Idle(kept(c.all), &s, &s.Records[0]); (got == "") != (c.word == "") || !strings.Contains(got, c.word) {
				t.Errorf("it says %q, not %q", got, c.word)
			}
		})
	}
}
