// Package serve is a query's way: parse, gate, answer, shape. It turns the
// octets of a request into those of a response and knows neither sockets nor
// where zones come from.
package serve

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/zone"
)

// Config is what an operator may say about answering. The zero value of a
// field means its default unless said otherwise.
type Config struct {
	MaxUDP    int    // octets of a UDP response and the buffer size we announce, 512 to 4096; default 1232
	MaxChain  int    // links of an alias chain, 1 to 64; default 16
	NSID      string // name server identifier (RFC 5001), up to 128 octets; empty: none is given
	Version   string // for version.bind and version.server; empty: REFUSED
	Hostname  string // for hostname.bind and id.server (RFC 4892); empty: REFUSED
	RateLimit int    // equal UDP responses a second to one network; 0: no limit
	Slip      int    // every Slip-th limited response goes out truncated; 0: none does, 1: all do

	Flattener answer.Flattener // knows what ALIAS records lead to outside of our zones; nil: nobody does
	Warmer    Warmer           // finds out what the Flattener does not know; nil: nobody does
	HideALIAS bool             // ALIAS records are not shown to who asks for them
	Recursion *Recursion       // nil: names of others are refused

	Clock func() time.Time // nil: when a query was received is now
}

// DefaultMaxUDP keeps a response within one frame on nearly every path (DNS Flag Day 2020).
const DefaultMaxUDP = 1232

// maxNSID leaves room for an answer in the smallest response.
const maxNSID = 128

// Server holds what all workers share.
type Server struct {
	config  Config
	zones   atomic.Pointer[zone.Set]
	cookies atomic.Pointer[cookie.Jar]
	idle    func() time.Duration
	chaos   chaos
	limiter *limiter
	stats   *stats.Queries

	ctx     context.Context // of queries that wait
	cancel  context.CancelFunc
	waiting sync.WaitGroup
	places  *places
	spare   spare
}

// New is a server without zones. idle tells how long a TCP connection may stay
// open unused (RFC 7828), nil where nobody knows.
func New(c Config, jar *cookie.Jar, s *stats.Queries, idle func() time.Duration) *Server {
	if c.MaxUDP == 0 {
		c.MaxUDP = DefaultMaxUDP
	}
	c.NSID = c.NSID[:min(len(c.NSID), maxNSID)]
	srv := &Server{config: c, idle: idle, chaos: newChaos(c), stats: s, places: newPlaces()}
	if c.RateLimit > 0 {
		srv.limiter = newLimiter(c.RateLimit)
	}
	srv.ctx, srv.cancel = context.WithCancel(context.Background())
	srv.zones.Store(new(zone.Set))
	srv.cookies.Store(jar)
	return srv
}

// Zones is the set being served.
func (s *Server) Zones() *zone.Set { return s.zones.Load() }

// Publish swaps the set being served; queries under way finish with the old one.
func (s *Server) Publish(set *zone.Set) { s.zones.Store(set) }

// RotateCookies puts a fresh secret in front.
func (s *Server) RotateCookies() { s.cookies.Store(s.cookies.Load().Rotate(cookie.NewSecret())) }

// NewWorker makes the Responder of one goroutine.
func (s *Server) NewWorker() *Worker {
	w := &Worker{server: s, finder: answer.NewFinder(s.config.MaxChain), stats: s.stats.Worker()}
	w.finder.Flattener, w.finder.HideALIAS = s.config.Flattener, s.config.HideALIAS
	if s.config.Recursion != nil {
		w.recall = s.config.Recursion.Recall()
	}
	return w
}
