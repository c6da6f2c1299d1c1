package people

import (
	"net"
	"net/netip"
	"strings"

	"github.com/truename-dns/truename/internal/access/people"
)

// site is how the browser knows the server.
func (c handler) site() *people.Site {
	host, scheme := c.R.Host, "http"
	if c.Public != nil {
		host = c.Public.Host
	}
	if c.Secure() {
		scheme = "https"
	}
	domain := host
	if name, _, err := net.SplitHostPort(host); err == nil {
		domain = name
	}
	return &people.Site{Domain: strings.ToLower(domain), Origin: scheme + "://" + host}
}

// canPasskeys reports whether browsers let that site have passkeys: under a
// name, and by HTTPS unless it is this machine (Web Authentication Level 3,
// Section 5.1.3).
func canPasskeys(s *people.Site) bool {
	if s.Domain == "localhost" || strings.HasSuffix(s.Domain, ".localhost") {
		return true
	}
	_, err := netip.ParseAddr(strings.Trim(s.Domain, "[]"))
	return err != nil && s.Domain != "" && strings.HasPrefix(s.Origin, "https://")
}

// from is where an attempt to sign in comes from.
func (c handler) from() *people.From {
	return &people.From{Address: c.From, Agent: c.Origin().Agent, Secret: c.Secret()}
}
