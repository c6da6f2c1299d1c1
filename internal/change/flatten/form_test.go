package flatten

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

var yes, no = change.Alias{Flatten: change.Yes}, change.Alias{Flatten: change.No}

func TestForm(t *testing.T) {
	www := func() change.RRset { return set("www", "CNAME", "host.example.net.") }
	two := func() change.RRset { return set("www", "CNAME", "a.example.net.", "b.example.net.") }
	proof := func() change.RRset { return set("_acme-challenge", "CNAME", "host.example.net.") }
	for _, c := range []struct {
		situation  string
		set        change.RRset
		plain, all string // in a zone that flattens what says so, and in one that flattens all
	}{
		{"a CNAME", www(), "CNAME", "ALIAS"},
		{"one that says yes", with(www(), yes), "ALIAS", "ALIAS"},
		{"one that says no", with(www(), no), "CNAME", "CNAME"},
		{"a wildcard", set("*", "CNAME", "host.example.net."), "CNAME", "ALIAS"},
		{"at the apex", set("@", "CNAME", "host.example.net."), "ALIAS", "ALIAS"},
		{"at the apex, though it says no", with(set("@", "CNAME", "host.example.net."), no), "ALIAS", "ALIAS"},
		{"one that proves something", proof(), "CNAME", "CNAME"},
		{"one that proves something and says yes", with(proof(), yes), "ALIAS", "ALIAS"},
		{"yes counts before no", with(two(), no, yes), "ALIAS", "ALIAS"},
		{"what is disabled says nothing", off(with(two(), no, yes), 1), "CNAME", "CNAME"},
		{"what is disabled proves nothing", off(set("www", "CNAME", "a.example.net.", "x.acm-validations.aws."), 1), "CNAME", "ALIAS"},
		{"an ALIAS", set("www", "ALIAS", "host.example.net."), "ALIAS", "ALIAS"},
		{"an address that says yes", with(set("www", "A", "192.0.2.1"), yes), "A", "A"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			if plain, all := Form(kept(false), &c.set).String(), Form(kept(true), &c.set).String(); plain != c.plain || all != c.all {
				t.Errorf("served as %s, and %s where all are flattened, not %s and %s", plain, all, c.plain, c.all)
			}
		})
	}
}

func TestServedIsTheSameDataUnderAnotherType(t *testing.T) {
	s := off(set("www", "CNAME", "a.example.net.", "b.example.net."), 0)
	got := Served(kept(true), &s)
	if got.Count() != 1 || got.Type() != rr.TypeALIAS || got.TTL() != 300 || !got.Target().Equal(name("b.example.net.")) {
		t.Errorf("%x", []byte(got))
	}
	if s.Type != rr.TypeCNAME {
		t.Error("what is kept has changed")
	}
}

func TestStoredType(t *testing.T) {
	for _, c := range []struct {
		owner string
		t, as rr.Type
	}{{"@", rr.TypeCNAME, rr.TypeALIAS}, {"EXAMPLE.com.", rr.TypeCNAME, rr.TypeALIAS}, {"www", rr.TypeCNAME, rr.TypeCNAME}, {"@", rr.TypeMX, rr.TypeMX}} {
		if got := StoredType(apex, name(c.owner), c.t); got != c.as {
			t.Errorf("%s %s is kept as %s, not %s", c.owner, c.t, got, c.as)
		}
	}
}

// board is what is served, by owner and type.
type board map[string]string

func keyOf(owner dname.Name, t rr.Type) string { return owner.String() + " " + t.String() }

func (b board) put(owner dname.Name, t rr.Type, s rr.Set) {
	if s.Empty() {
		delete(b, keyOf(owner, t))
	} else {
		b[keyOf(owner, t)] = fmt.Sprintf("%x", []byte(s))
	}
}

// boardOf is what of sets is served.
func boardOf(z *change.Zone, sets []change.RRset) board {
	b := make(board)
	for i := range sets {
		if s := Served(z, &sets[i]); !s.Empty() {
			b.put(sets[i].Owner, s.Type(), s)
		}
	}
	return b
}

// someSet is an RRset of owner, or none: a name has a CNAME or an ALIAS, but not both.
func someSet(t *rapid.T, owner, kind string) (s change.RRset) {
	data := map[string][]string{"CNAME": {"a.example.net.", "b.example.net."}, "ALIAS": {"a.example.net.", "b.example.net."}, "TXT": {"x", "y"}}[kind]
	s = set(owner, kind, rapid.SliceOfNDistinct(rapid.SampledFrom(data), 0, 2, rapid.ID).Draw(t, kind)...)
	for i := range s.Records {
		s.Records[i].Disabled = rapid.Bool().Draw(t, "disabled")
		s.Records[i].Note.Flatten = rapid.SampledFrom([]change.Choice{change.Unset, change.Yes, change.No}).Draw(t, "flatten")
	}
	return s
}

func TestDiffsLeadFromWhatWasServedToWhatIs(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, after := kept(rapid.Bool().Draw(t, "before")), kept(rapid.Bool().Draw(t, "after"))
		var was, is []change.RRset
		var diffs []change.SetDiff
		for _, owner := range []string{"@", "_x", "www"} {
			sides := [2]string{}
			for i := range sides {
				sides[i] = rapid.SampledFrom([]string{"CNAME", "ALIAS"}).Draw(t, "kind")
			}
			for _, kind := range []string{"CNAME", "TXT", "ALIAS"} { // in the order of their numbers
				d := change.SetDiff{Before: set(owner, kind), After: set(owner, kind)}
				if kind == "TXT" || kind == sides[0] {
					d.Before = someSet(t, owner, kind)
				}
				if kind == "TXT" || kind == sides[1] {
					d.After = someSet(t, owner, kind)
				}
				was, is, diffs = append(was, d.Before), append(is, d.After), append(diffs, d)
			}
		}
		got, seen := boardOf(before, was), make(map[string]bool)
		for d := range Diffs(before, after, diffs) {
			if key := keyOf(d.Owner, d.Type); seen[key] {
				t.Fatalf("%s is there twice", key)
			} else if seen[key] = true; got[key] != boardLine(d.Was) {
				t.Fatalf("%s was %q, not %q", key, got[key], boardLine(d.Was))
			}
			got.put(d.Owner, d.Type, d.Is)
		}
		if want := boardOf(after, is); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("served %v, not %v", got, want)
		}
	})
}

func boardLine(s rr.Set) string {
	if s.Empty() {
		return ""
	}
	return fmt.Sprintf("%x", []byte(s))
}

func TestDiffsStopWhereTheyAreTold(t *testing.T) {
	diffs := []change.SetDiff{{After: set("a", "CNAME", "x.example.net.")}, {After: set("b", "TXT", "x")}, {After: set("c", "ALIAS", "x.example.net.")}}
	var owners []string
	for d := range Diffs(nil, kept(true), diffs) {
		if owners = append(owners, d.Owner.String()); len(owners) == 2 {
			break
		}
	}
	if !slices.Equal(owners, []string{"a.example.com.", "b.example.com."}) {
		t.Error(owners)
	}
}

// A disabled ALIAS beside a flattened CNAME says nothing of what is served.
func TestADisabledAliasBesideAFlattenedCNAME(t *testing.T) {
	alias := set("www", "ALIAS", "x.example.net.")
	alias.Records[0].Disabled = true
	for d := range Diffs(kept(true), kept(true), []change.SetDiff{{Before: set("www", "ALIAS"), After: alias}}) {
		t.Errorf("%s %s is no longer what it was: %v", d.Owner, d.Type, d)
	}
}
