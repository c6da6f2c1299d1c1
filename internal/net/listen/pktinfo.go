package listen

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// A socket bound to a wildcard address learns from a control message which
// local address a datagram was sent to, and must answer from that address: a
// resolver drops a response from another one (RFC 2181, Section 4.1). The
// control message received has the form of the one to send, so it goes back
// with the response after the interface in it was cleared.

// controlLen holds one control message with in6_pktinfo, the larger of the two.
const controlLen = unix.SizeofCmsghdr + (unix.SizeofInet6Pktinfo+7)&^7

// control is the space for the control messages of one datagram, aligned for
// the system.
type control struct {
	hdr  unix.Cmsghdr
	data [controlLen - unix.SizeofCmsghdr]byte
}

// turn makes the n octets received in c into what goes with the response and
// returns their length, 0 when the response is best sent without.
func (c *control) turn(n int) int {
	switch {
	case n >= unix.SizeofCmsghdr+unix.SizeofInet4Pktinfo &&
		c.hdr.Level == unix.IPPROTO_IP && c.hdr.Type == unix.IP_PKTINFO:
		info := (*unix.Inet4Pktinfo)(unsafe.Pointer(&c.data))
		info.Ifindex = 0
		return n
	case n >= unix.SizeofCmsghdr+unix.SizeofInet6Pktinfo &&
		c.hdr.Level == unix.IPPROTO_IPV6 && c.hdr.Type == unix.IPV6_PKTINFO:
		return c.turn6(n)
	}
	return 0
}

func (c *control) turn6(n int) int {
	info := (*unix.Inet6Pktinfo)(unsafe.Pointer(&c.data))
	switch {
	case info.Addr[0] == 0xff:
		return 0 // multicast: no source address
	case info.Addr[0] == 0xfe && info.Addr[1]&0xc0 == 0x80:
		return n // link-local: means nothing without its interface
	}
	info.Ifindex = 0
	return n
}
