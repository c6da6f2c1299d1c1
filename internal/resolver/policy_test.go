package resolver

import (
	"context"
	"net/netip"
	"testing"
	"testing/synctest"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// offline takes the authorities of example.com off the net.
func (n *internet) offline(off bool) {
	n.hosts["10.0.1.1"].dead, n.hosts["10.0.1.2"].dead = off, off
}

// What has expired is served where nothing better is to be had in time, and
// says so (RFC 8767).
func TestServeStale(t *testing.T) {
	const stale = "www.example.com. A 30 192.0.2.1"
	for _, c := range []struct {
		situation string
		off       bool
		after     time.Duration // since it was asked for first
		delay     time.Duration // of all servers
		want      string
		ede       code.EDE
		waited    time.Duration // at most
		options   func(*Options)
	}{
		{"the servers answer", false, time.Hour, 0, "www.example.com. A 60 192.0.2.1", code.NoEDE, 0, nil},
		{"the servers are slow", false, time.Hour, 2500 * time.Millisecond, stale, code.StaleAnswer, 1800 * time.Millisecond, nil},
		{"the servers are dead", true, time.Hour, 0, stale, code.StaleAnswer, 1800 * time.Millisecond, nil},
		{"dead for longer than that is of use", true, 26 * time.Hour, 0, "SERVFAIL", code.NoReachable, time.Minute, nil},
		{"dead, and stale data is not wanted", true, time.Hour, 0, "SERVFAIL", code.NoReachable, time.Minute, func(o *Options) { o.Stale = false }},
		{"nobody waits", false, time.Hour, 0, stale, code.StaleAnswer, 0, func(o *Options) { o.StaleAfter = -1 }},
		{"a time of our own", true, time.Hour, 0, "www.example.com. A 7 192.0.2.1", code.StaleAnswer, time.Second, func(o *Options) { o.StaleAfter, o.StaleTTL = time.Second, 7 }},
		{"no longer than it once was good for", true, time.Hour, 0, "www.example.com. A 60 192.0.2.1", code.StaleAnswer, 2 * time.Second, func(o *Options) { o.StaleTTL = 600 }},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			r := n.resolver(t, func(o *Options) { o.Stale = true }, func(o *Options) {
				if c.options != nil {
					c.options(o)
				}
			})
			ask(t, r, "www.example.com.", rr.TypeA)
			time.Sleep(c.after)
			n.offline(c.off)
			for _, h := range n.hosts {
				h.delay = c.delay
			}
			start := time.Now()
			res := ask(t, r, "www.example.com.", rr.TypeA)
			if waited := time.Since(start); told(res) != c.want || res.EDE != c.ede || waited > c.waited || res.Stale != (c.ede == code.StaleAnswer) {
				t.Errorf("%s: got %s, EDE %d, after %v", c.situation, told(res), res.EDE, waited)
				fatalChain(t, res)
			}
		})
	}
}

// A stale answer is refreshed behind the client's back.
func TestStaleIsRefreshed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Stale, o.StaleAfter = true, -1 })
		ask(t, r, "www.example.com.", rr.TypeA)
		time.Sleep(2 * time.Minute)
		if res := ask(t, r, "www.example.com.", rr.TypeA); !res.Stale {
			t.Errorf("got %s", told(res))
		}
		synctest.Wait()
		if res := ask(t, r, "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" || res.Stale || res.EDE != code.NoEDE {
			t.Errorf("got %s", told(res))
		}
	})
}

func TestStaleDenial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Stale = true })
		ask(t, r, "nowhere.example.com.", rr.TypeA)
		time.Sleep(time.Hour)
		n.offline(true)
		if res := ask(t, r, "nowhere.example.com.", rr.TypeA); res.Rcode != code.NXDomain || res.EDE != code.StaleNXDomain {
			t.Errorf("got %s, EDE %d", told(res), res.EDE)
		}
	})
}

// What is asked often never runs out: it is fetched anew before its end.
func TestPrefetch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		for _, h := range n.hosts {
			h.delay = 100 * time.Millisecond
		}
		for second := range 600 {
			start := time.Now()
			res := ask(t, r, "www.example.com.", rr.TypeA)
			if waited := time.Since(start); second > 0 && waited > 0 || res.Rcode != code.NoError {
				t.Fatalf("second %d: waited %v for %s", second, waited, told(res))
			}
			time.Sleep(time.Second)
		}
		if asked := len(n.seen()); asked > 20 {
			t.Errorf("%d questions in 600 seconds", asked)
		}
	})
}

// A client that wants no recursion gets what is known.
func TestKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Stale = true })
		q := Question{dname.MustParse("alias.example.com."), rr.TypeA}
		if res, ok := r.Known(q); ok || len(n.seen()) != 0 {
			t.Errorf("known from nowhere: %v", res)
		}
		r.Resolve(t.Context(), q)
		n.seen()
		if res, ok := r.Known(q); !ok || len(res.Answer) != 3 || len(n.seen()) != 0 {
			t.Errorf("not known: %v", res)
		}
		n.offline(true)
		time.Sleep(2 * time.Minute)
		if res, ok := r.Known(q); !ok || !res.Stale {
			t.Errorf("not known any more: %v", res)
		}
	})
}

// Routes lead past the root: stub zones, forwarders, the deepest first.
func TestRoutes(t *testing.T) {
	stub := Route{Apex: dname.MustParse("corp."), Servers: servers("10.0.7.1")}
	forward := Route{Apex: dname.MustParse("fwd."), Servers: servers("10.0.7.2"), Forward: true}
	all := Route{Apex: dname.Root, Servers: servers("10.0.7.3"), Forward: true}
	first := func(r Route) Route { r.First = true; return r }
	deep := Route{Apex: dname.MustParse("deep.fwd."), Servers: servers("10.0.7.1")}
	for _, c := range []struct {
		situation, name, want string
		routes                []Route
		dead                  string
	}{
		{"a stub zone", "www.corp.", "www.corp. A 60 192.0.2.71", []Route{stub}, ""},
		{"below a cut of it", "www.sub.corp.", "www.sub.corp. A 60 192.0.2.74", []Route{stub}, ""},
		{"a forwarder, which has no say about others", "www.fwd.", "www.fwd. CNAME 60 www.example.com., www.example.com. A 60 192.0.2.1", []Route{forward}, ""},
		{"a stub zone below a forwarder", "www.deep.fwd.", "www.deep.fwd. A 60 192.0.2.75", []Route{forward, deep}, ""},
		{"a forwarder for everything", "www.example.com.", "www.example.com. A 60 192.0.2.73", []Route{all}, ""},
		{"a dead one", "www.example.com.", "SERVFAIL", []Route{all}, "10.0.7.3"},
		{"a dead one, tried first", "www.example.com.", "www.example.com. A 60 192.0.2.1", []Route{first(all)}, "10.0.7.3"},
		{"elsewhere", "www.example.com.", "www.example.com. A 60 192.0.2.1", []Route{stub, forward}, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			n.host("10.0.7.1", []string{"corp.", "corp. NS ns.corp.", "www.corp. 60 A 192.0.2.71", "sub.corp. NS ns.sub.corp.", "ns.sub.corp. A 10.0.7.4"},
				[]string{"deep.fwd.", "www.deep.fwd. 60 A 192.0.2.75"})
			n.host("10.0.7.2", []string{"fwd.", "www.fwd. 60 CNAME www.example.com."}, []string{"example.com.", "www.example.com. 60 A 203.0.113.66"})
			n.host("10.0.7.3", []string{"com.", "www.example.com. 60 A 192.0.2.73"})
			n.host("10.0.7.4", []string{"sub.corp.", "www.sub.corp. 60 A 192.0.2.74"})
			if c.dead != "" {
				n.hosts[c.dead].dead = true
			}
			r := n.resolver(t, func(o *Options) { o.Routes = append(c.routes, o.Routes...) })
			for range 2 {
				if res := ask(t, r, c.name, rr.TypeA); told(res) != c.want {
					t.Errorf("%s: got %s, want %s", c.situation, told(res), c.want)
					fatalChain(t, res)
				}
			}
		})
	}
}

// Close ends what is under way.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		for _, h := range n.hosts {
			h.delay = time.Hour
		}
		r := n.resolver(t)
		done := make(chan *Result)
		go func() {
			done <- r.Resolve(context.Background(), Question{dname.MustParse("www.example.com."), rr.TypeA})
		}()
		synctest.Wait()
		r.Close()
		if res := <-done; res.Rcode != code.ServFail {
			t.Errorf("got %s", told(res))
		}
		if res := ask(t, r, "www.example.com.", rr.TypeA); res.Rcode != code.ServFail {
			t.Errorf("after the end: %s", told(res))
		}
	})
}

func TestStepAsText(t *testing.T) {
	name := dname.MustParse("www.example.com.")
	for _, c := range []struct {
		step Step
		want string
	}{
		{Step{Kind: CNAME, Owner: name, Type: rr.TypeA, Source: Cached, TTL: 60, Target: dname.MustParse("edge.example.net.")},
			"cname www.example.com. A (cache, 60 s left) to edge.example.net."},
		{Step{Depth: 1, Kind: Silent, Owner: name, Type: rr.TypeA, Zone: name.Parent(), Server: "192.0.2.1:53", Why: "timeout"},
			"  silent www.example.com. A (live from 192.0.2.1:53 of example.com.): timeout"},
	} {
		if got := c.step.String(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	for k := Found; k <= Unknown; k++ {
		if k.String() == "" {
			t.Errorf("kind %d has no name", k)
		}
	}
}

var _ Network = (*exchange.Client)(nil)

// Servers may live in a private network: their addresses are for asking them, and
// answer nobody's question.
func TestPrivateServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Private = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")} })
		if res := ask(t, r, "www.example.com.", rr.TypeA); told(res) != "www.example.com. A 60 192.0.2.1" {
			t.Errorf("got %s", told(res))
			fatalChain(t, res)
		}
		if res := ask(t, r, "ns1.example.com.", rr.TypeA); len(res.Answer) > 0 || res.EDE != code.Blocked {
			t.Errorf("the address of a server: %s, %s", told(res), res.EDE)
		}
	})
}
