package alias

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
)

// byFirstLabel has every zone belong to the account that its apex begins with.
func byFirstLabel(apex dname.Name) string {
	name, _, _ := strings.Cut(apex.String(), ".")
	return strings.TrimRight(name, "0123456789")
}

func aliases(from, to int) string {
	var text strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&text, "n%d ALIAS h%d.test.\n", i, i)
	}
	return text.String()
}

func TestAnAccountHasSoManyTargets(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var told strings.Builder
		s := newScene(t, func(o *Options) {
			o.Account, o.MaxPerAccount, o.Log = byFirstLabel, 10, slog.New(slog.NewTextHandler(&told, nil))
		})
		s.world.all(says{"192.0.2.1", 60, time.Millisecond})
		s.publish(map[string]string{"ann.": aliases(0, 6)})
		s.run()
		synctest.Wait()
		s.publish(map[string]string{"ann2.": aliases(3, 12), "ben.": aliases(100, 108)})
		time.Sleep(time.Second)
		count := func() (warm, refused int) {
			for i := range 12 {
				switch f := s.flat(fmt.Sprintf("h%d.test.", i)); {
				case f.State == answer.Fresh:
					warm++
				case f.State == answer.Failing && f.Why == whyMany:
					refused++
				}
			}
			return warm, refused
		}
		if warm, refused := count(); warm != 10 || refused != 2 {
			t.Errorf("%d warm, %d refused; want 10, 2", warm, refused)
		}
		s.want("h107.test.", "fresh 192.0.2.1 60")
		// What others lead to already costs nothing.
		s.publish(map[string]string{"ann3.": aliases(100, 108)})
		time.Sleep(time.Second)
		if warm, refused := count(); warm != 10 || refused != 2 {
			t.Errorf("with targets of others: %d warm, %d refused; want 10, 2", warm, refused)
		}
		// Those whose zones go make room.
		s.publish(map[string]string{"ann.": ""})
		time.Sleep(5 * time.Second)
		for i := 3; i < 12; i++ {
			if f := s.flat(fmt.Sprintf("h%d.test.", i)); f.State != answer.Fresh {
				t.Errorf("h%d.test.: %s %s", i, short(f), f.Why)
			}
		}
		if _, refused := s.table.load(); refused != 0 {
			t.Errorf("%d refused", refused)
		}
		s.stop()
		if text := told.String(); strings.Count(text, "targets=2 per_account=10") != 1 || strings.Count(text, "resolved again") != 1 {
			t.Errorf("the log:\n%s", text)
		}
	})
}

func TestTheOperatorHasNoLimitButThoseOfAll(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t, func(o *Options) { o.MaxPerAccount, o.MaxTargets = 10, 20 })
		s.world.all(says{"192.0.2.1", 60, time.Millisecond})
		s.publish(map[string]string{"a.": aliases(0, 25)})
		s.run()
		defer s.stop()
		time.Sleep(time.Second)
		fresh, full := 0, 0
		for i := range 25 {
			switch f := s.flat(fmt.Sprintf("h%d.test.", i)); {
			case f.State == answer.Fresh:
				fresh++
			case f.Why == whyFull:
				full++
			}
		}
		if fresh != 20 || full != 5 {
			t.Errorf("%d fresh, %d refused", fresh, full)
		}
		s.table.Warm(context.Background(), dname.MustParse("h24.test.")) // returns
	})
}

// A target in use is not given up for another that a limit keeps out, when the way
// to it changes.
func TestATargetKeepsItsPlaceWhenAWayChanges(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t, func(o *Options) { o.MaxTargets = 2 })
		s.world.all(says{"192.0.2.1", 3600, time.Millisecond})
		s.publish(map[string]string{"a.": "@ ALIAS way\nway CNAME kept.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(time.Second)
		s.publish(map[string]string{"b.": aliases(0, 50)})
		time.Sleep(time.Second)
		s.publish(map[string]string{"a.": "@ ALIAS way\nway ALIAS more.test.\nway ALIAS kept.test.\n"})
		time.Sleep(time.Second)
		s.want("kept.test.", "fresh 192.0.2.1 3598")
		if f := s.flat("more.test."); f.Why != whyFull {
			t.Errorf("%s, %s", short(f), f.Why)
		}
	})
}

// The target of a zone that goes is charged to another that leads there.
func TestAChargeIsInherited(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t, func(o *Options) { o.Account = byFirstLabel })
		s.world.all(says{"192.0.2.1", 60, time.Millisecond})
		s.run()
		defer s.stop()
		account := func(want string) {
			t.Helper()
			time.Sleep(time.Second)
			if st, _ := s.table.State(dname.MustParse("cdn.test.")); st.Account != want {
				t.Errorf("charged to %q, want %q", st.Account, want)
			}
		}
		s.publish(map[string]string{"ann.": "@ ALIAS cdn.test.\n"})
		account("ann")
		s.publish(map[string]string{"ben.": "@ ALIAS cdn.test.\n", "carl.": "@ ALIAS c\nc CNAME cdn.test.\n"})
		account("ann")
		s.publish(map[string]string{"ann.": ""})
		account("ben")
		s.publish(map[string]string{"ben.": ""})
		account("carl")
		s.publish(map[string]string{"carl.": ""})
		account("")
	})
}

// inUse is the octets in use.
func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestFiftyThousandDeadTargets(t *testing.T) {
	const dead, seconds = 50_000, 3600
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.set("live.test.", says{"192.0.2.1", 5, 20 * time.Millisecond})
		s.world.all(says{"silence", 0, 0})
		before := inUse()
		s.publish(map[string]string{"dead.": aliases(0, dead), "live.": "@ ALIAS live.test.\n"})
		zones := inUse() - before
		s.run()
		defer s.stop()
		begin := time.Now()
		s.table.Warm(context.Background(), dname.MustParse("live.test."))
		fresh := 0
		for i := range seconds {
			time.Sleep(time.Second)
			if s.flat("live.test.").State == answer.Fresh {
				fresh++
			}
			if i%600 != 300 {
				continue
			}
			// A query for something new is answered as if they were not there.
			name := dname.MustParse(fmt.Sprintf("cold%d.test.", i))
			s.world.set(name.String(), says{"192.0.2.2", 5, 20 * time.Millisecond})
			asked := time.Now()
			s.table.Warm(context.Background(), name)
			if took := time.Since(asked); took > 20*time.Millisecond {
				t.Errorf("a query waited %s", took)
			}
		}
		if fresh < seconds-10 {
			t.Errorf("the target that lives was fresh in %d of %d seconds", fresh, seconds)
		}
		limit := s.o.withDefaults().Parallel
		if peak := s.world.peak.Load(); peak > int64(limit) {
			t.Errorf("%d resolutions at one time, want at most %d", peak, limit)
		}
		rate := float64(s.world.sum()) / time.Since(begin).Seconds()
		octets := float64(inUse()-before-zones) / dead
		t.Logf("%.0f resolutions a second, %d at one time, %.0f octets a target", rate, s.world.peak.Load(), octets)
		if rate > 2*dead/float64(longestDead/second) || octets > 2000 {
			t.Error("too much")
		}
	})
}

// What an account has too much of delays nobody but itself.
func TestAccountsDoNotDelayEachOther(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t, func(o *Options) { o.Account = byFirstLabel })
		s.world.all(says{"silence", 0, 0})
		s.publish(map[string]string{"bad.": aliases(0, 20_000)})
		s.run()
		defer s.stop()
		time.Sleep(2 * time.Second)
		s.world.set("h30000.test.", says{"192.0.2.1", 60, time.Millisecond})
		s.publish(map[string]string{"good.": aliases(30_000, 30_001)})
		time.Sleep(time.Second)
		s.want("h30000.test.", "fresh 192.0.2.1 "+fmt.Sprint(s.flat("h30000.test.").TTL))
	})
}

func TestTheRateIsKept(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t, func(o *Options) { o.Rate, o.AccountRate, o.Account = 400, 40, byFirstLabel })
		s.world.all(says{"192.0.2.1", 1, time.Millisecond})
		s.publish(map[string]string{"ann.": aliases(0, 500), "ben.": aliases(1000, 1010)})
		s.run()
		defer s.stop()
		time.Sleep(time.Minute)
		n := s.world.sum()
		// ann may have 40 a second beside a first attempt for each of 1000 families,
		// ben's 20 families are asked for once a second.
		if n < 60*50 || n > 61*40+1000+61*20 {
			t.Errorf("%d resolutions in a minute", n)
		}
		if ben := s.world.count("h1005.test. A"); ben < 45 {
			t.Errorf("a target of one second was asked for %d times in a minute", ben)
		}
		for _, name := range []string{"h3.test. A", "h1005.test. A"} {
			if n := s.world.count(name); n > 61 {
				t.Errorf("%s: %d times in a minute", name, n)
			}
		}
	})
}
