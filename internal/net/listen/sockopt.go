package listen

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// notSent bounds what the system keeps for a TCP peer that does not read, in
// octets, however large its send buffer has grown.
const notSent = 64 << 10

// unackedTimeout is how long, in milliseconds, a TCP peer may leave octets
// unacknowledged before the system drops the connection, a closed one too: else
// who asks, never reads and waits to be closed has the response kept for minutes.
const unackedTimeout = 15_000

// tuneUDP sets what every UDP socket gets. Only what correctness needs fails.
func tuneUDP(fd int, v6, wildcard bool, o Options) error {
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, o.UDPBuffer)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, o.UDPBuffer)
	ignorePathMTU(fd, v6, o.Fragment)
	switch {
	case !wildcard:
		return nil
	case v6:
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
}

// ignorePathMTU makes the system ignore path MTU messages, which anyone can
// forge to have responses fragmented and then poison the second fragment. Over
// IPv4 it also forbids fragments on the way, which spares the system a number
// for each packet besides (RFC 9715, Section 3.1).
func ignorePathMTU(fd int, v6, fragment bool) {
	if v6 {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_OMIT)
		return
	}
	mode := unix.IP_PMTUDISC_PROBE
	if fragment {
		mode = unix.IP_PMTUDISC_OMIT
	}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, mode)
}

func sharePort(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

// tuneTCP sets on a listener what its connections inherit.
func tuneTCP(fd int) {
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, notSent)
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, unackedTimeout)
}

// withFD runs f on the descriptor of c.
func withFD(c syscall.RawConn, f func(fd int) error) error {
	var inner error
	if err := c.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}
