package shape

import (
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/control/held"
	"github.com/truename-dns/truename/internal/control/request"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

var apex, www = dname.MustParse("a.test."), dname.MustParse("www.a.test.")

func zoneOf(flatten bool, sets ...change.RRset) *held.Zone {
	z := &held.Zone{Serial: 1, Zone: change.Zone{Apex: apex, Type: "master", SOA: held.NewSOA(apex, dname.MustParse("ns.test.")), SOATTL: 60, Settings: change.Settings{FlattenAll: flatten}}}
	z.Snapshot = Built(z, sets)
	return z
}

func set(owner dname.Name, t rr.Type, data ...string) change.RRset {
	s := change.RRset{Owner: owner, Type: t, TTL: 60}
	for _, d := range data {
		s.Records = append(s.Records, change.Record{Data: []byte(d)})
	}
	return s
}

func to(name string) string { return string(dname.MustParse(name)) }

func none(s change.RRset) change.RRset { return change.RRset{Owner: s.Owner, Type: s.Type} }

// served is how many records of each type z shows at owner.
func served(z *held.Zone, owner dname.Name) string {
	var out []string
	for _, t := range []rr.Type{rr.TypeA, rr.TypeCNAME, rr.TypeALIAS} {
		if n := held.Set(z.Snapshot, owner, t).Count(); n > 0 {
			out = append(out, t.String()+strings.Repeat("+", n-1))
		}
	}
	return strings.Join(out, " ")
}

func TestWhatIsServedOfWhatIsKept(t *testing.T) {
	cname, alias, a := set(www, rr.TypeCNAME, to("shop.example.")), set(www, rr.TypeALIAS, to("x.example.")), set(www, rr.TypeA, "\xc0\x00\x02\x01")
	flat := cname.Clone()
	flat.Records[0].Note.Flatten = change.Yes
	off := alias.Clone()
	off.Records[0].Disabled = true
	for _, c := range []struct {
		name          string
		before, after *held.Zone
		sets          []change.SetDiff
		cnames        []change.RRset
		want, code    string
	}{
		{"a new zone", nil, zoneOf(false), []change.SetDiff{{Before: none(a), After: a}}, nil, "A", ""},
		{"a CNAME", zoneOf(false), zoneOf(false), []change.SetDiff{{Before: none(cname), After: cname}}, nil, "CNAME", ""},
		{"one that is flattened", zoneOf(false), zoneOf(false), []change.SetDiff{{Before: none(flat), After: flat}}, nil, "ALIAS", ""},
		{"one in a zone that flattens all", zoneOf(true), zoneOf(true), []change.SetDiff{{Before: none(cname), After: cname}}, nil, "ALIAS", ""},
		{"the zone begins to", zoneOf(false, cname), zoneOf(true), nil, []change.RRset{cname}, "ALIAS", ""},
		{"the zone ceases to", zoneOf(true, cname), zoneOf(false), nil, []change.RRset{cname}, "CNAME", ""},
		{"it ceases to, and the CNAME goes", zoneOf(true, cname), zoneOf(false), []change.SetDiff{{Before: cname, After: none(cname)}}, []change.RRset{cname}, "", ""},
		{"a flattened CNAME beside an ALIAS", zoneOf(false, alias), zoneOf(false), []change.SetDiff{{Before: none(flat), After: flat}}, nil, "", "cname-and-alias"},
		{"both at once", zoneOf(false), zoneOf(false), []change.SetDiff{{Before: none(flat), After: flat}, {Before: none(alias), After: alias}}, nil, "", "cname-and-alias"},
		{"instead of an ALIAS", zoneOf(false, alias), zoneOf(false), []change.SetDiff{{Before: none(flat), After: flat}, {Before: alias, After: none(alias)}}, nil, "ALIAS", ""},
		{"an ALIAS that is switched off", zoneOf(false, alias), zoneOf(false), []change.SetDiff{{Before: alias, After: off}}, nil, "", ""},
		{"what lies elsewhere", zoneOf(false), zoneOf(false), []change.SetDiff{{After: set(dname.MustParse("b.test."), rr.TypeA, "\xc0\x00\x02\x01")}}, nil, "", "out-of-zone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			z := Zone{Before: c.before, After: c.after, Shown: c.sets}
			if z.Switches() != (c.cnames != nil) {
				t.Fatal("it switches, or does not")
			}
			if z.Switches() {
				z.Reshape(c.cnames)
			}
			err := z.Serve(&request.State{})
			if c.code != "" {
				if !fault.Is(err, c.code) {
					t.Errorf("%v, want %s", err, c.code)
				}
				return
			}
			if got := served(c.after, www); err != nil || got != c.want || c.after.Snapshot.Serial() != 1 {
				t.Errorf("%q, want %q; %v", got, c.want, err)
			}
		})
	}
}

func TestATextIsServedAsItsZoneDoes(t *testing.T) {
	cname := set(www, rr.TypeCNAME, to("shop.example."))
	after := zoneOf(true)
	text := zoneOf(false, cname).Snapshot
	z := Zone{After: after}
	if err := z.Serve(&request.State{Snapshot: text, Sets: []request.RRset{{Want: cname}}}); err != nil || served(after, www) != "ALIAS" {
		t.Errorf("%q, %v", served(after, www), err)
	}
}

func TestACNAMEAtTheApexIsKeptAsALIAS(t *testing.T) {
	edits := []request.Edit{{Op: request.Put, Owner: apex, Type: rr.TypeCNAME}, {Op: request.Put, Owner: www, Type: rr.TypeCNAME}, {Op: request.Drop, Owner: apex, Type: rr.TypeCNAME}}
	given := slices.Clone(edits)
	kept, said := Kept(apex, edits)
	if !said || kept[0].Type != rr.TypeALIAS || kept[1].Type != rr.TypeCNAME || kept[2].Type != rr.TypeCNAME || edits[0].Type != given[0].Type {
		t.Errorf("%v of %+v, given %+v", said, kept, edits)
	}
	if _, said := Kept(apex, []request.Edit{{Op: request.Remove, Owner: apex, Type: rr.TypeCNAME}}); said {
		t.Error("what goes is not said")
	}
	alias := set(apex, rr.TypeALIAS, to("x.example."))
	for _, c := range []struct {
		name string
		sets []change.RRset
		free bool
	}{
		{"alone", []change.RRset{alias}, true},
		{"beside addresses", []change.RRset{alias, set(apex, rr.TypeA, "\xc0\x00\x02\x01")}, false},
		{"beside another", []change.RRset{set(apex, rr.TypeALIAS, to("x.example."), to("y.example."))}, false},
	} {
		z := Zone{After: zoneOf(false, c.sets...)}
		if err := z.ApexFree(); (err == nil) != c.free || err != nil && !fault.Is(err, "cname-at-apex") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestRemarks(t *testing.T) {
	idle := set(www, rr.TypeCNAME, to("shop.example."))
	idle.Records[0].Note.OnFailure = "servfail"
	proof := set(dname.MustParse("_acme-challenge.a.test."), rr.TypeCNAME, to("x.example."))
	wanted := proof.Clone()
	wanted.Records[0].Note.Flatten = change.Yes
	secondary := zoneOf(false)
	secondary.Type = "slave"
	for _, c := range []struct {
		name  string
		z     Zone
		apex  bool
		codes string
	}{
		{"nothing", Zone{Before: zoneOf(false), After: zoneOf(false)}, false, ""},
		{"a zone that goes", Zone{Before: zoneOf(false)}, true, ""},
		{"a CNAME at the apex", Zone{After: zoneOf(false)}, true, "apex-cname"},
		{"a secondary", Zone{After: secondary}, false, "no-transfer"},
		{"a setting of no effect", Zone{After: zoneOf(false), Shown: []change.SetDiff{{After: idle}}}, false, "setting-without-effect"},
		{"a proof that is flattened", Zone{After: zoneOf(false), Shown: []change.SetDiff{{After: wanted}}}, false, "flattened-proof"},
		{"names that stay", Zone{Before: zoneOf(false, proof), After: zoneOf(true, proof)}, false, "kept-cname"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var codes []string
			for _, f := range c.z.Remarks(7, c.apex) {
				codes = append(codes, f.Code)
			}
			if strings.Join(codes, " ") != c.codes {
				t.Errorf("%q, want %q", codes, c.codes)
			}
		})
	}
}
