package resolver

import (
	"testing"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// known is a resolver whose cache has a chain of two links, and a denial.
func known(t *testing.T) *Resolver {
	c := cache.New(cache.Options{})
	var key dname.Key
	for _, line := range []string{"www.example.com. CNAME edge.example.net.", "edge.example.net. CNAME a.edge.example.net.", "a.edge.example.net. A 192.0.2.1"} {
		owner, rec := parseRecord(t, line)
		key.Set(owner)
		c.Put(&key, cache.Entry{Rank: cache.Answer, Type: rec.Type(), Set: rr.Set(rec), TTL: rec.TTL()})
	}
	_, soa := parseRecord(t, "example.com. SOA ns.example.com. host.example.com. 1 3600 600 86400 300")
	key.Set(dname.MustParse("nowhere.example.com."))
	c.Put(&key, cache.Entry{Kind: cache.NoName, Rank: cache.Authority, Type: rr.TypeA, TTL: 300, Apex: dname.MustParse("example.com."), SOA: rr.Set(soa)})
	own := zonesOf(t, []string{"ours.test.", "www.ours.test. A 192.0.2.100", "out.ours.test. CNAME www.example.com."})
	return New(Options{Cache: c, Own: Zones(func() *zone.Set { return own })})
}

func BenchmarkKnownChain(b *testing.B) {
	r := known(new(testing.T))
	defer r.Close()
	q := Question{dname.MustParse("www.example.com."), rr.TypeA}
	b.ReportAllocs()
	for b.Loop() {
		if res, ok := r.Known(q); !ok || len(res.Answer) != 3 {
			b.Fatal("not known")
		}
	}
}

func BenchmarkRecall(b *testing.B) {
	for _, c := range []struct {
		situation, name string
		items           int
	}{{"address", "a.edge.example.net.", 1}, {"chain", "www.example.com.", 3}, {"chain from our zone", "out.ours.test.", 4}, {"denial", "nowhere.example.com.", 0}} {
		b.Run(c.situation, func(b *testing.B) {
			r := known(new(testing.T))
			defer r.Close()
			recall, q := r.NewRecall(), Question{dname.MustParse(c.name), rr.TypeA}
			b.ReportAllocs()
			for b.Loop() {
				if res, ok := recall.Find(q); !ok || len(res.Answer) != c.items {
					b.Fatal("not known")
				}
			}
		})
	}
}
