package access

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// clock is a time that only tests move.
type clock struct{ at time.Time }

func newClock() *clock { return &clock{time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

func newTestLimiter(perSecond float64, burst, size int) (*Limiter, *clock) {
	l, c := NewLimiter(perSecond, burst, size), newClock()
	l.now = c.now
	return l, c
}

func TestLimiterGivesTheBurstAndThenTheRate(t *testing.T) {
	l, c := newTestLimiter(2, 3, 10)
	for i := range 3 {
		if ok, wait := l.Allow("a", 1); !ok || wait != 0 {
			t.Fatalf("event %d of the burst: %v, %v", i+1, ok, wait)
		}
	}
	ok, wait := l.Allow("a", 1)
	if ok || wait != 500*time.Millisecond {
		t.Fatalf("behind the burst: %v, %v; want to wait half a second", ok, wait)
	}
	if ok, _ := l.Allow("b", 3); !ok {
		t.Error("another key is held back")
	}
	c.pass(wait - 1)
	if ok, _ := l.Allow("a", 1); ok {
		t.Error("passed before the time that was told")
	}
	c.pass(1)
	if ok, _ := l.Allow("a", 1); !ok {
		t.Error("refused at the time that was told")
	}
	if ok, _ := l.Allow("a", 1); ok {
		t.Error("one slot let two pass")
	}
}

func TestLimiterTakesAllOrNothing(t *testing.T) {
	l, c := newTestLimiter(1, 10, 10)
	l.Allow("a", 8)
	if ok, wait := l.Allow("a", 5); ok || wait != 3*time.Second {
		t.Fatalf("5 of 2 left: %v, %v; want to wait 3 seconds", ok, wait)
	}
	if q := l.Ask("a", 2); !q.OK || q.Remaining != 2 || q.Limit != 10 || q.Reset != 8*time.Second {
		t.Errorf("the refused events were taken, or counted wrongly: %+v", q)
	}
	c.pass(time.Minute)
	if q := l.Take("a", 1000); !q.OK || q.Remaining != 0 {
		t.Errorf("more than the burst never passes: %+v", q)
	}
}

func TestLimiterWithoutARate(t *testing.T) {
	l := NewLimiter(0, 1, 1)
	for range 1000 {
		if q := l.Take("a", 100); !q.OK || q.Limit != 0 {
			t.Fatalf("held back: %+v", q)
		}
	}
}

func TestLimiterOfOddSettings(t *testing.T) {
	for _, c := range []struct {
		rate        float64
		burst, size int
	}{{1e-300, 1 << 60, 1}, {1e300, 1 << 60, 1}, {1, 0, 0}, {1e-9, 5, -1}} {
		l, _ := newTestLimiter(c.rate, c.burst, c.size)
		if ok, wait := l.Allow("a", 1); !ok || wait != 0 {
			t.Errorf("%+v: the first event: %v, %v", c, ok, wait)
		}
		if q := l.Ask("a", 1<<60); q.RetryAfter < 0 || q.Reset < 0 || q.Remaining < 0 {
			t.Errorf("%+v: overflow: %+v", c, q)
		}
	}
}

func TestLimiterStaysBoundedAndHoldsOn(t *testing.T) {
	const size = 200
	l, _ := newTestLimiter(10./60, 10, size)
	for range 10 {
		l.Allow("guesser", 1)
	}
	for i := range 20 * size {
		l.Allow(fmt.Sprint("stranger ", i), 1)
		if len(l.free) > size {
			t.Fatalf("%d keys are kept", len(l.free))
		}
	}
	if ok, _ := l.Allow("guesser", 1); ok {
		t.Error("a flood of new keys set free the one that is held back")
	}
}

// What a Limiter lets pass in any stretch of time is the burst and what the
// rate earned meanwhile, and a key that waits as told passes.
func TestLimiterIsABucket(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		burst := rapid.IntRange(1, 20).Draw(t, "burst")
		rate := rapid.IntRange(1, 50).Draw(t, "rate")
		l, c := newTestLimiter(float64(rate), burst, 4)
		begin, passed := c.at, 0
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			c.pass(time.Duration(rapid.IntRange(0, 500).Draw(t, "ms")) * time.Millisecond)
			n := rapid.IntRange(1, burst).Draw(t, "n")
			ask := l.Ask("a", n)
			ok, wait := l.Allow("a", n)
			if ask.OK != ok || ask.RetryAfter != wait || ok != (wait == 0) {
				t.Fatalf("Ask says %+v, Allow %v, %v", ask, ok, wait)
			}
			if !ok {
				c.pass(wait)
				if ok, _ = l.Allow("a", n); !ok {
					t.Fatal("refused after the wait")
				}
			}
			passed += n
			if most := float64(burst) + c.at.Sub(begin).Seconds()*float64(rate) + 0.001; float64(passed) > most {
				t.Fatalf("%d passed, at most %.2f may", passed, most)
			}
		}
	})
}

func TestRetrySeconds(t *testing.T) {
	for d, want := range map[time.Duration]int{0: 1, 1: 1, time.Second: 1, time.Second + 1: 2, 90 * time.Second: 90, 1500 * time.Millisecond: 2} {
		if got := RetrySeconds(d); got != want {
			t.Errorf("RetrySeconds(%v) = %d, want %d", d, got, want)
		}
	}
}

func TestRetryText(t *testing.T) {
	for d, want := range map[time.Duration]string{0: "1 second", time.Second: "1 second", time.Second + 1: "2 seconds", 90 * time.Second: "90 seconds"} {
		if got := RetryText(d); got != want {
			t.Errorf("RetryText(%v) = %q, want %q", d, got, want)
		}
	}
}

func TestNetwork(t *testing.T) {
	for from, want := range map[string]string{
		"192.0.2.77":            "192.0.2.0/24",
		"::ffff:192.0.2.1":      "192.0.2.0/24",
		"2001:db8:1:2ff::1":     "2001:db8:1:200::/56",
		"fe80::1%eth0":          "fe80::/56",
		"2001:db8:1:2fe:a:b::c": "2001:db8:1:200::/56",
	} {
		if got := Network(netip.MustParseAddr(from)); got != want {
			t.Errorf("Network(%s) = %s, want %s", from, got, want)
		}
	}
	if got := Network(netip.Addr{}); got != "" {
		t.Errorf("Network of no address = %q", got)
	}
}

func BenchmarkLimiter(b *testing.B) {
	l := NewLimiter(1e9, 1<<20, MaxKeys)
	for b.Loop() {
		l.Allow("0123456789abcdef0123456789abcdef", 1)
	}
}
