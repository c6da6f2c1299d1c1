package zone

import (
	"hash/maphash"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

var digestSeed = maphash.MakeSeed()

// digest tells two snapshots apart.
func digest(s *Snapshot) uint64 {
	var h maphash.Hash
	h.SetSeed(digestSeed)
	for owner, n := range s.All() {
		h.Write(owner)
		h.Write(n)
	}
	for _, c := range s.shade {
		h.WriteByte(byte(c))
	}
	h.Write(s.soa)
	h.Write(s.denial)
	return h.Sum64()
}

func TestSnapshotsDoNotChangeUnderTheirReaders(t *testing.T) {
	const hosts = 400
	m := newModel(dname.MustParse("example.com."))
	for i := range hosts {
		m.put(RRset{host(i), rr.TypeA, address(i)})
	}
	var current atomic.Pointer[Snapshot]
	current.Store(m.builder().Build().Snapshot)
	var stop atomic.Bool
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() { readUntil(t, &stop, &current, hosts) })
	}
	type version struct {
		s    *Snapshot
		hash uint64
	}
	var old []version
	for i := range 300 {
		s := current.Load()
		old = append(old, version{s, digest(s)})
		next, err := s.With(Diff{
			{host(rand.IntN(hosts)), rr.TypeA, address(i)},
			{host(hosts + i), rr.TypeNS, rr.AppendRecord(nil, rr.TypeNS, 60, dname.MustParse("ns.example.net."))},
			{s.Apex(), rr.TypeSOA, rr.AppendRecord(nil, rr.TypeSOA, 3600, soaData(uint32(i+2)))},
		})
		if err != nil {
			t.Fatal(err)
		}
		current.Store(next)
	}
	stop.Store(true)
	readers.Wait()
	for i, v := range old {
		if digest(v.s) != v.hash {
			t.Fatalf("version %d has changed", i)
		}
	}
}

func readUntil(t *testing.T, stop *atomic.Bool, current *atomic.Pointer[Snapshot], hosts int) {
	var k dname.Key
	for !stop.Load() {
		s := current.Load()
		k.Set(host(rand.IntN(hosts)))
		if f := s.Find(&k); f.Match != Exact || f.Node.Set(rr.TypeA).Count() != 1 {
			t.Errorf("%s: match %d", k.Name(), f.Match)
			return
		}
	}
}

func TestFindAllocatesNothing(t *testing.T) {
	m := newModel(dname.MustParse("example.com."))
	target := dname.MustParse("t.example.net.")
	m.put(RRset{dname.MustParse("www.example.com."), rr.TypeA, address(1)})
	m.put(RRset{dname.MustParse("a.b.c.example.com."), rr.TypeA, address(1)})
	m.put(RRset{dname.MustParse("*.w.example.com."), rr.TypeCNAME, rr.AppendRecord(nil, rr.TypeCNAME, 1, target)})
	m.put(RRset{dname.MustParse("cut.example.com."), rr.TypeNS, rr.AppendRecord(nil, rr.TypeNS, 1, target)})
	m.put(RRset{dname.MustParse("old.example.com."), rr.TypeDNAME, rr.AppendRecord(nil, rr.TypeDNAME, 1, target)})
	s := m.builder().Build().Snapshot
	set := new(Set).With(Entry{Apex: s.Apex(), Zone: s})
	for _, c := range []struct {
		name, qname string
		want        Match
	}{
		{"exact", "WWW.example.com.", Exact},
		{"apex", "example.com.", Exact},
		{"empty non-terminal", "b.c.example.com.", Exact},
		{"missing", "x.y.b.c.example.com.", Missing},
		{"synthesized", "x.y.w.example.com.", Synthesized},
		{"delegated", "x.cut.example.com.", Delegated},
		{"redirected", "x.old.example.com.", Redirected},
	} {
		t.Run(c.name, func(t *testing.T) {
			qname := dname.MustParse(c.qname)
			k := new(dname.Key)
			var f Found
			allocs := testing.AllocsPerRun(100, func() {
				k.Set(qname)
				f = set.Find(k, k.Depth()).Zone.Find(k)
				_ = f.Node.Set(rr.TypeA)
			})
			if allocs != 0 || f.Match != c.want {
				t.Errorf("%v allocations, match %d, want %d", allocs, f.Match, c.want)
			}
		})
	}
}
