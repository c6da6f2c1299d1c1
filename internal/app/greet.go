package app

import (
	"fmt"
	"net/netip"
)

// greet tells the person at the terminal what is served, and three queries to try.
func (a *App) greet() {
	for _, addr := range a.dns.server.Addrs() {
		fmt.Fprintf(a.out, "Truename %s answers DNS at %s (UDP and TCP)\n", BuildVersion(), addr)
	}
	if a.http != nil {
		fmt.Fprintf(a.out, "and http://%s/metrics\n", reachable(netip.MustParseAddrPort(a.http.String())))
	}
	tries := examples(a.serve.Zones(), a.config.MaxChain, a.config.Version != "")
	if len(tries) > 0 {
		fmt.Fprintln(a.out, "\nTry:")
	}
	at := reachable(a.dns.server.Addrs()[0])
	for _, t := range tries {
		fmt.Fprintf(a.out, "  dig @%s -p %d %s\n", at.Addr(), at.Port(), t)
	}
	fmt.Fprintln(a.out)
}

// reachable is where a person at this machine finds what listens at addr.
func reachable(addr netip.AddrPort) netip.AddrPort {
	ip := addr.Addr().Unmap()
	switch {
	case ip == netip.IPv4Unspecified():
		ip = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	case ip == netip.IPv6Unspecified():
		ip = netip.IPv6Loopback()
	}
	return netip.AddrPortFrom(ip, addr.Port())
}
