// Package app reads the configuration, builds the rooms, runs them and stops them.
package app

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/dns/cookie"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/porch"
)

// Config is everything an operator may say, as checked values.
type Config struct {
	Zones         string
	Data          string
	DNS           []netip.AddrPort
	HTTP          string
	TLSCert       string // PEM files of the HTTPS certificate and its key; both or none
	TLSKey        string
	Public        *url.URL // scheme and host by which browsers reach the server; nil for what they say
	Proxies       porch.Proxies
	RateLimit     int // responses a second to one network; 0 is off
	Slip          int
	MaxUDP        int
	MaxChain      int
	Workers       int
	TCPConns      int
	TCPPerPeer    int
	TCPIdle       time.Duration
	NSID          string
	Version       string
	Hostname      string
	CookieSecrets []cookie.Secret
	NameServers   []dname.Name
	AdminToken    string
	APIRate       int // requests a second of one token; 0 is off
	NoTraffic     bool
	Resolving     Resolving
	LogFormat     string
	LogLevel      slog.Level
}

// Setting is one thing that can be configured: by the flag --Name, by the
// environment variable TRUENAME_NAME, or by the key Name of the file.
type Setting struct {
	Name    string
	Default string
	Value   string // what kind of value it takes, for help
	Help    string
	List    bool // may be given several times; commas part values in the environment
	Secret  bool // no flag, for others can see those of a process
	set     func(*Config, []string) error
}

// Env is the environment variable of s.
func (s Setting) Env() string {
	return "TRUENAME_" + strings.ToUpper(strings.ReplaceAll(s.Name, "-", "_"))
}

// Settings is all settings, in the order in which help shows them.
var Settings = slices.Concat(servingSettings, resolvingSettings, loggingSettings)

var servingSettings = []Setting{
	{Name: "zones", Value: "DIR", Default: "", Help: "serve every *.zone file in DIR and follow its changes",
		set: one(func(c *Config, v string) error { c.Zones = v; return dirExists(v) })},
	{Name: "data", Value: "DIR", Default: "./truename-data", Help: "where state lives; made when needed",
		set: one(setData)},
	{Name: "dns", Value: "ADDR", Default: "127.0.0.1:5300", List: true, Help: "serve DNS over UDP and TCP at ADDR, as in 192.0.2.1:53, [2001:db8::1]:53 or :53 for all; repeatable",
		set: setDNS},
	{Name: "http", Value: "ADDR", Default: "127.0.0.1:8053", Help: "serve the API, /healthz, /readyz and /metrics at ADDR; off for none",
		set: one(setHTTP)},
	{Name: "tls-cert", Value: "FILE", Default: "", Help: "serve HTTPS instead of HTTP with the certificate chain in the PEM FILE, read anew when it changes",
		set: one(func(c *Config, v string) error { c.TLSCert = v; return fileExists(v) })},
	{Name: "tls-key", Value: "FILE", Default: "", Help: "the key of --tls-cert, a PEM FILE",
		set: one(func(c *Config, v string) error { c.TLSKey = v; return fileExists(v) })},
	{Name: "public-url", Value: "URL", Default: "", Help: "where browsers find the dashboard, as in https://dns.example.com, if a reverse proxy stands before it: for invitations, passkeys, cookies, and to know its own pages",
		set: one(setPublic)},
	{Name: "trusted-proxy", Value: "NETWORK", Default: "", List: true, Help: "reverse proxy whose X-Forwarded-For, X-Forwarded-Proto or Forwarded is believed, as in 10.0.0.0/8 or 127.0.0.1; without one the address of each connection is who asks; repeatable",
		set: setProxies},
	{Name: "rrl", Value: "RATE", Default: "200", Help: "equal UDP responses a second to one network before they are limited; off for no limit",
		set: number(0, 1_000_000, func(c *Config) *int { return &c.RateLimit })},
	{Name: "rrl-slip", Value: "N", Default: "2", Help: "of limited responses send every Nth, truncated, so that real clients can turn to TCP; 0 for none",
		set: number(0, 100, func(c *Config) *int { return &c.Slip })},
	{Name: "max-udp", Value: "OCTETS", Default: "1232", Help: "largest UDP response, 512 to 4096",
		set: number(512, 4096, func(c *Config) *int { return &c.MaxUDP })},
	{Name: "max-chain", Value: "N", Default: "16", Help: "links of an alias chain to follow, 1 to 64",
		set: number(1, 64, func(c *Config) *int { return &c.MaxChain })},
	{Name: "workers", Value: "N", Default: "0", Help: "UDP workers per address; 0 for one per core",
		set: number(0, 256, func(c *Config) *int { return &c.Workers })},
	{Name: "tcp-connections", Value: "N", Default: "4096", Help: "TCP connections open at once",
		set: number(1, 1_000_000, func(c *Config) *int { return &c.TCPConns })},
	{Name: "tcp-per-peer", Value: "N", Default: "256", Help: "TCP connections open at once to one IPv4 address or IPv6 /56",
		set: number(1, 1_000_000, func(c *Config) *int { return &c.TCPPerPeer })},
	{Name: "tcp-idle", Value: "DURATION", Default: "10s", Help: "close TCP connections idle for so long, 1s to 5m",
		set: one(setIdle)},
	{Name: "nsid", Value: "TEXT", Default: "hostname", Help: "name server identifier for who asks by EDNS (RFC 5001): a text, hostname, or off",
		set: one(func(c *Config, v string) error { c.NSID = hostname(v); return lengthUpTo(c.NSID, 128) })},
	{Name: "chaos-version", Value: "TEXT", Default: "truename", Help: "answer to version.bind in class CH: a text, or off",
		set: one(func(c *Config, v string) error { c.Version = off(v); return lengthUpTo(c.Version, 255) })},
	{Name: "chaos-hostname", Value: "TEXT", Default: "hostname", Help: "answer to hostname.bind and id.server in class CH: a text, hostname, or off",
		set: one(func(c *Config, v string) error { c.Hostname = hostname(v); return lengthUpTo(c.Hostname, 255) })},
	{Name: "cookie-secret", Value: "HEX", Default: "", List: true, Help: "32 hexadecimal digits shared by all servers of an anycast address (RFC 9018); the first makes cookies, a second still verifies; without one a random secret is made and changed every day",
		set: setSecrets},
	{Name: "name-server", Value: "NAME", Default: "", List: true, Help: "name under which this server is known, as in ns1.example.net; the NS records of new zones show it; repeatable",
		set: setNameServers},
	{Name: "admin-token", Value: "TOKEN", Default: "", Secret: true, Help: "token of the first admin, for automation; without it one is made at the first start and shown once",
		set: one(setAdminToken)},
	{Name: "api-rate", Value: "RATE", Default: "0", Help: "requests a second of one API token before they are limited; off for no limit",
		set: number(0, 1_000_000, func(c *Config) *int { return &c.APIRate })},
	{Name: "traffic", Value: "on|off", Default: "on", Help: "count queries by zone and name, for the traffic that the dashboard and the API show; with off they show totals alone",
		set: one(func(c *Config, v string) error { return setSwitch(&c.NoTraffic, v, false) })},
}

var loggingSettings = []Setting{
	{Name: "log-format", Value: "FORMAT", Default: "text", Help: "text or json",
		set: one(setLogFormat)},
	{Name: "log-level", Value: "LEVEL", Default: "info", Help: "debug, info, warn or error",
		set: one(setLogLevel)},
}

func one(set func(*Config, string) error) func(*Config, []string) error {
	return func(c *Config, v []string) error {
		if len(v) != 1 {
			return fmt.Errorf("takes one value, but there are %d", len(v))
		}
		return set(c, v[0])
	}
}

// number takes low to high; "off" is 0 where 0 is allowed.
func number(low, high int, field func(*Config) *int) func(*Config, []string) error {
	return one(func(c *Config, v string) error {
		if v == "off" && low == 0 {
			v = "0"
		}
		n, err := strconv.Atoi(v)
		if err != nil || n < low || n > high {
			return fmt.Errorf("%q is not a whole number from %d to %d", v, low, high)
		}
		*field(c) = n
		return nil
	})
}

func off(v string) string {
	if v == "off" {
		return ""
	}
	return v
}

func hostname(v string) string {
	if v == "hostname" {
		v, _ = os.Hostname()
	}
	return off(v)
}

func lengthUpTo(v string, n int) error {
	if len(v) > n {
		return fmt.Errorf("is %d octets long; at most %d fit", len(v), n)
	}
	return nil
}

func dirExists(dir string) error {
	if dir == "" {
		return nil
	}
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("there is no directory %s; give the directory that holds the zone files", dir)
	case err != nil:
		return fmt.Errorf("%w; give a directory that this user may read", err)
	case !info.IsDir():
		return fmt.Errorf("%s is not a directory; give the directory that holds the zone files", dir)
	}
	return nil
}

func fileExists(path string) error {
	if path == "" {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("%w; give a file that this user may read", err)
	}
	return f.Close()
}

func setDNS(c *Config, values []string) error {
	c.DNS = nil
	for _, v := range values {
		addrs, err := parseAddr(v)
		if err != nil {
			return err
		}
		c.DNS = append(c.DNS, addrs...)
	}
	return nil
}

// parseAddr reads address:port; without an address it means all of both families.
func parseAddr(v string) ([]netip.AddrPort, error) {
	if port, ok := strings.CutPrefix(v, ":"); ok {
		if n, err := strconv.ParseUint(port, 10, 16); err == nil {
			return []netip.AddrPort{
				netip.AddrPortFrom(netip.IPv4Unspecified(), uint16(n)),
				netip.AddrPortFrom(netip.IPv6Unspecified(), uint16(n)),
			}, nil
		}
	}
	if rest, ok := strings.CutPrefix(v, "localhost:"); ok {
		v = "127.0.0.1:" + rest
	}
	if ap, err := netip.ParseAddrPort(v); err == nil {
		return []netip.AddrPort{ap}, nil
	}
	if ip, err := netip.ParseAddr(strings.Trim(v, "[]")); err == nil {
		return []netip.AddrPort{netip.AddrPortFrom(ip, 53)}, nil
	}
	return nil, fmt.Errorf("%q is not an address and port, as in 192.0.2.1:53, [2001:db8::1]:53 or :53", v)
}

func setHTTP(c *Config, v string) error {
	c.HTTP = off(v)
	if c.HTTP == "" {
		return nil
	}
	_, port, err := net.SplitHostPort(v)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not an address and port, as in 127.0.0.1:8053, [::1]:8053 or :8053 for all; off for none", v)
	}
	return nil
}

func setData(c *Config, v string) error {
	if v == "" {
		return errors.New("is empty; give a directory, which is made when needed")
	}
	c.Data = v
	return nil
}

func setIdle(c *Config, v string) error {
	d, err := time.ParseDuration(v)
	if err != nil || d < time.Second || d > 5*time.Minute {
		return fmt.Errorf("%q is not a time from 1s to 5m", v)
	}
	c.TCPIdle = d
	return nil
}

func setSecrets(c *Config, values []string) error {
	c.CookieSecrets = nil
	for _, v := range values {
		if v == "" {
			continue
		}
		s, err := cookie.ParseSecret(v)
		if err != nil {
			return err
		}
		c.CookieSecrets = append(c.CookieSecrets, s)
	}
	return nil
}

func setAdminToken(c *Config, v string) error {
	c.AdminToken = v
	if v == "" {
		return nil
	}
	return access.CheckChosen(v)
}

func setNameServers(c *Config, values []string) error {
	c.NameServers = nil
	for _, v := range values {
		if v == "" {
			continue
		}
		n, err := dname.Parse(v, dname.Root)
		if err != nil || n.IsRoot() {
			return fmt.Errorf("%q is not the name of a name server, as in ns1.example.net", v)
		}
		c.NameServers = append(c.NameServers, n.Lower())
	}
	return nil
}

func setProxies(c *Config, values []string) (err error) {
	c.Proxies, err = porch.ParseProxies(values)
	return err
}

func setLogFormat(c *Config, v string) error {
	if v != "text" && v != "json" {
		return fmt.Errorf("%q is neither text nor json", v)
	}
	c.LogFormat = v
	return nil
}

func setLogLevel(c *Config, v string) error {
	if err := c.LogLevel.UnmarshalText([]byte(v)); err != nil {
		return fmt.Errorf("%q is none of debug, info, warn and error", v)
	}
	return nil
}

// BuildVersion is the version this binary was built from.
func BuildVersion() string {
	if Version != "" {
		return Version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "devel"
}

// Version is set by the build.
var Version string
