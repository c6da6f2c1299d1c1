package zone

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

const million = 1_000_000

// large is a zone of n records, half A, half CNAME, each at a name of its own.
func large(tb testing.TB, n int) *Snapshot {
	tb.Helper()
	apex := dname.MustParse("large.example.")
	b := NewBuilder(apex)
	b.Add(apex, rr.TypeSOA, 3600, soaData(1), Place{})
	b.Add(apex, rr.TypeNS, 3600, dname.MustParse("ns.example.net."), Place{})
	for i := range n / 2 {
		host := dname.MustParse(fmt.Sprintf("h%d.large.example.", i))
		b.Add(host, rr.TypeA, 300, binary.BigEndian.AppendUint32(nil, uint32(i)), Place{})
		b.Add(dname.MustParse(fmt.Sprintf("c%d.large.example.", i)), rr.TypeCNAME, 300, host, Place{})
	}
	return b.Build().Snapshot
}

func soaData(serial uint32) []byte {
	d := append(dname.MustParse("ns.example.net."), dname.MustParse("hostmaster.example.net.")...)
	for _, v := range []uint32{serial, 3600, 900, 1209600, 300} {
		d = binary.BigEndian.AppendUint32(d, v)
	}
	return d
}

// BenchmarkPublishOneRecord changes one address and the SOA serial of a zone of
// a million records and swaps it into a set.
func BenchmarkPublishOneRecord(b *testing.B) {
	s := large(b, million)
	set := new(Set).With(Entry{Apex: s.Apex(), Zone: s})
	b.ReportMetric(float64(s.Bytes())/float64(s.Records()), "B/record")
	host := dname.MustParse("h4711.large.example.")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		next, err := s.With(Diff{
			{Owner: host, Type: rr.TypeA, Set: rr.AppendRecord(nil, rr.TypeA, 300, []byte{192, 0, 2, byte(i)})},
			{Owner: s.Apex(), Type: rr.TypeSOA, Set: rr.AppendRecord(nil, rr.TypeSOA, 3600, soaData(uint32(i)))},
		})
		if err != nil {
			b.Fatal(err)
		}
		s = next
		set = set.With(Entry{Apex: s.Apex(), Zone: s})
	}
}

// BenchmarkFind looks up random names of a zone of a million records, the name's key included.
func BenchmarkFind(b *testing.B) {
	s := large(b, million)
	names := make([]dname.Name, 1<<16)
	for i := range names {
		names[i] = dname.MustParse(fmt.Sprintf("h%d.large.example.", i*7919%(million/2)))
	}
	var k dname.Key
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k.Set(names[i&(1<<16-1)])
		if s.Find(&k).Match != Exact {
			b.Fatal("not found")
		}
	}
}

// BenchmarkSetWith publishes one zone among a hundred thousand.
func BenchmarkSetWith(b *testing.B) {
	s, all := many(100_000)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s = s.With(all[i*7919%len(all)])
	}
}

// BenchmarkSetFind finds the zones of random names among a hundred thousand, the name's key included.
func BenchmarkSetFind(b *testing.B) {
	s, all := many(100_000)
	var k dname.Key
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		k.Set(all[i*7919%len(all)].Apex)
		if s.Find(&k, k.Depth()) == nil {
			b.Fatal("not found")
		}
	}
}
