package pace

import (
	"context"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/net/exchange"
)

// Whatever comes and goes: no limit is passed, and when all have left nothing is
// counted any more.
func TestGateModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const total, per = 24, 4
		known := NewServers(time.Now)
		g := NewGate(known, total, per)
		gone, cancel := context.WithCancel(context.Background())
		cancel() // nobody waits for room
		type message struct {
			to    exchange.Server
			leave func()
		}
		var open []message
		t.Repeat(map[string]func(*rapid.T){
			"": func(t *rapid.T) {
				to := make(map[exchange.Server]int)
				for _, m := range open {
					to[m.to]++
				}
				all, doubted := g.Count()
				if all != len(open) || all > total || doubted > all || doubted > total/2 {
					t.Fatalf("%d messages counted, %d of them doubtful, and %d under way", all, doubted, len(open))
				}
				for s, n := range to {
					if g.To(s) != n {
						t.Fatalf("%d counted to %s, and %d under way", g.To(s), s, n)
					}
				}
			},
			"enter": func(t *rapid.T) {
				s := servers(fmt.Sprintf("192.0.2.%d", rapid.IntRange(1, 6).Draw(t, "server")))[0]
				first := rapid.Bool().Draw(t, "first")
				at, before := known.Standing(s), g.To(s)
				all, _ := g.Count()
				leave, err := g.Enter(gone, s, first)
				if err != nil {
					return
				}
				open = append(open, message{s, leave})
				if at.Dead && before > 0 || at.Doubted && before >= Share(per, first) || all >= Share(total, first) {
					t.Fatalf("one more than %d to %s, of %d in all, with %+v", before, s, all, at)
				}
			},
			"leave": func(t *rapid.T) {
				if len(open) == 0 {
					t.Skip("nothing is under way")
				}
				i := rapid.IntRange(0, len(open)-1).Draw(t, "which")
				open[i].leave()
				open = append(open[:i], open[i+1:]...)
			},
			"answered": func(t *rapid.T) {
				known.Answered(servers(fmt.Sprintf("192.0.2.%d", rapid.IntRange(1, 6).Draw(t, "server")))[0], time.Millisecond)
			},
			"silent": func(t *rapid.T) {
				s := servers(fmt.Sprintf("192.0.2.%d", rapid.IntRange(1, 6).Draw(t, "server")))[0]
				known.Silent(s, known.Standing(s).Epoch)
			},
		})
		for _, m := range open {
			m.leave()
		}
		if all, doubted := g.Count(); all+doubted+len(g.open)+len(g.waiting) != 0 {
			t.Fatalf("left are %d, %d, %v, %v", all, doubted, g.open, g.waiting)
		}
	})
}
