package listen

import "sync/atomic"

// Counters tell what happened outside the usual way. Each counts from Open on.
type Counters struct {
	// Held is the number of queries held now, of HeldTotal that ever were.
	Held      atomic.Int64
	HeldTotal atomic.Uint64
	// HeldRefused counts queries that were not held because of MaxHeld or
	// MaxHeldPerConn, or because they are longer than MaxDatagram.
	HeldRefused atomic.Uint64

	// UDPTruncated counts datagrams larger than MaxDatagram.
	UDPTruncated atomic.Uint64
	// UDPDropped counts responses given up because the send buffer stayed full.
	UDPDropped atomic.Uint64
	// UDPSendErrors counts responses the system refused to send.
	UDPSendErrors atomic.Uint64
	// UDPReceiveErrors counts failed receptions.
	UDPReceiveErrors atomic.Uint64

	// TCPConns is the number of connections open now.
	TCPConns atomic.Int64
	// TCPAccepted counts connections that were served.
	TCPAccepted atomic.Uint64
	// TCPRefused counts connections closed at once because of MaxConns or
	// MaxConnsPerPeer.
	TCPRefused atomic.Uint64
	// TCPEvicted counts idle connections closed early to make room.
	TCPEvicted atomic.Uint64
	// TCPIdleTimeouts, TCPReadTimeouts and TCPWriteTimeouts count connections
	// closed by the timeout of that name.
	TCPIdleTimeouts  atomic.Uint64
	TCPReadTimeouts  atomic.Uint64
	TCPWriteTimeouts atomic.Uint64
	// TCPUnread counts connections closed because of MaxUnread.
	TCPUnread atomic.Uint64
	// TCPMalformed counts connections closed for a message of length zero or a
	// stream that ended inside a message.
	TCPMalformed atomic.Uint64
	// TCPOversize counts responses of more than 65535 octets, which were not
	// sent.
	TCPOversize atomic.Uint64
	// TCPAcceptErrors counts failures to accept, such as too many open files.
	TCPAcceptErrors atomic.Uint64
}
