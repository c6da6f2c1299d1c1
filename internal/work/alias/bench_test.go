package alias

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// filledTable has n targets with an answer, and their names in random order.
func filledTable(t testing.TB, n int) (*Table, []dname.Name) {
	s := newScene(t)
	names := make([]dname.Name, n)
	now := s.table.now()
	var k dname.Key
	for i := range names {
		names[i] = dname.MustParse(fmt.Sprintf("d%d-abcdefgh.cloudfront.test.", i))
		k.Set(names[i])
		g := s.table.acquire(&k)
		for j := range g.families {
			k := &known{ttl: 3600, expires: now + 3600*second}
			k.keep(addressSet(i))
			g.families[j].publish(k)
		}
	}
	rand.Shuffle(n, func(i, j int) { names[i], names[j] = names[j], names[i] })
	return s.table, names
}

func TestFlattenAllocatesNothing(t *testing.T) {
	table, names := filledTable(t, 1000)
	names = append(names, dname.MustParse("missing.test."))
	now := table.now()
	var state answer.Known
	var key dname.Key
	n := testing.AllocsPerRun(100, func() {
		for _, name := range names {
			now += second // past the end, so that use and all states are in it
			key.Set(name)
			state |= table.Flatten(&key, rr.TypeA, now).State
		}
	})
	if n != 0 || state&answer.Failing == 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkFlatten has the names made into keys too, as whoever asks must;
// "keys alone" is what that takes of it.
func BenchmarkFlatten(b *testing.B) {
	for _, n := range []int{1000, 100_000} {
		table, names := filledTable(b, n)
		now := table.now()
		var key dname.Key
		each := func(b *testing.B, do func()) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i == n {
					i = 0
				}
				key.Set(names[i])
				do()
			}
		}
		b.Run(fmt.Sprintf("%d/keys alone", n), func(b *testing.B) { each(b, func() {}) })
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			each(b, func() {
				if f := table.Flatten(&key, rr.TypeA, now); f.State != answer.Fresh {
					b.Fatal(f.State)
				}
			})
		})
	}
}

func BenchmarkFlattenParallel(b *testing.B) {
	table, names := filledTable(b, 1000)
	now := table.now()
	b.RunParallel(func(pb *testing.PB) {
		var key dname.Key
		for i := rand.IntN(1000); pb.Next(); i = (i + 1) % 1000 {
			key.Set(names[i])
			table.Flatten(&key, rr.TypeA, now)
		}
	})
}

// BenchmarkSyncOneOfAHundredThousand is what a change of one record costs the
// follower where many others have ALIAS records.
func BenchmarkSyncOneOfAHundredThousand(b *testing.B) {
	s := newScene(b)
	s.publish(map[string]string{"a.": aliases(0, 100_000)})
	f := newFollower(s.table)
	f.sync(s.zones.Load())
	var sets [2]*zone.Set
	for i := range sets {
		s.publish(map[string]string{"b.": fmt.Sprintf("@ ALIAS one%d.test.\n", i)})
		sets[i] = s.zones.Load()
	}
	for i := 0; b.Loop(); i++ {
		f.sync(sets[i%2])
	}
}

func BenchmarkLoad(b *testing.B) {
	memory := notes{}
	s := newScene(b, memory.set)
	for i := range 100_000 {
		sv := savedOf(i)
		sv.Expires = s.table.now()
		memory.kept[sv.key()] = sv
	}
	for b.Loop() {
		s.table = New(s.o)
		if err := s.table.Load(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkAnswer is an ALIAS of 100,000 over 1,000 targets beside as many plain
// addresses, all but the message.
func BenchmarkAnswer(b *testing.B) {
	const names = 100_000
	table, targets := filledTable(b, 1000)
	var plain, aliased strings.Builder
	for i := range names {
		fmt.Fprintf(&plain, "host%d A 10.%d.%d.%d\n", i, i>>16, i>>8&255, i&255)
		fmt.Fprintf(&aliased, "host%d ALIAS %s\n", i, targets[i%len(targets)])
	}
	asked := make([]dname.Name, 1<<13)
	for i := range asked {
		asked[i] = dname.MustParse(fmt.Sprintf("host%d.test.", rand.IntN(names)))
	}
	for _, c := range []struct{ name, text string }{{"plain", plain.String()}, {"ALIAS", aliased.String()}} {
		set := new(zone.Set).With(zone.Entry{Apex: dname.MustParse("test."), Zone: snapshot(b, "test.", c.text)})
		if c.name == "ALIAS" {
			set = new(zone.Set).With(zone.Entry{Apex: dname.MustParse("example."), Zone: snapshot(b, "example.", c.text)})
			for i := range asked {
				asked[i] = append(asked[i][:len(asked[i])-6:len(asked[i])-6], "\x07example\x00"...)
			}
		}
		b.Run(c.name, func(b *testing.B) {
			f := answer.NewFinder(0)
			f.Flattener = table
			q := answer.Question{Type: rr.TypeA, Now: table.now()}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				q.Name = asked[i&(len(asked)-1)]
				if f.Find(set, q).Outcome != answer.Hit {
					b.Fatal("no answer")
				}
			}
		})
	}
}
