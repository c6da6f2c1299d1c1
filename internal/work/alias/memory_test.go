package alias

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
)

// notes is a Memory that tests look into.
type notes struct {
	mu    sync.Mutex
	kept  map[string]Saved
	saves int // answers that were saved
	err   error
}

func (n *notes) set(o *Options) {
	n.kept = make(map[string]Saved)
	o.Memory = &mortal{Memory: n}
}

func (n *notes) Load(_ context.Context, take func(Saved)) error {
	for _, s := range n.kept {
		take(s)
	}
	return n.err
}

func (n *notes) Save(_ context.Context, changed []Saved, all iter.Seq[Saved]) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.err != nil {
		return n.err
	}
	for _, s := range changed {
		n.kept[s.key()] = s
	}
	n.saves += len(changed)
	return nil
}

func (n *notes) count() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.saves
}

// mortal is a Memory whose process may have been killed: it saves no more then.
type mortal struct {
	Memory
	dead atomic.Bool
}

func (m *mortal) Save(ctx context.Context, changed []Saved, all iter.Seq[Saved]) error {
	if m.dead.Load() {
		return nil
	}
	return m.Memory.Save(ctx, changed, all)
}

// kill is the end of a process that does not get to save anything.
func (s *scene) kill() {
	s.Helper()
	s.o.Memory.(*mortal).dead.Store(true)
	s.stop()
}

func TestLastGoodAnswersSurviveARestart(t *testing.T) {
	for _, c := range []struct {
		name   string
		last   time.Duration // of the first process
		away   time.Duration
		killed bool
		says   string // afterwards
		want   []string
	}{
		{"still good", 10 * time.Second, 10 * time.Second, false, "silence", []string{"fresh 192.0.2.1 40", "fresh gone 40"}},
		{"killed two seconds after the answer", 2 * time.Second, 10 * time.Second, true, "silence", []string{"fresh 192.0.2.1 48", "fresh gone 48"}},
		{"run out, and nobody answers yet", 10 * time.Second, time.Hour, false, "silence", []string{"failing 192.0.2.1 since 00:01:00", "failing gone since 00:01:00"}},
		{"run out, and failing", 10 * time.Second, time.Hour, false, "servfail",
			[]string{"failing 192.0.2.1 since 00:01:00", "failing gone since 00:01:00"}},
		{"run out, and good again", 10 * time.Second, time.Hour, false, "192.0.2.2", []string{"fresh 192.0.2.2 60", "fresh 192.0.2.2 60"}},
		{"run out a month ago", 10 * time.Second, 31 * 24 * time.Hour, false, "silence", []string{"unasked", "unasked"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var memory notes
				s := newScene(t, memory.set)
				s.world.set("cdn.test.", says{"192.0.2.1", 60, 0})
				s.world.set("gone.test.", says{"nxdomain", 60, 0})
				s.publish(map[string]string{example: "@ ALIAS cdn.test.\nb ALIAS gone.test.\n"})
				s.run()
				time.Sleep(c.last)
				if c.killed {
					s.kill()
				} else {
					s.stop()
				}
				time.Sleep(c.away)
				s.o.Memory.(*mortal).dead.Store(false)
				s.world.set("cdn.test.", says{c.says, 60, 0})
				s.world.set("gone.test.", says{c.says, 60, 0})
				s.again()
				defer s.stop()
				time.Sleep(time.Millisecond)
				for i, name := range []string{"cdn.test.", "gone.test."} {
					s.want(name, c.want[i])
				}
			})
		})
	}
}

func TestAnswersAreSavedWhenTheyChangeAndSeldomOtherwise(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var memory notes
		s := newScene(t, memory.set)
		s.world.set("cdn.test. A", says{"192.0.2.1", 5, 0})
		s.world.set("cdn.test. AAAA", says{"nodata", 86400, 0})
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		time.Sleep(2 * time.Second)
		if n := memory.count(); n != 2 {
			t.Errorf("%d saved at first", n)
		}
		time.Sleep(time.Hour)
		if n := memory.count(); n < 2+11 || n > 2+12 {
			t.Errorf("%d saved in an hour without a change", n-2)
		}
		before := memory.count()
		s.world.set("cdn.test. A", says{"192.0.2.2", 5, 0})
		time.Sleep(7 * time.Second)
		if n := memory.count() - before; n != 1 || memory.kept["cdn.test. A"].Set.Count() != 1 || memory.kept["cdn.test. A"].Set.Data()[3] != 2 {
			t.Errorf("%d saved, %+v", n, memory.kept["cdn.test. A"])
		}
		time.Sleep(time.Minute)
		s.stop()
		if left := memory.kept["cdn.test. A"].Expires - time.Now().UnixNano(); left <= 0 {
			t.Error("what was saved at the end is not what was known then")
		}
	})
}

func TestAMemoryThatFailsIsTriedAgain(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var memory notes
		var log bytes.Buffer
		s := newScene(t, memory.set, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
		s.world.set("cdn.test.", says{"192.0.2.1", 3600, 0})
		memory.err = errors.New("the disk is full")
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := strings.Count(log.String(), "the disk is full"); n < 15 || n > 20 || memory.count() != 0 {
			t.Errorf("said %d times in ten minutes", n)
		}
		memory.mu.Lock()
		memory.err = nil
		memory.mu.Unlock()
		time.Sleep(time.Minute)
		if memory.count() != 2 {
			t.Errorf("%d saved", memory.count())
		}
		s.stop()
	})
}

func TestLoading(t *testing.T) {
	for _, c := range []struct {
		name  string
		err   error
		fails bool
	}{
		{"all is well", nil, false},
		{"a part is lost", fmt.Errorf("octet 9: %w", ErrDamaged), false},
		{"the disk is broken", errors.New("the disk is broken"), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var memory notes
				s := newScene(t, memory.set)
				memory.kept["x"] = Saved{Target: dname.MustParse("cdn.test."), Type: 1, Set: addressSet(1), TTL: 60, Expires: time.Now().Add(time.Minute).UnixNano()}
				memory.err = c.err
				if err := s.table.Load(context.Background()); (err != nil) != c.fails {
					t.Error(err)
				}
				s.want("cdn.test.", "fresh 192.0.2.1 60")
			})
		})
	}
}

// What was saved by a clock that was ahead does not last longer for that.
func TestWhatWasSavedInTheFuture(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var memory notes
		s := newScene(t, memory.set)
		memory.kept["x"] = Saved{Target: dname.MustParse("cdn.test."), Type: 1, Set: addressSet(1), TTL: 60, Expires: time.Now().Add(24 * time.Hour).UnixNano()}
		s.again()
		defer s.stop()
		s.want("cdn.test.", "fresh 192.0.2.1 60")
		time.Sleep(61 * time.Second)
		if got := s.flat("cdn.test."); got.State == answer.Fresh {
			t.Error(short(got))
		}
	})
}

// remembered is how many records the file at path has, which may be written meanwhile.
func remembered(t *testing.T, path string) (n int) {
	t.Helper()
	f, err := OpenFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_ = f.Load(context.Background(), func(Saved) { n++ }) // the last one may be there in part
	return n
}

// With a file, and real time: two processes, the first one killed.
func TestARestartWithAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "alias")
	s := newScene(t, func(o *Options) { o.Memory = &mortal{Memory: openFile(t, path)} })
	s.world.all(says{"192.0.2.1", 3600, 0})
	s.publish(map[string]string{example: aliases(0, 300)})
	s.run()
	for deadline := time.Now().Add(30 * time.Second); remembered(t, path) < 600; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of 600 were saved", remembered(t, path))
		}
	}
	s.kill()
	s.o.Memory = openFile(t, path)
	s.world.all(says{"silence", 0, 0})
	s.again()
	defer s.stop()
	for i := range 300 {
		if got := s.flat(host(i).String()); got.State != answer.Fresh {
			t.Fatalf("%s: %s", host(i), short(got))
		}
	}
}

func TestNoMoreIsRecalledThanIsKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var memory notes
		s := newScene(t, memory.set, func(o *Options) { o.MaxTargets = 10 })
		for i := range 50 {
			sv := savedOf(i)
			sv.Expires = time.Now().UnixNano()
			memory.kept[sv.key()] = sv
		}
		if err := s.table.Load(context.Background()); err != nil || s.table.index.size != 10 {
			t.Errorf("%v, %d targets", err, s.table.index.size)
		}
	})
}
