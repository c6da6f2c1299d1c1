package resolver

import (
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

func TestRecall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		own := zonesOf(t, []string{"edge.example.org.", "edge.example.org. A 192.0.2.66"})
		held := new(zone.Set)
		r := n.resolver(t, func(o *Options) { o.Own = Zones(func() *zone.Set { return held }) })
		for _, name := range []string{"alias.example.com.", "www.example.com.", "gone.example.com.", "www.old.example.com.", "loop.example.com.", "self.example.com."} {
			ask(t, r, name, rr.TypeA)
		}
		ask(t, r, "alias.example.com.", rr.TypeMX)
		n.seen()
		recall := r.NewRecall()
		for _, c := range []struct {
			situation, name string
			t               rr.Type
			wait            time.Duration
			want            string // "" for what is not recalled
			ttl             uint32
		}{
			{"an address, in another case", "wWw.example.com.", rr.TypeA, 0, "wWw.example.com. A 60 192.0.2.1", 60},
			{"a chain, later", "alias.example.com.", rr.TypeA, 20 * time.Second,
				"alias.example.com. CNAME 3580 edge.example.net., edge.example.net. CNAME 280 edge.example.org., edge.example.org. A 40 192.0.2.3", 40},
			{"the alias itself", "alias.example.com.", rr.TypeCNAME, 0, "alias.example.com. CNAME 3580 edge.example.net.", 3580},
			{"a chain to nothing of the kind", "alias.example.com.", rr.TypeMX, 0, "alias.example.com. CNAME 3580 edge.example.net., edge.example.net. CNAME 280 edge.example.org.", 280},
			{"a chain to no name", "gone.example.com.", rr.TypeA, 0, "gone.example.com. CNAME 3580 gone.example.net., NXDOMAIN", 280},
			{"never asked for", "mail.example.com.", rr.TypeA, 0, "", 0},
			{"another type", "www.example.com.", rr.TypeAAAA, 0, "", 0},
			{"no type", "www.example.com.", rr.TypeAXFR, 0, "", 0},
			{"everything", "www.example.com.", rr.TypeANY, 0, "", 0},
			{"through a DNAME", "www.old.example.com.", rr.TypeA, 0, "", 0},
			{"a loop", "loop.example.com.", rr.TypeA, 0, "", 0},
			{"an alias of itself", "self.example.com.", rr.TypeA, 0, "", 0},
			{"glue", "ns.com.", rr.TypeA, 0, "", 0},
			{"what has expired", "www.example.com.", rr.TypeA, time.Minute, "", 0},
		} {
			time.Sleep(c.wait)
			q := Question{dname.MustParse(c.name), c.t}
			res, ok := recall.Find(q)
			if ok != (c.want != "") || ok && (told(res) != c.want || res.TTL != c.ttl) {
				t.Errorf("%s: got %v %+v, want %q", c.situation, ok, res, c.want)
			}
		}
		ask(t, r, "alias.example.com.", rr.TypeA)
		held = own
		if res, ok := recall.Find(Question{dname.MustParse("alias.example.com."), rr.TypeA}); ok {
			t.Errorf("from the cache, although the end is ours now: %s", told(res))
		}
	})
}

// What is asked often is fetched anew before its end, also where it is recalled.
func TestRecallPrefetches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := usual(t)
		r := n.resolver(t)
		q := Question{dname.MustParse("alias.example.com."), rr.TypeA}
		r.Resolve(t.Context(), q)
		recall := r.NewRecall()
		for second := range 900 {
			if res, ok := recall.Find(q); !ok || len(res.Answer) != 3 {
				t.Fatalf("second %d: not known", second)
			}
			time.Sleep(time.Second)
			synctest.Wait()
		}
		if asked := len(n.seen()); asked > 40 {
			t.Errorf("%d questions in 900 seconds", asked)
		}
	})
}

func TestRecallAllocatesNothing(t *testing.T) {
	r := known(t)
	defer r.Close()
	recall := r.NewRecall()
	for _, name := range []string{"www.example.com.", "a.edge.example.net.", "nowhere.example.com.", "www.ours.test.", "out.ours.test.", "never.example.com."} {
		q := Question{dname.MustParse(name), rr.TypeA}
		recall.Find(q)
		if n := testing.AllocsPerRun(100, func() { recall.Find(q) }); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

// Recall says what Known says, where it says anything; it is silent only about
// what it is to be silent about.
func TestRecallIsKnown(t *testing.T) {
	names := []string{"a.example.", "b.example.", "c.example.", "d.c.example.", "e.ours.test.", "f.ours.test.", "x.w.ours.test."}
	own := zonesOf(t, []string{"ours.test.", "e.ours.test. A 192.0.2.100", "f.ours.test. 9 CNAME a.example.", "*.w.ours.test. CNAME f.ours.test."})
	rapid.Check(t, func(rt *rapid.T) {
		var now atomic.Int64 // what is prefetched looks, too
		clock := func() time.Time { return time.Unix(1e9+now.Load(), 0) }
		c := cache.New(cache.Options{Clock: clock})
		r := New(Options{Cache: c, Clock: clock, MaxHops: 3, Own: Zones(func() *zone.Set { return own })})
		defer r.Close()
		recall := r.NewRecall()
		name := rapid.SampledFrom(names)
		for range rapid.IntRange(1, 20).Draw(rt, "steps") {
			now.Add(rapid.Int64Range(0, 9).Draw(rt, "seconds"))
			remember(t, rt, c, name)
			q := Question{dname.MustParse(name.Draw(rt, "asked")), rapid.SampledFrom([]rr.Type{rr.TypeA, rr.TypeCNAME}).Draw(rt, "type")}
			have, ok := recall.Find(q)
			want, known := r.Known(q)
			switch {
			case ok && (!known || told(have) != told(want) || have.TTL != want.TTL || fmt.Sprint(have.Authority) != fmt.Sprint(want.Authority)):
				rt.Fatalf("%s %s: recalled %s, known %+v", q.Name, q.Type, told(have), want)
			case !ok && known && !seldom(want):
				rt.Fatalf("%s %s: not recalled, known %s", q.Name, q.Type, told(want))
			}
		}
	})
}

// seldom reports whether a result came about in a way that Recall leaves to others.
func seldom(res *Result) bool {
	return res.Rcode == code.ServFail || slices.ContainsFunc(res.Chain, func(s Step) bool {
		return s.Source == Ours && s.Kind != CNAME || s.Kind == DNAME || s.Kind == NoName && s.Owner.String() == "d.c.example."
	})
}

// remember puts something into c: records, an alias, a redirection, a denial.
func remember(t *testing.T, rt *rapid.T, c *cache.Cache, name *rapid.Generator[string]) {
	owner := name.Draw(rt, "owner")
	var key dname.Key
	key.Set(dname.MustParse(owner))
	ttl := uint32(rapid.IntRange(0, 30).Draw(rt, "TTL"))
	data := rapid.SampledFrom([]string{"A 192.0.2.1", "CNAME " + name.Draw(rt, "target"), "DNAME b.example.", ""}).Draw(rt, "data")
	if data == "" {
		kind := rapid.SampledFrom([]cache.Kind{cache.NoData, cache.NoName}).Draw(rt, "kind")
		apex, soa := parseRecord(t, "example. SOA a. b. 1 2 3 4 5")
		c.Put(&key, cache.Entry{Kind: kind, Rank: cache.Authority, Type: rr.TypeA, TTL: ttl, Apex: apex, SOA: rr.Set(soa)})
		return
	}
	_, rec := parseRecord(t, owner+" "+data)
	rank := rapid.SampledFrom([]cache.Rank{cache.Glue, cache.Answer, cache.Authoritative}).Draw(rt, "rank")
	c.Put(&key, cache.Entry{Rank: rank, Type: rec.Type(), Set: rr.Set(rec), TTL: ttl})
}
