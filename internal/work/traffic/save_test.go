package traffic

import (
	"context"
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/store/sqlite"
)

// BenchmarkSave is one writing of what is counted now, to a disk: of a small server,
// and of one as large as is told apart.
func BenchmarkSave(b *testing.B) {
	for _, size := range []struct{ zones, names int }{{20, 10}, {mostZones, 1}} {
		b.Run(fmt.Sprint(size.zones, " zones"), func(b *testing.B) {
			s, err := sqlite.Open(b.TempDir())
			if err != nil {
				b.Fatal(err)
			}
			defer s.Close()
			d := newDesk(b, s)
			for z := range size.zones {
				for n := range size.names {
					d.ask(1+z%7, fmt.Sprintf("www%d.customer%d.example.", n, z))
				}
				if z%1000 == 999 {
					d.tick(context.Background())
				}
			}
			octets := 0
			for b.Loop() {
				d.ask(1, "www0.customer1.example.")
				d.tick(context.Background())
				d.save(context.Background())
			}
			for l := range levels {
				if found, err := s.Get(context.Background(), l.kind(), l.id(l.Start(d.now))); err == nil {
					octets += len(found.Body)
				}
			}
			b.ReportMetric(float64(octets), "octets")
		})
	}
}
