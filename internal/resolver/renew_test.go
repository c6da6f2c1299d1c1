package resolver

import (
	"context"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/net/exchange"
)

// Only what ends soon is asked for anew: of the chain alias (3600 s) to edge (300
// s) to an address (60 s) the more of it the longer the result is to last.
func TestRenew(t *testing.T) {
	for _, c := range []struct {
		situation string
		name      string
		t         rr.Type
		wait      time.Duration
		within    time.Duration
		ttl       uint32
		asked     string
	}{
		{"nothing ends", "alias.example.com.", rr.TypeA, 20 * time.Second, 30 * time.Second, 40, ""},
		{"it lasts just long enough", "alias.example.com.", rr.TypeA, 20 * time.Second, 40 * time.Second, 40, ""},
		{"the address ends", "alias.example.com.", rr.TypeA, 20 * time.Second, 41 * time.Second, 60, "edge.example.org. A"},
		{"two ends", "alias.example.com.", rr.TypeA, 10 * time.Second, 295 * time.Second, 60, "edge.example.net. A, edge.example.org. A"},
		{"all ends", "alias.example.com.", rr.TypeA, 10 * time.Second, 2 * time.Hour, 60, "alias.example.com. A, edge.example.net. A, edge.example.org. A"},
		{"it has ended", "alias.example.com.", rr.TypeA, 61 * time.Second, 10 * time.Second, 60, "edge.example.org. A"},
		{"less than a second", "alias.example.com.", rr.TypeA, 50 * time.Second, 0, 10, ""},
		{"a denial", "nowhere.example.com.", rr.TypeA, 250 * time.Second, time.Minute, 300, "nowhere.example.com. A"},
		{"never asked for", "mail.example.com.", rr.TypeMX, 0, time.Minute, 3600, "mail.example.com. MX"},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			r := n.resolver(t)
			ask(t, r, "alias.example.com.", rr.TypeA)
			ask(t, r, "nowhere.example.com.", rr.TypeA)
			n.seen()
			time.Sleep(c.wait)
			q := Question{dname.MustParse(c.name), c.t}
			res := r.Renew(t.Context(), q, c.within)
			if asked := questions(n.seen()); res.TTL != c.ttl || asked != c.asked || res.EDE != code.NoEDE {
				t.Errorf("%s: %d s left after asking %q, want %d s, %q: %s", c.situation, res.TTL, asked, c.ttl, c.asked, told(res))
				fatalChain(t, res)
			}
			if known, ok := r.Known(q); !ok || known.TTL != c.ttl {
				t.Errorf("%s: the cache has learnt nothing: %s", c.situation, told(known))
			}
		})
	}
}

// questions are what was asked, without whom.
func questions(seen []string) string {
	var out []string
	for _, line := range seen {
		_, q, _ := strings.Cut(line, " ")
		out = append(out, q)
	}
	return strings.Join(out, ", ")
}

// What servers keep short is asked for once a Renew, not again and again.
func TestRenewOfWhatIsShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		r.ResolveBoth(t.Context(), dname.MustParse("alias.example.com."))
		n.seen()
		time.Sleep(time.Second)
		done := make(chan *Result)
		for range 20 {
			go func() {
				a, aaaa := r.RenewBoth(t.Context(), dname.MustParse("alias.example.com."), time.Hour+time.Minute)
				done <- a
				done <- aaaa
			}()
		}
		for range 40 {
			if res := <-done; res.Rcode != code.NoError {
				t.Errorf("got %s", told(res))
			}
		}
		asked := n.seen()
		slices.Sort(asked)
		if len(asked) < 4 || len(asked) != len(slices.Compact(asked)) {
			t.Errorf("asked %q, want three names, each once for each of the types at most", asked)
		}
	})
}

// A Renew does not wait for a search that would leave what ends soon as it is; a
// Resolve is glad of one that does more.
func TestRenewBesideResolve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		ask(t, r, "alias.example.com.", rr.TypeA)
		time.Sleep(70 * time.Second)
		for _, h := range n.hosts {
			h.delay = 90 * time.Millisecond
		}
		n.seen()
		q := Question{dname.MustParse("alias.example.com."), rr.TypeA}
		results := make(chan *Result)
		for i := range 3 {
			go func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				if i == 1 {
					results <- r.Renew(t.Context(), q, 2*time.Hour)
					return
				}
				results <- r.Resolve(t.Context(), q)
			}()
		}
		for range 3 {
			if res := <-results; res.TTL != 60 {
				t.Errorf("got %s", told(res))
			}
		}
		want := "edge.example.org. A, alias.example.com. A, edge.example.net. A"
		if asked := questions(n.seen()); !strings.HasPrefix(asked, want) || strings.Count(asked, ",") > 3 {
			t.Errorf("asked %q, want %q", asked, want)
		}
	})
}

// Who is dead is not asked again at every Renew, and not waited for longer than
// the caller wants.
func TestRenewOfTheDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		ask(t, r, "www.example.com.", rr.TypeA)
		n.offline(true)
		n.seen()
		time.Sleep(time.Second)
		q := Question{dname.MustParse("www.example.com."), rr.TypeA}
		for range 8 { // within the five seconds of a failure
			if res := r.Renew(t.Context(), q, time.Hour); res.Rcode != code.ServFail || res.EDE != code.NoReachable && res.EDE != code.CachedError {
				t.Errorf("got %s, %s", told(res), res.EDE)
			}
		}
		if asked := len(n.seen()); asked > 10 {
			t.Errorf("%d questions because of dead servers", asked)
		}
		if res := ask(t, r, "www.example.com.", rr.TypeA); res.Rcode != code.NoError {
			t.Errorf("what still lives is not served: %s", told(res))
		}
	})
}

// A Renew of servers asks those above: who lost a domain does not keep it so.
func TestRenewOfServers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		ask(t, r, "example.com.", rr.TypeNS)
		time.Sleep(time.Second)
		n.host("10.0.0.2", []string{"com.", "com. NS ns.com.", "ns.com. A 10.0.0.2"})
		if res := r.Renew(t.Context(), Question{dname.MustParse("example.com."), rr.TypeNS}, 2*time.Hour); res.Rcode != code.NXDomain {
			t.Errorf("got %s", told(res))
			fatalChain(t, res)
		}
	})
}

// A target of ours is renewed through the ALIAS that leads there.
func TestRenewThroughALIAS(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := expands(t, n)
		ask(t, r, "many.ours.test.", rr.TypeA)
		n.seen()
		time.Sleep(30 * time.Second)
		res := r.Renew(t.Context(), Question{dname.MustParse("some.ours.test."), rr.TypeA}, 45*time.Second)
		if asked := questions(n.seen()); !strings.Contains(asked, "www.example.com. A") || res.TTL != 60 {
			t.Errorf("%s after %q", told(res), asked)
		}
	})
}

// While there is something expired to serve, dead servers are left alone for half
// a minute (RFC 8767, Section 5), and nobody waits for them.
func TestStaleRecheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t, func(o *Options) { o.Stale = true })
		ask(t, r, "www.example.com.", rr.TypeA)
		time.Sleep(time.Hour)
		n.offline(true)
		ask(t, r, "www.example.com.", rr.TypeA)
		time.Sleep(9 * time.Second) // until the search has been given up
		n.seen()
		for second := range 20 {
			start := time.Now()
			if res := ask(t, r, "www.example.com.", rr.TypeA); !res.Stale || res.EDE != code.StaleAnswer || time.Since(start) > 0 {
				t.Fatalf("second %d: %s after %v", second, told(res), time.Since(start))
			}
			time.Sleep(time.Second)
		}
		if asked := n.seen(); len(asked) > 0 {
			t.Errorf("asked %q", asked)
		}
		n.offline(false)
		time.Sleep(15 * time.Second)
		ask(t, r, "www.example.com.", rr.TypeA)
		synctest.Wait()
		if res := ask(t, r, "www.example.com.", rr.TypeA); res.Stale || told(res) != "www.example.com. A 60 192.0.2.1" {
			t.Errorf("when they are back: %s", told(res))
		}
	})
}

// A denial by the root or a domain of its top is one of all names below it.
func TestNothingBelowNothing(t *testing.T) {
	for _, c := range []struct {
		denied, name string
		asks         bool
	}{
		{"nowhere.", "www.example.nowhere.", false},
		{"nowhere.com.", "www.nowhere.com.", false},
		{"nowhere.com.", "a.b.c.nowhere.com.", false},
		{"nowhere.com.", "nowhere2.com.", true},
		// Servers of lesser zones deny what they know names below of.
		{"down.example.com.", "deep.down.example.com.", true},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := usual(t)
			for _, address := range []string{"10.0.1.1", "10.0.1.2"} {
				n.hosts[address].lie = func(q exchange.Question, m *dns.Msg) {
					if q.Name.Labels() == 3 {
						m.Rcode = dns.RcodeNameError
					}
				}
			}
			r := n.resolver(t)
			denial := ask(t, r, c.denied, rr.TypeA)
			n.seen()
			res := ask(t, r, c.name, rr.TypeAAAA)
			if asked := n.seen(); (len(asked) > 0) != c.asks || denial.Rcode != code.NXDomain || res.Rcode != code.NXDomain || len(res.Authority) != 1 {
				t.Errorf("%s below %s: %s, asked %q", c.name, c.denied, told(res), asked)
				fatalChain(t, res)
			}
		})
	}
}

// What cannot be asked, by whom, or not now.
func TestRenewTurnedAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t).slow(200 * time.Millisecond)
		r := n.resolver(t, func(o *Options) { o.Walks = 1 })
		www := Question{dname.MustParse("www.example.com."), rr.TypeA}
		if res := r.Renew(t.Context(), Question{www.Name, rr.TypeAXFR}, time.Minute); res.EDE != code.InvalidType {
			t.Errorf("a transfer: %s, %s", told(res), res.EDE)
		}
		brief, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if res := r.Renew(brief, www, time.Minute); res.Rcode != code.ServFail || res.EDE != code.NoReachable {
			t.Errorf("without time: %s, %s", told(res), res.EDE)
		}
		if res := r.Renew(t.Context(), Question{www.Name, rr.TypeMX}, time.Minute); res.Rcode != code.ServFail || res.EDE != code.Other {
			t.Errorf("one too many: %s, %s", told(res), res.EDE)
		}
		if res := r.Renew(t.Context(), www, time.Minute); told(res) != "www.example.com. A 60 192.0.2.1" {
			t.Errorf("beside the one that went away: %s", told(res))
		}
	})
}

// Who renews is not kept from asking by a failure that he knows of; who has just
// failed is, and so is everybody else (RFC 9520, Section 3.2).
func TestRenewAfterFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		ask(t, r, "www.example.com.", rr.TypeA)
		dead := func(is bool) {
			for _, h := range n.hosts {
				h.dead = is
			}
		}
		q := Question{dname.MustParse("edge.example.org."), rr.TypeA}
		dead(true)
		if res := r.Renew(t.Context(), q, time.Minute); res.Rcode != code.ServFail {
			t.Fatalf("all are dead: %s", told(res))
		}
		dead(false)
		n.seen()
		if res := r.Renew(t.Context(), q, time.Minute); res.EDE != code.CachedError || len(n.seen()) > 0 {
			t.Errorf("at once: %s", told(res))
		}
		time.Sleep(1100 * time.Millisecond)
		if res := r.Resolve(t.Context(), q); res.EDE != code.CachedError {
			t.Errorf("somebody else a second later: %s", told(res))
		}
		if res := r.Renew(t.Context(), q, time.Minute); told(res) != "edge.example.org. A 60 192.0.2.3" {
			t.Errorf("a second later: %s", told(res))
			fatalChain(t, res)
		}
	})
}
