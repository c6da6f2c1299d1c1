package listen

import (
	"runtime"
	"time"
)

// Options tune a Server. The zero value of a field means its default.
type Options struct {
	// Workers is the number of UDP sockets, and of goroutines that serve
	// them, per address. Default: GOMAXPROCS.
	Workers int
	// UDPBuffer is asked of the system as receive and send buffer of each UDP
	// socket, in octets; the system may grant less. Default: 1 MiB.
	UDPBuffer int
	// Fragment lets UDP responses over IPv4 be fragmented, for who sends some
	// larger than a frame takes. Default: they carry "don't fragment", and one
	// larger than the interface takes is not sent (RFC 9715, Section 3.1).
	Fragment bool
	// MaxConns bounds the TCP connections of all addresses together. When it
	// is reached, the connection whose last whole message is longest ago makes
	// room, unless it is being answered or has a query held; with no other left
	// the newcomer is closed. Default: 4096.
	MaxConns int
	// MaxConnsPerPeer bounds the TCP connections of one IPv4 address or one
	// IPv6 prefix of PeerPrefix6 bits. Default: 256.
	MaxConnsPerPeer int
	// PeerPrefix6 is what counts as one IPv6 peer, in bits, 1 to 128.
	// Default: 56, what one customer is commonly assigned (RFC 6177).
	PeerPrefix6 int
	// IdleTimeout closes a TCP connection that has sent nothing since its last
	// message, or since the reply to its last held one. It holds while less
	// than half of MaxConns is in use and shrinks to a tenth as the rest fills
	// up (RFC 7766, Section 6.2.3). Default: 10 s.
	IdleTimeout time.Duration
	// ReadTimeout is given to a TCP message from its first octet to its last,
	// and to a new connection for its first message. Default: 5 s.
	ReadTimeout time.Duration
	// WriteTimeout is given to a peer that does not read its responses, for
	// each MaxOutput octets. Default: 5 s.
	WriteTimeout time.Duration
	// MaxOutput is how many octets of responses a TCP connection collects
	// before it sends them and reads no further until they are sent. One
	// response may exceed it. Default: 16 KiB.
	MaxOutput int
	// MaxUnread bounds the octets held for TCP peers that do not read their
	// responses, of all connections together. One that would have to wait
	// beyond it is closed. Default: 64 MiB.
	MaxUnread int
	// MaxHeld bounds the queries held by Query.Hold, of all sockets together.
	// Default: 8192.
	MaxHeld int
	// MaxHeldPerConn bounds the queries of one TCP connection that are held or
	// whose replies have yet to leave. Default: 100.
	MaxHeldPerConn int
	// Grace is given at shutdown to held queries and to open TCP connections to
	// take their responses. Default: 3 s.
	Grace time.Duration
}

func (o Options) withDefaults() Options {
	orInt(&o.Workers, runtime.GOMAXPROCS(0))
	orInt(&o.UDPBuffer, 1<<20)
	orInt(&o.MaxConns, 4096)
	orInt(&o.MaxConnsPerPeer, 256)
	orInt(&o.PeerPrefix6, 56)
	orInt(&o.MaxOutput, 16<<10)
	orInt(&o.MaxUnread, 64<<20)
	orInt(&o.MaxHeld, 8192)
	orInt(&o.MaxHeldPerConn, 100)
	orTime(&o.IdleTimeout, 10*time.Second)
	orTime(&o.ReadTimeout, 5*time.Second)
	orTime(&o.WriteTimeout, 5*time.Second)
	orTime(&o.Grace, 3*time.Second)
	o.PeerPrefix6 = min(o.PeerPrefix6, 128)
	return o
}

func orInt(v *int, def int) {
	if *v <= 0 {
		*v = def
	}
}

func orTime(v *time.Duration, def time.Duration) {
	if *v <= 0 {
		*v = def
	}
}
