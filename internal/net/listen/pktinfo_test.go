package listen

import (
	"net/netip"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// received builds the control message the system hands over for a datagram
// sent to local through interface 7.
func received(local netip.Addr) (control, int) {
	var c control
	if local.Is4() {
		c.hdr.Level, c.hdr.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
		info := (*unix.Inet4Pktinfo)(unsafe.Pointer(&c.data))
		info.Ifindex, info.Spec_dst, info.Addr = 7, local.As4(), local.As4()
		return c, unix.CmsgSpace(unix.SizeofInet4Pktinfo)
	}
	c.hdr.Level, c.hdr.Type = unix.IPPROTO_IPV6, unix.IPV6_PKTINFO
	info := (*unix.Inet6Pktinfo)(unsafe.Pointer(&c.data))
	info.Ifindex, info.Addr = 7, local.As16()
	return c, unix.CmsgSpace(unix.SizeofInet6Pktinfo)
}

func TestControlTurnsIntoTheSourceOfTheResponse(t *testing.T) {
	for _, tc := range []struct {
		name, local string
		sent        bool
		ifindex     uint32
	}{
		{"IPv4", "192.0.2.1", true, 0},
		{"IPv6", "2001:db8::1", true, 0},
		{"IPv6 link-local keeps its interface", "fe80::1", true, 7},
		{"IPv6 upper end of link-local", "febf::1", true, 7},
		{"IPv6 just above link-local", "fec0::1", true, 0},
		{"IPv6 multicast is no source", "ff02::fb", false, 7},
	} {
		t.Run(tc.name, func(t *testing.T) {
			local := netip.MustParseAddr(tc.local)
			c, n := received(local)
			want := 0
			if tc.sent {
				want = n
			}
			if got := c.turn(n); got != want {
				t.Fatalf("length %d, want %d", got, want)
			}
			if local.Is4() {
				info := (*unix.Inet4Pktinfo)(unsafe.Pointer(&c.data))
				if uint32(info.Ifindex) != tc.ifindex || info.Spec_dst != local.As4() {
					t.Errorf("%+v", info)
				}
				return
			}
			info := (*unix.Inet6Pktinfo)(unsafe.Pointer(&c.data))
			if info.Ifindex != tc.ifindex || info.Addr != local.As16() {
				t.Errorf("%+v", info)
			}
		})
	}
}

func TestControlOfAnotherKindIsNotSent(t *testing.T) {
	full, n := received(netip.MustParseAddr("192.0.2.1"))
	other := full
	other.hdr.Type = unix.IP_TTL
	for _, tc := range []struct {
		name string
		c    control
		n    int
	}{
		{"none received", control{}, 0},
		{"another type", other, n},
		{"cut short", full, unix.SizeofCmsghdr + unix.SizeofInet4Pktinfo - 1},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := tc.c.turn(tc.n); got != 0 {
				t.Errorf("length %d, want 0", got)
			}
		})
	}
}

// The layout the system calls rely on.
func TestLayoutOfSystemStructures(t *testing.T) {
	if got, want := unsafe.Sizeof(control{}), uintptr(controlLen); got != want {
		t.Errorf("control has %d octets, want %d", got, want)
	}
	if got := controlLen; got < unix.CmsgSpace(unix.SizeofInet6Pktinfo) {
		t.Errorf("controlLen %d is too small", got)
	}
	word := unsafe.Sizeof(uintptr(0))
	if got, want := unsafe.Sizeof(mmsghdr{}), unsafe.Sizeof(unix.Msghdr{})+word; got != want {
		t.Errorf("mmsghdr has %d octets, want %d", got, want)
	}
}
