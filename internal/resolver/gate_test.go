package resolver

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
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
			var i infra
			var g gate
			i.init(time.Now)
			g.init(&i, 64, 8)
			list := servers()
			for n := range c.servers {
				s := servers(fmt.Sprintf("10.0.0.%d", n))[0]
				if list = append(list, s); c.answered {
					i.answered(s, time.Millisecond)
				}
				for range c.silences {
					i.silent(s, i.standing(s).epoch)
				}
			}
			count, why := 0, error(nil)
			var leave []func()
			for n := 0; why == nil; n++ {
				var out func()
				if out, why = g.enter(t.Context(), list[n%len(list)], c.first); why == nil {
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
		var i infra
		var g gate
		i.init(time.Now)
		g.init(&i, 64, 1)
		s := servers("10.0.0.1")[0]
		leave, err := g.enter(t.Context(), s, false)
		if err != nil {
			t.Fatal(err)
		}
		gone, cancel := context.WithCancel(t.Context())
		in := make(chan int, 3)
		for n, ctx := range []context.Context{t.Context(), gone, t.Context()} {
			go func() {
				if out, err := g.enter(ctx, s, false); err == nil {
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

// A burst of names of a lone server that nobody knows yet is answered whole.
func TestBurst(t *testing.T) {
	const names = 300
	synctest.Test(t, func(t *testing.T) {
		n := chained(t, 0, 50*time.Millisecond)
		n.host("10.1.0.1", []string{"z0.", "z0. NS ns.z0.", "*.z0. A 192.0.2.1"}).delay = 50 * time.Millisecond
		r := n.resolver(t)
		done := make(chan *Result)
		for i := range names {
			go func() { done <- ask(t, r, fmt.Sprintf("n%d.z0.", i), rr.TypeA) }()
		}
		for range names {
			if res := <-done; res.Rcode != code.NoError {
				t.Errorf("got %s %q", told(res), res.Text)
			}
		}
	})
}

// Of the questions for one zone only so many are worked on; that is not remembered
// as a failure of the name.
func TestPerZone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.PerZone = 3 })
		ask(t, r, "www.example.com.", rr.TypeA)
		n.slow(100 * time.Millisecond)
		done := make(chan *Result)
		for i := range 5 {
			go func() { done <- ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA) }()
		}
		refused := 0
		for range 5 {
			if res := <-done; res.Rcode == code.ServFail {
				refused++
				if res.EDE != code.Other || res.Text != "too much to do: 3 questions for names of example.com. at a time are as many as allowed" {
					t.Errorf("got %s %q", res.EDE, res.Text)
				}
			}
		}
		if got := metrics(t, r)["busy_total zone"]; refused != 2 || got != 2 {
			t.Errorf("%d were refused, %v told", refused, got)
		}
		for i := range 5 {
			if res := ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA); len(res.Answer) != 1 {
				t.Errorf("afterwards: %s %q", told(res), res.Text)
			}
		}
		if len(r.zones.open) != 0 {
			t.Errorf("still counted: %v", r.zones.open)
		}
	})
}

// A limit of ours that keeps the address of a server from being found is no failure of
// the name either.
func TestBusyIsNotRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.PerServer = 1 })
		ask(t, r, "www.example.org.", rr.TypeA)
		n.hosts["10.0.1.1"].dead = true
		n.hosts["10.0.1.2"].dead = true
		for range 3 {
			r.missed(servers("10.0.1.1")[0], r.servers.standing(servers("10.0.1.1")[0]).epoch)
		}
		go ask(t, r, "n1.example.org.", rr.TypeA)
		synctest.Wait()
		res := ask(t, r, "n2.example.org.", rr.TypeA)
		if res.EDE != code.Other || !strings.HasPrefix(res.Text, "too much to do: 1 message to 10.0.1.1:53 under way already") {
			t.Errorf("got %s %q", res.EDE, res.Text)
		}
		if at := r.servers.standing(servers("10.0.1.1")[0]); at.silences != 3 {
			t.Errorf("it is held against the server: %+v", at)
		}
		n.hosts["10.0.1.1"].dead = false
		time.Sleep(20 * time.Second)
		if res := ask(t, r, "n2.example.org.", rr.TypeA); res.Rcode != code.NXDomain {
			t.Errorf("remembered: %s %q", res.EDE, res.Text)
		}
	})
}

// Clients do not take all questions that may be worked on.
func TestRoomForRenew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t).slow(300 * time.Millisecond)
		r := n.resolver(t, func(o *Options) { o.Walks = 8 })
		for i := range 20 {
			go ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA)
		}
		synctest.Wait()
		if res := ask(t, r, "mail.example.com.", rr.TypeMX); res.EDE != code.Other {
			t.Errorf("one too many: %s", told(res))
		}
		if res := r.Renew(t.Context(), Question{dname.MustParse("www.example.com."), rr.TypeA}, time.Minute); len(res.Answer) != 1 {
			t.Errorf("renewed: %s %q", told(res), res.Text)
		}
	})
}
