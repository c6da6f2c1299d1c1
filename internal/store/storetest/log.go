package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

func testLog(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	written := writeLog(d)
	zone := d.zone("a.example.").zone.ID
	of := func(keep func(*change.Change) bool) []*change.Change {
		var kept []*change.Change
		for _, c := range written {
			if keep(c) {
				kept = append(kept, c)
			}
		}
		return kept
	}
	third := written[2]
	inZone := of(func(c *change.Change) bool { return touches(c, zone) })
	tests := []struct {
		name  string
		query store.Query
		want  []*change.Change
	}{
		{"all", store.Query{}, written},
		{"after", store.Query{After: 5}, written[5:]},
		{"before", store.Query{Before: 5}, written[:4]},
		{"between", store.Query{After: 3, Before: 90}, written[3:89]},
		{"before the first", store.Query{Before: 1}, nil},
		{"after the last", store.Query{After: 1000}, nil},
		{"limited", store.Query{Limit: 3}, written[:3]},
		{"limited beyond a page", store.Query{After: 2, Limit: 70}, written[2:72]},
		{"newest first", store.Query{Newest: true}, reversed(written)},
		{"newest first, limited", store.Query{Newest: true, Limit: 2}, reversed(written)[:2]},
		{"newest first, between", store.Query{Newest: true, After: 3, Before: 90}, reversed(written[3:89])},
		{"of a zone", store.Query{Zone: zone}, inZone},
		{"of a zone, newest first, limited", store.Query{Zone: zone, Newest: true, Limit: 9}, reversed(inZone)[:9]},
		{"of a zone that never was", store.Query{Zone: change.NewZoneID()}, nil},
		{"of an account", store.Query{Account: "other"}, of(func(c *change.Change) bool { return c.Origin.Account == "other" })},
		{"of an account in a zone", store.Query{Account: "other", Zone: zone}, of(func(c *change.Change) bool {
			return c.Origin.Account == "other" && touches(c, zone)
		})},
		{"by id", store.Query{ID: third.ID}, written[2:3]},
		{"by id that is not there", store.Query{ID: "nothing"}, nil},
		{"by id in another account", store.Query{ID: third.ID, Account: "nobody"}, nil},
		{"by request key", store.Query{Account: "acme", Key: "key-2"}, written[2:3]},
		{"by request key of another account", store.Query{Account: "other", Key: "key-2"}, nil},
	}
	for _, test := range tests {
		for _, heads := range []bool{false, true} {
			test.query.Heads = heads
			t.Run(fmt.Sprintf("%s, heads only %t", test.name, heads), func(t *testing.T) {
				compareLog(t, d.store.Changes(t.Context(), test.query), cut(test.want, test.query))
			})
		}
	}
	t.Run("who stops early has no more", func(t *testing.T) {
		for range d.store.Changes(t.Context(), store.Query{}) {
			break
		}
	})
	t.Run("who has gone gets an error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := lastError(d.store.Changes(ctx, store.Query{})); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a deleted zone stays in the log", func(t *testing.T) {
		d.append(d.remove("a.example."))
		last := one(t, d.store.Changes(t.Context(), store.Query{Zone: zone, Newest: true, Limit: 1}))
		if z := last.Zones[0]; z.Kind != change.Delete || z.Before == nil || z.Before.ID != zone || len(z.Sets) == 0 {
			t.Errorf("got %s", changeText(last))
		}
	})
}

// writeLog writes 100 Changes over two zones by two accounts, some with keys.
func writeLog(d *desk) []*change.Change {
	written := []*change.Change{d.append(create("a.example."), create("b.example."))}
	for i := 1; i < 100; i++ {
		apex := []string{"a.example.", "b.example."}[i%2]
		zones := []change.ZoneDiff{d.update(apex, rrset(fmt.Sprintf("h%d.%s", i, apex), rr.TypeA, 60, "192.0.2.1"))}
		if i%10 == 0 {
			zones = append(zones, d.update("b.example.", rrset("b.example.", rr.TypeTXT, 60, `"x"`)))
		}
		c := newChange(zones...)
		c.Reverts = change.Revision(i % 3)
		if i%3 == 0 {
			c.Origin = change.Origin{Account: "other"}
		}
		if i%2 == 0 {
			c.Request = change.Request{Key: fmt.Sprintf("key-%d", i), Digest: "d"}
		}
		d.must(c)
		written = append(written, c)
	}
	return written
}

func touches(c *change.Change, zone change.ZoneID) bool {
	return slices.ContainsFunc(c.Zones, func(z change.ZoneDiff) bool { return z.ID == zone })
}

func reversed(changes []*change.Change) []*change.Change {
	r := slices.Clone(changes)
	slices.Reverse(r)
	return r
}

// cut is what q shows of each Change.
func cut(changes []*change.Change, q store.Query) []string {
	var texts []string
	for _, c := range changes {
		shown := *c
		shown.Zones = nil
		for _, z := range c.Zones {
			if q.Heads {
				z.Sets = nil
			}
			if q.Zone == (change.ZoneID{}) || q.Zone == z.ID {
				shown.Zones = append(shown.Zones, z)
			}
		}
		texts = append(texts, changeText(&shown))
	}
	return texts
}

type changes = func(yield func(*change.Change, error) bool)

func compareLog(t *testing.T, got changes, want []string) {
	t.Helper()
	var texts []string
	for c, err := range got {
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, changeText(c))
	}
	if !slices.Equal(texts, want) {
		t.Errorf("got %d changes, %d expected: %s", len(texts), len(want), firstDifference(strings.Join(texts, ""), strings.Join(want, "")))
	}
}

func lastError(all changes) (last error) {
	for _, err := range all {
		last = err
	}
	return last
}

func one(t *testing.T, all changes) *change.Change {
	t.Helper()
	for c, err := range all {
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	t.Fatal("no change")
	return nil
}
