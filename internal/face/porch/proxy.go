// Package porch is what stands before all faces of HTTP: it finds out who is
// asking where proxies stand in between, and makes answers smaller on their way.
package porch

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Proxies is the networks of the proxies whose word is taken for who asks through
// them. None is a server that clients reach by themselves.
type Proxies []netip.Prefix

// ParseProxies reads networks, as in 10.0.0.0/8 or 2001:db8::1; empty ones are left out.
func ParseProxies(texts []string) (Proxies, error) {
	var list Proxies
	for _, text := range texts {
		if text == "" {
			continue
		}
		p, err := parseNetwork(text)
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, nil
}

func parseNetwork(text string) (netip.Prefix, error) {
	if at, err := netip.ParseAddr(text); err == nil && at.Zone() == "" {
		at = at.Unmap()
		return netip.PrefixFrom(at, at.BitLen()), nil
	}
	p, err := netip.ParsePrefix(text)
	switch {
	case err != nil || p.Addr().Is4In6():
		return p, fmt.Errorf("%q is neither a network nor an address, as in 10.0.0.0/8, 192.0.2.1 or 2001:db8::/32", text)
	case p != p.Masked():
		return p, fmt.Errorf("%q is an address within a network; write the network, %s, or the address alone, %s", text, p.Masked(), p.Addr())
	case p.Bits() == 0:
		return p, errors.New(text + " is everybody, and would let anybody say who they are; name the networks of your proxies")
	}
	return p, nil
}

// Headers by which proxies tell who asks. The first two are of no standard.
const (
	forwardedFor   = "X-Forwarded-For"
	forwardedProto = "X-Forwarded-Proto"
	forwarded      = "Forwarded" // RFC 7239
)

// Before has next see requests as if clients had sent them to it themselves:
// RemoteAddr is the address of the client, with port 0 where a proxy told it, and
// X-Forwarded-Proto is http or https as a trusted proxy said, or not there.
func (p Proxies) Before(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		scheme := ""
		if peer, err := netip.ParseAddrPort(r.RemoteAddr); err == nil && p.trust(peer.Addr()) {
			said := heard(r.Header)
			scheme = said.scheme
			if at := p.client(peer.Addr(), said.addresses); at != peer.Addr() {
				r.RemoteAddr = netip.AddrPortFrom(at, 0).String()
			}
		}
		if r.Header.Del(forwardedProto); scheme != "" {
			r.Header.Set(forwardedProto, scheme)
		}
		next.ServeHTTP(w, r)
	})
}

func (p Proxies) trust(at netip.Addr) bool {
	at = at.Unmap().WithZone("")
	return slices.ContainsFunc(p, func(network netip.Prefix) bool { return network.Contains(at) })
}

// client is the rightmost of addresses that is no proxy of ours: each proxy has
// written down, at the end, who came to it, and what stands before the word of the
// last that is trusted anybody may have made up (RFC 7239, Section 8.1). Where a
// proxy names nobody, or a proxy again, it is that proxy itself.
func (p Proxies) client(peer netip.Addr, addresses []string) netip.Addr {
	for _, text := range slices.Backward(addresses) {
		at, ok := parseNode(text)
		if !ok {
			break
		}
		if peer = at; !p.trust(at) {
			break
		}
	}
	return peer
}

// parseNode reads an address, which may have brackets and a port; what is hidden,
// unknown or of one link only is none.
func parseNode(text string) (netip.Addr, bool) {
	if at, err := netip.ParseAddrPort(text); err == nil {
		return at.Addr().Unmap(), at.Addr().Zone() == ""
	}
	if inner, ok := strings.CutPrefix(text, "["); ok {
		if text, ok = strings.CutSuffix(inner, "]"); !ok || !strings.Contains(text, ":") {
			return netip.Addr{}, false
		}
	}
	at, err := netip.ParseAddr(text)
	return at.Unmap(), err == nil && at.Zone() == ""
}

// word is what proxies say of a request.
type word struct {
	addresses []string // of the client first, then of the proxies on the way
	scheme    string   // by which the last of them was reached: http, https, or empty
}

// heard reads the headers. Where X-Forwarded-For is there Forwarded does not
// count: most proxies write the first and hand the other on as clients sent it.
func heard(h http.Header) word {
	if lines := h.Values(forwardedFor); len(lines) > 0 {
		return word{list(lines), schemeOf(list(h.Values(forwardedProto)))}
	}
	said := word{}
	var schemes []string
	for _, line := range h.Values(forwarded) {
		elements, ok := parseForwarded(line)
		if !ok { // whoever has written what stands before it
			said, schemes = word{}, nil
			continue
		}
		for _, e := range elements {
			said.addresses, schemes = append(said.addresses, e["for"]), append(schemes, e["proto"])
		}
	}
	if len(schemes) == 0 {
		schemes = list(h.Values(forwardedProto))
	}
	said.scheme = schemeOf(schemes)
	return said
}

// list is the members of a list that may stand on several lines; empty ones do not
// count (RFC 9110, Section 5.6.1).
func list(lines []string) []string {
	var all []string
	for _, line := range lines {
		for one := range strings.SplitSeq(line, ",") {
			if one = strings.Trim(one, " \t"); one != "" {
				all = append(all, one)
			}
		}
	}
	return all
}

// schemeOf is the last of schemes, which is of the proxy that stands before us.
func schemeOf(schemes []string) string {
	if len(schemes) == 0 {
		return ""
	}
	switch last := strings.ToLower(schemes[len(schemes)-1]); last {
	case "http", "https":
		return last
	}
	return ""
}
