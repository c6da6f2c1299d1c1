package remote

import (
	"bytes"
	"testing"

	"github.com/truename-dns/truename/api"
)

func rrset(ttl uint32, records ...api.RRsetRecord) *api.RRset {
	return &api.RRset{TTL: ttl, Records: records}
}

func content(c string) api.RRsetRecord { return api.RRsetRecord{Content: c} }

func TestDifferences(t *testing.T) {
	a, b := content("192.0.2.1"), content("192.0.2.2")
	update := func(sets ...api.SetDiff) api.ZoneDiff {
		return api.ZoneDiff{Kind: "update", Name: "a.example", From: 1, To: 2, Sets: sets}
	}
	const head = "zone a.example, serial 1 to 2\n"
	for _, c := range []struct {
		name string
		most int
		diff api.ZoneDiff
		want string
	}{
		{"only what is not the same", 0, update(api.SetDiff{Name: "x.", Type: "A", Before: rrset(300, a, content("192.0.2.7")), After: rrset(300, a, b)}),
			head + "- x. 300 A 192.0.2.7\n+ x. 300 A 192.0.2.2\n"},
		{"another TTL is of all records", 0, update(api.SetDiff{Name: "x.", Type: "A", Before: rrset(300, a, b), After: rrset(60, a, b)}),
			head + "- x. 300 A 192.0.2.1\n- x. 300 A 192.0.2.2\n+ x. 60 A 192.0.2.1\n+ x. 60 A 192.0.2.2\n"},
		{"what is kept beside them", 0, update(api.SetDiff{Name: "x.", Type: "A", Before: rrset(1, a), After: rrset(1, api.RRsetRecord{Content: "192.0.2.1", Disabled: true, Comment: "old"})}),
			head + "- x. 1 A 192.0.2.1\n+ x. 1 A 192.0.2.1  ; disabled; old\n"},
		{"a new zone", 0, api.ZoneDiff{Kind: "create", Name: "a.example", To: 1, After: &api.ZoneProps{Type: "master"}, Sets: []api.SetDiff{{Name: "a.example.", Type: "NS", After: rrset(1, content("ns."))}}},
			"zone a.example is new, serial 1\n+ a.example. 1 NS ns.\n"},
		{"a zone that goes", 0, api.ZoneDiff{Kind: "delete", Name: "a.example", From: 9, Before: &api.ZoneProps{}}, "zone a.example is gone, last serial 9\n"},
		{"properties", 0, api.ZoneDiff{Kind: "update", Name: "a.example", From: 1, To: 2,
			Before: &api.ZoneProps{Type: "master", Status: "active", SOATTL: 300}, After: &api.ZoneProps{Type: "master", Status: "paused", SOATTL: 60}},
			head + "- status: active\n+ status: paused\n- TTL of the SOA: 300\n+ TTL of the SOA: 60\n"},
		{"no more than is wanted", 1, update(api.SetDiff{Name: "x.", Type: "A", After: rrset(1, a, b)}, api.SetDiff{Name: "y.", Type: "A", After: rrset(1, a)}),
			head + "+ x. 1 A 192.0.2.1\n  … and 2 more lines\n"},
		{"all where it is just so many", 1, update(api.SetDiff{Name: "x.", Type: "A", After: rrset(1, a)}), head + "+ x. 1 A 192.0.2.1\n"},
		{"nothing that draws", 0, update(api.SetDiff{Name: "x.", Type: "TXT", After: rrset(1, content("\x1b[2J"))}), head + "+ x. 1 TXT \\x1b[2J\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := Differences(&out, c.most, []api.ZoneDiff{c.diff}); err != nil || out.String() != c.want {
				t.Errorf("%v, printed\n%s\nwant\n%s", err, out.String(), c.want)
			}
		})
	}
}

func TestTheLimitIsForEachZone(t *testing.T) {
	one := api.ZoneDiff{Kind: "update", Name: "z", Sets: []api.SetDiff{{Name: "x.", Type: "A", After: rrset(1, content("a"), content("b"))}}}
	var out bytes.Buffer
	if err := Differences(&out, 1, []api.ZoneDiff{one, one}); err != nil || bytes.Count(out.Bytes(), []byte("… and 1 more line\n")) != 2 {
		t.Errorf("%v\n%s", err, out.String())
	}
}
