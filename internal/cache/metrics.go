package cache

import "github.com/prometheus/client_golang/prometheus"

var (
	entriesDesc = prometheus.NewDesc("truename_cache_entries",
		"What the cache of names of others knows, what has expired included, by kind.", []string{"kind"}, nil)
	bytesDesc = prometheus.NewDesc("truename_cache_bytes",
		"Memory that it takes.", nil, nil)
	limitDesc = prometheus.NewDesc("truename_cache_limit_bytes",
		"Memory that it may take.", nil, nil)
	evictedDesc = prometheus.NewDesc("truename_cache_evicted_total",
		"Entries dropped for want of memory.", nil, nil)
)

// Describe makes Cache a prometheus.Collector.
func (c *Cache) Describe(ch chan<- *prometheus.Desc) {
	ch <- entriesDesc
	ch <- bytesDesc
	ch <- limitDesc
	ch <- evictedDesc
}

// Collect sums the shards up.
func (c *Cache) Collect(ch chan<- prometheus.Metric) {
	failed := c.sum(func(s *shard) int { return s.failed })
	gauge := func(d *prometheus.Desc, v int, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(v), labels...)
	}
	gauge(entriesDesc, max(c.Len()-failed, 0), "answer")
	gauge(entriesDesc, failed, "failure")
	gauge(bytesDesc, c.Bytes())
	gauge(limitDesc, c.options.Bytes)
	evicted := c.sum(func(s *shard) int { return int(s.evicted) })
	ch <- prometheus.MustNewConstMetric(evictedDesc, prometheus.CounterValue, float64(evicted))
}
