package lint

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// million builds a zone of a million records and, if cuts, one whose half
// are delegations with glue.
func million(b *testing.B, cuts bool) *zone.Build {
	b.Helper()
	apex := dname.MustParse("large.example.")
	ns := dname.MustParse("ns.example.net.")
	soa := append(append([]byte(nil), ns...), ns...)
	for _, v := range []uint32{1, 7200, 900, 1209600, 300} {
		soa = binary.BigEndian.AppendUint32(soa, v)
	}
	z := zone.NewBuilder(apex)
	z.Add(apex, rr.TypeSOA, 3600, soa, zone.Place{})
	z.Add(apex, rr.TypeNS, 3600, ns, zone.Place{})
	for i := range 500_000 {
		if cuts {
			cut := dname.MustParse(fmt.Sprintf("c%d.large.example.", i))
			glue := append(dname.Name("\x02ns"), cut...)
			z.Add(cut, rr.TypeNS, 300, glue, zone.Place{})
			z.Add(glue, rr.TypeA, 300, make([]byte, 4), zone.Place{})
			continue
		}
		host := dname.MustParse(fmt.Sprintf("h%d.large.example.", i))
		z.Add(host, rr.TypeA, 300, make([]byte, 4), zone.Place{})
		z.Add(dname.MustParse(fmt.Sprintf("c%d.large.example.", i)), rr.TypeCNAME, 300, host, zone.Place{})
	}
	return z.Build()
}

// BenchmarkCheck judges zones of a million records.
func BenchmarkCheck(b *testing.B) {
	for name, cuts := range map[string]bool{"aliases": false, "delegations": true} {
		b.Run(name, func(b *testing.B) {
			z := million(b, cuts)
			b.ReportAllocs()
			for b.Loop() {
				if r := Check(z, place); len(r.Findings) > 0 {
					b.Fatal(r.Findings[0])
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1e6, "ns/record")
		})
	}
}

// fans are Pointers of n records, all of one owner, at whatever is asked.
type fans struct {
	n           int
	apex, owner dname.Name
}

func (f fans) To(_ dname.Name, yield func(apex, owner dname.Name, t rr.Type) bool) {
	for range f.n {
		if !yield(f.apex, f.owner, rr.TypeCNAME) {
			return
		}
	}
}

func (f fans) Below(dname.Name, func(_, _ dname.Name, _ rr.Type) bool) {}

// BenchmarkCheckChange judges Changes of one record in a zone of a million.
func BenchmarkCheckChange(b *testing.B) {
	before := million(b, false).Snapshot
	apex := before.Apex()
	host := dname.MustParse("h7.large.example.")
	for _, c := range []struct {
		name string
		set  zone.RRset
		to   Pointers
		want int
	}{
		{"address", zone.RRset{Owner: host, Type: rr.TypeA, Set: rr.Set(rr.AppendRecord(nil, rr.TypeA, 300, []byte{192, 0, 2, 7}))}, fans{}, 0},
		{"new alias", zone.RRset{Owner: dname.MustParse("new.large.example."), Type: rr.TypeCNAME, Set: rr.Set(rr.AppendRecord(nil, rr.TypeCNAME, 300, host))}, fans{}, 0},
		{"target of 100000 goes", zone.RRset{Owner: host, Type: rr.TypeA}, fans{100_000, apex, dname.MustParse("c7.large.example.")}, 1},
		{"conflict", zone.RRset{Owner: dname.MustParse("c7.large.example."), Type: rr.TypeTXT, Set: rr.Set(rr.AppendRecord(nil, rr.TypeTXT, 300, []byte("\x01x")))}, fans{}, 1},
	} {
		after, err := before.With(zone.Diff{c.set})
		if err != nil {
			b.Fatal(err)
		}
		change := Change{
			Old:     new(zone.Set).With(zone.Entry{Apex: apex, Zone: before}),
			New:     new(zone.Set).With(zone.Entry{Apex: apex, Zone: after}),
			Touched: []Touched{{Apex: apex, Owner: c.set.Owner}}, Pointers: c.to,
		}
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if r := CheckChange(change); len(r.Findings) != c.want {
					b.Fatal(r.Findings)
				}
			}
		})
	}
}
