package sqlite

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/store/storetest"
)

func TestSecondProcessIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if other, err := Open(dir); err == nil {
		mustClose(t, other)
		t.Error("it was let in")
	} else if !strings.Contains(err.Error(), "in use by another process") || !strings.Contains(err.Error(), dir) {
		t.Errorf("it hears %v", err)
	}
	mustClose(t, s)
	mustClose(t, mustOpen(t, dir))
}

func TestFilesAreForTheOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "on the way?&#%41")
	s := mustOpen(t, dir)
	defer mustClose(t, s)
	mustAppend(t, s, bigZone(t, dname.MustParse("example.net."), 1, 1))
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, f := range files {
		info, err := f.Info()
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f.Name(), info.Mode())
		}
		names[f.Name()] = true
	}
	if !names[fileName] || !names[lockName] || !names[fileName+"-wal"] {
		t.Errorf("got %v", names)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the directory: %v, %v", info.Mode(), err)
	}
}

func TestCommitsReachTheDisk(t *testing.T) {
	s := mustOpen(t, t.TempDir())
	defer mustClose(t, s)
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "mmap_size": "0", "locking_mode": "normal"} {
		r, err := s.writer.conn.first("PRAGMA " + pragma) // the writer rests
		if err != nil || rowText(r) != want {
			t.Errorf("%s is %s, %v", pragma, rowText(r), err)
		}
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	dir := t.TempDir()
	s := mustOpen(t, dir)
	if err := s.writer.conn.script("PRAGMA user_version = 1000"); err != nil { // the writer rests
		t.Fatal(err)
	}
	mustClose(t, s)
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "run the newer program") {
		t.Fatalf("got %v", err)
	}
	if _, err := Open(dir); err == nil || strings.Contains(err.Error(), "in use") {
		t.Errorf("the first try has left its lock: %v", err)
	}
}

func TestWhatIsNoStoreIsRefused(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, fileName), []byte(strings.Repeat("not a database. ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), fileName) {
		t.Errorf("a file of another kind: %v", err)
	}
	if _, err := Open(filepath.Join(dir, fileName)); err == nil {
		t.Error("a file is taken for a directory")
	}
}

func TestMigrationStopsHalfWay(t *testing.T) {
	dir := t.TempDir()
	released := migrations
	defer func() { migrations = released }()
	s := mustOpen(t, dir)
	mustAppend(t, s, bigZone(t, dname.MustParse("example.net."), 3, 1))
	mustClose(t, s)

	migrations = append(released[:len(released):len(released)], "CREATE TABLE later (x); CREATE TABLE zones (x)")
	if _, err := Open(dir); err == nil || !strings.Contains(err.Error(), "already exists") {
		t.Fatalf("a step that fails: %v", err)
	}
	migrations[len(released)] = "CREATE TABLE later (x)" // which is there unless the first try left nothing
	for range 2 {
		s = mustOpen(t, dir)
		if _, err := storetest.Agree(t.Context(), s); err != nil {
			t.Error(err)
		}
		mustClose(t, s)
	}
}
