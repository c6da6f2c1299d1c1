package listen

import (
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// shared is what all TCP connections of a server use.
type shared struct {
	opt        Options
	count      *Counters
	registry   *registry
	responders *responders
	room       *room
	conns      *sync.WaitGroup
	// allUnread is the octets held for peers that do not read, and of late
	// replies. Who has to wait while it is beyond MaxUnread is closed.
	allUnread *atomic.Int64
}

// Why the server ends a connection, apart from errors of the system.
var (
	errZeroLength   = errors.New("message of length zero")
	errCutOff       = errors.New("stream ended inside a message")
	errWriteTimeout = errors.New("peer does not read its responses")
	errUnread       = errors.New("peers leave too many responses unread")
	errDraining     = errors.New("server shuts down")
)

var past = time.Unix(1, 0)

// conn serves one TCP connection in one goroutine. Messages are answered in
// the order of arrival, but for those held: their replies come from elsewhere
// when they are ready (RFC 7766, Section 6.2.1.1 leaves the order free).
type conn struct {
	*shared
	tcp    *net.TCPConn
	raw    syscall.RawConn
	prefix netip.Prefix
	query  Query // Peer is set once

	// Owned by registry.
	older, newer *conn
	listed       bool
	answering    bool
	held         int           // queries held whose replies have not left
	heldTill     time.Time     // when the last reply to one left
	settled      chan struct{} // closed when none is held; nil until asked for

	draining atomic.Bool
	// The read deadline in force: idleTill between messages, wholeTill inside
	// one; the other is zero.
	idleTill, wholeTill time.Time

	input    *[]byte // nil while idle; its length is what was received
	fillFunc func(fd uintptr) bool
	readErr  error

	sending  sync.Mutex // guards the sending side: pending and writeErr
	pending  []byte     // what push has yet to send
	pushFunc func(fd uintptr) bool
	unread   atomic.Int64 // octets held while push waits for the peer
	writeErr error
	late     late
}

func newConn(tcp *net.TCPConn, s *shared) (*conn, error) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil, err
	}
	peer := tcp.RemoteAddr().(*net.TCPAddr).AddrPort()
	addr := peer.Addr().Unmap().WithZone("")
	c := &conn{shared: s, tcp: tcp, raw: raw, prefix: s.registry.prefix(addr)}
	c.query.Transport, c.query.origin = TCP, c
	c.query.Peer = netip.AddrPortFrom(addr, peer.Port())
	c.fillFunc, c.pushFunc = c.fill, c.push
	return c, nil
}

// serve reads and answers until the peer, a limit or the server ends it.
func (c *conn) serve() {
	c.setDeadline(time.Now().Add(min(c.opt.ReadTimeout, c.registry.idleTimeout())))
	var err error
	for err == nil {
		if err = c.read(); err == nil {
			err = c.burst()
		}
	}
	err = c.finish(err)
	c.countEnd(err)
	c.registry.release(c)
	c.close(err)
	c.releaseInput()
}

func (c *conn) close(why error) {
	if errors.Is(why, errWriteTimeout) || errors.Is(why, errUnread) {
		_ = c.tcp.SetLinger(0) // else the system keeps what was not read, for minutes
	}
	_ = c.tcp.Close()
}

func (c *conn) countEnd(err error) {
	switch {
	case errors.Is(err, errWriteTimeout):
		c.count.TCPWriteTimeouts.Add(1)
	case errors.Is(err, errUnread):
		c.count.TCPUnread.Add(1)
	case errors.Is(err, errZeroLength), errors.Is(err, errCutOff):
		c.count.TCPMalformed.Add(1)
	case !errors.Is(err, os.ErrDeadlineExceeded):
	case c.input != nil:
		c.count.TCPReadTimeouts.Add(1)
	default:
		c.count.TCPIdleTimeouts.Add(1)
	}
}

// drain makes the connection end once it has answered what it received. It is
// called from another goroutine.
func (c *conn) drain() {
	c.draining.Store(true)
	_ = c.tcp.SetReadDeadline(past)
}

// setDeadline sets the read deadline without undoing drain.
func (c *conn) setDeadline(t time.Time) {
	_ = c.tcp.SetReadDeadline(t)
	if c.draining.Load() {
		_ = c.tcp.SetReadDeadline(past)
	}
}

// read waits for octets and adds them to the input.
func (c *conn) read() error {
	c.readErr = nil
	err := c.raw.Read(c.fillFunc)
	for errors.Is(err, os.ErrDeadlineExceeded) && !c.draining.Load() && c.extend() {
		err = c.raw.Read(c.fillFunc)
	}
	if c.draining.Load() && errors.Is(err, os.ErrDeadlineExceeded) {
		err = c.lastRead()
	}
	if err == nil {
		err = c.readErr
	}
	if err == io.EOF && c.input != nil && len(*c.input) > 0 {
		return errCutOff
	}
	return err
}

// extend moves the deadline that has passed if the connection was not idle all
// the time: a query held, or the reply to one, counts like a message. Checking
// now saves setting the deadline for each.
func (c *conn) extend() bool {
	if c.input != nil {
		return false
	}
	now := time.Now()
	till := c.registry.restsSince(c, now).Add(c.registry.idleTimeout())
	if !till.After(now) {
		return false
	}
	c.idleTill = till
	c.setDeadline(till)
	return true
}

// lastRead takes what had arrived when the server began to shut down. A
// message that has begun may be completed in the time it would have had.
func (c *conn) lastRead() error {
	ready := false
	if err := c.raw.Control(func(fd uintptr) { ready = c.fill(fd) }); err != nil || ready {
		return err
	}
	if c.input == nil {
		return errDraining
	}
	_ = c.tcp.SetReadDeadline(c.wholeTill)
	return c.raw.Read(c.fillFunc)
}

// rest prepares for the next read: with a message begun, until it is whole;
// otherwise idle, with no buffer held.
func (c *conn) rest(now time.Time, fresh bool) {
	c.registry.idle(c)
	if len(*c.input) > 0 {
		c.growInput()
		if fresh || c.wholeTill.IsZero() {
			c.wholeTill, c.idleTill = now.Add(c.opt.ReadTimeout), time.Time{}
			c.setDeadline(c.wholeTill)
		}
		return
	}
	c.releaseInput()
	c.wholeTill = time.Time{}
	// A deadline a little late saves setting it again for every message.
	idle := c.registry.idleTimeout()
	if left := c.idleTill.Sub(now); left < idle || left > idle+idle/4 {
		c.idleTill = now.Add(idle + idle/8)
		c.setDeadline(c.idleTill)
	}
}
