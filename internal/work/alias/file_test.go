package alias

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

func openFile(t testing.TB, path string) *File {
	t.Helper()
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// loaded is what the file at path remembers, the last of each.
func loaded(t testing.TB, f *File) (map[string]Saved, error) {
	t.Helper()
	all := make(map[string]Saved)
	err := f.Load(context.Background(), func(s Saved) { all[s.key()] = s })
	return all, err
}

func (s Saved) key() string { return s.Target.String() + " " + s.Type.String() }

func addressSet(n int) rr.Set { return rr.AppendRecord(nil, rr.TypeA, 60, []byte{192, 0, 2, byte(n)}) }

func savedOf(i int) Saved {
	return Saved{Target: host(i), Type: rr.TypeA, Set: addressSet(i), TTL: 60, Expires: int64(i) + 1}
}

func alike(a, b Saved) bool {
	return a.Target.Equal(b.Target) && a.Type == b.Type && bytes.Equal(a.Set, b.Set) && a.Gone == b.Gone && a.TTL == b.TTL && a.Expires == b.Expires
}

// What was saved, in whatever portions, is what is loaded, with restarts between.
func TestAFileRemembersTheLastOfEach(t *testing.T) {
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(t *rapid.T) {
		runs++
		path := filepath.Join(dir, fmt.Sprint(runs))
		model := make(map[string]Saved)
		all := func(yield func(Saved) bool) {
			for _, s := range model {
				if !yield(s) {
					return
				}
			}
		}
		f, err := OpenFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for range rapid.IntRange(1, 12).Draw(t, "saves") {
			if rapid.IntRange(0, 3).Draw(t, "restart") == 0 {
				f.Close()
				if f, err = OpenFile(path); err != nil {
					t.Fatal(err)
				}
				got := make(map[string]Saved)
				if err := f.Load(context.Background(), func(s Saved) { got[s.key()] = s }); err != nil || len(got) != len(model) {
					t.Fatalf("%v, %d of %d", err, len(got), len(model))
				}
				for key, s := range model {
					if !alike(got[key], s) {
						t.Fatalf("%s: got %+v, want %+v", key, got[key], s)
					}
				}
			}
			var changed []Saved
			for range rapid.IntRange(1, 5).Draw(t, "changes") {
				s := savedOf(rapid.IntRange(0, 9).Draw(t, "target"))
				s.Expires = rapid.Int64Range(1, 1<<62).Draw(t, "expires")
				if s.Gone = rapid.Bool().Draw(t, "gone"); s.Gone {
					s.Set = nil
				}
				changed = append(changed, s)
				model[s.key()] = s
			}
			if err := f.Save(context.Background(), changed, all); err != nil {
				t.Fatal(err)
			}
		}
		f.Close()
	})
}

func TestAFileIsWrittenAnewBeforeItGrowsTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory")
	f := openFile(t, path)
	model := make([]Saved, 1000)
	for i := range model {
		model[i] = savedOf(i)
	}
	for round := range 200 {
		for i := range model {
			model[i].Expires += int64(round)
		}
		if err := f.Save(context.Background(), model, slices.Values(model)); err != nil {
			t.Fatal(err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() > smallFile+100_000 {
		t.Errorf("%v, %d octets", err, info.Size())
	}
	if got, err := loaded(t, openFile(t, path)); err != nil || len(got) != 1000 || !alike(got[model[7].key()], model[7]) {
		t.Errorf("%v, %d", err, len(got))
	}
	if _, err := os.Stat(path + ".new"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("something is left over: %v", err)
	}
}

// filled is the octets of a file with four records, and where each of them ends.
func filled(t testing.TB, path string) (content []byte, ends []int) {
	t.Helper()
	var all []Saved
	content = []byte(fileHead)
	for i := range 4 {
		all = append(all, savedOf(i))
		content = appendRecord(content, all[i])
		ends = append(ends, len(content))
	}
	if err := openFile(t, path).Save(context.Background(), nil, slices.Values(all)); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, content) {
		t.Fatalf("%v: %q, want %q", err, got, content)
	}
	return content, ends
}

// However a file was cut short, what stands before the cut is there, and what is
// saved afterwards is too.
func TestATornFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory")
	content, ends := filled(t, path)
	for cut := range content {
		if err := os.WriteFile(path, content[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		f := openFile(t, path)
		got, err := loaded(t, f)
		whole, _ := slices.BinarySearch(ends, cut+1)
		atEnd := cut <= len(fileHead) || slices.Contains(ends, cut)
		if len(got) != whole || (err == nil) != atEnd || err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut at %d: %d records, want %d; %v", cut, len(got), whole, err)
		}
		got["new"] = savedOf(77)
		all := func(yield func(Saved) bool) {
			for _, s := range got {
				if !yield(s) {
					return
				}
			}
		}
		if err := f.Save(context.Background(), []Saved{savedOf(77)}, all); err != nil {
			t.Fatal(err)
		}
		f.Close()
		if again, err := loaded(t, openFile(t, path)); err != nil || len(again) != whole+1 {
			t.Fatalf("cut at %d, after the next save: %d records, want %d; %v", cut, len(again), whole+1, err)
		}
	}
}

func TestADamagedRecordEndsWhatIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory")
	content, ends := filled(t, path)
	for range 300 {
		at := len(fileHead) + rand.IntN(len(content)-len(fileHead))
		damaged := bytes.Clone(content)
		damaged[at] ^= byte(1 + rand.IntN(255))
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			t.Fatal(err)
		}
		f := openFile(t, path)
		got, err := loaded(t, f)
		f.Close()
		good, _ := slices.BinarySearch(ends, at+1)
		if !errors.Is(err, ErrDamaged) || len(got) != good {
			t.Fatalf("octet %d: %d records, want %d; %v", at, len(got), good, err)
		}
	}
}

func TestAFileOfOthersIsLeftAlone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory")
	if err := os.WriteFile(path, []byte("dear diary"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenFile(path); err == nil || !strings.Contains(err.Error(), "move it away") {
		t.Errorf("%v", err)
	}
	if b, _ := os.ReadFile(path); string(b) != "dear diary" {
		t.Errorf("%q", b)
	}
	if _, err := OpenFile(filepath.Join(path, "below")); err == nil {
		t.Error("a file is no directory")
	}
}

func TestSavingWhereItCannotBe(t *testing.T) {
	dir := t.TempDir()
	f := openFile(t, filepath.Join(dir, "memory"))
	if err := os.Mkdir(filepath.Join(dir, "memory.new"), 0o700); err != nil {
		t.Fatal(err)
	}
	all := []Saved{savedOf(1)}
	if err := f.Save(context.Background(), all, slices.Values(all)); err == nil {
		t.Fatal("it was written over a directory")
	}
	if err := os.RemoveAll(filepath.Join(dir, "memory.new")); err != nil {
		t.Fatal(err)
	}
	if err := f.Save(context.Background(), all, slices.Values(all)); err != nil {
		t.Fatal(err)
	}
	if got, err := loaded(t, f); err != nil || len(got) != 1 {
		t.Errorf("%v, %d", err, len(got))
	}
}

func TestLoadingEndsWhenTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "memory")
	filled(t, path)
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	err := openFile(t, path).Load(ctx, func(Saved) {
		if n++; n == 3 {
			cancel()
		}
	})
	if n != 3 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d records, %v", n, err)
	}
}

func FuzzReadRecords(f *testing.F) {
	var good []byte
	for i := range 3 {
		good = appendRecord(good, savedOf(i))
	}
	v6 := Saved{Target: dname.MustParse(`a\.b.test.`), Type: rr.TypeAAAA, Set: rr.AppendRecord(nil, rr.TypeAAAA, 5, make([]byte, 16)), TTL: 5, Expires: 9}
	f.Add(good)
	f.Add(appendRecord(nil, v6))
	f.Add(appendRecord(nil, Saved{Target: dname.Root, Type: rr.TypeA, Gone: true, Expires: 1}))
	f.Add([]byte("\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Add([]byte("\xff\xff\xff\xff\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var again []byte
		n, err := readRecords(context.Background(), bufio.NewReader(bytes.NewReader(b)), func(s Saved) {
			if dname.Check(s.Target) != nil || s.Set.Count() > len(b)/14 {
				t.Fatalf("%+v", s)
			}
			again = appendRecord(again, s)
		})
		if err != nil && !errors.Is(err, ErrDamaged) {
			t.Fatal(err)
		}
		if err == nil && n != int64(len(b)) || int(n) != len(again) {
			t.Fatalf("%d octets of %d read, %d written", n, len(b), len(again))
		}
	})
}

// A record with a right checksum is not believed for that.
func FuzzParseRecord(f *testing.F) {
	for i := range 3 {
		f.Add(appendRecord(nil, savedOf(i))[recordHead:])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		s, ok := parseRecord(b)
		if !ok {
			return
		}
		for set := s.Set; !set.Empty(); {
			var r rr.Record
			if r, set = set.Next(); rr.CheckData(s.Type, r.Data()) != nil || r.Type() != s.Type {
				t.Fatalf("%x", s.Set)
			}
		}
		if dname.Check(s.Target) != nil || s.Expires <= 0 {
			t.Fatalf("%+v", s)
		}
	})
}
