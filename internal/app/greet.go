package app

import (
	"fmt"
	"io"
	"net/netip"
	"strings"
)

// greet tells the person at the terminal what is served, and three queries to
// try, all in one write.
func (a *App) greet() {
	var b strings.Builder
	for _, addr := range a.dns.server.Addrs() {
		fmt.Fprintf(&b, "Truename %s answers DNS at %s (UDP and TCP)\n", BuildVersion(), addr)
	}
	if a.http != nil {
		at := reachable(netip.MustParseAddrPort(a.http.String()))
		fmt.Fprintf(&b, "and %s://%s/metrics; the API is at %[1]s://%[2]s/v1, described at %[1]s://%[2]s/v1/docs\n", a.scheme(), at)
		a.greetPeople(&b, a.origin(at))
	}
	if a.secret != "" {
		fmt.Fprintf(&b, "\nThe admin's token, shown this once; keep it safe:\n  %s\n", a.secret)
	}
	tries := examples(a.serve.Zones(), a.config.MaxChain, a.config.Version != "")
	if len(tries) > 0 {
		fmt.Fprintln(&b, "\nTry:")
	}
	at := reachable(a.dns.server.Addrs()[0])
	for _, t := range tries {
		fmt.Fprintf(&b, "  dig @%s -p %d %s\n", at.Addr(), at.Port(), t)
	}
	fmt.Fprintln(&b)
	_, _ = io.WriteString(a.out, b.String()) // there may be nobody
}

// origin is where browsers find what is served over HTTP at that address.
func (a *App) origin(at netip.AddrPort) string {
	if a.config.Public != nil {
		return a.config.Public.String()
	}
	return a.scheme() + "://" + at.String()
}

func (a *App) scheme() string {
	if a.config.TLSCert != "" {
		return "https"
	}
	return "http"
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
