// Package listen moves DNS messages between sockets and Responders: UDP in
// batches, TCP with pipelining. It knows nothing of a message beyond the
// two-octet length in front of it on TCP (RFC 1035, Section 4.2.2). Linux only.
package listen

import (
	"net/netip"
	"time"
)

// Transport is the way a message came in.
type Transport uint8

// The transports served.
const (
	UDP Transport = iota
	TCP
)

func (t Transport) String() string {
	if t == TCP {
		return "tcp"
	}
	return "udp"
}

// Query is one message as it arrived. It and Msg are valid during Respond only;
// one whose reply must come later is held (Hold).
type Query struct {
	// Msg is the message without a length prefix. A UDP datagram larger than
	// MaxDatagram octets is cut to that size.
	Msg []byte
	// Peer is the sender. The zone of an IPv6 link-local address is left out.
	Peer      netip.AddrPort
	Transport Transport
	// Now is the time of reception in nanoseconds since 1970, read once for
	// all messages received together.
	Now int64

	origin origin // nil: it can't be held
}

// Responder answers messages. One goroutine uses it at a time, but not always
// for the same peer: a UDP worker keeps one, a TCP connection borrows one for
// each burst of messages, so it must remember nothing of a peer between calls.
type Responder interface {
	// Respond appends the response to dst, which is empty and may have
	// capacity, and returns it. The result is dst or what append made of it,
	// never other memory: it is sent later and then written to again. An
	// empty result means that nothing is sent now. It must not wait: others
	// are behind q.
	Respond(dst []byte, q *Query) []byte
	// Done follows each burst: n responses were made and, over UDP, handed to
	// the system, the last of them took after reception. Replies to held
	// queries are not among them.
	Done(n int, took time.Duration)
}
