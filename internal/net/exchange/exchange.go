// Package exchange asks one server one thing: over UDP, over TCP where UDP is
// not enough, or over TLS where the server is a forwarder with a name. It
// chooses no server, follows nothing and keeps no answer; what it remembers of
// servers is which of them cannot bear EDNS, and their cookies.
package exchange

import (
	"context"
	"crypto/rand"
	"crypto/x509"
	"encoding/binary"
	"net/netip"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/wire"
)

// Server is whom to ask. With a TLSName it is asked over TLS only, and its
// certificate must be of that name (RFC 7858; RFC 8310, Section 8.1).
type Server struct {
	Addr    netip.AddrPort
	TLSName string
}

func (s Server) String() string {
	if s.TLSName != "" {
		return s.TLSName + "@" + s.Addr.String()
	}
	return s.Addr.String()
}

// Question is what to ask, in class IN.
type Question struct {
	Name dname.Name
	Type rr.Type
	RD   bool // the server is to recurse
	CD   bool // the server is not to validate (RFC 4035, Section 3.2.2)
	DO   bool // signatures are wanted (RFC 3225)

	// Plain is for a server that was silent: EDNS is left out, unless it is known to
	// know it or signatures are wanted. Stream asks over TCP at once.
	Plain, Stream bool

	lower bool // the name is sent in lower case
}

// Transport is how an answer came.
type Transport uint8

// The transports.
const (
	UDP Transport = iota
	TCP
	TLS
)

func (t Transport) String() string { return [...]string{"udp", "tcp", "tls"}[t] }

// Answer is what the server said, whatever its response code. It owns its octets.
type Answer struct {
	wire.Reply
	Transport Transport
	Took      time.Duration // since the question was first sent, fall-backs included
}

// Options are the limits of a Client; a zero value means the default.
type Options struct {
	Timeout  time.Duration  // of a question whose context has no deadline; 2 s
	Sockets  int            // open for questions at one time, UDP and streams each; 1024
	Idle     int            // streams kept open in all; 64
	IdlePer  int            // streams kept open to one server; 2
	IdleTime time.Duration  // after which a kept stream is closed; 10 s
	Roots    *x509.CertPool // that TLS trusts; nil means the system's
}

const (
	bufferSize   = 1232 // octets that never fragment (RFC 9715, Section 3.2)
	maxStrangers = 32   // datagrams that are no answer to the question, per question
)

func (o Options) withDefaults() Options {
	def := func(v *int, d int) {
		if *v == 0 {
			*v = d
		}
	}
	def(&o.Sockets, 1024)
	def(&o.Idle, 64)
	def(&o.IdlePer, 2)
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Second
	}
	if o.IdleTime == 0 {
		o.IdleTime = 10 * time.Second
	}
	return o
}

// Client asks questions; it is safe for use by many at once.
type Client struct {
	options   Options
	datagrams limiter
	streams   limiter
	pool      pool
	jar       jar
	edns      manners
	caseless  memory
}

// New makes a Client. Close ends it.
func New(o Options) *Client {
	o = o.withDefaults()
	c := &Client{options: o, datagrams: make(limiter, o.Sockets), streams: make(limiter, o.Sockets)}
	c.pool.init(o)
	c.jar.init()
	return c
}

// Close closes the streams kept open. Questions under way are not disturbed.
func (c *Client) Close() { c.pool.close() }

// Ask sends q to s and returns the answer, or an *Error. The deadline of ctx
// holds for all of it, fall-backs included.
func (c *Client) Ask(ctx context.Context, s Server, q Question) (*Answer, error) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.options.Timeout)
		defer cancel()
	}
	start := time.Now()
	a, err := c.ask(ctx, s, q)
	if err != nil {
		return nil, asError(ctx, s, q, err)
	}
	a.Took = time.Since(start)
	return a, nil
}

// ask tries with EDNS, and without where the server proves not to know it.
func (c *Client) ask(ctx context.Context, s Server, q Question) (*Answer, error) {
	if c.edns.plain.has(s) {
		return c.try(ctx, s, q, 0)
	}
	if q.Plain && !q.DO && !c.edns.fluent.has(s) {
		a, err := c.try(ctx, s, q, 0)
		if err == nil {
			c.edns.doubt(s)
		}
		return a, err
	}
	a, err := c.try(ctx, s, q, bufferSize)
	if err != nil {
		return nil, err
	}
	if !refusesEDNS(&a.Reply) {
		c.edns.answered(s, &a.Reply)
		return a, nil
	}
	b, err := c.try(ctx, s, q, 0)
	if err == nil && b.Rcode != a.Rcode {
		c.edns.refused(s)
	}
	return b, err
}

// try asks over UDP, once more where the server wants a cookie of its own to be
// sent back, and turns to TCP where the answer was cut short (RFC 7766, Section
// 5) or does not prove that the server saw our question, or where the server
// still wants a cookie (RFC 7873, Section 5.3).
func (c *Client) try(ctx context.Context, s Server, q Question, size uint16) (*Answer, error) {
	if s.TLSName != "" || q.Stream {
		return c.overStream(ctx, s, q, size)
	}
	q.lower = c.caseless.has(s)
	a, err := c.overUDP(ctx, s, q, size)
	if err == nil && a.Rcode == code.BadCookie {
		a, err = c.overUDP(ctx, s, q, size)
	}
	switch {
	case err == errCase:
		return c.proveCase(ctx, s, q, size)
	case err == errCookie:
		c.jar.forget(s)
	case err == errStrangers:
	case err == nil && (a.Flags&wire.TC != 0 || a.Rcode == code.BadCookie):
	default:
		return a, err
	}
	return c.overStream(ctx, s, q, size)
}

// proveCase asks over TCP a server that does not repeat the case of names. Where
// that cannot be had, it is asked in lower case, now and later: a guesser would
// have to guess right a second time.
func (c *Client) proveCase(ctx context.Context, s Server, q Question, size uint16) (*Answer, error) {
	a, err := c.overStream(ctx, s, q, size)
	if err == nil || kindOf(ctx, err) == Canceled {
		return a, err
	}
	c.caseless.add(s)
	if ctx.Err() != nil {
		return nil, err
	}
	q.lower = true
	return c.overUDP(ctx, s, q, size)
}

// request makes the message of q, with an ID and a mix of upper and lower case
// that only the server can know.
func request(q Question, size uint16) *sent {
	var random [10]byte
	rand.Read(random[:])
	m := &sent{asked: q.Name, Request: wire.Request{
		ID: binary.BigEndian.Uint16(random[:]), Name: q.Name.Clone(), Type: q.Type, BufferSize: size, DO: q.DO,
	}}
	if q.RD {
		m.Flags |= wire.RD
	}
	if q.CD {
		m.Flags |= wire.CD
	}
	if q.lower {
		m.Name = q.Name.Lower()
		return m
	}
	wire.MixCase(m.Name, binary.BigEndian.Uint64(random[2:]))
	return m
}
