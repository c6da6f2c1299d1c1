package graph

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// scale is a set of zones full of aliases.
type scale struct {
	zones, aliases int                    // aliases in each zone
	target         func(i int) dname.Name // of alias number i of all
}

func (s scale) apex(i int) dname.Name { return dname.MustParse(fmt.Sprintf("customer-%d.example.", i)) }

func (s scale) owner(i int) dname.Name {
	return dname.MustParse(fmt.Sprintf("www%d.customer-%d.example.", i%s.aliases, i/s.aliases))
}

func (s scale) set() *zone.Set {
	entries := make([]zone.Entry, s.zones)
	var wg sync.WaitGroup
	for part := range 2 {
		wg.Go(func() {
			for z := part; z < s.zones; z += 2 {
				entries[z] = zone.Entry{Apex: s.apex(z), Zone: s.zone(z)}
			}
		})
	}
	wg.Wait()
	return new(zone.Set).With(entries...)
}

func (s scale) zone(z int) *zone.Snapshot {
	b := zone.NewBuilder(s.apex(z))
	b.Add(s.apex(z), rr.TypeSOA, 3600, soaData(60), zone.Place{})
	for i := z * s.aliases; i < (z+1)*s.aliases; i++ {
		b.Add(s.owner(i), rr.TypeCNAME, 300, s.target(i), zone.Place{})
	}
	return b.Build().Snapshot
}

func soaData(minimum uint32) []byte {
	d := append(dname.MustParse("ns.example.net."), dname.MustParse("hostmaster.example.net.")...)
	for _, v := range []uint32{1, 3600, 900, 1209600, minimum} {
		d = binary.BigEndian.AppendUint32(d, v)
	}
	return d
}

func fewTargets(i int) dname.Name {
	return dname.MustParse(fmt.Sprintf("host-%d.platform.example.", i%1000))
}

func manyTargets(i int) dname.Name {
	return dname.MustParse(fmt.Sprintf("host-%d.platform.example.", i*7919%1_000_000))
}

var million = map[string]scale{
	"1000-targets":    {100_000, 10, fewTargets},
	"1000000-targets": {100_000, 10, manyTargets},
}

// heap is the live memory in octets.
func heap() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// BenchmarkBuild makes the graph of a million aliases in a hundred thousand zones.
func BenchmarkBuild(b *testing.B) {
	for name, s := range million {
		b.Run(name, func(b *testing.B) {
			set := s.set()
			before := heap()
			var g *Graph
			for b.Loop() {
				g = Build(set)
			}
			b.ReportMetric((heap()-before)/float64(g.Len()), "B/edge")
			runtime.KeepAlive(set)
		})
	}
}

// BenchmarkUpdate moves one alias of a million from one target to another.
func BenchmarkUpdate(b *testing.B) {
	type move struct {
		owner    dname.Name
		from, to rr.Set
	}
	for name, s := range million {
		b.Run(name, func(b *testing.B) {
			g := Build(s.set())
			moves := make([]move, 1<<14)
			for i := range moves {
				n := i * 104729 % g.Len()
				moves[i] = move{s.owner(n), cname(s.target(n)), cname(s.target(n + 1))}
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				m := &moves[i&(1<<14-1)]
				g.Update(m.owner.Parent(), m.owner, m.from, m.to)
				m.from, m.to = m.to, m.from // the next time round, back
			}
		})
	}
}

// hub is a name that a hundred thousand aliases in ten thousand zones point at.
func hub(int) dname.Name { return dname.MustParse("main-server.example.net.") }

func hubWorld() (scale, *zone.Set, *Graph) {
	s := scale{10_000, 10, hub}
	set := s.set()
	return s, set, Build(set)
}

// BenchmarkFirstPage is who points at a name with a hundred thousand followers: the
// first hundred of them, alone and beside a writer.
func BenchmarkFirstPage(b *testing.B) {
	s, set, g := hubWorld()
	ask := func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			p, err := g.Dependents(set, hub(0), Query{Transitive: true})
			if err != nil || len(p.Dependents) != 100 {
				b.Fatal(err, len(p.Dependents))
			}
		}
	}
	b.Run("alone", ask)
	b.Run("beside-a-writer", func(b *testing.B) {
		done, stopped := make(chan struct{}), make(chan struct{})
		go func() {
			defer close(stopped)
			for i := 0; ; i++ {
				select {
				case <-done:
					return
				default:
					owner := s.owner(i * 7919 % 100_000)
					g.Update(owner.Parent(), owner, cname(hub(0)), nil)
					g.Update(owner.Parent(), owner, nil, cname(hub(0)))
				}
			}
		}()
		ask(b)
		close(done)
		<-stopped
	})
}

// BenchmarkAllPages goes through a hundred thousand followers and looks behind each of them.
func BenchmarkAllPages(b *testing.B) {
	_, set, g := hubWorld()
	for b.Loop() {
		if n := len(all(b, g, set, "main-server.example.net.", Query{Transitive: true, Limit: 1000})); n != 100_000 {
			b.Fatal(n)
		}
	}
}

// BenchmarkHeight judges the chains that lead to a name with a hundred thousand followers.
func BenchmarkHeight(b *testing.B) {
	_, set, g := hubWorld()
	for b.Loop() {
		if n, exact := g.Height(set, hub(0), 16, 1<<30); n != 1 || !exact {
			b.Fatal(n, exact)
		}
	}
}

func TestAHundredThousandFollowers(t *testing.T) {
	if testing.Short() {
		t.Skip("builds ten thousand zones")
	}
	_, set, g := hubWorld()
	if n := len(all(t, g, set, "main-server.example.net.", Query{Limit: 1000})); n != 100_000 {
		t.Errorf("%d dependents, want 100000", n)
	}
	if size := float64(g.Bytes()) / float64(g.Len()); size > 64 {
		t.Errorf("%.0f octets an edge, want at most 64", size)
	}
}

func cname(target dname.Name) rr.Set { return rr.AppendRecord(nil, rr.TypeCNAME, 300, target) }
