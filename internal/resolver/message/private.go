package message

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Private says which addresses names of others may not have.
type Private struct {
	Networks []netip.Prefix
	Names    []dname.Name // with all below them, that may
}

// PrivateNetworks are those that the names of strangers have no business in: this
// host, loopback, link-local, private and shared ones (RFC 6890, Section 2.2).
func PrivateNetworks() (list []netip.Prefix) {
	for _, text := range []string{
		"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16",
		"::/128", "::1/128", "fc00::/7", "fe80::/10", "fec0::/10",
	} {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// refuses reports whether rec tells a private address of a name that may not
// have one: names of others must not lead into our networks ("DNS rebinding").
func (p *Private) refuses(owner dname.Name, rec rr.Record) bool {
	if len(p.Networks) == 0 {
		return false
	}
	if !slices.ContainsFunc(addressesIn(rec), func(a netip.Addr) bool { return p.holds(a) || p.holds(carried(a)) }) {
		return false
	}
	for _, name := range p.Names {
		if owner.IsAtOrBelow(name) {
			return false
		}
	}
	return true
}

// addressesIn are those in an A or AAAA record, or in the hints of an SVCB or HTTPS
// record (RFC 9460, Section 7.3), as far as that is well formed.
func addressesIn(rec rr.Record) (list []netip.Addr) {
	if a, ok := Address(rec); ok {
		return []netip.Addr{a}
	}
	data := rec.Data()
	if t := rec.Type(); t != rr.TypeSVCB && t != rr.TypeHTTPS || len(data) < 2 {
		return nil
	}
	n, err := dname.Len(data[2:])
	if err != nil {
		return nil
	}
	for rest := data[2+n:]; len(rest) >= 4; {
		key, end := binary.BigEndian.Uint16(rest), 4+int(binary.BigEndian.Uint16(rest[2:]))
		if len(rest) < end {
			break
		}
		list, rest = append(list, hints(key, rest[4:end])...), rest[end:]
	}
	return list
}

// hints are the addresses in the SvcParam of that key.
func hints(key uint16, value []byte) (list []netip.Addr) {
	size := map[uint16]int{4: 4, 6: 16}[key] // ipv4hint, ipv6hint (RFC 9460, Section 14.3.2)
	for ; size > 0 && len(value) >= size; value = value[size:] {
		a, _ := netip.AddrFromSlice(value[:size])
		list = append(list, a)
	}
	return list
}

func (p *Private) holds(a netip.Addr) bool {
	return slices.ContainsFunc(p.Networks, func(n netip.Prefix) bool { return n.Contains(a) })
}

// carriers are the forms of IPv6 addresses that lead to an IPv4 address in them,
// which starts at that octet.
var carriers = []struct {
	netip.Prefix
	at int
}{
	{netip.MustParsePrefix("::ffff:0:0/96"), 12},  // mapped (RFC 4291, Section 2.5.5.2)
	{netip.MustParsePrefix("::/96"), 12},          // compatible (RFC 4291, Section 2.5.5.1)
	{netip.MustParsePrefix("64:ff9b::/96"), 12},   // NAT64 (RFC 6052, Section 2.1)
	{netip.MustParsePrefix("64:ff9b:1::/48"), 12}, // NAT64 of a network's own (RFC 8215)
	{netip.MustParsePrefix("2002::/16"), 2},       // 6to4 (RFC 3056, Section 2)
}

// carried is the IPv4 address that a leads to, or no address.
func carried(a netip.Addr) netip.Addr {
	octets := a.As16()
	for _, c := range carriers {
		if a.Is6() && c.Contains(a) {
			return netip.AddrFrom4([4]byte(octets[c.at:]))
		}
	}
	return netip.Addr{}
}
