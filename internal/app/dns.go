package app

import (
	"sync/atomic"
	"time"

	"github.com/truename-dns/truename/internal/net/listen"
)

// dnsSockets is the DNS side of the house.
type dnsSockets struct {
	server *listen.Server
	opened atomic.Pointer[listen.Server] // what workers may ask while open is still making them
}

// unfragmented is the largest response that fits into one frame nearly
// everywhere (RFC 9715, Section 3.1).
const unfragmented = 1400

func (d *dnsSockets) open(a *App) error {
	c := a.config
	s, err := listen.Open(c.DNS, func() listen.Responder { return a.serve.NewWorker() }, listen.Options{
		Workers: c.Workers, Fragment: c.MaxUDP > unfragmented, MaxConns: c.TCPConns, MaxConnsPerPeer: c.TCPPerPeer, IdleTimeout: c.TCPIdle,
	})
	if err != nil {
		return err
	}
	d.server = s
	d.opened.Store(s)
	return nil
}

// idleTimeout is how long a TCP connection may stay open unused now.
func (d *dnsSockets) idleTimeout() time.Duration {
	if s := d.opened.Load(); s != nil {
		return s.IdleTimeout()
	}
	return 0
}
