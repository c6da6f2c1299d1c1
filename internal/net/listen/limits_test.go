package listen

import (
	"errors"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

const (
	permissionDenied = syscall.Errno(unix.EACCES)
	tooManyFiles     = syscall.Errno(unix.EMFILE)
	noFamily         = syscall.Errno(unix.EAFNOSUPPORT)
)

// busyConns counts the connections that may not be evicted.
func (s *Server) busyConns() int {
	s.registry.mu.Lock()
	defer s.registry.mu.Unlock()
	n := 0
	for c := range s.registry.all {
		if !c.listed {
			n++
		}
	}
	return n
}

// idle waits until every connection waits for a message or the rest of one.
func (r *running) idle(t *testing.T) {
	t.Helper()
	eventually(t, "all idle", func() bool { return r.busyConns() == 0 })
}

// dialFrom connects from the local address from.
func dialFrom(t *testing.T, from string, to netip.AddrPort) *net.TCPConn {
	t.Helper()
	c, err := net.DialTCP("tcp", &net.TCPAddr{IP: net.ParseIP(from)}, net.TCPAddrFromAddrPort(to))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	_ = c.SetDeadline(time.Now().Add(patience))
	return c
}

func TestFloodFromOnePeerLeavesOthersServed(t *testing.T) {
	r := start(t, echo{}, Options{MaxConnsPerPeer: 8}, "127.0.0.1:0")
	to := r.Addrs()[0]
	var first []*net.TCPConn
	for range 8 {
		c := dialFrom(t, "127.0.0.5", to)
		exchangeTCP(t, c, 1, 40)
		first = append(first, c)
	}
	for range 50 {
		wantClosed(t, dialFrom(t, "127.0.0.5", to))
	}
	exchangeTCP(t, dialFrom(t, "127.0.0.6", to), 2, 40)
	for _, c := range first {
		exchangeTCP(t, c, 3, 40)
	}
	if n := r.Counters().TCPRefused.Load(); n != 50 {
		t.Errorf("%d refused, want 50", n)
	}
	first[0].Close()
	eventually(t, "room for another", func() bool { return r.Counters().TCPConns.Load() == 8 })
	exchangeTCP(t, dialFrom(t, "127.0.0.5", to), 4, 40)
}

func TestFullServerClosesTheOldestIdleConnection(t *testing.T) {
	r := start(t, echo{}, Options{MaxConns: 3, IdleTimeout: time.Hour, ReadTimeout: time.Hour}, "127.0.0.1:0")
	var conns []*net.TCPConn
	for i := range 3 {
		c := dialTCP(t, r.Addrs()[0])
		exchangeTCP(t, c, i, 40)
		r.idle(t) // one after another, not as their goroutines happen to run
		conns = append(conns, c)
	}
	exchangeTCP(t, conns[0], 9, 40) // now 1 is idle for longest
	r.idle(t)
	exchangeTCP(t, dialTCP(t, r.Addrs()[0]), 4, 40)
	wantClosed(t, conns[1])
	exchangeTCP(t, conns[0], 5, 40)
	exchangeTCP(t, conns[2], 6, 40)
	if n := r.Counters().TCPEvicted.Load(); n != 1 {
		t.Errorf("%d evicted, want 1", n)
	}
}

func TestFullServerOfBusyConnectionsRefuses(t *testing.T) {
	hold := make(chan struct{})
	r := start(t, echo{hold: hold}, Options{MaxConns: 2, IdleTimeout: time.Hour, ReadTimeout: time.Hour}, "127.0.0.1:0")
	var conns []*net.TCPConn
	for range 2 {
		c := dialTCP(t, r.Addrs()[0])
		_, _ = c.Write(framed(1, 40))
		conns = append(conns, c)
	}
	eventually(t, "both being answered", func() bool { return r.total.messages.Load() == 2 })
	wantClosed(t, dialTCP(t, r.Addrs()[0]))
	close(hold)
	for _, c := range conns {
		if got, err := readFramed(c); err != nil || len(got) != 40 {
			t.Errorf("%d octets, %v", len(got), err)
		}
	}
}

// A flood of messages that never become whole does not shut others out, even
// if an octet comes now and then.
func TestFullServerOfHalfMessagesMakesRoom(t *testing.T) {
	r := start(t, echo{}, Options{MaxConns: 2, IdleTimeout: time.Hour, ReadTimeout: time.Hour}, "127.0.0.1:0")
	msg := framed(1, 40)
	var conns []*net.TCPConn
	for range 2 {
		c := dialTCP(t, r.Addrs()[0])
		sendOneAndAHalf(t, c, msg)
		r.idle(t)
		conns = append(conns, c)
	}
	_, _ = conns[0].Write(msg[20:21])
	exchangeTCP(t, dialTCP(t, r.Addrs()[0]), 2, 40)
	wantClosed(t, conns[0])
	_, _ = conns[1].Write(msg[20:])
	if got, err := readFramed(conns[1]); err != nil || len(got) != 40 {
		t.Errorf("%d octets, %v", len(got), err)
	}
}

func TestConnectionsInheritWhatBoundsTheSystemsMemory(t *testing.T) {
	r := start(t, echo{}, Options{}, "127.0.0.1:0")
	exchangeTCP(t, dialTCP(t, r.Addrs()[0]), 1, 40)
	r.registry.mu.Lock()
	defer r.registry.mu.Unlock()
	for c := range r.registry.all {
		err := withFD(c.raw, func(fd int) error {
			lowat, err := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT)
			timeout, err2 := unix.GetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT)
			if lowat != notSent || timeout != unackedTimeout {
				t.Errorf("TCP_NOTSENT_LOWAT %d, TCP_USER_TIMEOUT %d", lowat, timeout)
			}
			return errors.Join(err, err2)
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// Multipath TCP would bring paths from addresses that no limit counts.
func TestListenerTakesPlainTCPOnly(t *testing.T) {
	r := start(t, echo{}, Options{}, "127.0.0.1:0")
	raw, err := r.bindings[0].tcp.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	err = withFD(raw, func(fd int) error {
		p, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
		if p != unix.IPPROTO_TCP {
			t.Errorf("protocol %d, want %d", p, unix.IPPROTO_TCP)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestConnectionFloodIsBounded(t *testing.T) {
	r := start(t, echo{}, Options{MaxConns: 20, MaxConnsPerPeer: 1000, IdleTimeout: time.Hour, ReadTimeout: time.Hour}, "127.0.0.1:0")
	for range 500 {
		dialTCP(t, r.Addrs()[0])
		if n := r.Counters().TCPConns.Load(); n > 20 {
			t.Fatalf("%d connections, limit 20", n)
		}
	}
	exchangeTCP(t, dialTCP(t, r.Addrs()[0]), 1, 40)
}

func TestPeerPrefix(t *testing.T) {
	for _, tc := range []struct {
		name, a, b string
		same       bool
	}{
		{"one IPv4 address", "192.0.2.1", "192.0.2.1", true},
		{"neighbours in IPv4", "192.0.2.1", "192.0.2.2", false},
		{"IPv4 in IPv6 form", "192.0.2.1", "::ffff:192.0.2.1", true},
		{"one /56", "2001:db8:0:ff00::1", "2001:db8:0:ffff:1::2", true},
		{"two /56", "2001:db8:0:ff00::1", "2001:db8:0:fe00::1", false},
		{"link-local with zone", "fe80::1%eth0", "fe80::2", true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := newRegistry(Options{}.withDefaults(), &Counters{})
			a, b := r.prefix(netip.MustParseAddr(tc.a)), r.prefix(netip.MustParseAddr(tc.b))
			if (a == b) != tc.same || !a.IsValid() {
				t.Errorf("%v and %v: same %v, want %v", a, b, a == b, tc.same)
			}
		})
	}
}

func TestServerTellsItsIdleTimeout(t *testing.T) {
	r := start(t, echo{}, Options{IdleTimeout: 7 * time.Second}, "127.0.0.1:0")
	if got := r.IdleTimeout(); got != 7*time.Second {
		t.Errorf("%v, want 7s", got)
	}
}

func TestIdleTimeoutShrinksAsConnectionsFillUp(t *testing.T) {
	c := &Counters{}
	r := newRegistry(Options{MaxConns: 100, IdleTimeout: 10 * time.Second}.withDefaults(), c)
	for used, want := range map[int64]time.Duration{
		0: 10 * time.Second, 50: 10 * time.Second, 75: 5 * time.Second,
		90: 2 * time.Second, 99: time.Second, 100: time.Second, 101: time.Second,
	} {
		c.TCPConns.Store(used)
		if got := r.idleTimeout(); got != want {
			t.Errorf("%d of 100 connections: %v, want %v", used, got, want)
		}
	}
}
