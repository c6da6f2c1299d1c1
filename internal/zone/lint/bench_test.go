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
