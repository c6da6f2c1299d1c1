package listen

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is what a test gives a condition that must come true.
const patience = 20 * time.Second

// secluded is an address from which nobody connects: the ports of 127.0.0.1 that
// are free are given to whoever connects to anything on this machine.
const secluded = "127.0.0.8:0"

// echo answers with the message itself, its third octet changed as a
// nameserver would change it, and counts.
type echo struct {
	total  *tally
	repeat int  // size of the response in copies of the message, 0: one
	mute   bool // no response
	delay  time.Duration
	hold   chan struct{} // if there is one, Respond waits for its end
	held   chan *Held    // if there is one, it gets the messages of odd numbers
}

type tally struct {
	made, messages, done, largest atomic.Int64
	peers                         sync.Map // netip.AddrPort
}

func (e *echo) Respond(dst []byte, q *Query) []byte {
	e.total.messages.Add(1)
	e.total.largest.Store(max(e.total.largest.Load(), int64(len(q.Msg))))
	e.total.peers.Store(q.Peer, q.Transport)
	time.Sleep(e.delay)
	if e.hold != nil {
		<-e.hold
	}
	if e.held != nil && q.Msg[7]&1 == 1 {
		if h := q.Hold(); h != nil {
			e.held <- h
			return dst
		}
	}
	if e.mute {
		return dst
	}
	for range max(1, e.repeat) {
		dst = append(dst, q.Msg...)
	}
	if len(dst) > 2 {
		dst[2] ^= 0x80
	}
	return dst
}

func (e *echo) Done(n int, took time.Duration) {
	if took < 0 {
		panic("negative time")
	}
	e.total.done.Add(int64(n))
}

// running is a server under test.
type running struct {
	*Server
	total  tally
	cancel context.CancelFunc
	ended  chan error
}

// start serves e on addrs until the test ends.
func start(t *testing.T, e echo, opt Options, addrs ...string) *running {
	t.Helper()
	r := &running{ended: make(chan error, 1)}
	var err error
	r.Server, err = Open(parse(t, addrs...), func() Responder {
		r.total.made.Add(1)
		own := e
		own.total = &r.total
		return &own
	}, opt)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	go func() { r.ended <- r.Serve(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func parse(t *testing.T, addrs ...string) []netip.AddrPort {
	t.Helper()
	var out []netip.AddrPort
	for _, a := range addrs {
		out = append(out, netip.MustParseAddrPort(a))
	}
	return out
}

// at is the i-th bound address, with a wildcard replaced by host.
func (r *running) at(i int, host string) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(host), r.Addrs()[i].Port())
}

func dialUDP(t *testing.T, to netip.AddrPort) *net.UDPConn {
	t.Helper()
	c, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

func dialTCP(t *testing.T, to netip.AddrPort) *net.TCPConn {
	t.Helper()
	c, err := net.DialTCP("tcp", nil, net.TCPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

// message is the i-th of many different ones, size octets long.
func message(i, size int) []byte {
	msg := make([]byte, size)
	for j := range msg {
		msg[j] = byte(i + j)
	}
	binary.BigEndian.PutUint32(msg[4:], uint32(i))
	msg[2] &^= 0x80
	return msg
}

// framed is message behind its length.
func framed(i, size int) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(size)), message(i, size)...)
}

// readFramed reads one message and its length.
func readFramed(c io.Reader) ([]byte, error) {
	var n [2]byte
	if _, err := io.ReadFull(c, n[:]); err != nil {
		return nil, err
	}
	msg := make([]byte, binary.BigEndian.Uint16(n[:]))
	_, err := io.ReadFull(c, msg)
	return msg, err
}

// wantEcho fails unless got is the echo of message i.
func wantEcho(t *testing.T, got []byte, i, size int) {
	t.Helper()
	want := message(i, size)
	want[2] ^= 0x80
	if string(got) != string(want) {
		t.Fatalf("message %d of %d octets: got %d octets %.16x, want %.16x", i, size, len(got), got, want)
	}
}

// exchangeUDP asks once and checks the echo.
func exchangeUDP(t *testing.T, c *net.UDPConn, i, size int) {
	t.Helper()
	if _, err := c.Write(message(i, size)); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, 65536)
	n, err := c.Read(buf)
	if err != nil {
		t.Fatalf("no response from %v: %v", c.RemoteAddr(), err)
	}
	wantEcho(t, buf[:n], i, size)
}

// exchangeTCP asks once and checks the echo.
func exchangeTCP(t *testing.T, c *net.TCPConn, i, size int) {
	t.Helper()
	if _, err := c.Write(framed(i, size)); err != nil {
		t.Fatal(err)
	}
	got, err := readFramed(c)
	if err != nil {
		t.Fatalf("no response from %v: %v", c.RemoteAddr(), err)
	}
	wantEcho(t, got, i, size)
}

// sendOneAndAHalf leaves the server, for certain, with the first 20 octets of
// msg: they come in one segment with a whole message, whose response is read.
func sendOneAndAHalf(t *testing.T, c *net.TCPConn, msg []byte) {
	t.Helper()
	if _, err := c.Write(append(framed(0, 40), msg[:20]...)); err != nil {
		t.Fatal(err)
	}
	if _, err := readFramed(c); err != nil {
		t.Fatal(err)
	}
}

// wantClosed waits for the server to end the connection.
func wantClosed(t *testing.T, c *net.TCPConn) {
	t.Helper()
	n, err := io.Copy(io.Discard, c)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal("connection stays open")
	}
	if n > 0 {
		t.Fatalf("%d octets before the end", n)
	}
}

// eventually waits until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !ok(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}
