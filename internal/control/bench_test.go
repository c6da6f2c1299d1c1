package control

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store/sqlite"
)

// benchDesk is a Control with a zone of so many records more than its own.
func benchDesk(b *testing.B, records int) (*Control, *access.Principal) {
	b.Helper()
	s, err := sqlite.Open(b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	c := New(s, newBoard(), Config{Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if err := c.Open(context.Background()); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = c.Run(ctx) }()
	b.Cleanup(func() { cancel(); <-done; _ = s.Close() })
	p := &access.Principal{Account: "a1", Admin: true, Limits: access.Limits{Scopes: []access.Scope{"*"}}}
	r, w := io.Pipe()
	go func() {
		for i := range records {
			fmt.Fprintf(w, "n%d 300 A 192.0.2.%d\n", i, i%250)
		}
		w.Close()
	}()
	if _, err := c.Import(ctx, p, ImportRequest{Zone: Ref{Apex: dname.MustParse("bench.test.")}, Create: &NewZone{}, Text: r}); err != nil {
		b.Fatal(explain(err))
	}
	return c, p
}

// BenchmarkApply writes one A record at a time, durably.
func BenchmarkApply(b *testing.B) {
	for _, records := range []int{10, 1_000_000} {
		for _, writers := range []int{1, 32} {
			b.Run(fmt.Sprintf("records=%d/writers=%d", records, writers), func(b *testing.B) {
				c, p := benchDesk(b, records)
				var n atomic.Uint64
				b.SetParallelism(max(writers/2, 1))
				one := func() {
					i := n.Add(1)
					owner := dname.MustParse(fmt.Sprintf("w%d.bench.test.", i))
					_, err := c.Apply(context.Background(), p, &Request{Zones: []ZoneEdit{{
						Zone:  Ref{Apex: dname.MustParse("bench.test.")},
						Edits: []Edit{{Op: Add, Owner: owner, Type: rr.TypeA, Records: []RecordEdit{{Data: []byte{192, 0, 2, byte(i)}}}}},
					}}})
					if err != nil {
						b.Error(explain(err))
					}
				}
				b.ResetTimer()
				if writers == 1 {
					for b.Loop() {
						one()
					}
				} else {
					b.RunParallel(func(pb *testing.PB) {
						for pb.Next() {
							one()
						}
					})
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "changes/s")
			})
		}
	}
}
