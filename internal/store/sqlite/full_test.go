package sqlite

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/store/storetest"
)

// fillUp appends zones until it cannot, and says how often it could.
func fillUp(t *testing.T, s *Store) int {
	t.Helper()
	for n := range 10_000 {
		c := bigZone(t, dname.MustParse(fmt.Sprintf("z%d.example.", n)), 50, uint64(n*50+1))
		good := bigZone(t, dname.MustParse(fmt.Sprintf("y%d.example.", n)), 0, 0)
		appended, err := s.Append(context.Background(), []*change.Change{c, good})
		if err == nil {
			continue
		}
		if !strings.Contains(err.Error(), "make room") || appended == 2 || c.Revision != 0 && appended == 0 {
			t.Fatalf("%d appended, revision %d: %v", appended, c.Revision, err)
		}
		return n
	}
	t.Fatal("it is never full")
	return 0
}

// survives checks that a full disk has harmed nothing, and that all goes on
// once free has made room.
func survives(t *testing.T, s *Store, free func()) {
	t.Helper()
	if fillUp(t, s) == 0 {
		t.Fatal("there was no room at all")
	}
	if _, err := storetest.Agree(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	free()
	mustAppend(t, s, bigZone(t, dname.MustParse("late.example."), 1000, 1<<40))
	if _, err := s.Put(t.Context(), store.Document{Kind: "k", ID: "i", Body: []byte("x")}); err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.Agree(t.Context(), s); err != nil {
		t.Fatal(err)
	}
}

func TestFileMayNotGrow(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	defer mustClose(t, s)
	limit := func(pages int) {
		if _, err := s.writer.conn.number(fmt.Sprintf("PRAGMA max_page_count = %d", pages)); err != nil { // the writer rests
			t.Fatal(err)
		}
	}
	limit(150)
	survives(t, s, func() { limit(1 << 30) })
}

func TestDiskIsFull(t *testing.T) {
	dir := t.TempDir()
	if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=8m"); err != nil {
		t.Skipf("a small disk of its own needs the right to mount: %v", err)
	}
	defer func() {
		if err := unix.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	}()
	s := mustOpen(t, dir)
	defer mustClose(t, s)
	mustAppend(t, s, bigZone(t, dname.MustParse("first.example."), 100, 1<<41))
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(f, zeros{}, 6<<20); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	survives(t, s, func() {
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	})
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
