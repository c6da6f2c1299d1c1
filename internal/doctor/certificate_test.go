package doctor

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
)

// authority issues certificates.
type authority struct {
	t    testing.TB
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	a := &authority{t: t, pool: x509.NewCertPool()}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().AddDate(10, 0, 0), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.cert, a.key = a.sign(tmpl, nil)
	a.pool.AddCert(a.cert)
	return a
}

// sign makes a certificate of tmpl, self-signed where there is no issuer.
func (a *authority) sign(tmpl *x509.Certificate, by *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	parent, signer := tmpl, key
	if by != nil {
		parent, signer = by.cert, by.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// leaf is the certificate of a server.
func leaf(from, to time.Duration, names ...string) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"}, DNSNames: names,
		NotBefore: time.Now().Add(from), NotAfter: time.Now().Add(to), ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
}

// listen is a TLS server that shows cert, and notes the names it is asked for.
func (a *authority) listen(tmpl *x509.Certificate, by *authority) (address string, asked func() []string) {
	cert, key := a.sign(tmpl, by)
	var mu sync.Mutex
	var names []string
	config := &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Raw}, PrivateKey: key}},
		GetConfigForClient: func(h *tls.ClientHelloInfo) (*tls.Config, error) {
			mu.Lock()
			defer mu.Unlock()
			names = append(names, h.ServerName)
			return nil, nil
		},
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		a.t.Fatal(err)
	}
	serve(a.t, ln, func(c net.Conn) { _ = c.(*tls.Conn).Handshake() })
	return ln.Addr().String(), func() []string { mu.Lock(); defer mu.Unlock(); return names }
}

// serve hands the connections of ln to handle until the test ends.
func serve(t testing.TB, ln net.Listener, handle func(net.Conn)) {
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			wg.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(10 * time.Second))
				handle(c)
			})
		}
	})
	t.Cleanup(func() { ln.Close(); wg.Wait() })
}

// dialTo leads every address to that one.
func dialTo(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}

func TestCertificates(t *testing.T) {
	ca := newAuthority(t)
	const year = 365 * 24 * time.Hour
	for _, c := range []struct {
		situation string
		tmpl      *x509.Certificate
		by        *authority
		status    Status
		says      string
		advice    string
	}{
		{"it fits", leaf(-time.Hour, year, "www.example.com"), ca, OK, "covers the name", ""},
		{"a wildcard that fits", leaf(-time.Hour, year, "*.example.com"), ca, OK, "covers the name", ""},
		{"of the target", leaf(-time.Hour, year, "edge.cdn.net", "*.cdn.net"), ca, Problem, "does not cover www.example.com; names edge.cdn.net, *.cdn.net", "issue a certificate for www.example.com"},
		{"a wildcard too high", leaf(-time.Hour, year, "*.com"), ca, Problem, "does not cover", "issue a certificate"},
		{"expired", leaf(-2*year, -time.Hour, "www.example.com"), ca, Problem, "the certificate expired", "renew"},
		{"not valid yet", leaf(time.Hour, year, "www.example.com"), ca, Problem, "not valid before", "renew"},
		{"expires soon", leaf(-90*24*time.Hour, 5*24*time.Hour, "www.example.com"), ca, Warning, "expires soon", "renew"},
		{"short-lived by intention", leaf(-24*time.Hour, 5*24*time.Hour, "www.example.com"), ca, OK, "covers the name", ""},
		{"self-signed", leaf(-time.Hour, year, "www.example.com"), nil, Warning, "self-signed", "replace the self-signed"},
		{"of an authority that nobody trusts", leaf(-time.Hour, year, "www.example.com"), newAuthority(t), Warning, "no authority that is trusted", "intermediate"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			address, asked := ca.listen(c.tmpl, c.by)
			d := usual(t).clinic(nil, func(o *Options) { o.Dial, o.Roots, o.Resolvers = dialTo(address), ca.pool, []netip.AddrPort{} })
			got, err := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("www.example.com.")})
			if err != nil {
				t.Fatal(err)
			}
			v := got.verdict(t, CauseCertificate)
			if v.Status != c.status || !strings.Contains(v.text(), c.says) || !strings.Contains(strings.Join(v.Advice, "\n"), c.advice) || (c.advice == "") != (len(v.Advice) == 0) {
				t.Errorf("%s: %s", v.Status, v.text())
			}
			for _, name := range asked() {
				if name != "www.example.com" {
					t.Errorf("SNI %q", name)
				}
			}
			if len(asked()) != 2 || len(got.Certificates) != 2 {
				t.Errorf("%d handshakes, %d certificates", len(asked()), len(got.Certificates))
			}
			one := got.Certificates[0]
			if one.Issuer == "" || one.NotAfter.IsZero() || one.Protocol == "" || one.NameCount != len(c.tmpl.DNSNames) || one.SelfSigned != (c.by == nil) {
				t.Errorf("%+v", one)
			}
		})
	}
}

// An alias keeps the name that clients ask for: it is that of the owner.
func TestCertificateOfAnAlias(t *testing.T) {
	ca := newAuthority(t)
	address, asked := ca.listen(leaf(-time.Hour, 1000*time.Hour, "edge.cdn.net"), ca)
	d := usual(t).clinic(nil, func(o *Options) { o.Dial, o.Roots = dialTo(address), ca.pool })
	got, _ := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("shop.example.com.")})
	if v := got.verdict(t, CauseCertificate); v.Status != Problem || asked()[0] != "shop.example.com" {
		t.Errorf("%s, SNI %q", v.Status, asked())
	}
}

// What listens at 443 may be anything.
func TestNoTLS(t *testing.T) {
	for situation, handle := range map[string]func(net.Conn){
		"plain text": func(c net.Conn) { _, _ = c.Write([]byte("SSH-2.0-OpenSSH_9.9\r\n")) },
		"hangs up":   func(net.Conn) {},
	} {
		t.Run(situation, func(t *testing.T) {
			ln, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			serve(t, ln, handle)
			d := usual(t).clinic(nil, func(o *Options) { o.Dial = dialTo(ln.Addr().String()) })
			got, _ := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("www.example.com.")})
			if v := got.verdict(t, CauseCertificate); v.Status != Problem || !strings.Contains(v.text(), "handshake failed") {
				t.Errorf("%s: %s", v.Status, v.text())
			}
		})
	}
}

// Private addresses are tried for administrators only, at the port that was asked for.
func TestPrivateAddressesAreNotTried(t *testing.T) {
	ca := newAuthority(t)
	address, _ := ca.listen(leaf(-time.Hour, 1000*time.Hour, "in.ours.com"), ca)
	port := netip.MustParseAddrPort(address).Port()
	for _, c := range []struct {
		situation string
		who       *Caller
		allow     bool
		want      Status
	}{{"a stranger", anybody, false, Skipped}, {"an administrator", admin, false, OK}, {"where everybody may", anybody, true, OK}} {
		t.Run(c.situation, func(t *testing.T) {
			ours := zonesOf(t, append(oursCom[:2:2], "in.ours.com. A 127.0.0.1"))
			d := usual(t).clinic(ours, func(o *Options) { o.Roots, o.AllowPrivate = ca.pool, c.allow })
			got, _ := d.Diagnose(t.Context(), c.who, Case{Name: dname.MustParse("in.ours.com."), Port: port})
			if v := got.verdict(t, CauseCertificate); v.Status != c.want {
				t.Errorf("%s: %s", v.Status, v.text())
			}
		})
	}
}

// Where some addresses answer, the others say what they can.
func TestSomeAddressesAreQuiet(t *testing.T) {
	ca := newAuthority(t)
	address, _ := ca.listen(leaf(-time.Hour, 1000*time.Hour, "www.example.com"), ca)
	for _, c := range []struct {
		situation string
		other     error
		want      Status
		says      string
	}{
		{"nobody listens at one", syscall.ECONNREFUSED, Warning, "see why nobody listens at [2001:db8::1]:443"},
		{"one cannot be reached from here", syscall.ENETUNREACH, OK, "[2001:db8::1]:443: the address could not be reached"},
	} {
		t.Run(c.situation, func(t *testing.T) {
			d := usual(t).clinic(nil, func(o *Options) {
				o.Roots = ca.pool
				o.Dial = func(ctx context.Context, network, to string) (net.Conn, error) {
					if strings.HasPrefix(to, "[") {
						return nil, c.other
					}
					return dialTo(address)(ctx, network, to)
				}
			})
			got, _ := d.Diagnose(t.Context(), anybody, Case{Name: dname.MustParse("www.example.com.")})
			if v := got.verdict(t, CauseCertificate); v.Status != c.want || !strings.Contains(v.text(), c.says) {
				t.Errorf("%s: %s", v.Status, v.text())
			}
		})
	}
}
