package serve

import (
	"net/netip"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
)

// places shares the room for queries that wait out among the networks that they come
// from: one may hold as many as are left for all others, so that one alone gets half of
// the room, two get a third each, and there is always some for who comes new. What a
// network holds is kept in a fixed number of counters, two for each; where others share
// both of them, it is held for more than it is.
type places struct {
	room    int64
	seed    uint64
	taken   atomic.Int64
	crowded atomic.Uint64 // queries that were turned away
	counts  [2][placeCounts]atomic.Int32
}

// placeCounts is more than a few busy networks meet in by chance: two counters of one
// that holds a place are both those of a certain other in one of 16 million cases.
const placeCounts = 1 << 12

// maxWaiting is how many queries may wait at one time, as many as listen holds.
const maxWaiting = 8192

func newPlaces() *places { return &places{room: maxWaiting, seed: newSeed()} }

// place is one taken; it is to be given back.
type place [2]*atomic.Int32

// take takes a place for a query of peer, if its network may have one more.
func (p *places) take(peer netip.Addr) (place, bool) {
	h := networkOf(p.seed, peer)
	one := place{&p.counts[0][h%placeCounts], &p.counts[1][h>>32%placeCounts]}
	held := int64(min(one[0].Add(1), one[1].Add(1)))
	if left := p.room - p.taken.Add(1); held > max(left, 1) {
		p.giveBack(one)
		p.crowded.Add(1)
		return place{}, false
	}
	return one, true
}

func (p *places) giveBack(one place) {
	one[0].Add(-1)
	one[1].Add(-1)
	p.taken.Add(-1)
}

var crowdedDesc = prometheus.NewDesc("truename_held_crowded_total",
	"Queries that were answered at once though they had to wait, because their network held as many as were left for all others.", nil, nil)

// Describe makes Server a prometheus.Collector.
func (s *Server) Describe(ch chan<- *prometheus.Desc) { ch <- crowdedDesc }

// Collect reads the counters.
func (s *Server) Collect(ch chan<- prometheus.Metric) {
	ch <- prometheus.MustNewConstMetric(crowdedDesc, prometheus.CounterValue, float64(s.places.crowded.Load()))
}
