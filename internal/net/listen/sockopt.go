package listen

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// notSent bounds what the system keeps for a TCP peer that does not read, in
// octets, however large its send buffer has grown.
const notSent = 64 << 10

// tuneUDP sets what every UDP socket gets. Only what correctness needs fails.
func tuneUDP(fd int, v6, wildcard bool, buffer int) error {
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, buffer)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUF, buffer)
	omitPathMTU(fd, v6)
	switch {
	case !wildcard:
		return nil
	case v6:
		return unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_RECVPKTINFO, 1)
	}
	return unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1)
}

// omitPathMTU makes the system ignore path MTU messages, which anyone can
// forge to have responses fragmented and then poison the second fragment
// (RFC 9715, Section 3.1).
func omitPathMTU(fd int, v6 bool) {
	if v6 {
		_ = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_OMIT)
		return
	}
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_OMIT)
}

func sharePort(fd int) error {
	return unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
}

// tuneTCP sets on a listener what its connections inherit.
func tuneTCP(fd int) {
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NOTSENT_LOWAT, notSent)
}

// withFD runs f on the descriptor of c.
func withFD(c syscall.RawConn, f func(fd int) error) error {
	var inner error
	if err := c.Control(func(fd uintptr) { inner = f(int(fd)) }); err != nil {
		return err
	}
	return inner
}
