package app

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/clock"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/dns/zonefile"
	"github.com/truename-dns/truename/internal/net/exchange"
	"github.com/truename-dns/truename/internal/resolver"
)

// Resolving is what may be said of names of others.
type Resolving struct {
	Networks     []netip.Prefix   // that may ask for them
	Routes       []resolver.Route // forwarders and stub zones
	Roots        []resolver.Route // the root servers; empty for those that IANA lists
	Port         int              // at which servers listen that are found on the way
	Hops         int              // links of a chain
	CacheBytes   int
	NoStale      bool
	Private      []netip.Prefix // that names of others may not have
	PrivateNames []dname.Name   // that may
	Trusted      *x509.CertPool // that vouch for forwarders over TLS; nil for the system's
	HideALIAS    bool
	Witnesses    []netip.AddrPort // resolvers of others that tell how far a change has come; nil for well-known public ones
	Clock        *clock.Clock
}

var resolvingSettings = []Setting{
	{Name: "recursion", Value: "NETWORK", Default: "", List: true, Help: "clients that may ask for names of others, as in 127.0.0.0/8 or 2001:db8::/32; repeatable; without one all are refused",
		set: networks(func(c *Config) *[]netip.Prefix { return &c.Resolving.Networks })},
	{Name: "forward", Value: "[ZONE=]SERVER", Default: "", List: true, Help: "have the resolver at SERVER look up names of others, or those of ZONE alone, as in 192.0.2.1, 192.0.2.1:5353 or, over TLS, 192.0.2.1#dns.example.net; repeatable",
		set: routes(true)},
	{Name: "stub", Value: "ZONE=SERVER", Default: "", List: true, Help: "ask SERVER for the names of ZONE, of which it is an authority, as in corp.example=192.0.2.1:5353; repeatable",
		set: routes(false)},
	{Name: "root-hints", Value: "FILE", Default: "", Help: "the root servers, as a zone file with their NS, A and AAAA records; without one those that IANA lists",
		set: one(setRootHints)},
	{Name: "resolver-port", Value: "PORT", Default: "53", Help: "port at which the servers of others listen",
		set: number(1, 65535, func(c *Config) *int { return &c.Resolving.Port })},
	{Name: "resolver-hops", Value: "N", Default: "10", Help: "links of an alias chain to follow through zones of others, 1 to 64",
		set: number(1, 64, func(c *Config) *int { return &c.Resolving.Hops })},
	{Name: "cache-size", Value: "SIZE", Default: "64MiB", Help: "memory for what servers of others said, as in 64MiB or 1GiB",
		set: one(setCacheSize)},
	{Name: "serve-stale", Value: "on|off", Default: "on", Help: "answer with what has expired where nothing better is to be had (RFC 8767)",
		set: one(func(c *Config, v string) error { return setSwitch(&c.Resolving.NoStale, v, false) })},
	{Name: "private-address", Value: "NETWORK", Default: "", List: true, Help: "addresses that names of others may not have, so that they cannot lead browsers into a network of yours; all for private, loopback and link-local ones; repeatable",
		set: setPrivate},
	{Name: "private-name", Value: "NAME", Default: "", List: true, Help: "name that may have such addresses, with all below it; repeatable",
		set: setPrivateNames},
	{Name: "forward-ca", Value: "FILE", Default: "", Help: "certificates that forwarders over TLS are trusted by, a PEM FILE; without one those of the system",
		set: one(setTrusted)},
	{Name: "propagation-resolver", Value: "ADDR", Default: "", List: true, Help: "resolver of others that truename propagation asks, as in 192.0.2.1 or 192.0.2.1:5353; repeatable; off for none; without one well-known public ones",
		set: setWitnesses},
	{Name: "show-alias", Value: "on|off", Default: "on", Help: "show ALIAS records to who asks for type 65401 or ANY",
		set: one(func(c *Config, v string) error { return setSwitch(&c.Resolving.HideALIAS, v, false) })},
	{Name: "test-clock", Value: "FILE", Default: "", Help: "for tests, with TRUENAME_TEST=1: go by the unix seconds in FILE, read anew whenever the time matters",
		set: one(setTestClock)},
}

// setSwitch sets *field to value where v is on, and to its contrary where it is off.
func setSwitch(field *bool, v string, value bool) error {
	switch v {
	case "on":
		*field = value
	case "off":
		*field = !value
	default:
		return fmt.Errorf("%q is neither on nor off", v)
	}
	return nil
}

func networks(field func(*Config) *[]netip.Prefix) func(*Config, []string) error {
	return func(c *Config, values []string) error {
		*field(c) = nil
		for _, v := range values {
			if v == "" || v == "off" {
				continue
			}
			p, err := parseNetwork(v)
			if err != nil {
				return err
			}
			*field(c) = append(*field(c), p)
		}
		return nil
	}
}

func parseNetwork(v string) (netip.Prefix, error) {
	if ip, err := netip.ParseAddr(v); err == nil {
		return netip.PrefixFrom(ip, ip.BitLen()), nil
	}
	p, err := netip.ParsePrefix(v)
	if err != nil {
		return p, fmt.Errorf("%q is not a network, as in 192.0.2.0/24 or 2001:db8::/32", v)
	}
	if p != p.Masked() {
		return p, fmt.Errorf("%s has bits set behind its first %d; write %s for the network, or %s for the one address", v, p.Bits(), p.Masked(), p.Addr())
	}
	return p, nil
}

func setPrivate(c *Config, values []string) error {
	own := slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "all" })
	err := networks(func(c *Config) *[]netip.Prefix { return &c.Resolving.Private })(c, own)
	if len(own) < len(values) {
		c.Resolving.Private = append(c.Resolving.Private, resolver.PrivateNetworks()...)
	}
	return err
}

func setPrivateNames(c *Config, values []string) error {
	c.Resolving.PrivateNames = nil
	for _, v := range values {
		if v == "" {
			continue
		}
		n, err := dname.Parse(v, dname.Root)
		if err != nil {
			return fmt.Errorf("%q is not a name, as in corp.example.net", v)
		}
		c.Resolving.PrivateNames = append(c.Resolving.PrivateNames, n.Lower())
	}
	return nil
}

// routes reads [ZONE=]SERVER; servers of one zone make one Route.
func routes(forward bool) func(*Config, []string) error {
	return func(c *Config, values []string) error {
		for _, v := range values {
			if v == "" {
				continue
			}
			apex, server, err := parseRoute(v, forward)
			if err != nil {
				return err
			}
			c.Resolving.addRoute(apex, server, forward)
		}
		return nil
	}
}

func (r *Resolving) addRoute(apex dname.Name, s exchange.Server, forward bool) {
	for i := range r.Routes {
		if at := &r.Routes[i]; at.Forward == forward && at.Apex.Equal(apex) {
			at.Servers = append(at.Servers, s)
			return
		}
	}
	r.Routes = append(r.Routes, resolver.Route{Apex: apex, Servers: []exchange.Server{s}, Forward: forward})
}

func parseRoute(v string, forward bool) (dname.Name, exchange.Server, error) {
	zone, server, named := strings.Cut(v, "=")
	if !named {
		zone, server = ".", v
	}
	if !named && !forward {
		return nil, exchange.Server{}, fmt.Errorf("%q names no zone; write ZONE=SERVER, as in corp.example=192.0.2.1", v)
	}
	apex, err := dname.Parse(zone, dname.Root)
	if err != nil {
		return nil, exchange.Server{}, fmt.Errorf("%q is not the name of a zone, as in corp.example=192.0.2.1", zone)
	}
	s, err := parseServer(server)
	return apex.Lower(), s, err
}

// Ports of servers (RFC 1035, Section 4.2; RFC 7858, Section 3.1).
const (
	dnsPort = 53
	dotPort = 853
)

func parseServer(v string) (s exchange.Server, err error) {
	addr, name, tls := strings.Cut(v, "#")
	port := uint16(dnsPort)
	if tls {
		if name == "" {
			return s, fmt.Errorf("%q names no certificate behind the #, as in 192.0.2.1#dns.example.net", v)
		}
		port, s.TLSName = dotPort, name
	}
	if ip, err := netip.ParseAddr(strings.Trim(addr, "[]")); err == nil {
		s.Addr = netip.AddrPortFrom(ip, port)
		return s, nil
	}
	if s.Addr, err = netip.ParseAddrPort(addr); err != nil {
		return s, fmt.Errorf("%q is not the address of a server, as in 192.0.2.1, [2001:db8::1]:5353 or 192.0.2.1#dns.example.net", v)
	}
	return s, nil
}

// setCacheSize reads octets, with KiB, MiB or GiB behind them or not.
func setCacheSize(c *Config, v string) error {
	const least, most = 1 << 20, 1 << 40
	digits, unit := strings.TrimRight(v, "KMGiBkmgb "), 1
	switch strings.ToUpper(strings.TrimSpace(v[len(digits):])) {
	case "", "B":
	case "K", "KB", "KIB":
		unit = 1 << 10
	case "M", "MB", "MIB":
		unit = 1 << 20
	case "G", "GB", "GIB":
		unit = 1 << 30
	default:
		unit = 0
	}
	n, err := strconv.Atoi(digits)
	if err != nil || unit == 0 || n < 1 || n > most/unit || n*unit < least {
		return fmt.Errorf("%q is not a size from 1MiB to 1024GiB, as in 64MiB", v)
	}
	c.Resolving.CacheBytes = n * unit
	return nil
}

// setRootHints reads the root servers out of a zone file.
func setRootHints(c *Config, path string) error {
	c.Resolving.Roots = nil
	if path == "" {
		return nil
	}
	text, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w; give a file that this user may read", err)
	}
	defer text.Close()
	servers := make(map[string]bool)
	var addresses []zonefile.Record
	err = zonefile.Parse(text, path, zonefile.Options{Origin: dname.Root}, func(r *zonefile.Record) error {
		switch r.Type {
		case rr.TypeNS:
			servers[string(dname.Name(r.Data).Lower())] = r.Owner.IsRoot()
		case rr.TypeA, rr.TypeAAAA:
			addresses = append(addresses, zonefile.Record{Owner: r.Owner.Lower(), Data: append([]byte(nil), r.Data...)})
		}
		return nil
	})
	if err := seriously(err); err != nil {
		return err
	}
	root := resolver.Route{Apex: dname.Root}
	for _, a := range addresses {
		if ip, ok := netip.AddrFromSlice(a.Data); ok && servers[string(a.Owner)] {
			root.Servers = append(root.Servers, exchange.Server{Addr: netip.AddrPortFrom(ip, dnsPort)})
		}
	}
	if len(root.Servers) == 0 {
		return fmt.Errorf("%s has no NS record of the root with an address; get the file from https://www.internic.net/domain/named.root", path)
	}
	c.Resolving.Roots = []resolver.Route{root}
	return nil
}

func setWitnesses(c *Config, values []string) error {
	c.Resolving.Witnesses = nil
	for _, v := range values {
		switch v {
		case "":
			continue
		case "off":
			c.Resolving.Witnesses = []netip.AddrPort{}
			continue
		}
		s, err := parseServer(v)
		if err != nil {
			return err
		}
		c.Resolving.Witnesses = append(c.Resolving.Witnesses, s.Addr)
	}
	return nil
}

// seriously is err without what does not matter of hints: they need no TTL.
func seriously(err error) error {
	var wrong zonefile.Errors
	if !errors.As(err, &wrong) {
		return err
	}
	wrong = slices.DeleteFunc(slices.Clone(wrong), func(e *zonefile.Error) bool { return e.Code == "no_ttl" })
	if len(wrong) == 0 {
		return nil
	}
	return wrong
}

func setTrusted(c *Config, path string) error {
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("%w; give a file that this user may read", err)
	}
	c.Resolving.Trusted = x509.NewCertPool()
	if !c.Resolving.Trusted.AppendCertsFromPEM(text) {
		return fmt.Errorf("%s holds no certificate in PEM form", path)
	}
	return nil
}

func setTestClock(c *Config, path string) (err error) {
	if c.Resolving.Clock = clock.System(); path == "" {
		return nil
	}
	if os.Getenv("TRUENAME_TEST") != "1" {
		return errors.New("is for tests only; set TRUENAME_TEST=1 in the environment if this is one, and leave it out otherwise")
	}
	c.Resolving.Clock, err = clock.File(path)
	return err
}
