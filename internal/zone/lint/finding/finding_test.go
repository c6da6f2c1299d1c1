package finding

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

func TestFindingAsText(t *testing.T) {
	f := Finding{Severity: Error, Code: "some-rule", File: "x.zone", Line: 7, Message: "it is wrong", Conflicts: []string{"A 192.0.2.1"}, Fix: "do better"}
	if got, want := f.String(), "x.zone:7: error: it is wrong [some-rule]\n    A 192.0.2.1\n  fix: do better"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f = Finding{Severity: Warning, Code: "some-rule", Message: "it is odd"}
	if got, want := f.String(), "warning: it is odd [some-rule]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestListsAreAlwaysThere(t *testing.T) {
	text, err := json.Marshal(Finding{Severity: Error, Code: "c", Message: "m"})
	if want := `{"severity":"error","code":"c","message":"m","conflicts":[],"fixes":[]}`; err != nil || string(text) != want {
		t.Errorf("got %s, %v", text, err)
	}
}

func TestPatches(t *testing.T) {
	a := Author{dname.MustParse("example.com.")}
	www := dname.MustParse("www.example.com.")
	var set rr.Set
	for _, last := range []byte{1, 2, 3} {
		set = rr.AppendRecord(set, rr.TypeA, 300, []byte{192, 0, 2, last})
	}
	first, _ := set.Next()
	at := Edit{Zone: "example.com.", Owner: "www.example.com.", Type: "A"}
	with := func(op string, ttl uint32, data, old []string) Edit {
		e := at
		e.Op, e.TTL, e.Data, e.Old = op, ttl, data, old
		return e
	}
	all := []string{"192.0.2.1", "192.0.2.2", "192.0.2.3"}
	for _, c := range []struct {
		name      string
		got, want Fix
	}{
		{"removal", Patch("x", a.Removal(www, set)), Fix{"x", []Edit{with(OpRemove, 0, nil, all)}}},
		{"addition", Patch("x", a.Addition(www, rr.TypeA, 60, "192.0.2.9")), Fix{"x", []Edit{with(OpAdd, 60, []string{"192.0.2.9"}, nil)}}},
		{"replacement", a.Replaced("x", www, first, []byte{192, 0, 2, 9}), Fix{"x", []Edit{with(OpReplace, 300, []string{"192.0.2.9"}, all[:1])}}},
		{"another TTL", a.WithTTL(www, set, 60), Fix{"give www.example.com. A the TTL 60", []Edit{with(OpReplace, 60, all, all)}}},
		{"the second of three", a.KeepOne(www, rr.TypeA, all)[1], Fix{"keep A 192.0.2.2", []Edit{with(OpRemove, 0, nil, []string{"192.0.2.1", "192.0.2.3"})}}},
	} {
		if !reflect.DeepEqual(c.got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.name, c.got, c.want)
		}
	}
	many := []string{"1", "2", "3", "4", "5", "6", "7"}
	if n := len(a.KeepOne(www, rr.TypeTXT, many)); n != 5 {
		t.Errorf("%d are offered, want 5", n)
	}
}

func TestFindingsInOrderOfPlace(t *testing.T) {
	type one struct {
		f  Finding
		at zone.Place
	}
	found := []one{
		{Finding{Owner: "b."}, zone.Place{Line: 7}},
		{Finding{Owner: "a."}, zone.Place{Line: 7}},
		{Finding{Owner: "c."}, zone.Place{Line: 7, Column: 2}},
		{Finding{Owner: "d."}, zone.Place{File: 1, Line: 1}},
		{Finding{Owner: "e."}, zone.Place{Line: 3}},
	}
	parts := func(o *one) (zone.Place, *Finding) { return o.at, &o.f }
	got := ""
	for _, f := range Sorted(found, parts) {
		got += f.Owner
	}
	if got != "e.a.b.c.d." {
		t.Errorf("got %s", got)
	}
	many := make([]one, Most+5)
	for i := range many {
		many[i].f.Severity = Warning
	}
	many[Most+2].f.Severity = Error
	if n := len(Sorted(many, parts)); n != Most+1 {
		t.Errorf("%d are kept, want %d warnings and an error", n, Most)
	}
}
