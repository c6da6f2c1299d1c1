package serve

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/zone"
)

// BenchmarkCounting answers random queries in batches, in turns with and without
// counting zones and names, and says what that adds to the processor time of an
// answer, sockets left out. Machines that others use too are seldom quiet: the
// number is the median of many turns.
func BenchmarkCounting(b *testing.B) {
	const names, zones = 100_000, 5_000
	s := serving(b, Config{}, many(names))
	set := s.Zones()
	for i := range zones {
		z := snapshot(b, fmt.Sprintf("zone%d.test.", i), "www A 192.0.2.1\n")
		set = set.With(zone.Entry{Apex: z.Apex(), Zone: z})
	}
	s.Publish(set)
	for _, c := range []struct {
		situation, name string
		from            int
		qtype           uint16
	}{
		{"hit", "host%d.example.", names, dns.TypeA},
		{"chain", "alias%d.example.", names / 2, dns.TypeA},
		{"wildcard", "any%d.wild.example.", names, dns.TypeA},
		{"nxdomain", "nowhere%d.example.", names, dns.TypeA},
		{"zones", "www.zone%d.test.", zones, dns.TypeA},
	} {
		b.Run(c.situation, func(b *testing.B) {
			inTurns(b, s, queries(b, c.name, c.from, c.qtype, true))
		})
	}
}

// perTake is how many turns there are between two Takes: about as many queries as
// a worker with much to do answers in a second.
const perTake = 25

// inTurns answers all of msgs, which are many batches, once with and once without
// counting in every turn.
func inTurns(b *testing.B, s *bench, msgs [][]byte) {
	counting, plain := s.w.stats, new(stats.Worker)
	var took [2][]float64
	turn := func(i int, w *stats.Worker) {
		s.w.stats = w
		begun := time.Now()
		batches(s, msgs)
		took[i] = append(took[i], float64(time.Since(begun))/float64(len(msgs)))
	}
	for i := 0; b.Loop(); i++ {
		turn(i%2, []*stats.Worker{counting, plain}[i%2])
		turn(1-i%2, []*stats.Worker{plain, counting}[i%2])
		if i%perTake == perTake-1 {
			s.stats.Take()
		}
	}
	s.w.stats = counting
	with, without := median(took[0]), median(took[1])
	b.ReportMetric(with, "ns/query")
	b.ReportMetric(with-without, "added-ns/query")
	b.ReportMetric(100*(with-without)/without, "added-%")
}

func batches(s *bench, msgs [][]byte) {
	for batch := range slices.Chunk(msgs, 32) {
		for _, msg := range batch {
			s.in.Msg = msg
			s.w.Respond(s.buf, &s.in)
		}
		s.w.Done(len(batch), time.Microsecond)
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}
