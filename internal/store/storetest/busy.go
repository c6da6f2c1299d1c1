package storetest

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

func testBusy(t *testing.T, open Open) {
	t.Run("many writers on the same zones lose no update", func(t *testing.T) { testCounters(t, open) })
	t.Run("many writers on zones of their own", func(t *testing.T) {
		s := fresh(t, open)
		var all sync.WaitGroup
		for w := range 16 {
			all.Go(func() {
				for i := range 20 {
					if _, err := s.Append(t.Context(), []*change.Change{newChange(create(fmt.Sprintf("z%d.w%d.example.", i, w)))}); err != nil {
						t.Error(err)
					}
				}
			})
		}
		all.Wait()
		if f, err := Agree(t.Context(), s); err != nil || f.Head != 320 {
			t.Fatalf("%d changes, %v", f.Head, err)
		}
	})
	t.Run("one who is refused harms no other", func(t *testing.T) { testMixed(t, open) })
	t.Run("closing while busy", func(t *testing.T) { testClosing(t, open) })
	t.Run("behind the end", func(t *testing.T) { testClosed(t, open) })
}

// counter is the ZoneDiff that counts the TXT record at apex one up, made upon
// what the store shows.
func counter(ctx context.Context, s store.Store, id change.ZoneID, apex dname.Name) (z change.ZoneDiff, err error) {
	for c, err := range s.Changes(ctx, store.Query{Zone: id, Newest: true, Limit: 1, Heads: true}) {
		if err != nil {
			return z, err
		}
		z = change.ZoneDiff{ID: id, Apex: apex, Base: c.Revision, From: c.Zones[0].To, To: c.Zones[0].To + 1}
	}
	before, err := s.RRset(ctx, id, apex, rr.TypeTXT)
	if err != nil {
		return z, err
	}
	n, err := strconv.Atoi(string(before.Records[0].Data[1:]))
	if err != nil {
		return z, err
	}
	after := rrset(apex.String(), rr.TypeTXT, 60, strconv.Itoa(n+1))
	z.Sets = []change.SetDiff{{Before: before, After: after}}
	return z, nil
}

// testCounters counts in two zones at once by each Change.
func testCounters(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	c := d.append(create("a.example.", rrset("a.example.", rr.TypeTXT, 60, "0")), create("b.example.", rrset("b.example.", rr.TypeTXT, 60, "0")))
	const writers, each = 8, 12
	errs := make(chan error)
	for range writers {
		go func() {
			for left := each; left > 0; {
				err := countBoth(t.Context(), d.store, c)
				if err != nil && !errors.Is(err, store.ErrConflict) {
					errs <- err
					return
				}
				if err == nil {
					left--
				}
			}
			errs <- nil
		}()
	}
	for range writers {
		if err := <-errs; err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Agree(t.Context(), d.store); err != nil {
		t.Fatal(err)
	}
	for _, z := range c.Zones {
		s, err := d.store.RRset(t.Context(), z.ID, z.Apex, rr.TypeTXT)
		if err != nil || string(s.Records[0].Data[1:]) != strconv.Itoa(writers*each) {
			t.Errorf("%s counts %q, %v", z.Apex, s.Records[0].Data[1:], err)
		}
	}
}

func countBoth(ctx context.Context, s store.Store, c *change.Change) error {
	var both []change.ZoneDiff
	for i := range c.Zones {
		z, err := counter(ctx, s, c.Zones[i].ID, c.Zones[i].Apex)
		if err != nil {
			return err
		}
		both = append(both, z)
	}
	_, err := s.Append(ctx, []*change.Change{newChange(both...)})
	return err
}

// testMixed has good writers beside those who are refused for two reasons, in
// what may be one write to disk.
func testMixed(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	d.append(create("a.example.", rrset("a.example.", rr.TypeA, 60, "192.0.2.1")))
	taken := d.zone("a.example.").sorted()[0].Records[0].ID
	var all sync.WaitGroup
	for w := range 12 {
		all.Go(func() {
			for i := range 10 {
				z := create(fmt.Sprintf("z%d.w%d.example.", i, w), rrset("x.example.", rr.TypeA, 60, "192.0.2.1"))
				switch w % 3 {
				case 1:
					z.Apex = dname.MustParse("a.example.")
				case 2:
					z.Sets[0].After.Records[0].ID = taken
				}
				if n, err := d.store.Append(t.Context(), []*change.Change{newChange(z)}); (err == nil) != (w%3 == 0) || (n == 1) != (err == nil) {
					t.Errorf("writer %d: %d, %v", w, n, err)
				}
			}
		})
	}
	all.Wait()
	if f, err := Agree(t.Context(), d.store); err != nil || f.Head != 41 {
		t.Fatalf("%d changes, %v", f.Head, err)
	}
}

// testClosing closes the store under writers, readers and watchers; what was
// acknowledged is there behind it.
func testClosing(t *testing.T, open Open) {
	at := t.TempDir()
	s := open(t, at)
	var acknowledged sync.Map
	var all sync.WaitGroup
	begun := make(chan struct{}, 1000)
	for w := range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				c := newChange(create(fmt.Sprintf("z%d.w%d.example.", i, w), rrset("x.example.", rr.TypeA, 60, "192.0.2.1")))
				_, err := s.Append(context.Background(), []*change.Change{c})
				if err != nil {
					onlyClosed(t, err)
					return
				}
				acknowledged.Store(c.ID, true)
				begun <- struct{}{}
			}
		})
		all.Go(func() { onlyClosed(t, lastError(s.Watch(context.Background(), 0))) })
		all.Go(func() {
			for {
				if _, err := StateText(context.Background(), s); err != nil {
					onlyClosed(t, err)
					return
				}
			}
		})
	}
	for range 50 {
		<-begun
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all.Wait()
	s = open(t, at)
	defer s.Close() //nolint:errcheck // its outcome is tested elsewhere
	if _, err := Agree(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	for c, err := range s.Changes(t.Context(), store.Query{Heads: true}) {
		if err != nil {
			t.Fatal(err)
		}
		acknowledged.Delete(c.ID)
	}
	acknowledged.Range(func(id, _ any) bool {
		t.Errorf("%s was acknowledged and is not there", id)
		return true
	})
}

func onlyClosed(t *testing.T, err error) {
	if !errors.Is(err, store.ErrClosed) {
		t.Errorf("closing met %v", err)
	}
}

// testClosed has every method say that the store is closed.
func testClosed(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	ctx := context.Background()
	_, appended := s.Append(ctx, []*change.Change{newChange(create("a.example."))})
	_, head := s.Head(ctx)
	_, zones := StateText(ctx, s)
	_, set := s.RRset(ctx, change.ZoneID{}, dname.Root, rr.TypeA)
	_, record := s.Record(ctx, change.ZoneID{}, 1)
	_, get := s.Get(ctx, "k", "i")
	_, put := s.Put(ctx, store.Document{Kind: "k", ID: "i", Body: []byte{}})
	found, documents := error(nil), error(nil)
	for _, err := range s.Search(ctx, store.Search{Text: "x"}) {
		found = err
	}
	for _, err := range s.Documents(ctx, "k") {
		documents = err
	}
	for i, err := range []error{appended, head, zones, set, record, get, put, found, documents,
		lastError(s.Changes(ctx, store.Query{})), lastError(s.Watch(ctx, 0)), lastSetError(s.RRsets(ctx, change.ZoneID{}, store.Range{}))} {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("method %d: %v", i, err)
		}
	}
}
