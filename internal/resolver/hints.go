package resolver

import (
	"net/netip"

	"github.com/truename-dns/truename/internal/net/exchange"
)

// rootServers are a to m.root-servers.net (https://www.iana.org/domains/root/servers),
// asked once for who they are today (RFC 9609, Section 3).
var rootServers = servers(
	"198.41.0.4", "170.247.170.2", "192.33.4.12", "199.7.91.13", "192.203.230.10", "192.5.5.241", "192.112.36.4",
	"198.97.190.53", "192.36.148.17", "192.58.128.30", "193.0.14.129", "199.7.83.42", "202.12.27.33",
	"2001:503:ba3e::2:30", "2801:1b8:10::b", "2001:500:2::c", "2001:500:2d::d", "2001:500:a8::e", "2001:500:2f::f",
	"2001:500:12::d0d", "2001:500:1::53", "2001:7fe::53", "2001:503:c27::2:30", "2001:7fd::1", "2001:500:9f::42", "2001:dc3::35",
)

const port = 53

func servers(addresses ...string) (list []exchange.Server) {
	for _, a := range addresses {
		list = append(list, exchange.Server{Addr: netip.AddrPortFrom(netip.MustParseAddr(a), port)})
	}
	return list
}
