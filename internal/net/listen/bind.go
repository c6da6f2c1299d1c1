package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// portTries is how often port 0 is tried again when the port the system chose
// for TCP is taken for UDP.
const portTries = 16

// binding is one address with its sockets.
type binding struct {
	addr netip.AddrPort // with the port that was bound
	tcp  *net.TCPListener
	udp  []*net.UDPConn
}

// bind opens the sockets of addr, opt.Workers of them for UDP.
func bind(addr netip.AddrPort, opt Options) (*binding, error) {
	if !addr.IsValid() {
		return nil, errors.New("listen: empty address: give one as 192.0.2.1:53 or [2001:db8::1]:53")
	}
	addr = netip.AddrPortFrom(addr.Addr().Unmap(), addr.Port())
	for try := 1; ; try++ {
		b, err := bindOnce(addr, opt)
		if err == nil || addr.Port() != 0 || try == portTries || !errors.Is(err, unix.EADDRINUSE) {
			return b, err
		}
	}
}

func bindOnce(addr netip.AddrPort, opt Options) (*binding, error) {
	b := &binding{addr: addr}
	if err := b.openTCP(); err != nil {
		return nil, explain(TCP, addr, err)
	}
	for range opt.Workers {
		if err := b.openUDP(opt); err != nil {
			b.close()
			return nil, explain(UDP, addr, err)
		}
	}
	return b, nil
}

// openTCP listens without a shared port, so that a second server on the same
// address is an error, and learns the port if it was 0.
func (b *binding) openTCP() error {
	lc := net.ListenConfig{
		KeepAlive: -1, // the idle timeout is shorter
		Control: func(_, _ string, c syscall.RawConn) error {
			return withFD(c, func(fd int) error { tuneTCP(fd); return nil })
		},
	}
	// Multipath TCP brings paths from addresses that no limit counts, and keeps
	// far more than notSent for a peer that does not read.
	lc.SetMultipathTCP(false)
	ln, err := lc.Listen(context.Background(), b.network(TCP), b.addr.String())
	if err != nil {
		return err
	}
	b.tcp = ln.(*net.TCPListener)
	port := uint16(b.tcp.Addr().(*net.TCPAddr).Port)
	b.addr = netip.AddrPortFrom(b.addr.Addr(), port)
	return nil
}

// openUDP adds one socket. The first is bound alone, so that a port already in
// use is an error even if its owner would share it; then it shares.
func (b *binding) openUDP(opt Options) error {
	first := len(b.udp) == 0
	addr := b.addr.Addr()
	lc := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		return withFD(c, func(fd int) error {
			if err := tuneUDP(fd, addr.Is6(), addr.IsUnspecified(), opt); err != nil || first {
				return err
			}
			return sharePort(fd)
		})
	}}
	pc, err := lc.ListenPacket(context.Background(), b.network(UDP), b.addr.String())
	if err != nil {
		return err
	}
	conn := pc.(*net.UDPConn)
	b.udp = append(b.udp, conn)
	if !first {
		return nil
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	return withFD(raw, sharePort)
}

// network is the name of the family alone: "udp6" makes a socket IPv6 only, so
// that [::] and 0.0.0.0 can have the same port.
func (b *binding) network(t Transport) string {
	if b.addr.Addr().Is4() {
		return t.String() + "4"
	}
	return t.String() + "6"
}

func (b *binding) close() {
	if b.tcp != nil {
		_ = b.tcp.Close()
	}
	for _, c := range b.udp {
		_ = c.Close()
	}
}

// explain says what to do about a failure to bind.
func explain(t Transport, addr netip.AddrPort, err error) error {
	advice := "see bind(2)"
	switch {
	case errors.Is(err, unix.EADDRINUSE):
		advice = "another server has this port, or the address is listed twice (a wildcard address " +
			"covers all of its family): stop that server or choose another address or port"
	case errors.Is(err, unix.EACCES), errors.Is(err, unix.EPERM):
		advice = "ports below 1024 need the capability CAP_NET_BIND_SERVICE: grant it or choose a higher port"
	case errors.Is(err, unix.EADDRNOTAVAIL):
		advice = "no interface of this machine has the address: correct it or add it to an interface"
	case errors.Is(err, unix.EAFNOSUPPORT):
		advice = "this machine has no such address family: leave the address out or enable IPv6"
	case errors.Is(err, unix.EMFILE), errors.Is(err, unix.ENFILE):
		advice = "too many open files: raise the limit (ulimit -n, LimitNOFILE)"
	}
	return fmt.Errorf("cannot listen on %s %s: %w; %s", t, addr, cause(err), advice)
}

// cause is the system's error without the words of package net around it.
func cause(err error) error {
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno
	}
	return err
}
