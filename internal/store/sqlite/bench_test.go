package sqlite

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/store"
)

func openBench(b *testing.B) *Store {
	b.Helper()
	s := mustOpen(b, b.TempDir())
	b.Cleanup(func() { mustClose(b, s) })
	return s
}

// settle waits until the writer has moved what it wrote into the file.
func settle(b *testing.B, s *Store) {
	b.Helper()
	if _, err := s.Put(context.Background(), store.Document{Kind: "settle", ID: "x"}); err != nil {
		b.Fatal(err)
	}
}

// bigZone is a Change that creates apex with n address records of ids from first on.
func bigZone(tb testing.TB, apex dname.Name, n int, first uint64) *change.Change {
	tb.Helper()
	soa, err := zonefile.AppendData(nil, rr.TypeSOA, "ns.example.net. host.example.net. 0 7200 3600 1209600 300", nil)
	if err != nil {
		tb.Fatal(err)
	}
	id, now := change.NewZoneID(), time.Now()
	z := change.ZoneDiff{Kind: change.Create, ID: id, Apex: apex, To: 1, Sets: make([]change.SetDiff, n),
		After: &change.Zone{ID: id, Apex: apex, Account: "a", Type: "master", Status: "active", Created: now, Updated: now, SOA: soa, SOATTL: 300}}
	for i := range z.Sets {
		owner := append(dname.Name{11}, fmt.Sprintf("host%07d", i)...)
		z.Sets[i].After = change.RRset{Owner: append(owner, apex...), Type: rr.TypeA, TTL: 300, Records: []change.Record{
			{ID: first + uint64(i), Data: []byte{10, byte(i >> 16), byte(i >> 8), byte(i)}, Created: now.UnixMilli(), Modified: now.UnixMilli()}}}
	}
	return &change.Change{ID: id.Hex(), Time: now, Zones: []change.ZoneDiff{z}}
}

func mustAppend(tb testing.TB, s *Store, changes ...*change.Change) {
	tb.Helper()
	if n, err := s.Append(context.Background(), changes); err != nil || n != len(changes) {
		tb.Fatalf("%d appended: %v", n, err)
	}
}

// edits makes Changes that each add one record to z, which stands at head.
func edits(z *change.ZoneDiff, head change.Revision, first uint64, n int) []*change.Change {
	all := make([]*change.Change, n)
	for i := range all {
		owner := append(dname.Name{11}, fmt.Sprintf("edit%07d", first+uint64(i))...)
		base := head + change.Revision(i)
		all[i] = &change.Change{ID: fmt.Sprintf("edit-%d", first+uint64(i)), Time: time.Now(), Reason: "a benchmark",
			Origin: change.Origin{Account: "a", Author: "bench", Via: "v1", Address: "127.0.0.1"},
			Zones: []change.ZoneDiff{{ID: z.ID, Apex: z.Apex, Base: base, From: change.Serial(base), To: change.Serial(base + 1),
				Sets: []change.SetDiff{{After: change.RRset{Owner: append(owner, z.Apex...), Type: rr.TypeA, TTL: 300,
					Records: []change.Record{{ID: first + uint64(i), Data: []byte{10, 0, 0, 1}, Created: 1, Modified: 1}}}}}}}}
	}
	return all
}

func BenchmarkAppend(b *testing.B) {
	for _, size := range []int{1, 32} {
		for _, records := range []int{10, 1_000_000} {
			b.Run(fmt.Sprintf("batches of %d, zone of %d", size, records), func(b *testing.B) {
				s := openBench(b)
				c := bigZone(b, dname.MustParse("example.net."), records, 1)
				mustAppend(b, s, c)
				all := edits(&c.Zones[0], c.Revision, uint64(records)+1, b.N*size)
				settle(b, s)
				runtime.GC()
				for b.ResetTimer(); len(all) > 0; all = all[size:] {
					mustAppend(b, s, all[:size]...)
				}
				b.ReportMetric(float64(b.N*size)/b.Elapsed().Seconds(), "changes/s")
			})
		}
	}
}

func BenchmarkMillionRecordsInOneChange(b *testing.B) {
	s := openBench(b)
	for i := range b.N {
		b.StopTimer()
		settle(b, s)
		c := bigZone(b, dname.MustParse(fmt.Sprintf("zone%d.example.", i)), 1_000_000, uint64(i)*1_000_000+1)
		b.StartTimer()
		mustAppend(b, s, c)
	}
}

func BenchmarkZones(b *testing.B) {
	for _, shape := range []struct{ zones, records int }{{100_000, 10}, {1, 1_000_000}} {
		b.Run(fmt.Sprintf("%d zones of %d", shape.zones, shape.records), func(b *testing.B) {
			s := openBench(b)
			var all []*change.Change
			for i := range shape.zones {
				all = append(all, bigZone(b, dname.MustParse(fmt.Sprintf("zone%d.example.", i)), shape.records, uint64(i*shape.records)+1))
			}
			mustAppend(b, s, all...)
			all = nil
			for b.Loop() {
				count := 0
				for z, err := range s.Zones(context.Background()) {
					if err != nil {
						b.Fatal(err)
					}
					for set := range z.RRsets {
						count += len(set.Records)
					}
				}
				if count != shape.zones*shape.records {
					b.Fatalf("%d records", count)
				}
			}
		})
	}
}

func BenchmarkSearch(b *testing.B) {
	s := openBench(b)
	mustAppend(b, s, bigZone(b, dname.MustParse("example.net."), 1_000_000, 1))
	settle(b, s)
	for b.Loop() {
		hits := 0
		for _, err := range s.Search(context.Background(), store.Search{Text: "HOST0999999"}) {
			if err != nil {
				b.Fatal(err)
			}
			hits++
		}
		if hits != 1 {
			b.Fatalf("%d hits", hits)
		}
	}
}

func BenchmarkChangeOfAMillionReadBack(b *testing.B) {
	s := openBench(b)
	mustAppend(b, s, bigZone(b, dname.MustParse("example.net."), 1_000_000, 1))
	settle(b, s)
	for b.Loop() {
		for c, err := range s.Changes(context.Background(), store.Query{}) {
			if err != nil || len(c.Zones[0].Sets) != 1_000_000 {
				b.Fatal(err)
			}
		}
	}
}

func BenchmarkRRset(b *testing.B) {
	s := openBench(b)
	c := bigZone(b, dname.MustParse("example.net."), 1_000_000, 1)
	mustAppend(b, s, c)
	settle(b, s)
	z := &c.Zones[0]
	i := 0
	for b.Loop() {
		i = (i + 7919) % len(z.Sets)
		set, err := s.RRset(context.Background(), z.ID, z.Sets[i].After.Owner, rr.TypeA)
		if err != nil || len(set.Records) != 1 {
			b.Fatal(set, err)
		}
	}
}
