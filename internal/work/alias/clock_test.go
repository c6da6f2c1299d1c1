package alias

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/answer"
)

// hands is a clock that stands until it is set.
type hands struct {
	at      atomic.Int64
	changed chan struct{}
}

func (h *hands) set(o *Options) {
	h.changed = make(chan struct{}, 1)
	h.at.Store(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano())
	o.Clock = func() time.Time { return time.Unix(0, h.at.Load()) }
	o.ClockChanged = h.changed
}

func (h *hands) move(d time.Duration) {
	h.at.Add(int64(d))
	signal(h.changed)
}

func TestTheClockIsSet(t *testing.T) {
	for _, c := range []struct {
		name  string
		by    time.Duration
		then  string // what the world says
		took  time.Duration
		want  string
		asked int
	}{
		{"forth, within its time", 30 * time.Second, "192.0.2.2", 0, "fresh 192.0.2.1 30", 1},
		{"forth, to when it is renewed", 55 * time.Second, "192.0.2.2", 0, "fresh 192.0.2.2 60", 2},
		{"forth, past its end", time.Hour, "192.0.2.2", 0, "fresh 192.0.2.2 60", 2},
		{"forth, past its end, while it is asked for", time.Hour, "silence", 0, "failing 192.0.2.1 since 00:01:00", 2},
		{"forth, past its end, and it fails", time.Hour, "servfail", 0, "failing 192.0.2.1 since 00:01:00", 2},
		{"back", -time.Hour, "192.0.2.2", 0, "fresh 192.0.2.1 60", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				var clock hands
				s := newScene(t, clock.set)
				s.world.set("cdn.test.", says{"192.0.2.1", 60, 0})
				s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
				s.run()
				defer s.stop()
				time.Sleep(time.Hour) // during which the clock stands
				s.want("cdn.test.", "fresh 192.0.2.1 60")
				s.world.set("cdn.test.", says{c.then, 60, c.took})
				clock.move(c.by)
				time.Sleep(time.Second)
				s.want("cdn.test.", c.want)
				if n := s.world.count("cdn.test. A"); n != c.asked {
					t.Errorf("asked %d times, want %d", n, c.asked)
				}
			})
		})
	}
}

func TestAfterTheClockWentBackItIsAskedAgainInTime(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var clock hands
		s := newScene(t, clock.set)
		s.world.set("cdn.test.", says{"192.0.2.1", 60, 0})
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(time.Second)
		clock.move(-time.Hour)
		time.Sleep(time.Second)
		s.world.set("cdn.test.", says{"192.0.2.2", 60, 0})
		clock.move(61 * time.Second)
		time.Sleep(time.Second)
		s.want("cdn.test.", "fresh 192.0.2.2 60")
	})
}

// A system clock that goes back tells nobody.
func TestAClockThatGoesBackUnannounced(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var back atomic.Int64
		s := newScene(t, func(o *Options) {
			o.Clock = func() time.Time { return time.Now().Add(-time.Duration(back.Load())) }
		})
		s.world.set("cdn.test.", says{"192.0.2.1", 60, 0})
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(time.Second)
		back.Store(int64(time.Hour))
		s.world.set("cdn.test.", says{"192.0.2.2", 60, 0})
		time.Sleep(61*time.Second + longestSleep)
		if got := short(s.flat("cdn.test.")); !matches(got, "fresh 192.0.2.2 %") {
			t.Error(got)
		}
	})
}

// Rates are of the process's own time: a clock that stands keeps nobody waiting.
func TestTheRateDoesNotDependOnTheClock(t *testing.T) {
	bubble(t, func(t *testing.T) {
		var clock hands
		s := newScene(t, clock.set, func(o *Options) { o.Rate = 100 })
		s.world.all(says{"192.0.2.1", 60, time.Millisecond})
		s.publish(map[string]string{"a.": aliases(0, 500)})
		s.run()
		defer s.stop()
		time.Sleep(time.Minute)
		if n := s.table.byState(s.table.now())[answer.Fresh]; n != 1000 {
			t.Errorf("%d of 1000 families are fresh", n)
		}
	})
}
