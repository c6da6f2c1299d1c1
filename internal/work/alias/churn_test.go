package alias

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
)

// quiet holds the table against what must be true of it when nothing goes on.
func (s *scene) quiet() {
	s.Helper()
	t := s.table
	t.mu.Lock()
	defer t.mu.Unlock()
	for c := range t.lanes {
		if l := &t.lanes[c]; l.running != 0 || len(l.waiting) != 0 {
			s.Errorf("class %d: %d running, %d waiting", c, l.running, len(l.waiting))
		}
	}
	planned := 0
	for g := range t.index.all {
		for i := range g.families {
			f := &g.families[i]
			if f.place > 0 {
				planned++
			}
			if f.ticket != nil || (f.place > 0) == g.refused {
				s.Errorf("%s: ticket %v, planned %v, refused %v", g.name, f.ticket, f.place > 0, g.refused)
			}
		}
	}
	if planned != len(t.plan.due) {
		s.Errorf("%d families are planned, and %d in the plan", planned, len(t.plan.due))
	}
}

// Zones come, change and go while their targets are slow, dead, fast, asked for,
// over a limit and waiting for their rate.
func TestZonesChangeWhileTargetsAreUnderWay(t *testing.T) {
	for seed := range uint64(3) {
		bubble(t, func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			s := newScene(t, func(o *Options) {
				o.Account, o.MaxPerAccount, o.MaxTargets = byFirstLabel, 60, 150
				o.Parallel, o.Rate, o.AccountRate = 32, 400, 100
			})
			for i := range 200 {
				answers := []says{{"192.0.2.1", 1, 30 * time.Millisecond}, {"192.0.2.1", 60, time.Second}, {"silence", 0, 0}, {"servfail", 0, 10 * time.Millisecond}}
				s.world.set(host(i).String(), answers[i%len(answers)])
			}
			s.run()
			defer s.stop()
			for range 200 {
				time.Sleep(time.Duration(r.IntN(400)) * time.Millisecond)
				switch apex := fmt.Sprintf("%s%d.", []string{"ann", "ben", "carl"}[r.IntN(3)], r.IntN(2)); r.IntN(4) {
				case 0:
					s.publish(map[string]string{apex: ""})
				case 1:
					ctx, cancel := context.WithTimeout(context.Background(), time.Second)
					go func() { defer cancel(); s.table.Warm(ctx, host(r.IntN(250))) }()
					synctest.Wait()
				default:
					n := r.IntN(150)
					s.publish(map[string]string{apex: aliases(n, n+r.IntN(80))})
				}
			}
			s.publish(map[string]string{"ann0.": aliases(0, 40), "ann1.": "", "ben0.": "", "ben1.": "", "carl0.": "", "carl1.": ""})
			time.Sleep(time.Hour)
			if n := len(strings.Split(s.used(), "\n")); n != 40 || s.table.index.size != 40 || s.table.refused != 0 {
				t.Errorf("%d targets in use, %d in all, %d refused; want 40", n, s.table.index.size, s.table.refused)
			}
			for i := range 40 {
				if f, want := s.flat(host(i).String()), i%4 < 2; f.Set.Empty() == want {
					t.Errorf("%s: %s", host(i), short(f))
				}
			}
			s.publish(map[string]string{"ann0.": ""})
			time.Sleep(time.Hour)
			s.quiet()
			if n := s.table.index.size; n != 0 {
				t.Errorf("%d targets left", n)
			}
		})
	}
}

// Queries for many dead targets at once do not keep those of others waiting.
func TestAFloodOfQueriesForDeadTargets(t *testing.T) {
	bubble(t, func(t *testing.T) {
		s := newScene(t, func(o *Options) { o.Account = byFirstLabel })
		s.world.all(says{"silence", 0, 0})
		s.run()
		defer s.stop()
		flood := func(from int) {
			for i := range 5000 {
				go func() {
					ctx, cancel := context.WithTimeout(context.Background(), 1500*time.Millisecond)
					defer cancel()
					s.table.Warm(ctx, host(from+i))
				}()
			}
			synctest.Wait()
		}
		flood(0) // of names that no zone is known to lead to
		s.publish(map[string]string{"bad.": aliases(10_000, 15_000), "good.": "@ ALIAS live.test.\n"})
		s.world.set("live.test.", says{"192.0.2.1", 60, 20 * time.Millisecond})
		time.Sleep(time.Second)
		flood(10_000)
		s.world.set("new.test.", says{"192.0.2.1", 60, 20 * time.Millisecond})
		s.publish(map[string]string{"good.": "@ ALIAS new.test.\n"})
		begin := time.Now()
		s.table.Warm(context.Background(), dname.MustParse("new.test.")) // as a guest at first
		if took := time.Since(begin); took > 100*time.Millisecond {
			t.Errorf("a query waited %s", took)
		}
	})
}

func TestJudgement(t *testing.T) {
	soa := []resolver.Item{{Owner: dname.Root, Set: rr.AppendRecord(nil, rr.TypeSOA, 30, nil)}}
	alias := resolver.Item{Owner: host(1), Set: rr.AppendRecord(nil, rr.TypeCNAME, 9, host(2))}
	one := resolver.Item{Owner: host(2), Set: addressSet(1)}
	var many rr.Set
	for i := range 400 {
		many = append(many, rr.AppendRecord(nil, rr.TypeA, 5, []byte{10, 0, byte(i >> 8), byte(i)})...)
	}
	for _, c := range []struct {
		name   string
		result resolver.Result
		count  int
		want   known
	}{
		{"addresses behind an alias", resolver.Result{Answer: []resolver.Item{alias, one}, TTL: 9}, 1, known{ttl: 9}},
		{"more addresses than are kept", resolver.Result{Answer: []resolver.Item{{Owner: host(1), Set: many}}, TTL: 5}, maxAddresses, known{ttl: 5}},
		{"a TTL of nothing", resolver.Result{Answer: []resolver.Item{one}}, 1, known{ttl: 0}},
		{"a TTL of years", resolver.Result{Answer: []resolver.Item{one}, TTL: rr.MaxTTL}, 1, known{ttl: maxTTL}},
		{"an alias of a name without addresses", resolver.Result{Answer: []resolver.Item{alias}, Authority: soa, TTL: 9}, 0, known{ttl: 9}},
		{"an alias of a name that does not exist", resolver.Result{Rcode: code.NXDomain, Answer: []resolver.Item{alias}, Authority: soa, TTL: 9}, 0, known{ttl: 9, gone: true}},
		{"a denial without SOA", resolver.Result{Answer: []resolver.Item{alias}, TTL: 9}, 0, known{ttl: bareTTL, bare: true}},
		{"no such name, without SOA", resolver.Result{Rcode: code.NXDomain}, 0, known{ttl: bareTTL, gone: true, bare: true}},
		{"a failure with its reason", resolver.Result{Rcode: code.ServFail, Text: "lame"}, 0, known{why: "lame"}},
		{"a failure with a long reason", resolver.Result{Rcode: code.ServFail, Text: strings.Repeat("x", 999)}, 0, known{why: strings.Repeat("x", maxWhy)}},
		{"a chain that comes back to itself", resolver.Result{Rcode: code.ServFail, Text: "alias loop", Chain: resolver.Chain{{Kind: resolver.Loop}}}, 0, known{why: "alias loop", endless: true}},
		{"a chain that is too long", resolver.Result{Rcode: code.ServFail, Text: "too long", Chain: resolver.Chain{{Kind: resolver.CNAME}, {Kind: resolver.TooLong}}}, 0, known{why: "too long", endless: true}},
		{"a loop on the way to a server", resolver.Result{Rcode: code.ServFail, Text: "no server", Chain: resolver.Chain{{Depth: 1, Kind: resolver.Loop}}}, 0, known{why: "no server"}},
		{"a failure without a reason", resolver.Result{Rcode: code.YXDomain}, 0, known{why: "the answer is YXDOMAIN"}},
		{"expired addresses", resolver.Result{Answer: []resolver.Item{one}, Stale: true}, 0, known{why: "nothing but expired data is to be had"}},
		{"an expired denial", resolver.Result{Rcode: code.NXDomain, Stale: true, Text: "stale"}, 0, known{why: "stale"}},
	} {
		got := judge(&c.result, rr.TypeA)
		if got.set.Count() != c.count || got.ttl != c.want.ttl || got.gone != c.want.gone || got.why != c.want.why || got.endless != c.want.endless || got.bare != c.want.bare {
			t.Errorf("%s: got %+v", c.name, got)
		}
	}
}

func TestWhatIsAskedAnew(t *testing.T) {
	now := 1000 * second
	for _, c := range []struct {
		name string
		k    *known
		want time.Duration
	}{
		{"nothing known", nil, time.Second},
		{"failing", &known{why: "x"}, time.Second},
		{"run out", &known{expires: now - 1, ttl: 60}, time.Second},
		{"six seconds left of a minute", &known{expires: now + 6*second, ttl: 60}, 15 * time.Second},
		{"a moment left of a second", &known{expires: now + second/10, ttl: 1}, 2100 * time.Millisecond},
	} {
		f := &newTarget(keyOf("cdn.test.")).families[familyA]
		f.known.Store(c.k)
		if got := f.within(now); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
