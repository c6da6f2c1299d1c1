package stats

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/dns/code"
)

var (
	queriesDesc = prometheus.NewDesc("truename_dns_queries_total",
		"Queries answered, by query type, response code and transport.", []string{"type", "rcode", "transport"}, nil)
	droppedDesc = prometheus.NewDesc("truename_dns_dropped_total",
		"Messages that got no response of their own, by reason.", []string{"reason"}, nil)
	latencyDesc = prometheus.NewDesc("truename_dns_response_seconds",
		"Time from the reception of a query to its response being ready to leave.", nil, nil)
)

// Describe makes Queries a prometheus.Collector.
func (q *Queries) Describe(ch chan<- *prometheus.Desc) {
	ch <- queriesDesc
	ch <- droppedDesc
	ch <- latencyDesc
}

// Collect sums the workers up.
func (q *Queries) Collect(ch chan<- prometheus.Metric) {
	workers := q.all()
	for via, transport := range []string{"udp", "tcp"} {
		for t := range types {
			for r := range rcodes {
				n := sum(workers, func(w *Worker) *atomic.Uint64 { return &w.queries[via][t][r] })
				if n > 0 {
					ch <- prometheus.MustNewConstMetric(queriesDesc, prometheus.CounterValue, float64(n),
						typeName(t), code.Rcode(r).String(), transport)
				}
			}
		}
	}
	for d, name := range dropNames {
		n := sum(workers, func(w *Worker) *atomic.Uint64 { return &w.dropped[d] })
		ch <- prometheus.MustNewConstMetric(droppedDesc, prometheus.CounterValue, float64(n), name)
	}
	ch <- latency(workers)
}

func typeName(slot int) string {
	if slot == otherType {
		return "other"
	}
	return counted[slot].String()
}

func sum(workers []*Worker, of func(*Worker) *atomic.Uint64) uint64 {
	total := uint64(0)
	for _, w := range workers {
		total += of(w).Load()
	}
	return total
}

func latency(workers []*Worker) prometheus.Metric {
	buckets := make(map[float64]uint64, latencyBuckets)
	below := uint64(0)
	for b := range latencyBuckets {
		below += sum(workers, func(w *Worker) *atomic.Uint64 { return &w.latency[b] })
		if b < latencyBuckets-1 {
			buckets[float64(uint64(1)<<b)/1e6] = below
		}
	}
	took := sum(workers, func(w *Worker) *atomic.Uint64 { return &w.took })
	return prometheus.MustNewConstHistogram(latencyDesc, below, float64(took)/1e9, buckets)
}
