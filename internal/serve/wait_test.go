package serve

import (
	"context"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
)

// table is a Flattener and Warmer: resolving a name takes as long as it says
// there, and gives it the address 192.0.2.99.
type table struct {
	mu    sync.Mutex
	takes map[string]time.Duration
	known map[string]bool
	warms atomic.Int32
}

func (t *table) Flatten(k *dname.Key, typ rr.Type, _ int64) answer.Flat {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.known[k.Name().String()] {
		return answer.Flat{State: answer.Unasked}
	}
	f := answer.Flat{State: answer.Fresh, TTL: 60}
	if typ == rr.TypeA {
		f.Set = rr.Set(rr.AppendRecord(nil, rr.TypeA, 60, []byte{192, 0, 2, 99}))
	}
	return f
}

func (t *table) WarmType(ctx context.Context, target dname.Name, _ rr.Type) {
	t.warms.Add(1)
	select {
	case <-ctx.Done():
	case <-time.After(t.takes[target.String()]):
		t.mu.Lock()
		t.known[target.String()] = true
		t.mu.Unlock()
	}
}

const cold = example + `
fast ALIAS fast.test.
slow ALIAS slow.test.
both ALIAS fast.test.
both ALIAS slow.test.
`

func newTable() *table {
	return &table{known: make(map[string]bool), takes: map[string]time.Duration{"fast.test.": 300 * time.Millisecond, "slow.test.": time.Minute}}
}

// held asks m, and returns what is said at once, nil for nothing, and later.
func (b *bench) held(t testing.TB, m *dns.Msg) (now *dns.Msg, later chan *dns.Msg) {
	later = make(chan *dns.Msg, 1)
	b.in.ReplyTo(func(msg []byte) {
		got := new(dns.Msg)
		if err := got.Unpack(msg); err != nil {
			t.Errorf("%v in %x", err, msg)
		}
		later <- got
	})
	return b.ask(t, m), later
}

func TestColdTargetWaits(t *testing.T) {
	for _, tc := range []struct {
		situation, name string
		after           time.Duration
		want, answer    string
	}{
		{"target that answers", "fast.example.", 300 * time.Millisecond, "NOERROR aa rd opt/1232", "fast.example. 60 IN A 192.0.2.99"},
		{"target that does not", "slow.example.", 1500 * time.Millisecond, "SERVFAIL aa rd opt/1232 ede22(alias target slow.test. is being resolved for the first time)", ""},
		{"one of two", "both.example.", 1500 * time.Millisecond, "NOERROR aa rd opt/1232 ede0(alias target slow.test. is being resolved for the first time)", "both.example. 60 IN A 192.0.2.99"},
	} {
		t.Run(tc.situation, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tab := newTable()
				b := serving(t, Config{Flattener: tab, Warmer: tab}, cold)
				begin := time.Now()
				now, later := b.held(t, edns(query(tc.name, dns.TypeA), 1232))
				if now != nil {
					t.Fatalf("said at once: %v", now)
				}
				if got := b.ask(t, query("www.example.", dns.TypeA)); len(got.Answer) != 1 {
					t.Error("another query is delayed")
				}
				got := <-later
				if took := time.Since(begin); took != tc.after {
					t.Errorf("said after %v, want %v", took, tc.after)
				}
				if describe(got) != tc.want || lines(got.Answer) != tc.answer {
					t.Errorf("got %s\n%s\nwant %s\n%s", describe(got), lines(got.Answer), tc.want, tc.answer)
				}
				b.Close()
			})
		})
	}
}

func TestCloseAnswersWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tab := newTable()
		b := serving(t, Config{Flattener: tab, Warmer: tab}, cold)
		begin := time.Now()
		_, later := b.held(t, query("slow.example.", dns.TypeA))
		b.Close()
		if got := <-later; got.Rcode != dns.RcodeServerFailure || time.Since(begin) != 0 {
			t.Errorf("%s after %v", describe(got), time.Since(begin))
		}
	})
}

// Where nothing can be held, what is known is said.
func TestColdTargetWithoutRoomToWait(t *testing.T) {
	tab := newTable()
	b := serving(t, Config{Flattener: tab, Warmer: tab}, cold)
	got := b.ask(t, edns(query("fast.example.", dns.TypeA), 1232))
	if want := "SERVFAIL aa rd opt/1232 ede22(alias target fast.test. is being resolved for the first time)"; describe(got) != want {
		t.Errorf("got %s, want %s", describe(got), want)
	}
}

// outside is what a resolver says of all names below test.: known ones at once.
type outside struct {
	known map[string]bool
	asked atomic.Int32
}

func (o *outside) result(q resolver.Question) *resolver.Result {
	switch {
	case strings.HasPrefix(q.Name.String(), "no"):
		return &resolver.Result{Rcode: code.NXDomain, EDE: code.NoEDE, Authority: []resolver.Item{{
			Owner: dname.MustParse("test."), Set: rr.Set(rr.AppendRecord(nil, rr.TypeSOA, 60, make([]byte, 22)))}}}
	case strings.HasPrefix(q.Name.String(), "bad"):
		return &resolver.Result{Rcode: code.ServFail, EDE: code.NoReachable, Text: "no server answers"}
	}
	return &resolver.Result{EDE: code.NoEDE, Answer: []resolver.Item{{
		Owner: q.Name, Set: rr.Set(rr.AppendRecord(nil, rr.TypeA, 33, []byte{198, 51, 100, 1}))}}}
}

func (o *outside) Find(q resolver.Question) (*resolver.Result, bool) {
	if !o.known[q.Name.String()] {
		return nil, false
	}
	return o.result(q), true
}

func (o *outside) recursion(networks ...string) *Recursion {
	r := &Recursion{
		Recall: func() Recall { return o },
		Known: func(q resolver.Question) (*resolver.Result, bool) {
			return &resolver.Result{EDE: code.StaleAnswer, Answer: []resolver.Item{{
				Owner: q.Name, Set: rr.Set(rr.AppendRecord(nil, rr.TypeA, 30, []byte{198, 51, 100, 2}))}}}, strings.HasPrefix(q.Name.String(), "old")
		},
		Resolve: func(_ context.Context, q resolver.Question) *resolver.Result {
			o.asked.Add(1)
			return o.result(q)
		},
	}
	for _, n := range networks {
		r.Networks = append(r.Networks, netip.MustParsePrefix(n))
	}
	return r
}

func TestRecursion(t *testing.T) {
	for _, tc := range []struct {
		situation, peer string
		msg             *dns.Msg
		at              string // now, later
		want, answer    string
	}{
		{"name of others", "198.51.100.7:1", query("new.test.", dns.TypeA), "later", "NOERROR rd ra", "new.test. 33 IN A 198.51.100.1"},
		{"name of others in the cache", "198.51.100.7:1", query("known.test.", dns.TypeA), "now", "NOERROR rd ra", "known.test. 33 IN A 198.51.100.1"},
		{"the same from a mapped address", "[::ffff:198.51.100.7]:1", query("known.test.", dns.TypeA), "now", "NOERROR rd ra", "known.test. 33 IN A 198.51.100.1"},
		{"name of others, from elsewhere", "203.0.113.1:1", query("known.test.", dns.TypeA), "now", "REFUSED rd", ""},
		{"name of ours", "198.51.100.7:1", query("www.example.", dns.TypeA), "now", "NOERROR aa rd ra", "www.example. 300 IN A 192.0.2.1"},
		{"name of ours, from elsewhere", "203.0.113.1:1", query("www.example.", dns.TypeA), "now", "NOERROR aa rd", "www.example. 300 IN A 192.0.2.1"},
		{"chain that leaves", "198.51.100.7:1", query("away.example.", dns.TypeA), "later", "NOERROR aa rd ra", "away.example. 33 IN A 198.51.100.1"},
		{"chain that leaves, from elsewhere", "203.0.113.1:1", query("away.example.", dns.TypeA), "now", "NOERROR aa rd", "away.example. 300 IN CNAME www.elsewhere.test."},
		{"below a cut of ours", "198.51.100.7:1", query("www.sub.example.", dns.TypeA), "later", "NOERROR rd ra", "www.sub.example. 33 IN A 198.51.100.1"},
		{"no recursion wanted, in the cache", "198.51.100.7:1", plain("known.test."), "now", "NOERROR ra", "known.test. 33 IN A 198.51.100.1"},
		{"no recursion wanted, expired", "198.51.100.7:1", plain("old.test."), "now", "NOERROR ra", "old.test. 30 IN A 198.51.100.2"},
		{"no recursion wanted", "198.51.100.7:1", plain("new.test."), "now", "REFUSED ra", ""},
		{"no recursion wanted below a cut of ours", "198.51.100.7:1", plain("www.sub.example."), "now", "NOERROR ra", ""},
		{"name that does not exist", "198.51.100.7:1", query("none.test.", dns.TypeA), "later", "NXDOMAIN rd ra", ""},
		{"failure", "198.51.100.7:1", edns(query("bad.test.", dns.TypeA), 1232), "later", "SERVFAIL rd ra opt/1232 ede22(no server answers)", ""},
		{"no checking wanted", "198.51.100.7:1", unchecked("known.test."), "now", "NOERROR rd ra cd", "known.test. 33 IN A 198.51.100.1"},
	} {
		t.Run(tc.situation, func(t *testing.T) {
			o := &outside{known: map[string]bool{"known.test.": true}}
			b := serving(t, Config{Recursion: o.recursion("198.51.100.0/24")}, example)
			defer b.Close()
			b.from(tc.peer)
			got, later := b.held(t, tc.msg)
			if tc.at == "later" {
				if got != nil {
					t.Fatalf("said at once: %v", got)
				}
				got = <-later
			}
			if describe(got) != tc.want || lines(got.Answer) != tc.answer {
				t.Errorf("got %s\n%s\nwant %s\n%s", describe(got), lines(got.Answer), tc.want, tc.answer)
			}
		})
	}
}

func plain(name string) *dns.Msg {
	m := query(name, dns.TypeA)
	m.RecursionDesired = false
	return m
}

func unchecked(name string) *dns.Msg {
	m := query(name, dns.TypeA)
	m.CheckingDisabled = true
	return m
}

func TestRecursionWithoutRoomToWait(t *testing.T) {
	o := new(outside)
	b := serving(t, Config{Recursion: o.recursion("0.0.0.0/0")}, example)
	got := b.ask(t, edns(query("new.test.", dns.TypeA), 1232))
	if want := "SERVFAIL rd ra opt/1232 ede0(too many queries are waiting already)"; describe(got) != want {
		t.Errorf("got %s, want %s", describe(got), want)
	}
}

// Clients of the resolver are not held to the rate of responses.
func TestRecursionIsNotRateLimited(t *testing.T) {
	o := &outside{known: map[string]bool{"known.test.": true}}
	b := serving(t, Config{Recursion: o.recursion("0.0.0.0/0"), RateLimit: 1}, example)
	for range 100 {
		if got := b.ask(t, query("known.test.", dns.TypeA)); got == nil || got.Truncated {
			t.Fatalf("limited: %v", got)
		}
	}
}

// timed notes at what time it is asked.
type timed struct{ at int64 }

func (f *timed) Flatten(_ *dname.Key, _ rr.Type, now int64) answer.Flat {
	f.at = now
	return answer.Flat{State: answer.Fresh}
}

func TestClockOfTheProgram(t *testing.T) {
	f := new(timed)
	b := serving(t, Config{Flattener: f, Clock: func() time.Time { return start.Add(time.Hour) }}, cold)
	b.ask(t, query("fast.example.", dns.TypeA))
	if want := start.Add(time.Hour).UnixNano(); f.at != want {
		t.Errorf("asked at %d, want %d", f.at, want)
	}
}
