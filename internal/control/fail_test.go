package control

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/store"
)

// frail is a store whose Append can be held back and made to fail.
type frail struct {
	store.Store
	gate   atomic.Pointer[chan struct{}] // Append takes one from it first
	broken atomic.Pointer[breakage]      // what the next Append does
	calls  atomic.Int64
}

type breakage struct {
	after int // so many Changes of the batch are written before
	err   error
}

func (f *frail) Append(ctx context.Context, changes []*change.Change) (int, error) {
	f.calls.Add(1)
	if gate := f.gate.Load(); gate != nil {
		<-*gate
	}
	b := f.broken.Swap(nil)
	if b == nil {
		return f.Store.Append(ctx, changes)
	}
	n, err := f.Store.Append(ctx, changes[:min(b.after, len(changes))])
	if err == nil {
		err = b.err
	}
	return n, err
}

// newFrail is a desk over a frail store with the zone example.com.
func newFrail(t *testing.T) (*desk, *frail) {
	f := new(frail)
	d := &desk{TB: t, dir: t.TempDir(), admin: newAdmin()}
	d.wrap = func(s store.Store) store.Store { f.Store = s; return f }
	d.open()
	t.Cleanup(func() { d.stop() })
	d.make("example.com.", d.edit(Add, "example.com.", "main", "A", "192.0.2.1"))
	return d, f
}

// shut makes every Append wait for a value from the gate, until it is closed.
func (f *frail) shut() (gate chan struct{}) {
	gate = make(chan struct{})
	f.gate.Store(&gate)
	return gate
}

// busy has one write wait at the gate, and n more behind it.
func (d *desk) busy(f *frail, n int) (gate chan struct{}, first chan error, outcome func() []error) {
	d.Helper()
	gate, first = f.shut(), make(chan error, 1)
	calls := f.calls.Load()
	e := d.edit(Add, "example.com.", "first", "A", "192.0.2.1")
	go func() {
		_, err := d.Apply(context.Background(), d.admin, &Request{Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{e}}}})
		first <- err
	}()
	waitFor(d, func() bool { return f.calls.Load() > calls })
	return gate, first, d.pile(n)
}

// pile starts n writes of names of their own and waits until all are accepted.
func (d *desk) pile(n int) (outcome func() []error) {
	d.Helper()
	errs := make([]error, n)
	var wg sync.WaitGroup
	want := d.revision() + change.Revision(n)
	for i := range n {
		e := d.edit(Add, "example.com.", fmt.Sprintf("n%d", i), "CNAME", "main")
		wg.Go(func() {
			_, errs[i] = d.Apply(context.Background(), d.admin, &Request{Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{e}}}})
		})
	}
	waitFor(d, func() bool { return d.revision() == want })
	return func() []error { wg.Wait(); return errs }
}

func TestWhatTheStoreDoesNotTakeIsTakenBack(t *testing.T) {
	disk := errors.New("the disk is full")
	for _, c := range []struct {
		name  string
		after int // of the second batch
		err   error
		class Class
		code  string
	}{
		{"none of a batch is written", 0, disk, Unavailable, "store-unavailable"},
		{"a part of a batch is written", 3, disk, Unavailable, "store-unavailable"},
		{"somebody else has written", 2, fmt.Errorf("zone: %w", store.ErrConflict), Moved, "zone-moved"},
		{"a part without a reason", 1, nil, Unavailable, "store-unavailable"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, f := newFrail(t)
			gate, first, outcome := d.busy(f, 8)
			gate <- struct{}{}
			if err := <-first; err != nil {
				t.Fatal(err)
			}
			f.broken.Store(&breakage{c.after, c.err})
			close(gate)
			failed := 0
			for _, err := range outcome() {
				var e *Error
				switch {
				case err == nil:
				case errors.As(err, &e) && e.Class == c.class && e.Code == c.code && (c.err == nil || errors.Is(err, c.err)):
					failed++
				default:
					t.Errorf("got %v", explain(err))
				}
			}
			if failed != 8-c.after {
				t.Errorf("%d have failed of 8, %d were written", failed, c.after)
			}
			d.agrees()
			if z := d.zone("example.com."); z.Records != 4+c.after {
				t.Errorf("%d records", z.Records)
			}
			d.change("example.com.", d.edit(Add, "example.com.", "then", "CNAME", "main"))
			d.agrees()
			d.reopen()
			d.agrees()
		})
	}
}

func TestAFailureLeavesTheGraphAndZonesAsTheyWere(t *testing.T) {
	d, f := newFrail(t)
	d.make("other.test.", d.edit(Add, "other.test.", "www", "CNAME", "main.example.com."))
	gate := f.shut()
	outcome := d.pile(2)
	var wg sync.WaitGroup
	for _, e := range []ZoneEdit{
		{Zone: ref("other.test."), Delete: true},
		{Zone: ref("new.test."), Create: &NewZone{}, Edits: []Edit{d.edit(Add, "new.test.", "@", "ALIAS", "main.example.com.")}},
		{Zone: ref("example.com."), Props: &ZonePatch{Status: ptr(StatusPaused)}},
	} {
		want := d.revision() + 1
		wg.Go(func() {
			if _, err := d.Apply(context.Background(), d.admin, &Request{Zones: []ZoneEdit{e}}); err == nil {
				t.Errorf("%s: no error", e.Zone.Apex)
			}
		})
		waitFor(d, func() bool { return d.revision() == want })
	}
	// The first batch holds one Change only; it fails, and all behind it with it.
	f.broken.Store(&breakage{0, errors.New("gone")})
	close(gate)
	wg.Wait()
	for _, err := range outcome() {
		if err == nil {
			t.Error("written")
		}
	}
	d.agrees()
	d.has("other.test.", "www.other.test. CNAME main.example.com.")
	d.has("example.com.", "main.example.com. A 192.0.2.1")
	d.make("new.test.")
	d.agrees()
}

func TestStoppingWritesWhatIsAccepted(t *testing.T) {
	d, f := newFrail(t)
	gate, first, outcome := d.busy(f, 20)
	stopped := make(chan struct{})
	go func() { defer close(stopped); d.stop() }()
	close(gate)
	<-stopped
	for _, err := range append(outcome(), <-first) {
		if err != nil {
			t.Errorf("%v", explain(err))
		}
	}
	var e *Error
	_, err := d.Apply(context.Background(), d.admin, &Request{Zones: []ZoneEdit{{Zone: ref("late.test."), Create: &NewZone{}}}})
	if !errors.As(err, &e) || e.Class != Unavailable || e.Code != "stopping" {
		t.Errorf("after the end: %v", explain(err))
	}
	d.open()
	if z := d.zone("example.com."); z.Records != 3+21 {
		t.Errorf("%d records", z.Records)
	}
	d.agrees()
}

// TestALargeChangeWaitsBesideSmallOnes looks at RRsets that several accepted
// Changes have written, some too large for the list of single RRsets.
func TestALargeChangeWaitsBesideSmallOnes(t *testing.T) {
	d, f := newFrail(t)
	large := func(last byte) Edit {
		return Edit{Op: Put, Type: 1, Records: []RecordEdit{{Data: []byte{192, 0, 2, last}}}}
	}
	gate := f.shut()
	var wg sync.WaitGroup
	accept := func(e ZoneEdit) {
		want := d.revision() + 1
		wg.Go(func() {
			if _, err := d.Apply(context.Background(), d.admin, &Request{Zones: []ZoneEdit{e}}); err != nil {
				t.Error(explain(err))
			}
		})
		waitFor(d, func() bool { return d.revision() == want })
	}
	for _, last := range []byte{1, 2} {
		e := ZoneEdit{Zone: ref("example.com.")}
		for i := range largeDiff + 200 {
			l := large(last)
			l.Owner = name(fmt.Sprintf("l%d.example.com.", i))
			e.Edits = append(e.Edits, l)
		}
		accept(e)
		accept(ZoneEdit{Zone: ref("example.com."), Edits: []Edit{d.edit(Add, "example.com.", "l7", "A", "192.0.2.77")}})
	}
	accept(ZoneEdit{Zone: ref("example.com."), Delete: true})
	accept(ZoneEdit{Zone: ref("example.com."), Create: &NewZone{}, Edits: []Edit{d.edit(Add, "example.com.", "l7", "A", "192.0.2.9")}})
	close(gate)
	wg.Wait()
	d.agrees()
	d.has("example.com.", "l7.example.com. A 192.0.2.9")
	gone, err := d.DeletedZones(context.Background(), d.admin)
	if err != nil || len(gone) != 1 {
		t.Fatalf("%d deleted zones, %v", len(gone), err)
	}
	whole, err := d.Change(context.Background(), d.admin, gone[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	// All of the second large one, the A record of main and two name servers in one set.
	if n := len(whole.Zones[0].Sets); n != largeDiff+200+2 {
		t.Errorf("the deletion took %d RRsets away", n)
	}
	if len(d.ahead.sets)+len(d.ahead.zones)+len(d.ahead.apexes)+len(d.ahead.large)+len(d.ahead.requests) != 0 {
		t.Errorf("something still waits: %+v", &d.ahead)
	}
}

func TestACancelledRequestChangesNothing(t *testing.T) {
	d, _ := newFrail(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	before := d.dump()
	_, err := d.Apply(ctx, d.admin, &Request{Zones: []ZoneEdit{{Zone: ref("example.com."), Edits: []Edit{d.edit(Put, "example.com.", "main", "A", "192.0.2.9")}}}})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if after := d.dump(); after != before {
		t.Error("it changed something")
	}
	d.change("example.com.", d.edit(Put, "example.com.", "main", "A", "192.0.2.9"))
	d.agrees()
}

func TestWhatWaitsIsBounded(t *testing.T) {
	q := queue{wake: make(chan struct{}, 1)}
	of := func(sets int) *ticket {
		return &ticket{draft: &draft{change: &change.Change{Zones: []change.ZoneDiff{{Sets: make([]change.SetDiff, sets)}}}}}
	}
	if err := q.push(of(maxSets + 1)); err != nil {
		t.Errorf("a large one by itself: %v", err)
	}
	fails(t, q.push(of(1)), Unavailable, "busy")
	q.batch()
	for range maxWaiting {
		if err := q.push(of(1)); err != nil {
			t.Fatal(err)
		}
	}
	fails(t, q.push(of(1)), Unavailable, "busy")
	for n := 0; n < maxWaiting; {
		b := q.batch()
		if n += len(b); len(b) == 0 || len(b) > batchChanges {
			t.Fatalf("a batch of %d after %d", len(b), n)
		}
	}
	if q.sets != 0 {
		t.Errorf("%d RRsets wait where nothing does", q.sets)
	}
}
