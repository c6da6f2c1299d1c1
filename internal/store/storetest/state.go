package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// owners in canonical order (RFC 4034, Section 6.1), and some around them.
var owners = []string{"example.", "a.example.", "yljkjljk.a.example.", "z.a.example.", "zabc.a.example.", "z.example.",
	`\001.z.example.`, `\001\000.z.example.`, `\001\001.z.example.`, `\002.z.example.`, "*.z.example.", "_a.z.example.", "a.z.example.", `\200.z.example.`}

// furnish makes the zone example. with RRsets of three records at each owner.
func furnish(d *desk) *foldZone {
	z := create("example.")
	for _, owner := range owners {
		for _, s := range []change.RRset{
			rrset(owner, rr.TypeA, 60, "192.0.2.1", "192.0.2.2", "192.0.2.3"),
			rrset(owner, rr.TypeTXT, 60, `"one"`),
		} {
			z.Sets = append(z.Sets, change.SetDiff{After: s})
		}
	}
	slices.Reverse(z.Sets)
	d.append(z, create("other.", rrset("a.other.", rr.TypeA, 60, "192.0.2.1")))
	return d.zone("example.")
}

func testState(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	z := furnish(d)
	t.Run("canonical order", func(t *testing.T) {
		i := 0
		for s, err := range d.store.RRsets(t.Context(), z.zone.ID, store.Range{Type: rr.TypeTXT}) {
			if err != nil {
				t.Fatal(err)
			}
			if s.Owner.String() != owners[i] {
				t.Errorf("place %d has %s, %s expected", i, s.Owner, owners[i])
			}
			i++
		}
		if i != len(owners) {
			t.Errorf("%d owners", i)
		}
	})
	t.Run("ranges", func(t *testing.T) { testRanges(t, d.store, z) })
	t.Run("pages", func(t *testing.T) { testPages(t, d.store, z) })
	t.Run("one RRset", func(t *testing.T) { testRRset(t, d.store, z) })
	t.Run("one record", func(t *testing.T) { testRecord(t, d, z) })
	t.Run("walking and asking on the way", func(t *testing.T) { testNested(t, d.store, z) })
	t.Run("zones whose RRsets are not taken, or not all", func(t *testing.T) {
		for take := range 3 {
			zones := 0
			for z, err := range d.store.Zones(t.Context()) {
				if err != nil {
					t.Fatal(err)
				}
				zones++
				left := take
				for range z.RRsets {
					if left--; left < 0 {
						break
					}
				}
			}
			if zones != 2 {
				t.Errorf("%d zones", zones)
			}
		}
		for range d.store.Zones(t.Context()) {
			break
		}
	})
	t.Run("who has gone gets an error", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, zones := StateText(ctx, d.store)
		_, set := d.store.RRset(ctx, z.zone.ID, z.zone.Apex, rr.TypeA)
		for _, err := range []error{zones, set, lastSetError(d.store.RRsets(ctx, z.zone.ID, store.Range{}))} {
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v", err)
			}
		}
	})
}

func lastSetError(sets func(func(change.RRset, error) bool)) (last error) {
	for _, err := range sets {
		last = err
	}
	return last
}

func testRRset(t *testing.T, s store.State, z *foldZone) {
	for _, want := range z.sorted() {
		got, err := s.RRset(t.Context(), z.zone.ID, want.Owner, want.Type)
		if err != nil || setText(&got) != setText(&want) {
			t.Errorf("got %s, %v", setText(&got), err)
		}
	}
	for _, miss := range []struct {
		zone  change.ZoneID
		owner string
		t     rr.Type
	}{{z.zone.ID, "None.example.", rr.TypeA}, {z.zone.ID, "z.example.", rr.TypeAAAA}, {change.NewZoneID(), "z.example.", rr.TypeA}} {
		got, err := s.RRset(t.Context(), miss.zone, dname.MustParse(miss.owner), miss.t)
		if err != nil || !got.Empty() || got.Type != miss.t || !got.Owner.Equal(dname.MustParse(miss.owner)) {
			t.Errorf("%+v: got %+v, %v", miss, got, err)
		}
	}
}

func testRecord(t *testing.T, d *desk, z *foldZone) {
	for _, want := range z.sorted() {
		for _, r := range want.Records {
			got, err := d.store.Record(t.Context(), z.zone.ID, r.ID)
			if err != nil || setText(&got) != setText(&want) {
				t.Errorf("got %s, %v", setText(&got), err)
			}
		}
	}
	elsewhere := d.zone("other.").sorted()[0].Records[0].ID
	for _, id := range []uint64{0, elsewhere, 1 << 60} {
		if _, err := d.store.Record(t.Context(), z.zone.ID, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("record %d: %v", id, err)
		}
	}
}

// testNested asks from within walks, by more callers than there may be
// connections, and writes meanwhile.
func testNested(t *testing.T, s store.Store, z *foldZone) {
	errs := make(chan error)
	const callers = 40
	for range callers {
		go func() {
			for set, err := range s.RRsets(t.Context(), z.zone.ID, store.Range{Limit: 20}) {
				if err == nil {
					_, err = s.RRset(t.Context(), z.zone.ID, set.Owner, set.Type)
				}
				if err != nil {
					errs <- err
					return
				}
			}
			_, err := s.Put(t.Context(), store.Document{Kind: "nested", ID: fmt.Sprint(tick.Add(1)), Body: []byte{1}})
			errs <- err
		}()
	}
	for range callers {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}
