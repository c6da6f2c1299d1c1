package pace

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// The shares of a gate for 64 messages, 8 of them to a server not known to answer.
func TestGate(t *testing.T) {
	for _, c := range []struct {
		situation string
		silences  int
		answered  bool
		servers   int
		first     bool
		most      int
		why       string
	}{
		{"one that nobody knows", 0, false, 1, false, 7, "7 messages to 10.0.0.0:53 under way already, and no answer yet"},
		{"one that nobody knows, renewed", 0, false, 1, true, 8, "8 messages to"},
		{"one that has missed one", 1, true, 1, false, 28, "28 messages to 10.0.0.0:53 under way"},
		{"one that is silent", 2, true, 1, false, 7, "7 messages to"},
		{"one held for dead", deadSilences, true, 1, true, 1, "no answer to the last 4 messages to 10.0.0.0:53, which is tried by one question at a time"},
		{"one that answers", 0, true, 1, false, 28, "28 messages to 10.0.0.0:53 under way, as many as allowed"},
		{"one that answers, renewed", 0, true, 1, true, 32, "32 messages to"},
		{"many that are silent", 2, true, 20, false, 28, "28 messages to servers that may be dead"},
		{"many that answer", 0, true, 20, false, 56, "56 messages to servers under way"},
		{"many that answer, renewed", 0, true, 20, true, 64, "64 messages to servers under way"},
	} {
		synctest.Test(t, func(t *testing.T) {
			i := NewServers(time.Now)
			g := NewGate(i, 64, 8)
			list := servers()
			for n := range c.servers {
				s := servers(fmt.Sprintf("10.0.0.%d", n))[0]
				if list = append(list, s); c.answered {
					i.Answered(s, time.Millisecond)
				}
				for range c.silences {
					i.Silent(s, i.Standing(s).Epoch)
				}
			}
			count, why := 0, error(nil)
			var leave []func()
			for n := 0; why == nil; n++ {
				var out func()
				if out, why = g.Enter(t.Context(), list[n%len(list)], c.first); why == nil {
					leave, count = append(leave, out), count+1
				}
			}
			if count != c.most || !strings.HasPrefix(why.Error(), c.why) {
				t.Errorf("%s: %d, then %q; want %d, %q", c.situation, count, why, c.most, c.why)
			}
			for _, out := range leave {
				out()
			}
			if g.all != 0 || g.doubted != 0 || len(g.open) != 0 || len(g.waiting) != 0 {
				t.Errorf("%s: something is left: %+v", c.situation, g.open)
			}
		})
	}
}

// Who waits is let in when there is room, in order; who has gone is not.
func TestGateLetsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(NewServers(time.Now), 64, 1)
		s := servers("10.0.0.1")[0]
		leave, err := g.Enter(t.Context(), s, false)
		if err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		in := make(chan int, 3)
		for n, ctx := range []context.Context{t.Context(), gone, t.Context()} {
			go func() {
				if out, err := g.Enter(ctx, s, false); err == nil {
					in <- n
					out()
				}
			}()
			synctest.Wait()
		}
		cancel()
		synctest.Wait()
		leave()
		synctest.Wait()
		if first, second := <-in, <-in; first != 0 || second != 2 || len(in) != 0 || g.all != 0 {
			t.Errorf("let in were %d and %d", first, second)
		}
	})
}
