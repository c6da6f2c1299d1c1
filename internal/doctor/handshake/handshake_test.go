package handshake

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// issued is a certificate with its key.
type issued struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

// issue makes a certificate of tmpl, self-signed without an issuer.
func issue(t testing.TB, tmpl *x509.Certificate, by *issued) *issued {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	parent, signer := tmpl, key
	if by != nil {
		parent, signer = by.Certificate, by.key
	}
	raw, err := x509.CreateCertificate(rand.Reader, tmpl, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &issued{cert, key}
}

var now = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

const day = 24 * time.Hour

func authority(name string) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotBefore: now.Add(-3650 * day), NotAfter: now.Add(3650 * day),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
}

func leaf(from, to time.Duration, names ...string) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "leaf"}, DNSNames: names, NotBefore: now.Add(from), NotAfter: now.Add(to)}
}

// shows is a Dial to a server that shows those certificates.
func shows(t testing.TB, chain ...*issued) func(context.Context, string, string) (net.Conn, error) {
	cert := tls.Certificate{PrivateKey: chain[0].key}
	for _, c := range chain {
		cert.Certificate = append(cert.Certificate, c.Raw)
	}
	return func(context.Context, string, string) (net.Conn, error) {
		here, there := net.Pipe()
		done := make(chan struct{})
		go func() {
			defer close(done)
			defer there.Close()
			_ = tls.Server(there, &tls.Config{Certificates: []tls.Certificate{cert}}).Handshake()
		}()
		t.Cleanup(func() { here.Close(); <-done })
		return here, nil
	}
}

var at = netip.MustParseAddrPort("192.0.2.1:443")

func TestAsk(t *testing.T) {
	root := issue(t, authority("root"), nil)
	between := issue(t, authority("between"), root)
	roots := x509.NewCertPool()
	roots.AddCert(root.Certificate)
	ipOnly := leaf(-day, 300*day)
	ipOnly.IPAddresses = []net.IP{net.IPv4(192, 0, 2, 1)}
	for _, c := range []struct {
		situation string
		chain     []*issued
		result    Result
		why       string
		trusted   bool
	}{
		{"directly below the root", []*issued{issue(t, leaf(-day, 300*day, "www.example.com"), root)}, Fits, "", true},
		{"with the authority between", []*issued{issue(t, leaf(-day, 300*day, "www.example.com"), between), between}, Fits, "", true},
		{"without it", []*issued{issue(t, leaf(-day, 300*day, "www.example.com"), between)}, Untrusted, "no authority that is trusted", false},
		{"names in capitals", []*issued{issue(t, leaf(-day, 300*day, "WWW.Example.COM"), root)}, Fits, "", true},
		{"addresses only", []*issued{issue(t, ipOnly, root)}, Unfit, "does not cover www.example.com", true},
		{"expired, but of a good authority", []*issued{issue(t, leaf(-300*day, -day, "www.example.com"), root)}, Unfit, "expired 2026-05-31", true},
		{"self-signed", []*issued{issue(t, leaf(-day, 300*day, "www.example.com"), nil)}, Untrusted, "self-signed", false},
		{"on its last legs", []*issued{issue(t, leaf(-80*day, 10*day, "www.example.com"), root)}, Soon, "expires soon", true},
	} {
		t.Run(c.situation, func(t *testing.T) {
			got := Ask(t.Context(), Options{Dial: shows(t, c.chain...), Roots: roots, Now: now}, at, "www.example.com")
			if got.Result != c.result || !strings.Contains(got.Why, c.why) || (c.why == "") != (got.Why == "") || got.Trusted != c.trusted {
				t.Errorf("%d %q, trusted %v", got.Result, got.Why, got.Trusted)
			}
			if got.Protocol != "TLS 1.3" || got.NameCount == 0 || got.Subject == "" {
				t.Errorf("%+v", got)
			}
		})
	}
}

// Of what a stranger sends, a bounded part is shown, and nothing that a terminal obeys.
func TestWhatIsShownIsBounded(t *testing.T) {
	var names []string
	for i := range 200 {
		names = append(names, fmt.Sprintf("n%d.example.com", i))
	}
	tmpl := leaf(-day, 300*day, names...)
	tmpl.Subject.CommonName = "\x1b[31m" + strings.Repeat("x", 500)
	got := Ask(t.Context(), Options{Dial: shows(t, issue(t, tmpl, nil)), Roots: x509.NewCertPool(), Now: now}, at, "www.example.com")
	if len(got.Names) != maxNames || got.NameCount != 200 || strings.Contains(got.Subject, "\x1b") || len(got.Subject) > 300 {
		t.Errorf("%d of %d names, %q", len(got.Names), got.NameCount, got.Subject)
	}
}

// Who accepts a connection and says nothing is waited for within bounds.
func TestSilenceIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		here, there := net.Pipe()
		go func() { // reads, and never answers
			for buf := make([]byte, 4096); ; {
				if _, err := there.Read(buf); err != nil {
					return
				}
			}
		}()
		got := Ask(t.Context(), Options{Dial: func(context.Context, string, string) (net.Conn, error) { return here, nil }, Now: now}, at, "www.example.com")
		if got.Result != Failed || !strings.Contains(got.Why, "no answer in time") || time.Since(start) > patience {
			t.Errorf("%+v after %v", got, time.Since(start))
		}
		there.Close()
	})
}
