package resolver

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// chained is an internet of zones z0 to zN, each with a link to the next and a server
// that takes its time, below a root that does not.
func chained(t *testing.T, links int, delay time.Duration) *internet {
	n := newInternet(t)
	root := []string{".", ". NS a.root.", "a.root. A 10.0.0.1"}
	for i := range links + 1 {
		root = append(root, fmt.Sprintf("z%d. NS ns.z%d.", i, i), fmt.Sprintf("ns.z%d. A 10.1.0.%d", i, i+1))
		last := fmt.Sprintf("www.z%d. CNAME www.z%d.", i, i+1)
		if i == links {
			last = fmt.Sprintf("www.z%d. A 192.0.2.1", i)
		}
		n.host(fmt.Sprintf("10.1.0.%d", i+1), []string{fmt.Sprintf("z%d.", i), fmt.Sprintf("z%d. NS ns.z%d.", i, i), last}).delay = delay
	}
	n.host("10.0.0.1", root)
	return n
}

// Servers that are slower than we are patient with strangers are heard all the
// same: their first answer counts.
func TestColdChainOfSlowServers(t *testing.T) {
	for _, delay := range []time.Duration{300, 399, 401, 450, 600, 900, 1100, 1201, 1500, 2400} {
		for _, links := range []int{0, 1, 3} {
			synctest.Test(t, func(t *testing.T) {
				delay := delay * time.Millisecond
				r := chained(t, links, delay).resolver(t)
				start := time.Now()
				res := ask(t, r, "www.z0.", rr.TypeA)
				took, told := time.Since(start), time.Duration(0)
				for _, s := range res.Chain {
					if s.Kind != Silent { // what comes late has the whole time
						told += s.Took
					}
				}
				if want := time.Duration(links+1) * delay; len(res.Answer) != links+1 || took != want || told != took {
					t.Errorf("%d links of %v: took %v, told %v", links, delay, took, told)
					fatalChain(t, res)
				}
			})
		}
	}
}

// A and AAAA of slow servers do not cost more than one of them.
func TestSlowServersAreSharedToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := usual(t).slow(700 * time.Millisecond).resolver(t)
		start := time.Now()
		a, aaaa := r.ResolveBoth(t.Context(), dname.MustParse("www.example.com."))
		if len(a.Answer) != 1 || len(aaaa.Answer) != 1 || time.Since(start) != 2800*time.Millisecond {
			t.Errorf("%s and %s after %v", told(a), told(aaaa), time.Since(start))
		}
		r.Close()
		sent, doubted := r.gate.Count()
		zones, _ := r.zones.Count()
		if len(r.asks.open)+sent+doubted+zones != 0 {
			t.Errorf("something is left: %+v, %d messages, %d of them doubtful, %d zones", r.asks.open, sent, doubted, zones)
		}
	})
}

// However it ends, nobody listens any longer than somebody wants to know.
func TestLateAnswersAreNotAwaitedForNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		n.hosts["10.0.1.1"].delay, n.hosts["10.0.1.2"].delay = 5*time.Second, 450*time.Millisecond
		r := n.resolver(t)
		for i := range 8 {
			if res := ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA); len(res.Answer) != 1 {
				t.Errorf("got %s", told(res))
			}
			synctest.Wait()
			if sent, _ := r.gate.Count(); sent != 0 || len(r.asks.open) != 0 {
				t.Errorf("%d messages are still listened to", sent)
			}
		}
	})
}

// A name of a lone server is lost only where all goes wrong: what is asked last goes
// over TCP.
func TestLossyServer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := chained(t, 0, 20*time.Millisecond)
		dice := rand.New(rand.NewPCG(1, 2))
		var mu sync.Mutex
		n.host("10.1.0.1", []string{"z0.", "z0. NS ns.z0.", "*.z0. A 192.0.2.1"}).loses = func(q exchange.Question) bool {
			mu.Lock()
			defer mu.Unlock()
			return !q.Stream && dice.IntN(5) == 0
		}
		r := n.resolver(t)
		for i := range 2000 {
			if res := ask(t, r, fmt.Sprintf("n%d.z0.", i), rr.TypeA); res.Rcode != code.NoError {
				t.Errorf("%d: %s", i, told(res))
				fatalChain(t, res)
			}
		}
	})
}

// How a lone server is asked that does not answer, and one with another beside it.
func TestTriesOfSilentServers(t *testing.T) {
	for _, c := range []struct {
		situation string
		servers   int
		want      string
	}{
		{"a lone one", 1, "udp udp plain tcp"},
		{"one of two", 2, "udp udp plain plain"},
		{"one of three", 3, "udp udp udp plain plain plain"},
	} {
		synctest.Test(t, func(t *testing.T) {
			var asked []string
			var mu sync.Mutex
			note := func(q exchange.Question) bool {
				mu.Lock()
				defer mu.Unlock()
				asked = append(asked, map[[2]bool]string{{}: "udp", {true}: "plain", {false, true}: "tcp"}[[2]bool{q.Plain, q.Stream}])
				return true
			}
			n := newInternet(t)
			lines := []string{".", ". NS a.root.", "a.root. A 10.0.0.1"}
			for i := range c.servers {
				lines = append(lines, fmt.Sprintf("z. NS ns%d.z.", i), fmt.Sprintf("ns%d.z. A 10.1.0.%d", i, i+1))
				n.host(fmt.Sprintf("10.1.0.%d", i+1), []string{"z."}).loses = note
			}
			n.host("10.0.0.1", lines)
			res := ask(t, n.resolver(t), "z.", rr.TypeA)
			if got := strings.Join(asked, " "); got != c.want || res.Rcode != code.ServFail {
				t.Errorf("%s: asked by %q, want %q", c.situation, got, c.want)
			}
		})
	}
}

// Who loses patience is told whom we wait for.
func TestWhatIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		n.hosts["10.0.1.1"].dead, n.hosts["10.0.1.2"].dead = true, true
		r := n.resolver(t)
		for _, wait := range []func(context.Context, Question) *Result{
			r.Resolve,
			func(ctx context.Context, q Question) *Result { return r.Renew(ctx, q, time.Minute) },
		} {
			brief, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			res := wait(brief, Question{dname.MustParse("www.example.com."), rr.TypeA})
			if !strings.HasPrefix(res.Text, "no answer yet from 10.0.1.") || !strings.HasSuffix(res.Text, ":53 of example.com.") || res.EDE != code.NoReachable {
				t.Errorf("got %s %q", res.EDE, res.Text)
			}
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		n.slow(time.Second)
		if res := r.Resolve(gone, Question{dname.MustParse("www.example.org."), rr.TypeA}); !strings.Contains(res.Text, "over before any server was asked") && !strings.Contains(res.Text, "10.0.0.4:53 of org.") {
			t.Errorf("got %q", res.Text)
		}
	})
}

func TestCounted(t *testing.T) {
	for _, c := range []struct {
		addresses, names int
		want             string
	}{{0, 0, "0 addresses"}, {1, 0, "1 address"}, {2, 1, "2 addresses and 1 name without"}, {0, 13, "0 addresses and 13 names without"}} {
		if got := found(c.addresses, c.names); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}

// flood asks for random names of a zone, so many a second, until stop.
func flood(t *testing.T, r *Resolver, zone string, rate int, stop <-chan struct{}) (count *atomic.Int64, texts *sync.Map) {
	count, texts = new(atomic.Int64), new(sync.Map)
	go func() {
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			case <-time.After(time.Second / time.Duration(rate)):
			}
			go func() {
				res := r.Resolve(context.Background(), Question{dname.MustParse(fmt.Sprintf("n%d.%s", i, zone)), rr.TypeA})
				count.Add(1)
				texts.LoadOrStore(res.Text, i)
			}()
		}
	}()
	return count, texts
}

// Random names of a zone whose only server is silent do not keep the names of other
// zones from being resolved, or renewed.
func TestFloodOfADeadZone(t *testing.T) {
	for _, rate := range []int{100, 2000} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t).slow(10 * time.Millisecond)
			n.hosts["10.0.0.1"] = n.host("10.0.0.1", []string{".", ". NS a.root.", "a.root. A 10.0.0.1", "com. NS ns.com.", "ns.com. A 10.0.0.2",
				"dead.test. NS ns.dead.test.", "ns.dead.test. A 10.0.6.7"})
			r := n.resolver(t)
			renewed := Question{dname.MustParse("www.example.com."), rr.TypeA}
			r.Resolve(t.Context(), renewed)
			stop := make(chan struct{})
			count, texts := flood(t, r, "dead.test.", rate, stop)
			most := 0
			for i := range 400 {
				time.Sleep(50 * time.Millisecond)
				start := time.Now()
				if res := ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA); len(res.Answer) != 1 || time.Since(start) > 50*time.Millisecond {
					t.Fatalf("%d a second, after %d ms: %s after %v: %s", rate, 50*i, told(res), time.Since(start), res.Text)
				}
				if res := r.Renew(t.Context(), renewed, time.Hour); len(res.Answer) != 1 {
					t.Fatalf("%d a second, after %d ms: not renewed: %s", rate, 50*i, res.Text)
				}
				most = max(most, r.gate.To(servers("10.0.6.7")[0]))
			}
			close(stop)
			time.Sleep(time.Minute)
			if most > r.options.PerServer || most == 0 || int(count.Load()) < rate*19 {
				t.Errorf("%d messages to the dead server at one time, of %d questions", most, count.Load())
			}
			told := false
			texts.Range(func(text, _ any) bool {
				told = told || strings.Contains(text.(string), "is tried by one question at a time")
				return true
			})
			if !told {
				t.Error("nobody was told that the server is held for dead")
			}
		})
	}
}

// A server that was held for dead is heard again at once when it is back.
func TestBackFromTheDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := chained(t, 0, 20*time.Millisecond)
		h := n.host("10.1.0.1", []string{"z0.", "z0. NS ns.z0.", "*.z0. A 192.0.2.1"})
		h.dead = true
		r := n.resolver(t)
		for i := range 3 {
			ask(t, r, fmt.Sprintf("n%d.z0.", i), rr.TypeA)
		}
		server := servers("10.1.0.1")[0]
		if !r.servers.Standing(server).Dead {
			t.Fatalf("it is not held for dead: %+v", r.servers.Standing(server))
		}
		done := make(chan *Result)
		for i := range 10 {
			go func() { done <- ask(t, r, fmt.Sprintf("m%d.z0.", i), rr.TypeA) }()
		}
		n.seen()
		refused := 0
		for range 10 {
			if res := <-done; strings.Contains(res.Text, "tried by one question at a time") && res.EDE == code.Other {
				refused++
			}
		}
		if asked := n.seen(); refused != 9 || len(asked) > 2 {
			t.Errorf("%d were refused, asked %q", refused, asked)
		}
		synctest.Wait()
		h.dead = false
		for i := range 10 { // of which none failed for lack of trying
			res := ask(t, r, fmt.Sprintf("m%d.z0.", i), rr.TypeA)
			if len(res.Answer) != 1 && res.EDE != code.CachedError {
				t.Errorf("m%d: %s %q", i, told(res), res.Text)
			}
		}
		if got := r.servers.Standing(server); got.Dead || got.Doubted {
			t.Errorf("it is back, and %+v", got)
		}
	})
}

// The steps add up: what was waited for silent servers, and for those that answered,
// is the time that the question took.
func TestStepsOfSilenceHaveTheirTime(t *testing.T) {
	for _, dead := range [][]string{{"10.0.1.1"}, {"10.0.1.1", "10.0.1.2"}} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t).slow(20 * time.Millisecond)
			for _, address := range dead {
				n.hosts[address].dead = true
			}
			r := n.resolver(t)
			for i := range 4 { // so that a silent one is asked first, too
				start, sum, silences := time.Now(), time.Duration(0), 0
				res := ask(t, r, fmt.Sprintf("n%d.wild.example.com.", i), rr.TypeA)
				for _, s := range res.Chain {
					if s.Server == "" {
						continue
					}
					if sum += s.Took; s.Took <= 0 {
						t.Errorf("no time: %s", s)
					}
					if s.Kind == Silent {
						silences++
					}
				}
				if took := time.Since(start); sum != took || len(dead) == 2 && silences < 2 {
					t.Errorf("%d dead: the steps took %v, the question %v", len(dead), sum, took)
					fatalChain(t, res)
				}
			}
		})
	}
}
