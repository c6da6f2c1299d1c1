package past

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

var (
	apex = dname.MustParse("a.test.")
	www  = dname.MustParse("www.a.test.")
	noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
)

// log is one in memory, oldest first.
type log []*change.Change

func (l log) Changes(_ context.Context, q store.Query) iter.Seq2[*change.Change, error] {
	return func(yield func(*change.Change, error) bool) {
		n := 0
		for i := range l {
			ch := l[i]
			if q.Newest {
				ch = l[len(l)-1-i]
			}
			out := *ch
			out.Zones = nil
			for _, d := range ch.Zones {
				if q.Zone == (change.ZoneID{}) || d.ID == q.Zone {
					out.Zones = append(out.Zones, d)
				}
			}
			if len(out.Zones) == 0 || ch.Revision <= q.After || q.Before > 0 && ch.Revision >= q.Before || q.ID != "" && ch.ID != q.ID {
				continue
			}
			if n++; !yield(&out, nil) || n == q.Limit {
				return
			}
		}
	}
}

func set(data ...string) change.RRset {
	s := change.RRset{Owner: www, Type: rr.TypeTXT, TTL: 60}
	for _, d := range data {
		s.Records = append(s.Records, change.Record{Data: []byte(d)})
	}
	return s
}

// story is a zone that was made (revision 1), written twice, given another region,
// and that another account's zone shares a Change with.
func story() (*Reader, *held.Zone) {
	id, other := change.NewZoneID(), change.NewZoneID()
	is := change.Zone{ID: id, Apex: apex, Account: "one", Region: "EU"}
	then := is
	then.Region = "GLOBAL"
	z := &held.Zone{Zone: is, Serial: 4, Head: 4}
	foreign := &held.Zone{Zone: change.Zone{ID: other, Apex: dname.MustParse("b.test."), Account: "two"}, Head: 3}
	update := func(from change.Serial, before, after change.RRset) change.ZoneDiff {
		return change.ZoneDiff{Kind: change.Update, ID: id, Apex: apex, From: from, To: from + 1, Sets: []change.SetDiff{{Before: before, After: after}}}
	}
	props := change.ZoneDiff{Kind: change.Update, ID: id, Apex: apex, From: 3, To: 4, Before: &then, After: &is}
	l := log{
		{ID: "c1", Revision: 1, Time: noon, Zones: []change.ZoneDiff{{Kind: change.Create, ID: id, Apex: apex, To: 1, After: &then, Sets: []change.SetDiff{{After: set("one")}}}}},
		{ID: "c2", Revision: 2, Time: noon.Add(time.Hour), Zones: []change.ZoneDiff{update(1, set("one"), set("two"))}},
		{ID: "c3", Revision: 3, Time: noon.Add(2 * time.Hour), Zones: []change.ZoneDiff{update(2, set("two"), set("three")), {Kind: change.Update, ID: other, Apex: foreign.Apex}}},
		{ID: "c4", Revision: 4, Time: noon.Add(3 * time.Hour), Zones: []change.ZoneDiff{props}},
	}
	r := &Reader{Log: l, Zones: held.NewRegistry()}
	r.Zones.Put(held.Move{After: z}, held.Move{After: foreign})
	return r, z
}

func member(account string) *access.Principal {
	return &access.Principal{Account: account, Limits: access.Limits{Scopes: []access.Scope{"*"}}}
}

func serial(n change.Serial) *change.Serial { return &n }

func TestWhoSeesWhichChanges(t *testing.T) {
	r, z := story()
	for _, c := range []struct {
		name string
		who  *access.Principal
		q    Query
		want string
	}{
		{"all of mine", member("one"), Query{}, "4:1 3:1 2:1 1:1"},
		{"only their part", member("two"), Query{}, "3:1"},
		{"of an admin", &access.Principal{Admin: true, Limits: access.Limits{Scopes: []access.Scope{"*"}}}, Query{}, "4:1 3:2 2:1 1:1"},
		{"the first two", member("one"), Query{Oldest: true, Limit: 2}, "1:1 2:1"},
		{"between", member("one"), Query{After: 1, Before: 4}, "3:1 2:1"},
		{"of a zone", member("one"), Query{Zone: request.Ref{Apex: z.Apex}}, "4:1 3:1 2:1 1:1"},
		{"of others' zone", member("two"), Query{Zone: request.Ref{Apex: z.Apex}}, "zone-not-found"},
		{"without the scope", &access.Principal{Account: "one"}, Query{}, "denied"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for ch, err := range r.Changes(t.Context(), c.who, c.q) {
				if err != nil {
					if !fault.Is(err, c.want) {
						t.Errorf("%v, want %s", err, c.want)
					}
					return
				}
				got = append(got, fmt.Sprintf("%d:%d", ch.Revision, len(ch.Zones)))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// told is RRsets as text.
func told(s *change.RRset) string {
	var out []string
	for _, r := range s.Records {
		out = append(out, string(r.Data))
	}
	return strings.Join(out, "+")
}

func TestNetDifferences(t *testing.T) {
	r, _ := story()
	for _, c := range []struct {
		from, to change.Serial
		want     string
	}{
		{1, 3, "one>three"}, {3, 1, "three>one"}, {1, 2, "one>two"}, {2, 2, ""}, {1, 4, "one>three"}, {3, 4, ""}, {1, 9, "serial-not-found"},
	} {
		d, err := r.Diff(t.Context(), member("one"), request.Ref{Apex: apex}, c.from, c.to)
		if err != nil {
			if !fault.Is(err, c.want) {
				t.Errorf("%d to %d: %v", c.from, c.to, err)
			}
			continue
		}
		var got []string
		for i := range d.Sets {
			got = append(got, told(&d.Sets[i].Before)+">"+told(&d.Sets[i].After))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%d to %d: %s, want %s", c.from, c.to, got, c.want)
		}
	}
}

func TestTheWayBack(t *testing.T) {
	r, z := story()
	for _, c := range []struct {
		name   string
		at     At
		owner  dname.Name
		want   string
		region bool
	}{
		{"to a serial", At{Serial: serial(1)}, nil, "one", true},
		{"to a revision", At{Revision: 2}, nil, "two", true},
		{"to a time", At{Time: noon.Add(90 * time.Minute)}, nil, "two", true},
		{"of a name only", At{Serial: serial(1)}, www, "one", false},
		{"of a name that stayed", At{Serial: serial(1)}, apex, "", false},
		{"to now", At{Revision: 4}, nil, "", false},
		{"to no time", At{}, nil, "no-time", false},
		{"before it was", At{Time: noon.Add(-time.Hour)}, nil, "serial-not-found", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			e, _, err := r.Restore(t.Context(), member("one"), z, c.at, c.owner)
			if err != nil {
				if !fault.Is(err, c.want) {
					t.Error(err)
				}
				return
			}
			got := ""
			for i := range e.State.Sets {
				got += told(&e.State.Sets[i].Want)
			}
			if got != c.want || (e.Props != nil && *e.Props.Region == "GLOBAL") != c.region {
				t.Errorf("%q, want %q; %+v", got, c.want, e.Props)
			}
		})
	}
}

func TestUndo(t *testing.T) {
	r, z := story()
	_, edits, err := r.Undo(t.Context(), member("one"), "c2")
	if err != nil || len(edits) != 1 || told(&edits[0].State.Sets[0].Want) != "one" || told(edits[0].State.Sets[0].Expect) != "two" || edits[0].State.Upon != 2 {
		t.Errorf("%+v, %v", edits, err)
	}
	if _, edits, err = r.Undo(t.Context(), member("one"), "4"); err != nil || *edits[0].Props.Region != "GLOBAL" {
		t.Errorf("properties: %+v, %v", edits, err)
	}
	for id, code := range map[string]string{"c3": "denied", "c1": "changed-since", "": "change-not-found", "99": "change-not-found"} {
		if _, _, err := r.Undo(t.Context(), member("one"), id); !fault.Is(err, code) {
			t.Errorf("%q: %v, want %s", id, err, code)
		}
	}
	now := *z
	now.Region = "OTHER"
	r.Zones.Put(held.Move{Before: z, After: &now})
	if _, _, err := r.Undo(t.Context(), member("one"), "c4"); !fault.Is(err, "changed-since") {
		t.Errorf("properties that have changed since: %v", err)
	}
}

func TestADeletedZone(t *testing.T) {
	r, z := story()
	gone := change.ZoneDiff{Kind: change.Delete, ID: z.ID, Apex: apex, From: 4, Before: &z.Zone, Sets: []change.SetDiff{{Before: set("three")}}}
	r.Log = append(r.Log.(log), &change.Change{ID: "c5", Revision: 5, Time: noon.Add(4 * time.Hour), Zones: []change.ZoneDiff{gone}})
	r.Zones.Put(held.Move{Before: z})
	list, err := r.DeletedZones(t.Context(), member("one"))
	if err != nil || len(list) != 1 || list[0].ID != "c5" {
		t.Errorf("%v, %v", list, err)
	}
	if list, err := r.DeletedZones(t.Context(), member("two")); err != nil || len(list) != 0 {
		t.Errorf("of others: %v, %v", list, err)
	}
	for _, c := range []struct {
		name, want string
		at         At
	}{{"as it was last", "three", At{}}, {"as it was before", "one", At{Serial: serial(1)}}, {"after it was gone", "three", At{Revision: 5}}} {
		e, err := r.Revive(t.Context(), member("one"), request.Ref{Apex: apex}, c.at)
		if err != nil || e.Create == nil || e.Create.Serial != 5 || len(e.State.Sets) != 1 || told(&e.State.Sets[0].Want) != c.want {
			t.Errorf("%s: %+v, %v", c.name, e, err)
		}
	}
	if _, err := r.Revive(t.Context(), member("two"), request.Ref{Apex: apex}, At{}); !fault.Is(err, "zone-not-found") {
		t.Errorf("by others: %v", err)
	}
}
