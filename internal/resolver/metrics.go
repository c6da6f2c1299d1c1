package resolver

import (
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/dns/code"
)

// counts is what has happened so far.
type counts struct {
	sent, timeouts, busy atomic.Uint64 // messages
	answers              [outcomes]atomic.Uint64
	lanes                [16]lane
	next                 atomic.Uint32 // lane
}

// lane counts the hits of a few Recalls on a cache line of its own, so that they do
// not slow each other down.
type lane struct {
	hits atomic.Uint64
	_    [56]byte
}

// lane is for the next Recall.
func (c *counts) lane() *lane { return &c.lanes[c.next.Add(1)%uint32(len(c.lanes))] }

// outcome is where the answer to a client's question came from.
type outcome int

const (
	hit outcome = iota
	miss
	stale
	failure
	outcomes
)

var outcomeNames = [outcomes]string{"hit", "miss", "stale", "failed"}

// answered counts res, the answer to a question that was asked of the cache alone or not.
func (c *counts) answered(res *Result, o outcome) *Result {
	switch {
	case res.Rcode == code.ServFail:
		o = failure
	case res.Stale:
		o = stale
	}
	c.answers[o].Add(1)
	return res
}

var (
	answersDesc = prometheus.NewDesc("truename_resolver_answers_total",
		"Answers to questions for names of others: from the cache (hit), asked for (miss), from what has expired (stale), or none (failed).", []string{"result"}, nil)
	walksDesc = prometheus.NewDesc("truename_resolver_questions_running",
		"Questions being worked on.", nil, nil)
	sentDesc = prometheus.NewDesc("truename_resolver_sent_total",
		"Messages to servers.", nil, nil)
	openDesc = prometheus.NewDesc("truename_resolver_sent_open",
		"Messages to servers that are listened for, by whether the server is known to answer.", []string{"server"}, nil)
	timeoutsDesc = prometheus.NewDesc("truename_resolver_timeouts_total",
		"Messages to servers that were not answered in time.", nil, nil)
	busyDesc = prometheus.NewDesc("truename_resolver_busy_total",
		"What was not done because of a limit of our own, by what was limited.", []string{"limit"}, nil)
	serversDesc = prometheus.NewDesc("truename_resolver_servers",
		"Servers that something is known of.", []string{"state"}, nil)
)

// Describe makes Resolver a prometheus.Collector.
func (r *Resolver) Describe(ch chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{answersDesc, walksDesc, sentDesc, openDesc, timeoutsDesc, busyDesc, serversDesc} {
		ch <- d
	}
}

// Collect reads the counters.
func (r *Resolver) Collect(ch chan<- prometheus.Metric) {
	put := func(d *prometheus.Desc, t prometheus.ValueType, v uint64, labels ...string) {
		ch <- prometheus.MustNewConstMetric(d, t, float64(v), labels...)
	}
	for o := range r.counts.answers {
		put(answersDesc, prometheus.CounterValue, r.counts.total(outcome(o)), outcomeNames[o])
	}
	walks, turnedAway := r.flights.load()
	put(walksDesc, prometheus.GaugeValue, uint64(walks))
	put(sentDesc, prometheus.CounterValue, r.counts.sent.Load())
	put(timeoutsDesc, prometheus.CounterValue, r.counts.timeouts.Load())
	_, refused := r.zones.Count()
	put(busyDesc, prometheus.CounterValue, turnedAway, "questions")
	put(busyDesc, prometheus.CounterValue, refused, "zone")
	put(busyDesc, prometheus.CounterValue, r.counts.busy.Load(), "messages")
	all, doubted := r.gate.Count()
	put(openDesc, prometheus.GaugeValue, uint64(all-doubted), "answers")
	put(openDesc, prometheus.GaugeValue, uint64(doubted), "doubtful")
	known, dead := r.servers.Count()
	put(serversDesc, prometheus.GaugeValue, uint64(known-dead), "asked")
	put(serversDesc, prometheus.GaugeValue, uint64(dead), "dead")
}

func (c *counts) total(o outcome) uint64 {
	n := c.answers[o].Load()
	for i := range c.lanes {
		if o == hit {
			n += c.lanes[i].hits.Load()
		}
	}
	return n
}

func (f *flights) load() (running int, refused uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.count, f.refused
}
