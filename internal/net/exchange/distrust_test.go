package exchange

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"
)

// made is a certificate after that template, which trusts itself.
func made(t *testing.T, template x509.Certificate) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.IsCA, template.BasicConstraintsValid = big.NewInt(1), true, true
	der, err := x509.CreateCertificate(rand.Reader, &template, &template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

// Who cannot prove its name is told apart, with what there is to do.
func TestDistrust(t *testing.T) {
	const name = "dns.example"
	var many []string
	for n := range 40 {
		many = append(many, fmt.Sprintf("n%d.example", n))
	}
	now := time.Now()
	valid := x509.Certificate{NotBefore: now.Add(-time.Hour), NotAfter: now.Add(time.Hour)}
	with := func(change func(*x509.Certificate)) x509.Certificate { c := valid; change(&c); return c }
	for _, c := range []struct {
		situation   string
		certificate x509.Certificate
		trusted     bool
		want        string
	}{
		{"another name", with(func(c *x509.Certificate) { c.DNSNames = []string{"a.example", "b.example"} }), true,
			"the certificate is not for dns.example, but for a.example, b.example; give the right name behind the #"},
		{"an address", with(func(c *x509.Certificate) { c.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)} }), true,
			"the certificate is not for dns.example, but for 192.0.2.1; give the right name behind the #"},
		{"no name", valid, true, "the certificate is not for dns.example, but for no name; give the right name behind the #"},
		{"many names", with(func(c *x509.Certificate) { c.DNSNames = many }), true,
			"the certificate is not for dns.example, but for n0.example, n1.example, n2.example, n3.example and 36 more; give the right name behind the #"},
		{"an unknown issuer", with(func(c *x509.Certificate) {
			c.DNSNames, c.Subject = []string{name}, pkix.Name{CommonName: "Evil\x1b[31m " + strings.Repeat("é", 100)}
		}), false,
			"the certificate of dns.example is of an unknown issuer, CN=Evil?[31m " + strings.Repeat("é", 67) + "…; --forward-ca names those that forwarders are trusted by"},
		{"an unknown issuer without a name", with(func(c *x509.Certificate) { c.DNSNames = []string{name} }), false,
			"the certificate of dns.example is of an unknown issuer, which has no name; --forward-ca names those that forwarders are trusted by"},
		{"one that has ended", x509.Certificate{DNSNames: []string{name}, NotBefore: time.Unix(0, 0), NotAfter: time.Unix(1e6, 0)}, true,
			"the certificate of dns.example is good from 1970-01-01 to 1970-01-12 only"},
	} {
		conf, roots := made(t, c.certificate)
		if !c.trusted {
			roots = x509.NewCertPool()
		}
		s := start(t, conf, good)
		_, err := client(t, Options{Roots: roots}).Ask(t.Context(), Server{Addr: s.Addr, TLSName: name}, www)
		if e := new(Error); !errors.As(err, &e) || e.Kind != Insecure || e.Why() != c.want {
			t.Errorf("%s: got %v\n%q, want\n%q", c.situation, err, e.Why(), c.want)
		}
	}
}

func TestWhy(t *testing.T) {
	for _, c := range []struct {
		err  Error
		want string
	}{
		{Error{Kind: Timeout, Err: errStranger}, "timeout"},
		{Error{Kind: Busy, Err: errBusy}, "all sockets are in use"},
		{Error{Kind: Insecure, Server: Server{TLSName: "dns.example"}, Err: tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}},
			"no TLS with dns.example: tls: first record does not look like a TLS handshake"},
		{Error{Kind: Insecure, Server: Server{TLSName: "dns.example"}, Err: &tls.CertificateVerificationError{Err: errors.New("too many intermediates")}},
			"the certificate of dns.example is not trusted: too many intermediates"},
	} {
		if got := c.err.Why(); got != c.want {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
}
