package alias

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// disk counts how often it is told to keep what a File has.
type disk struct {
	told atomic.Int32
	fail atomic.Bool
}

var errDisk = errors.New("the disk is broken")

func (d *disk) sync(f *os.File) error {
	d.told.Add(1)
	if d.fail.Load() {
		return errDisk
	}
	return f.Sync()
}

func (d *disk) open(t *testing.T) *File {
	t.Helper()
	f, err := OpenFile(filepath.Join(t.TempDir(), "memory"))
	if err != nil {
		t.Fatal(err)
	}
	f.sync = d.sync
	return f
}

func save(f *File, numbers ...int) error {
	var list []Saved
	for _, n := range numbers {
		list = append(list, savedOf(n))
	}
	return f.Save(context.Background(), list, slices.Values(list))
}

// What is appended is on the disk some seconds later, however much of it there is, and
// nobody waits for that.
func TestAppendsSettle(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var d disk
		f := d.open(t)
		told := func(situation string, want int32) {
			t.Helper()
			synctest.Wait()
			if got := d.told.Swap(0); got != want {
				t.Errorf("%s: the disk was told %d times, want %d", situation, got, want)
			}
		}
		if err := save(f, 0); err != nil {
			t.Fatal(err)
		}
		told("written anew", 1)
		time.Sleep(time.Minute)
		told("nothing new", 0)
		for n := range 20 {
			if err := save(f, n); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		told("while it goes on", 0)
		time.Sleep(settleDelay)
		told("some seconds later", 1)
		time.Sleep(time.Minute)
		told("nothing new again", 0)
		if err := save(f, 7); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		told("at the end", 1)
		time.Sleep(time.Minute)
		told("afterwards", 0)
	})
}

// What the disk did not take is told to who saves next, and then written anew.
func TestADiskThatFails(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var d disk
		f := d.open(t)
		if err := errors.Join(save(f, 0), save(f, 1)); err != nil {
			t.Fatal(err)
		}
		d.fail.Store(true)
		time.Sleep(2 * settleDelay)
		if err := save(f, 2); !errors.Is(err, errDisk) {
			t.Errorf("the next was told %v", err)
		}
		if err := save(f, 2); !errors.Is(err, errDisk) {
			t.Errorf("it was not written anew: %v", err)
		}
		d.fail.Store(false)
		if err := save(f, 1, 2); err != nil {
			t.Fatal(err)
		}
		if got, err := loaded(t, f); err != nil || len(got) != 2 {
			t.Errorf("%v, %d are there", err, len(got))
		}
		if err := save(f, 3); err != nil {
			t.Fatal(err)
		}
		d.fail.Store(true)
		if err := f.Close(); !errors.Is(err, errDisk) {
			t.Errorf("at the end: %v", err)
		}
	})
}
