package sqlite

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
	"github.com/truename-dns/truename/internal/store/storetest"
)

// crashDir names the directory to a copy of the test binary that writes until
// it is killed.
const crashDir = "TRUENAME_TEST_CRASH_DIR"

// TestKilledProcess kills a process that writes from many goroutines, at a
// random moment, again and again: what it has acknowledged is there, once and
// whole, and the state is what follows from the log.
func TestKilledProcess(t *testing.T) {
	rounds := 30
	if testing.Short() {
		rounds = 5
	}
	dir := t.TempDir()
	acknowledged := map[string]bool{}
	for round := range rounds {
		before := len(acknowledged)
		killWriter(t, dir, rand.IntN(150)+1, acknowledged)
		s := mustOpen(t, dir)
		if _, err := storetest.Agree(t.Context(), s); err != nil {
			t.Fatalf("round %d: %v", round, err)
		}
		times := map[string]int{}
		for c, err := range s.Changes(t.Context(), store.Query{Heads: true}) {
			if err != nil {
				t.Fatal(err)
			}
			times[c.ID]++
		}
		for id := range acknowledged {
			if times[id] != 1 {
				t.Fatalf("round %d: %s was acknowledged and is there %d times", round, id, times[id])
			}
		}
		mustClose(t, s)
		if len(acknowledged) == before {
			t.Fatalf("round %d: nothing was acknowledged", round)
		}
	}
	t.Logf("%d changes were acknowledged in %d rounds", len(acknowledged), rounds)
}

// killWriter starts a writer on dir and kills it shortly after so many
// acknowledgements; it notes all that came.
func killWriter(t *testing.T, dir string, after int, acknowledged map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), crashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for n := 1; lines.Scan(); n++ {
		if id, ok := strings.CutPrefix(lines.Text(), "ok "); ok {
			acknowledged[id] = true
		}
		if n == after {
			time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond) // nothing is expected of the time
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Error("the writer ended by itself")
	}
}

// writeUntilKilled is the process that is killed: zones come, change and go,
// documents are put, each acknowledged by a line.
func writeUntilKilled(dir string) {
	s, err := Open(dir)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	head, err := s.Head(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var ids atomic.Uint64
	ids.Store(uint64(head+1) << 20) // no id comes twice over all rounds
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for i := 0; ; i++ {
				if err := liveOnce(s, &ids, i%3 == 0); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
			}
		})
	}
	all.Wait()
}

// liveOnce makes two zones in one Change, edits one in a next one, and deletes
// both together if remove is set.
func liveOnce(s *Store, ids *atomic.Uint64, remove bool) error {
	made := &change.Change{ID: fmt.Sprint("make-", ids.Add(1)), Time: time.Now()}
	for range 2 {
		id, n := change.NewZoneID(), ids.Add(1)
		apex := dname.MustParse(fmt.Sprintf("z%d.example.", n))
		made.Zones = append(made.Zones, change.ZoneDiff{Kind: change.Create, ID: id, Apex: apex, To: 1,
			After: &change.Zone{ID: id, Apex: apex}, Sets: []change.SetDiff{{After: address(apex, ids)}}})
	}
	if err := acknowledge(s, made); err != nil {
		return err
	}
	z := made.Zones[0]
	edit := &change.Change{ID: fmt.Sprint("edit-", ids.Add(1)), Time: time.Now(), Zones: []change.ZoneDiff{{ID: z.ID, Apex: z.Apex,
		Base: made.Revision, From: 1, To: 2, Sets: []change.SetDiff{{Before: z.Sets[0].After, After: address(z.Apex, ids)}}}}}
	if err := acknowledge(s, edit); err != nil || !remove {
		return err
	}
	gone := &change.Change{ID: fmt.Sprint("drop-", ids.Add(1)), Time: time.Now()}
	for i, z := range made.Zones {
		d := change.ZoneDiff{Kind: change.Delete, ID: z.ID, Apex: z.Apex, Base: made.Revision, From: 1,
			Before: z.After, Sets: []change.SetDiff{{Before: z.Sets[0].After}}}
		if i == 0 {
			d.Base, d.From, d.Sets[0].Before = edit.Revision, 2, edit.Zones[0].Sets[0].After
		}
		gone.Zones = append(gone.Zones, d)
	}
	return acknowledge(s, gone)
}

func address(owner dname.Name, ids *atomic.Uint64) change.RRset {
	n := ids.Add(1)
	return change.RRset{Owner: owner, Type: rr.TypeA, TTL: 60, Records: []change.Record{{ID: n, Data: []byte{10, 0, byte(n >> 8), byte(n)}}}}
}

func acknowledge(s *Store, c *change.Change) error {
	n, err := s.Append(context.Background(), []*change.Change{c})
	if err == nil && n != 1 {
		err = errors.New("neither appended nor refused")
	}
	if err == nil {
		_, err = fmt.Printf("ok %s\n", c.ID)
	}
	return err
}
