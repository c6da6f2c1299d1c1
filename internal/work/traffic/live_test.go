package traffic

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestLive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t, newShelf())
		d.options.Clock = time.Now
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- d.Run(ctx) }()
		time.Sleep(10*time.Second + tick/2)
		d.ask(3, "www.example.")
		d.ask(2, "www.test.")
		l, err := d.Listen(0)
		if err != nil {
			t.Fatal(err)
		}
		list, err := l.Next(t.Context())
		if err != nil || len(list) != 1 || list[0].All.Total() != 5 || list[0].Took != tick {
			t.Fatalf("%v %+v", err, list)
		}
		c, ok := list[0].Sum(func(z Zone) bool { return z.Apex == "example." })
		if !ok || c.Total() != 3 {
			t.Errorf("%v %d for the zone", ok, c.Total())
		}
		time.Sleep(20*tick + tick/2) // it comes late, and gets all
		list, err = l.Next(t.Context())
		if err != nil || len(list) != 20 || list[0].All.Total() != 0 {
			t.Errorf("%v, %d seconds", err, len(list))
		}
		if _, ok := list[0].Sum(func(Zone) bool { return true }); ok {
			t.Error("zones are told apart after 20 seconds")
		}
		past, err := d.Listen(25)
		if err != nil {
			t.Fatal(err)
		}
		if list, err = past.Next(t.Context()); err != nil || len(list) != 25 || list[4].All.Total() != 5 {
			t.Errorf("%v, %d seconds of the past", err, len(list))
		}
		ended, end := context.WithTimeout(t.Context(), tick/4)
		defer end()
		if _, err := past.Next(ended); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v", err)
		}
		cancel()
		<-done
		list, err = l.Next(t.Context())
		for err == nil && len(list) > 0 { // what came before the end
			list, err = l.Next(t.Context())
		}
		if !errors.Is(err, ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
		if _, err := d.Listen(0); !errors.Is(err, ErrClosed) {
			t.Errorf("after the end: %v", err)
		}
	})
}

func TestSecondsAndListenersAreBounded(t *testing.T) {
	d := newDesk(t, newShelf())
	for range 2 * KeptSeconds {
		d.tick(t.Context())
	}
	l, err := d.Listen(10 * KeptSeconds)
	if err != nil {
		t.Fatal(err)
	}
	if list, err := l.Next(t.Context()); err != nil || len(list) != KeptSeconds {
		t.Errorf("%v, %d seconds", err, len(list))
	}
	for range MaxListeners - 1 {
		if _, err := d.Listen(0); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Listen(0); !errors.Is(err, ErrBusy) {
		t.Errorf("one more than the most: %v", err)
	}
	l.Close()
	if _, err := d.Listen(0); err != nil {
		t.Errorf("after one is gone: %v", err)
	}
}
