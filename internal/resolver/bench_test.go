package resolver

import (
	"testing"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// known is a resolver whose cache has a chain of two links.
func known(put func(line string) (dname.Name, rr.Record)) *Resolver {
	c := cache.New(cache.Options{})
	for _, line := range []string{"www.example.com. CNAME edge.example.net.", "edge.example.net. CNAME a.edge.example.net.", "a.edge.example.net. A 192.0.2.1"} {
		owner, rec := put(line)
		var key dname.Key
		key.Set(owner)
		c.Put(&key, cache.Entry{Rank: cache.Answer, Type: rec.Type(), Set: rr.Set(rec), TTL: rec.TTL()})
	}
	return New(Options{Cache: c})
}

func BenchmarkCachedChain(b *testing.B) {
	r := known(func(line string) (dname.Name, rr.Record) { return parseRecord(new(testing.T), line) })
	defer r.Close()
	q := Question{dname.MustParse("www.example.com."), rr.TypeA}
	b.ReportAllocs()
	for b.Loop() {
		if res, ok := r.Known(q); !ok || len(res.Answer) != 3 {
			b.Fatal("not known")
		}
	}
}
