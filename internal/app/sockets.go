package app

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/net/listen"
)

var (
	udpDesc = prometheus.NewDesc("truename_udp_problems_total",
		"What went wrong with UDP sockets, by kind.", []string{"kind"}, nil)
	tcpDesc = prometheus.NewDesc("truename_tcp_events_total",
		"What became of TCP connections, by kind.", []string{"kind"}, nil)
	heldDesc    = prometheus.NewDesc("truename_held_queries", "Queries that wait for names of others now.", nil, nil)
	heldAllDesc = prometheus.NewDesc("truename_held_queries_total",
		"Queries that had to wait for names of others, by what became of them: held, or refused for want of room.", []string{"result"}, nil)
	tcpOpenDesc = prometheus.NewDesc("truename_tcp_connections", "TCP connections open now.", nil, nil)
)

// socketCollector shows the counters of the DNS sockets.
type socketCollector struct{ dns *dnsSockets }

func newSocketCollector(d *dnsSockets) prometheus.Collector { return socketCollector{d} }

func (socketCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- udpDesc
	ch <- tcpDesc
	ch <- tcpOpenDesc
	ch <- heldDesc
	ch <- heldAllDesc
}

func (s socketCollector) Collect(ch chan<- prometheus.Metric) {
	server := s.dns.opened.Load()
	if server == nil {
		return
	}
	c := server.Counters()
	for kind, v := range udpProblems(c) {
		ch <- prometheus.MustNewConstMetric(udpDesc, prometheus.CounterValue, float64(v), kind)
	}
	for kind, v := range tcpEvents(c) {
		ch <- prometheus.MustNewConstMetric(tcpDesc, prometheus.CounterValue, float64(v), kind)
	}
	ch <- prometheus.MustNewConstMetric(heldDesc, prometheus.GaugeValue, float64(c.Held.Load()))
	ch <- prometheus.MustNewConstMetric(heldAllDesc, prometheus.CounterValue, float64(c.HeldTotal.Load()), "held")
	ch <- prometheus.MustNewConstMetric(heldAllDesc, prometheus.CounterValue, float64(c.HeldRefused.Load()), "refused")
	ch <- prometheus.MustNewConstMetric(tcpOpenDesc, prometheus.GaugeValue, float64(c.TCPConns.Load()))
}

func udpProblems(c *listen.Counters) map[string]uint64 {
	return map[string]uint64{
		"oversized_query": c.UDPTruncated.Load(),
		"buffer_full":     c.UDPDropped.Load(),
		"send_error":      c.UDPSendErrors.Load(),
		"receive_error":   c.UDPReceiveErrors.Load(),
	}
}

func tcpEvents(c *listen.Counters) map[string]uint64 {
	return map[string]uint64{
		"accepted":      c.TCPAccepted.Load(),
		"refused":       c.TCPRefused.Load(),
		"evicted":       c.TCPEvicted.Load(),
		"idle_timeout":  c.TCPIdleTimeouts.Load(),
		"read_timeout":  c.TCPReadTimeouts.Load(),
		"write_timeout": c.TCPWriteTimeouts.Load(),
		"unread":        c.TCPUnread.Load(),
		"malformed":     c.TCPMalformed.Load(),
		"oversized":     c.TCPOversize.Load(),
		"accept_error":  c.TCPAcceptErrors.Load(),
	}
}
