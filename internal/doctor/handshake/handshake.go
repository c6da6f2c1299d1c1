// Package handshake asks an address for the certificate that it shows to clients
// of a name, and judges it as they do.
package handshake

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// Result is what came of a handshake.
type Result uint8

// The results.
const (
	Fits        Result = iota // the certificate covers the name and is valid
	Soon                      // as that, but not for long
	Untrusted                 // as that, but of an authority that is not trusted here
	Unfit                     // it is not what a client would take
	Failed                    // somebody listens, but there is no certificate
	NoListener                // nobody listens
	Unreachable               // nothing came back
	Barred                    // the address was not to be asked
)

// Certificate is what an address shows.
type Certificate struct {
	Result     Result
	Why        string   // what is wrong, or why there is none; "" where it fits
	Names      []string // covered, the first of them
	NameCount  int
	Covers     bool
	Trusted    bool // it leads to an authority that is trusted
	SelfSigned bool
	Subject    string
	Issuer     string
	NotBefore  time.Time // zero where there is none
	NotAfter   time.Time
	Protocol   string // version of TLS
}

// Options are how a handshake is made.
type Options struct {
	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	Roots *x509.CertPool // nil for the system's
	Now   time.Time
}

const (
	patience = 4 * time.Second
	maxNames = 50                  // of a certificate that are kept
	soon     = 14 * 24 * time.Hour // before its end a certificate is worth a warning
)

// Ask shakes hands at an address as a client of host, a name without final dot
// that is sent along (RFC 6066, Section 3).
func Ask(ctx context.Context, o Options, at netip.AddrPort, host string) (c Certificate) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	raw, err := o.Dial(ctx, "tcp", at.String())
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		c.Result, c.Why = NoListener, "nobody listens there"
		return c
	case err != nil:
		c.Result, c.Why = Unreachable, "the address could not be reached: "+reason(err)
		return c
	}
	defer raw.Close()
	// What is shown is judged below, and nothing is sent over the connection.
	conn := tls.Client(raw, &tls.Config{ServerName: host, InsecureSkipVerify: true, MinVersion: tls.VersionTLS10})
	if err := conn.HandshakeContext(ctx); err != nil {
		c.Result, c.Why = Failed, "the TLS handshake failed: "+reason(err)
		return c
	}
	state := conn.ConnectionState()
	c.Protocol = tls.VersionName(state.Version)
	c.read(state.PeerCertificates, host, o)
	return c
}

// reason is what is wrong, without whom it was done to.
func reason(err error) string {
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer in time"
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next
	}
	return printable(err.Error())
}

// read judges the certificates shown, the first of which is the server's.
func (c *Certificate) read(chain []*x509.Certificate, host string, o Options) {
	leaf := chain[0]
	c.describe(leaf)
	pool := x509.NewCertPool()
	for _, cert := range chain[1:] {
		pool.AddCert(cert)
	}
	_, err := leaf.Verify(x509.VerifyOptions{Roots: o.Roots, Intermediates: pool, CurrentTime: within(o.Now, leaf)})
	c.Trusted = err == nil
	c.Covers = leaf.VerifyHostname(host) == nil
	c.SelfSigned = string(leaf.RawIssuer) == string(leaf.RawSubject)
	c.Result = Unfit
	switch {
	case !c.Covers:
		c.Why = "the certificate does not cover " + host
	case o.Now.After(leaf.NotAfter):
		c.Why = "the certificate expired " + leaf.NotAfter.UTC().Format(time.DateTime)
	case o.Now.Before(leaf.NotBefore):
		c.Why = "the certificate is not valid before " + leaf.NotBefore.UTC().Format(time.DateTime)
	case c.SelfSigned && !c.Trusted:
		c.Result, c.Why = Untrusted, "the certificate is self-signed"
	case !c.Trusted:
		c.Result, c.Why = Untrusted, "no authority that is trusted here has issued the certificate: "+printable(err.Error())
	case leaf.NotAfter.Sub(o.Now) < soon && leaf.NotAfter.Sub(leaf.NotBefore) > 2*soon:
		c.Result, c.Why = Soon, "the certificate expires soon"
	default:
		c.Result = Fits
	}
}

// within is the moment nearest to now at which leaf is valid: whether it is
// trusted and whether it is still valid are two questions.
func within(now time.Time, leaf *x509.Certificate) time.Time {
	switch {
	case now.After(leaf.NotAfter):
		return leaf.NotAfter
	case now.Before(leaf.NotBefore):
		return leaf.NotBefore
	}
	return now
}

func (c *Certificate) describe(leaf *x509.Certificate) {
	for _, n := range leaf.DNSNames {
		c.name(n)
	}
	for _, a := range leaf.IPAddresses {
		c.name(a.String())
	}
	c.Subject, c.Issuer = printable(leaf.Subject.String()), printable(leaf.Issuer.String())
	c.NotBefore, c.NotAfter = leaf.NotBefore, leaf.NotAfter
}

func (c *Certificate) name(n string) {
	if c.NameCount++; len(c.Names) < maxNames {
		c.Names = append(c.Names, printable(n))
	}
}

// printable is what a stranger wrote, fit to be shown: not too long, and without
// what a terminal might obey.
func printable(text string) string {
	const most = 300
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, text[:min(most, len(text))])
}
