package storetest

import (
	"fmt"
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// pick is what r picks of all: the model that a store is held to.
func pick(all []change.RRset, r store.Range) (picked []string) {
	skip, limit := r.Skip, r.Limit
	for _, s := range all {
		if r.Owner != nil && !r.Owner.Equal(s.Owner) || r.Type != 0 && r.Type != s.Type {
			continue
		}
		if a := r.After; a.Owner != nil && (s.Owner.Compare(a.Owner) < 0 || s.Owner.Equal(a.Owner) && s.Type <= a.Type) {
			continue
		}
		over := min(skip, len(s.Records))
		s.Records = s.Records[over:]
		skip -= over
		if r.Limit > 0 {
			s.Records = s.Records[:min(limit, len(s.Records))]
			limit -= len(s.Records)
		}
		if !s.Empty() {
			picked = append(picked, setText(&s))
		}
	}
	return picked
}

func texts(t *testing.T, sets func(func(change.RRset, error) bool)) (all []string) {
	t.Helper()
	for s, err := range sets {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, setText(&s))
	}
	return all
}

func testRanges(t *testing.T, s store.State, z *foldZone) {
	all := z.sorted()
	tests := []struct {
		name string
		r    store.Range
	}{
		{"all", store.Range{}},
		{"an owner", store.Range{Owner: dname.MustParse("z.example.")}},
		{"an owner in upper case", store.Range{Owner: dname.MustParse("Z.EXAMPLE.")}},
		{"an owner that is not there", store.Range{Owner: dname.MustParse("none.example.")}},
		{"an owner of another zone", store.Range{Owner: dname.MustParse("a.other.")}},
		{"a type", store.Range{Type: rr.TypeTXT}},
		{"an owner and type", store.Range{Owner: dname.MustParse("z.example."), Type: rr.TypeA}},
		{"after a place", store.Range{After: store.Place{Owner: dname.MustParse("z.a.example."), Type: rr.TypeA}}},
		{"after a place of no record", store.Range{After: store.Place{Owner: dname.MustParse("y.z.example."), Type: 1}}},
		{"after the last", store.Range{After: store.Place{Owner: dname.MustParse("zz.example."), Type: 1}}},
		{"limited", store.Range{Limit: 8}},
		{"limited within an RRset", store.Range{Limit: 6}},
		{"skipping", store.Range{Skip: 4}},
		{"skipping into an RRset", store.Range{Skip: 5, Limit: 4}},
		{"skipping all", store.Range{Skip: 1000}},
		{"everything at once", store.Range{Type: rr.TypeA, After: store.Place{Owner: dname.MustParse("a.example."), Type: rr.TypeA}, Skip: 2, Limit: 5}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, want := texts(t, s.RRsets(t.Context(), z.zone.ID, test.r)), pick(all, test.r)
			if !slices.Equal(got, want) {
				t.Errorf("got\n%s\nexpected\n%s", lines(got), lines(want))
			}
		})
	}
	if got := texts(t, s.RRsets(t.Context(), change.NewZoneID(), store.Range{})); len(got) > 0 {
		t.Errorf("a zone that is not there has %d RRsets", len(got))
	}
}

func lines(texts []string) (all string) {
	for _, text := range texts {
		all += text + "\n"
	}
	return all
}

// testPages walks over all records by Skip and Limit, and over all RRsets by After.
func testPages(t *testing.T, s store.State, z *foldZone) {
	var ids []string
	for _, set := range z.sorted() {
		for _, r := range set.Records {
			ids = append(ids, fmt.Sprint(r.ID))
		}
	}
	for size := 1; size < 9; size++ {
		var got []string
		for skip := 0; skip < len(ids); skip += size {
			for set, err := range s.RRsets(t.Context(), z.zone.ID, store.Range{Skip: skip, Limit: size}) {
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range set.Records {
					got = append(got, fmt.Sprint(r.ID))
				}
			}
		}
		if !slices.Equal(got, ids) {
			t.Errorf("pages of %d: %v, %v expected", size, got, ids)
		}
	}
	var after store.Place
	for _, want := range z.sorted() {
		for set, err := range s.RRsets(t.Context(), z.zone.ID, store.Range{After: after}) {
			if err != nil || setText(&set) != setText(&want) {
				t.Fatalf("after %s: %s, %v", after.Owner, setText(&set), err)
			}
			after = store.Place{Owner: set.Owner, Type: set.Type}
			break
		}
	}
}
