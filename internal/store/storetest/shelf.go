package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/store"
)

func testShelf(t *testing.T, open Open) {
	t.Run("compare and put", func(t *testing.T) { testPut(t, fresh(t, open)) })
	t.Run("documents of a kind by id", func(t *testing.T) {
		s := fresh(t, open)
		for _, id := range []string{"b", "a", "C", "\x00", "ü"} {
			put(t, s, store.Document{Kind: "k", ID: id, Body: []byte(id)})
			put(t, s, store.Document{Kind: "other", ID: id, Body: []byte{}})
		}
		var ids string
		for d, err := range s.Documents(t.Context(), "k") {
			if err != nil || string(d.Body) != d.ID || d.Kind != "k" || d.Version == 0 {
				t.Fatalf("got %+v, %v", d, err)
			}
			ids += d.ID + " "
		}
		if ids != "\x00 C a b ü " {
			t.Errorf("got %q", ids)
		}
	})
	t.Run("sizes", func(t *testing.T) {
		s := fresh(t, open)
		for _, size := range []int{0, 1, store.MaxDocument} {
			want := bytes.Repeat([]byte{7}, size)
			put(t, s, store.Document{Kind: "k", ID: fmt.Sprint(size), Body: want})
			if d, err := s.Get(t.Context(), "k", fmt.Sprint(size)); err != nil || !bytes.Equal(d.Body, want) || d.Body == nil {
				t.Errorf("%d octets came back as %d, %v", size, len(d.Body), err)
			}
		}
		if _, err := s.Put(t.Context(), store.Document{Kind: "k", ID: "x", Body: make([]byte, store.MaxDocument+1)}); err == nil {
			t.Error("one too large was taken")
		}
	})
	t.Run("many who count together lose nothing", func(t *testing.T) {
		s := fresh(t, open)
		put(t, s, store.Document{Kind: "k", ID: "counter", Body: []byte{0}})
		errs := make(chan error)
		for range 8 {
			go func() { errs <- count(t, s, 10) }()
		}
		for range 8 {
			if err := <-errs; err != nil {
				t.Fatal(err)
			}
		}
		if d, err := s.Get(t.Context(), "k", "counter"); err != nil || d.Body[0] != 80 {
			t.Errorf("got %v, %v", d.Body, err)
		}
	})
}

func put(t *testing.T, s store.Shelf, d store.Document) uint64 {
	t.Helper()
	version, err := s.Put(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return version
}

// count adds n to the counter, one by one, trying again on conflicts.
func count(t *testing.T, s store.Shelf, n int) error {
	for n > 0 {
		d, err := s.Get(t.Context(), "k", "counter")
		if err != nil {
			return err
		}
		d.Body = []byte{d.Body[0] + 1}
		switch _, err := s.Put(t.Context(), d); {
		case err == nil:
			n--
		case !errors.Is(err, store.ErrConflict):
			return err
		}
	}
	return nil
}

func testPut(t *testing.T, s store.Store) {
	d := store.Document{Kind: "k", ID: "i", Body: []byte("one")}
	if _, err := s.Get(t.Context(), "k", "i"); !errors.Is(err, store.ErrNotFound) {
		t.Fatalf("before all: %v", err)
	}
	conflict := func(version uint64, body []byte) {
		t.Helper()
		if _, err := s.Put(t.Context(), store.Document{Kind: "k", ID: "i", Version: version, Body: body}); !errors.Is(err, store.ErrConflict) {
			t.Errorf("version %d: %v", version, err)
		}
	}
	conflict(1, d.Body)
	first := put(t, s, d)
	conflict(0, d.Body)
	conflict(first+1, d.Body)
	d.Version, d.Body = first, []byte("two")
	second := put(t, s, d)
	conflict(first, d.Body)
	conflict(first, nil)
	if got, err := s.Get(t.Context(), "k", "i"); err != nil || got.Version != second || string(got.Body) != "two" || got.Kind != "k" || got.ID != "i" {
		t.Errorf("got %+v, %v", got, err)
	}
	put(t, s, store.Document{Kind: "k", ID: "i", Version: second})
	if _, err := s.Get(t.Context(), "k", "i"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("behind its removal: %v", err)
	}
	again := put(t, s, store.Document{Kind: "k", ID: "i", Body: []byte("three")})
	if again == first || again == second {
		t.Errorf("version %d comes twice", again)
	}
	conflict(second, nil)
}
