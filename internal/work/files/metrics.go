package files

import (
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/zone/load"
)

// Counts counts loads of zone files.
type Counts struct {
	Loads    atomic.Uint64
	Failures atomic.Uint64
	Last     atomic.Int64 // when the last load ended, Unix seconds
}

func (c *Counts) loaded(r *load.Result) {
	c.Last.Store(time.Now().Unix())
	if r.Snapshot == nil {
		c.Failures.Add(1)
	} else {
		c.Loads.Add(1)
	}
}

var (
	loadsDesc = prometheus.NewDesc("truename_zone_loads_total", "Zone files loaded, by result.", []string{"result"}, nil)
	lastDesc  = prometheus.NewDesc("truename_zone_last_load_timestamp_seconds", "When a zone file was last loaded or refused.", nil, nil)
)

// Describe makes Follower a prometheus.Collector.
func (f *Follower) Describe(ch chan<- *prometheus.Desc) {
	ch <- loadsDesc
	ch <- lastDesc
}

// Collect reads the counters.
func (f *Follower) Collect(ch chan<- prometheus.Metric) {
	counter := func(v uint64, result string) {
		ch <- prometheus.MustNewConstMetric(loadsDesc, prometheus.CounterValue, float64(v), result)
	}
	counter(f.counts.Loads.Load(), "ok")
	counter(f.counts.Failures.Load(), "failed")
	ch <- prometheus.MustNewConstMetric(lastDesc, prometheus.GaugeValue, float64(f.counts.Last.Load()))
}
