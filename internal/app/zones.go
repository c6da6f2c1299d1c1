package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/zone"
)

// zonesCollector tells Prometheus which zones are held.
type zonesCollector struct {
	server interface{ Zones() *zone.Set }
}

// maxSerials is how many zones have their serials told one by one: beyond it a
// scrape would be larger than it is useful.
const maxSerials = 10_000

var (
	zonesDesc   = prometheus.NewDesc("truename_zones", "Zones held, by state: served, or not ready for want of a good zone file.", []string{"state"}, nil)
	serialDesc  = prometheus.NewDesc("truename_zone_serial", "SOA serial of a zone as it is served; left out where more than 10,000 zones are held.", []string{"zone"}, nil)
	recordsDesc = prometheus.NewDesc("truename_zone_records", "Records of all zones served.", nil, nil)
)

// Describe makes zonesCollector a prometheus.Collector.
func (z zonesCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- zonesDesc
	ch <- serialDesc
	ch <- recordsDesc
}

// Collect reads the set being served.
func (z zonesCollector) Collect(ch chan<- prometheus.Metric) {
	served, waiting, records := 0, 0, 0
	set := z.server.Zones()
	for e := range set.All {
		if e.Zone == nil {
			waiting++
			continue
		}
		served++
		records += e.Zone.Records()
		if set.Len() <= maxSerials {
			ch <- prometheus.MustNewConstMetric(serialDesc, prometheus.GaugeValue, float64(e.Zone.Serial()), e.Apex.String())
		}
	}
	ch <- prometheus.MustNewConstMetric(zonesDesc, prometheus.GaugeValue, float64(served), "served")
	ch <- prometheus.MustNewConstMetric(zonesDesc, prometheus.GaugeValue, float64(waiting), "not_ready")
	ch <- prometheus.MustNewConstMetric(recordsDesc, prometheus.GaugeValue, float64(records))
}
