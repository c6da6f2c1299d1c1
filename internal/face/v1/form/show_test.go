package form

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone/graph"
)

var noon = time.Date(2026, 1, 31, 12, 0, 0, 500, time.UTC)

// addresses is an RRset of A records of those last octets.
func addresses(owner string, hosts ...byte) change.RRset {
	s := change.RRset{Owner: dname.MustParse(owner), Type: rr.TypeA, TTL: 60}
	for _, h := range hosts {
		s.Records = append(s.Records, change.Record{Data: []byte{192, 0, 2, h}})
	}
	return s
}

func TestRecordsAreShownAndFound(t *testing.T) {
	s := addresses("www.example.com.", 1, 2)
	s.Records[1].Disabled = true
	s.Records[1].Note.Comment = "of both"
	for i, content := range []string{"192.0.2.1", "192.0.2.2"} {
		r := Record(&s, i)
		if r.Name != "www.example.com." || r.Type != "A" || r.Content != content || r.TTL != 60 || r.Disabled != (i == 1) || *r.Comment != "of both" || r.Priority != nil {
			t.Errorf("%+v", r)
		}
		key, ok := ParseRecordID(r.ID, apex)
		if !ok || Find(&s, key.Content, apex) != i {
			t.Errorf("%s is not found", content)
		}
	}
	tests := []struct {
		name string
		set  change.RRset
		text string
		at   int
	}{
		{"none", s, "192.0.2.3", -1},
		{"no address", s, "x", -1},
		{"empty", s, "", -1},
		{"a target without its dot", change.RRset{Type: rr.TypeCNAME, Records: []change.Record{{Data: dname.MustParse("main.example.net.")}}}, "Main.example.NET", 0},
		{"text in quotes", change.RRset{Type: rr.TypeTXT, Records: []change.Record{{Data: []byte("\x03a b")}}}, `"a b"`, 0},
	}
	for _, test := range tests {
		if at := Find(&test.set, test.text, apex); at != test.at {
			t.Errorf("%s: at %d", test.name, at)
		}
	}
}

func TestTheSOAIsFoundWhateverItsSerial(t *testing.T) {
	data, err := ParseContent("content", rr.TypeSOA, "ns.example.com. root.example.com. 7 1 2 3 4", nil, apex)
	if err != nil {
		t.Fatal(err)
	}
	s := change.RRset{Owner: apex, Type: rr.TypeSOA, Records: []change.Record{{Data: data}}}
	tests := []struct {
		text string
		at   int
	}{
		{"ns.example.com. root.example.com. 7 1 2 3 4", 0},
		{"ns.example.com. root.example.com. 9 1 2 3 4", 0},
		{"ns.example.com. root.example.com. 7 1 2 3 5", -1},
		{"ns.example.com.", -1},
	}
	for _, test := range tests {
		if at := Find(&s, test.text, apex); at != test.at {
			t.Errorf("%s: at %d", test.text, at)
		}
	}
}

func TestPlacesComeBack(t *testing.T) {
	if text := PlaceText(control.Place{}); text != "" {
		t.Errorf("the end is %q", text)
	}
	if p, ok := ParsePlace(""); !ok || p.Apex != nil {
		t.Errorf("the beginning is %+v", p)
	}
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.SliceOfN(rapid.Byte(), 1, 10).Draw(t, "label")
		owner := dname.Name(append(append([]byte{byte(len(label))}, label...), apex...)).Lower()
		p := control.Place{Apex: apex, Owner: owner, Type: rr.Type(rapid.Uint16().Draw(t, "type"))}
		if strings.Contains(owner.String(), "|") {
			return // it is written with the separator
		}
		again, ok := ParsePlace(PlaceText(p))
		if !ok || !again.Apex.Equal(p.Apex) || !again.Owner.Equal(p.Owner) || again.Type != p.Type {
			t.Fatalf("%+v is %+v", p, again)
		}
	})
	for _, text := range []string{"!", "AAAA", encodeID("a.|b.|A|x"), encodeID("a..|b.|A"), encodeID("a.|b..|A"), encodeID("a.|b.|?"), encodeID("a.|b.")} {
		if p, ok := ParsePlace(text); ok {
			t.Errorf("%q is %+v", text, p)
		}
	}
}

func FuzzPlace(f *testing.F) {
	f.Add(encodeID("a.|b.|A"))
	f.Fuzz(func(t *testing.T, text string) {
		if p, ok := ParsePlace(text); ok && text != "" && (p.Apex == nil || p.Owner == nil) {
			t.Errorf("%q is %+v", text, p)
		}
	})
}

// follower is www.example.com, a CNAME to name through one wildcard.
func follower(name dname.Name) *graph.Dependent {
	path := []graph.Step{
		{Name: dname.MustParse("www.example.com."), Owner: dname.MustParse("www.example.com."), Kind: graph.CNAME, Apex: apex, TTL: 300, Target: dname.MustParse("x.w.example.com.")},
		{Name: dname.MustParse("x.w.example.com."), Owner: dname.MustParse("*.w.example.com."), Kind: graph.CNAME, Apex: apex, TTL: 600, Target: name},
	}
	return &graph.Dependent{Step: path[0], Path: path}
}

func TestDependentsAreShownWithWhyTheyDrain(t *testing.T) {
	name := dname.MustParse("main.example.net.")
	known := graph.Drain{Name: name, Seconds: 3600, Owner: name, Type: rr.TypeA, TTL: 3600, Aliases: 1}
	tests := []struct {
		name  string
		drain graph.Drain
		known bool
		text  string // of drain in JSON
	}{
		{"an hour", known, true, "3600"},
		{"at once", graph.Drain{Owner: name, Type: rr.TypeA}, true, "0"},
		{"nobody knows", graph.Drain{}, false, "null"},
		{"longer than there is time", graph.Drain{Owner: name, Type: rr.TypeA, Seconds: math.MaxUint64}, true, "2147483647"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := Dependent(name, follower(name), func(dname.Name, *graph.Dependent) (graph.Drain, bool) { return test.drain, test.known }, noon)
			text, err := json.Marshal(d)
			if err != nil || !strings.Contains(string(text), `"drain":`+test.text+`,`) && !strings.Contains(string(text), `"drain":`+test.text+`}`) {
				t.Errorf("%s, %v", text, err)
			}
			if (d.DrainBy != nil) != test.known {
				t.Errorf("%+v", d.DrainBy)
			}
			var again api.Dependent
			if err := json.Unmarshal(text, &again); err != nil || again.Drain != d.Drain {
				t.Errorf("%d is read as %d, %v", d.Drain, again.Drain, err)
			}
		})
	}
	d := Dependent(name, follower(name), func(dname.Name, *graph.Dependent) (graph.Drain, bool) { return known, true }, noon)
	if b := d.DrainBy; b.By != "main.example.net. A" || b.TTL != 3600 || b.Aliases != 1 || b.Name != "main.example.net." || !b.Until.Equal(noon.Truncate(time.Second).Add(time.Hour)) {
		t.Errorf("%+v", b)
	}
	if d.Depth != 2 || !d.Follows || len(d.Path) != 3 || d.Path[1].Via != "*.w.example.com." || d.Path[1].TTL != 600 || d.Path[1].Zone != "example.com" || d.Path[0].Via != "" || d.Path[2].Name != "main.example.net." {
		t.Errorf("%+v", d.Path)
	}
}

func TestChainsAreShown(t *testing.T) {
	d := follower(dname.MustParse("main.example.net."))
	c := Chain(dname.MustParse("www.example.com."), rr.TypeA, &graph.Chain{Steps: d.Path, End: graph.TooLong, Last: apex, Apex: apex, TTL: 7, Loop: []dname.Name{apex, apex}})
	if c.End != "too-long" || c.Depth != 2 || c.TTL != 7 || c.Zone != "example.com" || len(c.Loop) != 2 || c.Links[1].Via != "*.w.example.com." || c.Links[0].Target != "x.w.example.com." {
		t.Errorf("%+v", c)
	}
	if c = Chain(apex, rr.TypeA, &graph.Chain{End: graph.Leaves, Last: apex}); c.Links == nil || c.Zone != "" || c.Loop != nil {
		t.Errorf("%+v", c)
	}
}

// TestNothingOfAPlanIsLost checks that what control knows of a plan is shown.
func TestNothingOfAPlanIsLost(t *testing.T) {
	name := dname.MustParse("main.example.net.")
	sets := []change.SetDiff{
		{Before: addresses("a.example.com.", 1), After: addresses("a.example.com.", 2, 3)},
		{Before: addresses("b.example.com.", 1, 2), After: change.RRset{}},
	}
	p := &control.Plan{
		ID: "p", Account: access.FirstAccount, Created: noon, Expires: noon.Add(time.Hour),
		Request: control.PlanRequest{Kind: control.Retarget, From: name, To: apex, Types: []rr.Type{rr.TypeMX}, TTL: 60, Zones: []control.Ref{{Apex: apex}}, Reason: "r"},
		Zones:   []change.ZoneDiff{{Apex: apex, From: 7, Sets: sets}}, Affected: []graph.Dependent{*follower(name), *follower(name)},
		Total: 9, Partial: true, Fixed: []control.Fixed{{Owner: apex, Type: rr.TypeMX, Apex: apex, Reason: "the zone comes from a zone file"}},
		Broken: 1, Depth: 3, Drain: graph.Drain{Name: apex, Seconds: 60, Owner: apex, Type: rr.TypeA, TTL: 60},
	}
	got := Plan(p, func(dname.Name, *graph.Dependent) (graph.Drain, bool) { return graph.Drain{}, false }, noon)
	if got.ID != "p" || got.Account == "" || got.AffectedTotal != 9 || !got.Partial || got.Errors != 1 || got.Depth != 3 || got.Records != 3 || got.Digest == "" || !got.ExpiresAt.Equal(p.Expires) {
		t.Errorf("%+v", got)
	}
	if z := got.Zones; len(z) != 1 || z[0] != (api.PlanZone{ID: change.ZoneID{}.String(), Name: "example.com", From: 7, Names: 2, Sets: 2, Before: 3, After: 2}) {
		t.Errorf("%+v", z)
	}
	if a := got.AffectedZones; len(a) != 1 || a[0] != (api.AffectedZone{Zone: "example.com", Names: 2}) {
		t.Errorf("%+v", a)
	}
	if f := got.Fixed; len(f) != 1 || f[0].Reason != "the zone comes from a zone file" || f[0].Type != "MX" || f[0].Zone != "example.com" || f[0].Owner != "example.com." {
		t.Errorf("%+v", f)
	}
	if d := got.Drain; d.Seconds != 60 || d.By != "example.com. A" || d.Until == nil {
		t.Errorf("%+v", d)
	}
	r, err := ParsePlan(&got.Request)
	if err != nil || !r.From.Equal(name) || !r.To.Equal(apex) || r.TTL != 60 || len(r.Types) != 1 || len(r.Zones) != 1 || r.Reason != "r" {
		t.Errorf("the request comes back as %+v, %v", r, err)
	}
	empty, err := json.Marshal(Plan(&control.Plan{Request: control.PlanRequest{Kind: control.Delete, Name: name}}, nil, noon))
	if err != nil || strings.Contains(string(empty), "null,") && !strings.Contains(string(empty), `"seconds":null`) {
		t.Errorf("%s, %v", empty, err)
	}
	for _, list := range []string{"diff", "zones", "affected", "affected_zones", "fixed", "findings"} {
		if !strings.Contains(string(empty), `"`+list+`":[]`) {
			t.Errorf("%s of nothing is no empty list: %s", list, empty)
		}
	}
}

func TestPlansThatCannotBeRead(t *testing.T) {
	tests := []struct {
		in    api.PlanRequest
		field string
	}{
		{api.PlanRequest{From: "a..b"}, "from"},
		{api.PlanRequest{To: "@"}, "to"},
		{api.PlanRequest{Name: strings.Repeat("a", 64)}, "name"},
		{api.PlanRequest{Types: []string{"A", "?"}}, "types"},
		{api.PlanRequest{Zones: []string{""}}, "zone_id"},
	}
	for _, test := range tests {
		if _, err := ParsePlan(&test.in); about(err) != test.field {
			t.Errorf("%+v is about %q", test.in, about(err))
		}
	}
}

func TestChangesAreShown(t *testing.T) {
	ch := &change.Change{
		ID: "c", Revision: 9, Reverts: 8, Time: noon, Reason: "r", Origin: change.Origin{Account: access.FirstAccount, Author: "n", Via: "v1", Address: "192.0.2.1", Agent: "g"},
		Zones: []change.ZoneDiff{{Kind: change.Update, Apex: apex, From: 1, To: 2, Sets: []change.SetDiff{{Before: change.RRset{}, After: addresses("a.example.com.", 1)}}}},
	}
	full, heads := Change(ch, true), Change(ch, false)
	if full.Reverts != 8 || full.Author != (api.Author{Account: UUID(access.FirstAccount), Name: "n", Via: "v1", Address: "192.0.2.1", Agent: "g"}) {
		t.Errorf("%+v", full)
	}
	if s := full.Zones[0].Sets; len(s) != 1 || s[0].Before != nil || s[0].After.Records[0].Content != "192.0.2.1" || s[0].Name != "a.example.com." {
		t.Errorf("%+v", s)
	}
	if heads.Zones[0].Sets != nil || heads.Zones[0].To != 2 {
		t.Errorf("%+v", heads.Zones[0])
	}
	if got := ChangeData(&control.Result{}, true); got.Change != nil || got.DryRun {
		t.Errorf("nothing to do is %+v", got)
	}
	gone := DeletedZone(ch, &ch.Zones[0])
	if gone.Name != "example.com" || gone.Serial != 1 || gone.Revision != 9 || gone.ChangeID != "c" || gone.DeletedBy != "n" {
		t.Errorf("%+v", gone)
	}
}

func TestZonesAreShown(t *testing.T) {
	z := &control.ZoneInfo{Zone: change.Zone{Apex: apex, Account: access.FirstAccount, Type: "primary", Region: "EU", Status: "active", Created: noon, Updated: noon}, Serial: 7, Head: 9, Changed: noon.Add(time.Hour), Records: 3, ReadOnly: true}
	got := Zone(z)
	if got.Name != "example.com" || got.Serial != 7 || got.Revision != 9 || got.RecordCount != 3 || !got.ReadOnly || got.Type != "primary" || !got.UpdatedAt.Equal(z.Changed) || got.Nameservers == nil {
		t.Errorf("%+v", got)
	}
	z.Updated = z.Changed.Add(time.Hour)
	if got = Zone(z); !got.UpdatedAt.Equal(z.Updated) {
		t.Errorf("%v", got.UpdatedAt)
	}
}

func TestTokensAreShown(t *testing.T) {
	zone := change.ZoneID{1}.String()
	tests := []struct {
		name   string
		limits access.Limits
		scope  string // record_access of the first zone; empty for no zone
	}{
		{"all", access.Limits{Scopes: []access.Scope{access.AllScopes}}, ""},
		{"a zone", access.Limits{Zones: []string{zone}}, "all"},
		{"names in a zone", access.Limits{Zones: []string{zone}, Owners: []string{"www"}}, "names"},
		{"a zone by its name is no id", access.Limits{Zones: []string{"example.com"}}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := Key(&access.Token{ID: "t", Account: access.FirstAccount, Name: "n", Limits: test.limits})
			if got.Key != "" || got.ExpiresAt != nil || got.LastUsedAt != nil || len(got.ZoneIDs) != len(got.ZoneScopes) || (len(got.ZoneScopes) > 0) != (test.scope != "") {
				t.Fatalf("%+v", got)
			}
			if test.scope != "" && (got.ZoneScopes[0].RecordAccess != test.scope || got.ZoneScopes[0].RecordNames == nil) {
				t.Errorf("%+v", got.ZoneScopes)
			}
		})
	}
	got := Key(&access.Token{Limits: access.Limits{Expires: noon}, LastUsed: noon})
	if !got.ExpiresAt.Equal(noon) || !got.LastUsedAt.Equal(noon) {
		t.Errorf("%v %v", got.ExpiresAt, got.LastUsedAt)
	}
}
