package alias

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

const example = "example.com."

func TestATargetIsKeptWarm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.set("cdn.test.", says{"192.0.2.1 2001:db8::1", 60, 20 * time.Millisecond})
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(time.Second)
		s.want("cdn.test.", "fresh 192.0.2.1 60")
		s.want("cdn.test. AAAA", "fresh 2001:db8::1 60")
		s.want("CDN.test.", "fresh 192.0.2.1 60")
		s.want("other.test.", "unasked")
		// It never runs out, and is asked for not much more often than need be.
		for range 3600 {
			time.Sleep(time.Second)
			if got := s.flat("cdn.test."); got.State != answer.Fresh || got.TTL == 0 || got.TTL > 60 {
				t.Fatalf("%s", short(got))
			}
		}
		if n := s.world.count("cdn.test. A"); n < 61 || n > 80 {
			t.Errorf("asked %d times in an hour for what lasts a minute", n)
		}
	})
}

func TestAMovedTargetIsSeenWithinItsTTL(t *testing.T) {
	for _, ttl := range []uint32{0, 1, 2, 3, 5, 60, 3600, 200_000} {
		bubble(t, func(t *testing.T) {
			s := newScene(t)
			s.world.set("cdn.test.", says{"192.0.2.1", ttl, 30 * time.Millisecond})
			s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
			s.run()
			defer s.stop()
			time.Sleep(7*time.Second + 300*time.Millisecond)
			s.want("cdn.test.", short(s.flat("cdn.test.")))
			s.world.set("cdn.test.", says{"192.0.2.2", ttl, 30 * time.Millisecond})
			time.Sleep(time.Duration(min(max(ttl, 1), 86400)+1) * time.Second)
			if got := s.flat("cdn.test."); string(rr.AppendDataText(nil, rr.TypeA, got.Set.Data())) != "192.0.2.2" {
				t.Errorf("TTL %d: %s", ttl, short(got))
			}
		})
	}
}

func TestWhatBecomesOfATarget(t *testing.T) {
	type step struct {
		after time.Duration
		says  string
		want  string
	}
	for _, c := range []struct {
		name  string
		steps []step // all TTLs are 60, an answer takes a second
	}{
		{"it has no such addresses", []step{{2, "nodata", "fresh 59"}}},
		{"it does not exist", []step{{2, "nxdomain", "fresh gone 59"}}},
		{"it exists again", []step{{2, "nxdomain", "fresh gone 59"}, {60, "192.0.2.1", "fresh 192.0.2.1 %"}}},
		{"it loses its addresses", []step{{2, "192.0.2.1", "fresh 192.0.2.1 59"}, {60, "nodata", "fresh %"}}},
		{"it is taken away", []step{{2, "192.0.2.1", "fresh 192.0.2.1 59"}, {60, "nxdomain", "fresh gone %"}}},
		{"it never resolves", []step{{2, "servfail", "failing"}, {600, "servfail", "failing"}}},
		{"it fails before its time is over", []step{{2, "192.0.2.1", "fresh 192.0.2.1 59"}, {54, "servfail", "fresh 192.0.2.1 %"}}},
		{"it fails for long", []step{{2, "192.0.2.1", "fresh 192.0.2.1 59"},
			{62, "servfail", "failing 192.0.2.1 since 00:01:01"}, {7200, "servfail", "failing 192.0.2.1 since 00:01:01"}}},
		{"it comes back", []step{{2, "192.0.2.1", "fresh 192.0.2.1 59"},
			{500, "servfail", "failing 192.0.2.1 since 00:01:01"}, {70, "192.0.2.1", "fresh 192.0.2.1 %"}}},
		{"only what has expired is to be had", []step{{2, "192.0.2.1", "fresh 192.0.2.1 59"},
			{70, "stale", "failing 192.0.2.1 since 00:01:01"}}},
		{"a denial stays when it cannot be asked any more", []step{{2, "nxdomain", "fresh gone 59"},
			{70, "servfail", "failing gone since 00:01:01"}}},
		{"the servers fall silent", []step{{2, "192.0.2.1", "fresh 192.0.2.1 59"},
			{90, "silence", "failing 192.0.2.1 since 00:01:01"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newScene(t)
				s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
				for i, step := range c.steps {
					s.world.set("cdn.test.", says{step.says, 60, time.Second})
					if i == 0 {
						s.run()
						defer s.stop()
					}
					time.Sleep(step.after * time.Second)
					synctest.Wait()
					got := short(s.flat("cdn.test."))
					if want := step.want; got != want && !matches(got, want) {
						t.Errorf("step %d: got %q, want %q", i, got, want)
					}
				}
			})
		})
	}
}

// matches compares but for a "%" in the end of want, which is any number.
func matches(got, want string) bool {
	n := len(want) - 1
	return n >= 0 && want[n] == '%' && len(got) > n && got[:n] == want[:n]
}

// A denial without SOA is said, but takes nothing away that has time left, and does not
// outlive the moment (RFC 2308, Sections 2.2 and 5).
func TestABareDenial(t *testing.T) {
	for _, bare := range []string{"bare", "bare nxdomain"} {
		gone := map[string]string{"bare": "", "bare nxdomain": " gone"}[bare]
		t.Run(bare, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				memory := new(notes)
				s := newScene(t, memory.set)
				s.world.set("cdn.test.", says{"192.0.2.1", 60, 20 * time.Millisecond})
				s.world.set("new.test.", says{bare, 0, 20 * time.Millisecond})
				s.publish(map[string]string{example: "@ ALIAS cdn.test.\nb ALIAS new.test.\n"})
				s.run()
				time.Sleep(time.Second)
				s.want("cdn.test.", "fresh 192.0.2.1 60")
				s.want("new.test.", "fresh"+gone+" 5")
				s.world.set("new.test.", says{text: "silence"})
				time.Sleep(20 * time.Second)
				s.want("new.test.", "failing")
				s.world.set("cdn.test.", says{bare, 0, 20 * time.Millisecond})
				time.Sleep(38500 * time.Millisecond)
				s.want("cdn.test.", "fresh 192.0.2.1 1")
				time.Sleep(3 * time.Second)
				if got := short(s.flat("cdn.test.")); !strings.HasPrefix(got, "fresh"+gone+" ") {
					t.Errorf("when its time was over: %q", got)
				}
				s.world.set("cdn.test.", says{"servfail", 0, 20 * time.Millisecond})
				time.Sleep(10 * time.Second)
				s.want("cdn.test.", "failing 192.0.2.1 since 00:01:00")
				s.stop()
				for _, saved := range memory.kept {
					if saved.Set.Empty() && saved.Type == rr.TypeA {
						t.Errorf("remembered: %+v", saved)
					}
				}
			})
		})
	}
}

// An answer that has run out is being renewed for a moment, before it fails.
func TestRenewingComesBeforeFailing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.set("cdn.test.", says{"192.0.2.1", 1, time.Millisecond})
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(500 * time.Millisecond)
		s.want("cdn.test.", "fresh 192.0.2.1 1")
		s.world.set("cdn.test.", says{"silence", 0, 0})
		time.Sleep(1200 * time.Millisecond)
		s.want("cdn.test.", "renewing 192.0.2.1")
		time.Sleep(1700 * time.Millisecond)
		got := s.flat("cdn.test.")
		if got.Why != whyLate {
			t.Errorf("%s, why %q", short(got), got.Why)
		}
		time.Sleep(5 * time.Second)
		if got = s.flat("cdn.test."); got.State != answer.Failing || got.Why != "the time to wait is over" || got.Set.Empty() {
			t.Errorf("%s, why %q", short(got), got.Why)
		}
	})
}

func TestFamiliesEndApart(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.set("cdn.test. A", says{"192.0.2.1", 5, time.Millisecond})
		s.world.set("cdn.test. AAAA", says{"nodata", 3600, time.Millisecond})
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(100*time.Second + time.Millisecond)
		a, aaaa := s.world.count("cdn.test. A"), s.world.count("cdn.test. AAAA")
		if a < 20 || a > 30 || aaaa != 1 {
			t.Errorf("asked %d and %d times", a, aaaa)
		}
		s.want("cdn.test. AAAA", "fresh 3500")
	})
}

func TestFailuresAreTriedLessAndLess(t *testing.T) {
	for _, c := range []struct {
		name        string
		first       string
		least, most int // in an hour from the first failure on
	}{
		{"never good", "servfail", 9 + 3000/340, 10 + 3200/262},
		{"good before", "192.0.2.1", 7 + 3400/68, 8 + 3600/52},
	} {
		t.Run(c.name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				s := newScene(t)
				s.world.set("cdn.test.", says{c.first, 20, time.Millisecond})
				s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
				s.run()
				defer s.stop()
				time.Sleep(time.Second)
				s.world.set("cdn.test.", says{"servfail", 0, time.Millisecond})
				before := s.world.count("cdn.test. A")
				time.Sleep(time.Hour)
				if n := s.world.count("cdn.test. A") - before; n < c.least || n > c.most {
					t.Errorf("%d attempts, want %d to %d", n, c.least, c.most)
				}
				if st, ok := s.table.State(dname.MustParse("cdn.test.")); !ok || st.A.Failures < c.least {
					t.Errorf("%+v", st.A)
				}
			})
		})
	}
}

func TestALastGoodAnswerIsKeptForAMonth(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.set("cdn.test.", says{"192.0.2.1", 60, time.Millisecond})
		s.publish(map[string]string{example: "@ ALIAS cdn.test.\n"})
		s.run()
		defer s.stop()
		time.Sleep(time.Second)
		s.world.set("cdn.test.", says{"servfail", 0, time.Millisecond})
		time.Sleep(30 * 24 * time.Hour)
		s.want("cdn.test.", "failing 192.0.2.1 since 00:01:00")
		time.Sleep(time.Minute)
		s.want("cdn.test.", "failing")
		time.Sleep(time.Duration(longestLost + longestLost/8)) // the next attempt lets go of it
		if f := s.table.index.find(keyOf("cdn.test.").Hash(2), keyOf("cdn.test.").Name()).family(rr.TypeA); f.known.Load().set != nil {
			t.Error("the addresses are still held")
		}
	})
}

func TestAQueryWaitsForWhatWasNeverAsked(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.set("cold.test. A", says{"192.0.2.1", 60, 200 * time.Millisecond})
		s.world.set("cold.test. AAAA", says{"silence", 0, 0})
		s.run()
		defer s.stop()
		begin := time.Now()
		var done [20]chan time.Duration
		for i := range done {
			done[i] = make(chan time.Duration)
			go func() {
				ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
				defer cancel()
				if i%2 == 0 {
					s.table.WarmType(ctx, dname.MustParse("Cold.test."), rr.TypeA)
				} else {
					s.table.Warm(ctx, dname.MustParse("cold.test."))
				}
				done[i] <- time.Since(begin)
			}()
		}
		for i := range done {
			want := 200 * time.Millisecond
			if i%2 == 1 {
				want = 1500 * time.Millisecond
			}
			if took := <-done[i]; took != want {
				t.Errorf("waited %s, want %s", took, want)
			}
		}
		if n := s.world.count("cold.test. A"); n != 1 {
			t.Errorf("asked %d times", n)
		}
		s.want("cold.test.", "fresh 192.0.2.1 59")
		s.want("cold.test. AAAA", "unasked")
		time.Sleep(4 * time.Second)
		s.want("cold.test. AAAA", "failing")
		s.table.Warm(context.Background(), dname.MustParse("cold.test.")) // does not wait for what fails
	})
}

func TestWarmEndsWithTheTable(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.all(says{"silence", 0, 0})
		s.run()
		synctest.Wait()
		go s.stop()
		s.table.Warm(context.Background(), dname.MustParse("a.test."))
		s.table.Warm(context.Background(), dname.MustParse("b.test."))
	})
}

func TestAGuestStaysWhileItIsAskedFor(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.all(says{"192.0.2.1", 60, time.Millisecond})
		s.run()
		defer s.stop()
		for _, name := range []string{"kept.test.", "left.test."} {
			s.table.Warm(context.Background(), dname.MustParse(name))
		}
		for range 60 {
			if got := s.flat("kept.test."); got.State != answer.Fresh {
				t.Fatal(short(got))
			}
			time.Sleep(time.Minute)
		}
		s.want("left.test.", "unasked")
		if n := s.world.count("left.test. A"); n > 30 {
			t.Errorf("asked %d times for what nobody wants", n)
		}
		time.Sleep(time.Hour)
		s.want("kept.test.", "unasked")
		if n := s.table.index.size; n != 0 {
			t.Errorf("%d targets left", n)
		}
	})
}

func TestManyGuestsAreTurnedAway(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t)
		s.world.all(says{"192.0.2.1", 60, time.Millisecond})
		s.run()
		defer s.stop()
		for i := range maxGuests + 50 {
			s.table.Warm(context.Background(), host(i))
		}
		if n := s.table.index.size; n != maxGuests {
			t.Errorf("%d targets", n)
		}
	})
}

func host(i int) dname.Name { return dname.MustParse(fmt.Sprintf("h%d.test.", i)) }
