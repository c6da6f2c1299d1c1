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
	loadsDesc   = prometheus.NewDesc("truename_zone_loads_total", "Zone files loaded, by result.", []string{"result"}, nil)
	lastDesc    = prometheus.NewDesc("truename_zone_last_load_timestamp_seconds", "When a zone file was last loaded or refused.", nil, nil)
	zonesDesc   = prometheus.NewDesc("truename_zones", "Zones held, by state: served, or not ready for want of a good zone file.", []string{"state"}, nil)
	serialDesc  = prometheus.NewDesc("truename_zone_serial", "SOA serial of a zone as it is served.", []string{"zone"}, nil)
	recordsDesc = prometheus.NewDesc("truename_zone_records", "Records of all zones served.", nil, nil)
)

// Describe makes Follower a prometheus.Collector.
func (f *Follower) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{loadsDesc, lastDesc, zonesDesc, serialDesc, recordsDesc} {
		ch <- d
	}
}

// Collect reads the counters and the set being served.
func (f *Follower) Collect(ch chan<- prometheus.Metric) {
	counter := func(v uint64, result string) {
		ch <- prometheus.MustNewConstMetric(loadsDesc, prometheus.CounterValue, float64(v), result)
	}
	counter(f.counts.Loads.Load(), "ok")
	counter(f.counts.Failures.Load(), "failed")
	ch <- prometheus.MustNewConstMetric(lastDesc, prometheus.GaugeValue, float64(f.counts.Last.Load()))
	served, waiting, records := 0, 0, 0
	for e := range f.zones.Zones().All {
		if e.Zone == nil {
			waiting++
			continue
		}
		served++
		records += e.Zone.Records()
		ch <- prometheus.MustNewConstMetric(serialDesc, prometheus.GaugeValue, float64(e.Zone.Serial()), e.Apex.String())
	}
	ch <- prometheus.MustNewConstMetric(zonesDesc, prometheus.GaugeValue, float64(served), "served")
	ch <- prometheus.MustNewConstMetric(zonesDesc, prometheus.GaugeValue, float64(waiting), "not_ready")
	ch <- prometheus.MustNewConstMetric(recordsDesc, prometheus.GaugeValue, float64(records))
}
