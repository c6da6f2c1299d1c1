package exchange

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
)

// distrust is why a forwarder's certificate does not prove that it is name, and
// what to do about it.
func distrust(name string, err error) string {
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	var unknown x509.UnknownAuthorityError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &host):
		return fmt.Sprintf("the certificate is not for %s, but for %s; give the right name behind the #", name, namesIn(host.Certificate))
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of %s is good from %s to %s only", name, day(invalid.Cert.NotBefore), day(invalid.Cert.NotAfter))
	case errors.As(err, &unknown):
		return fmt.Sprintf("the certificate of %s is of an unknown issuer, %s; --forward-ca names those that forwarders are trusted by", name, issuerOf(unknown.Cert))
	case errors.As(err, &verify):
		return fmt.Sprintf("the certificate of %s is not trusted: %s", name, bounded(verify.Err.Error()))
	}
	return fmt.Sprintf("no TLS with %s: %s", name, bounded(err.Error()))
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

// maxNamesShown is how many names of a certificate are shown.
const maxNamesShown = 4

// namesIn are the names and addresses that c is for, as far as there is room.
func namesIn(c *x509.Certificate) string {
	var all []string
	for _, name := range c.DNSNames {
		all = append(all, bounded(name))
	}
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	switch more := len(all) - maxNamesShown; {
	case len(all) == 0:
		return "no name"
	case more > 0:
		return fmt.Sprintf("%s and %d more", strings.Join(all[:maxNamesShown], ", "), more)
	}
	return strings.Join(all, ", ")
}

func issuerOf(c *x509.Certificate) string {
	if c == nil || c.Issuer.String() == "" {
		return "which has no name"
	}
	return bounded(c.Issuer.String())
}

// bounded is what a stranger wrote, in part, and without what a terminal might obey.
func bounded(text string) string {
	const most = 80
	runes := []rune(text)
	if len(runes) > most {
		runes = append(runes[:most], '…')
	}
	return strings.Map(func(c rune) rune {
		if c == unicode.ReplacementChar || !unicode.IsPrint(c) {
			return '?'
		}
		return c
	}, string(runes))
}
