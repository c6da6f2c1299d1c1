package alias

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/answer"
)

// counts is what has happened so far.
type counts struct {
	good, failed atomic.Uint64
}

func (c *counts) resolved(k *known) {
	if k.why == "" {
		c.good.Add(1)
	} else {
		c.failed.Add(1)
	}
}

var (
	targetsDesc = prometheus.NewDesc("truename_alias_targets",
		"Families of addresses of ALIAS targets, by what is known of them.", []string{"state"}, nil)
	resolutionsDesc = prometheus.NewDesc("truename_alias_resolutions_total",
		"Resolutions of ALIAS targets, by result.", []string{"result"}, nil)
	refusedDesc = prometheus.NewDesc("truename_alias_targets_refused",
		"ALIAS targets that are not resolved because of a limit.", nil, nil)
	flightsDesc = prometheus.NewDesc("truename_alias_resolutions_running",
		"Resolutions of ALIAS targets under way.", nil, nil)
)

// Describe makes Table a prometheus.Collector.
func (t *Table) Describe(ch chan<- *prometheus.Desc) {
	ch <- targetsDesc
	ch <- resolutionsDesc
	ch <- refusedDesc
	ch <- flightsDesc
}

var stateNames = [...]string{answer.Unasked: "unasked", answer.Fresh: "fresh", answer.Renewing: "renewing", answer.Failing: "failing"}

// Collect reads the counters and looks at all targets.
func (t *Table) Collect(ch chan<- prometheus.Metric) {
	for state, n := range t.byState(t.now()) {
		ch <- prometheus.MustNewConstMetric(targetsDesc, prometheus.GaugeValue, float64(n), stateNames[state])
	}
	counter := func(v uint64, result string) {
		ch <- prometheus.MustNewConstMetric(resolutionsDesc, prometheus.CounterValue, float64(v), result)
	}
	counter(t.counts.good.Load(), "ok")
	counter(t.counts.failed.Load(), "failed")
	running, refused := t.load()
	ch <- prometheus.MustNewConstMetric(refusedDesc, prometheus.GaugeValue, float64(refused))
	ch <- prometheus.MustNewConstMetric(flightsDesc, prometheus.GaugeValue, float64(running))
}

// byState counts families by what is known of them.
func (t *Table) byState(now int64) (n [len(stateNames)]int) {
	for g := range t.index.all {
		for i := range g.families {
			n[g.families[i].known.Load().flat(now).State]++
		}
	}
	return n
}

// load counts resolutions under way, and targets that a limit keeps out.
func (t *Table) load() (running, refused int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := range t.lanes {
		running += t.lanes[i].running
	}
	return running, t.refused
}
