package app

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// setPublic takes the URL under which browsers reach the server, in the form that
// they send as Origin (RFC 6454, Section 6.1): the host in lower case, and no port
// that is the scheme's own.
func setPublic(c *Config, v string) error {
	c.Public = nil
	if v == "" {
		return nil
	}
	u, err := url.Parse(v)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return fmt.Errorf("%q is not a URL of this server, as in https://dns.example.com", v)
	}
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" || u.ForceQuery {
		return fmt.Errorf("%q has more than scheme, host and port: the dashboard needs a host of its own, as in https://dns.example.com", v)
	}
	host, err := publicHost(u)
	if err != nil {
		return fmt.Errorf("%q: %w", v, err)
	}
	c.Public = &url.URL{Scheme: u.Scheme, Host: host}
	return nil
}

// publicHost is the host of u with its port, if that is not the usual one.
func publicHost(u *url.URL) (string, error) {
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if _, err := netip.ParseAddr(host); err != nil && !isHostname(host) {
		return "", errors.New("the host is neither a name nor an address; write names of other scripts in their form that begins with xn--")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	switch {
	case strings.HasSuffix(u.Host, ":"), port != "" && (err != nil || n == 0):
		return "", errors.New("the port is not a number from 1 to 65535")
	case port == "", u.Scheme == "https" && n == 443, u.Scheme == "http" && n == 80:
		if strings.Contains(host, ":") {
			host = "[" + host + "]"
		}
		return host, nil
	}
	return net.JoinHostPort(host, strconv.FormatUint(n, 10)), nil
}

// isHostname reports whether text is the name of a host (RFC 1123, Section 2.1),
// without a final dot, which browsers take for another site.
func isHostname(text string) bool {
	if len(text) > 253 {
		return false
	}
	for label := range strings.SplitSeq(text, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		if strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return false
		}
	}
	return true
}
