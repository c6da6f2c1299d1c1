package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

func testWatch(t *testing.T, open Open) {
	for _, test := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"what was and what comes, in order and whole", watchOrder},
		{"resuming after every revision", watchResume},
		{"resuming in a store opened anew", watchReopened},
		{"a large change", watchLarge},
		{"many watchers beside a writer", testWatchers},
		{"the end of the context ends it", watchContext},
		{"closing ends it", watchClosing},
	} {
		t.Run(test.name, func(t *testing.T) { test.run(t, open) })
	}
}

func watchOrder(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	d.append(create("a.example."))
	churn(d, 300)
	f := NewFold()
	for c, err := range d.store.Watch(t.Context(), 0) {
		if err == nil {
			err = f.Apply(c)
		}
		if err != nil {
			t.Fatal(err)
		}
		switch c.Revision {
		case 301:
			churn(d, 300) // the watcher has seen all and falls behind
		case 601:
			if got, want := f.Text(), d.fold.Text(); got != want {
				t.Fatal(firstDifference(got, want))
			}
			return
		}
	}
	t.Fatal("the watch ended by itself")
}

func watchResume(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	d.append(create("a.example."))
	churn(d, 20)
	for after := range d.fold.Head {
		if c := one(t, d.store.Watch(t.Context(), after)); c.Revision != after+1 {
			t.Fatalf("after %d came %d", after, c.Revision)
		}
	}
}

func watchReopened(t *testing.T, open Open) {
	at := t.TempDir()
	d := newDesk(t, open(t, at))
	d.append(create("a.example."))
	churn(d, 5)
	if err := d.store.Close(); err != nil {
		t.Fatal(err)
	}
	d.store = open(t, at)
	defer d.store.Close() //nolint:errcheck // its outcome is tested elsewhere
	if c := one(t, d.store.Watch(t.Context(), 3)); c.Revision != 4 {
		t.Fatalf("after 3 came %d", c.Revision)
	}
}

func watchLarge(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	z := create("a.example.")
	for i := range 3000 {
		z.Sets = append(z.Sets, change.SetDiff{After: rrset(fmt.Sprintf("h%d.a.example.", i), rr.TypeA, 60, "192.0.2.1")})
	}
	c := d.append(z)
	if got := one(t, d.store.Watch(t.Context(), 0)); changeText(got) != changeText(c) {
		t.Error("it is another one")
	}
}

func watchContext(t *testing.T, open Open) {
	s := fresh(t, open)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- lastError(s.Watch(ctx, 0)) }()
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func watchClosing(t *testing.T, open Open) {
	s := open(t, t.TempDir())
	ended := make(chan error)
	go func() { ended <- lastError(s.Watch(context.Background(), 0)) }()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, store.ErrClosed) {
		t.Errorf("got %v", err)
	}
}

// churn writes n Changes to the zone a.example.
func churn(d *desk, n int) {
	d.t.Helper()
	for i := range n {
		d.append(d.update("a.example.", rrset(fmt.Sprintf("h%d.a.example.", i%7), rr.TypeA, 60, "192.0.2.1")))
	}
}

// testWatchers has watchers of many speeds and starts, who must all see the same.
func testWatchers(t *testing.T, open Open) {
	d := newDesk(t, fresh(t, open))
	d.append(create("a.example."))
	const last = 400
	errs := make(chan error)
	for w := range 8 {
		go func() { errs <- follow(d.store, change.Revision(w*20), last) }()
	}
	churn(d, last-1)
	for range 8 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

// follow watches from after on until it has seen last, and starts anew now and then.
func follow(s store.Store, after, last change.Revision) error {
	for after < last {
		for c, err := range s.Watch(context.Background(), after) {
			if err != nil {
				return err
			}
			if c.Revision != after+1 {
				return fmt.Errorf("after %d came %d", after, c.Revision)
			}
			after = c.Revision
			if after == last || after%37 == 0 {
				break
			}
		}
	}
	return nil
}
