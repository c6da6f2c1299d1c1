// Package clients_test points programs that know nothing of this server at it,
// unmodified, and looks at what they leave behind in the zone.
package clients_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/face/cloudflare"
	"github.com/truename-dns/truename/internal/store/sqlite"
	"github.com/truename-dns/truename/internal/zone"
)

const (
	token = "a-secret-of-the-tests-0123456789"
	email = "admin@truename.invalid"
)

// patience is how long a client may take.
const patience = 2 * time.Minute

// board is what a name server would answer from.
type board struct{ set atomic.Pointer[zone.Set] }

func (b *board) Zones() *zone.Set    { return b.set.Load() }
func (b *board) Publish(s *zone.Set) { b.set.Store(s) }

// server is the API over TLS, with a zone example.com.
type server struct {
	*testing.T
	control *control.Control
	admin   *access.Principal
	url     string // of the API, with its prefix
	address string // host:port
	ca      string // the file of the CA's certificate
	zone    *control.ZoneInfo
}

// serve starts a server on a loopback address; port 0 for any that is free.
func serve(t *testing.T, address string) *server {
	t.Helper()
	st, err := sqlite.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	b := new(board)
	b.set.Store(new(zone.Set))
	s := &server{T: t, control: control.New(st, b, control.Config{NameServers: []dname.Name{dname.MustParse("ns1.host.test.")}})}
	ctx, cancel := context.WithCancel(context.Background())
	if err := s.control.Open(ctx); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- s.control.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	keeper, err := access.New(ctx, st)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := keeper.EnsureAdmin(ctx, token); err != nil {
		t.Fatal(err)
	}
	if s.admin, err = keeper.AuthenticateKey(ctx, email, token, loopback); err != nil {
		t.Fatal(err)
	}
	s.listen(address, cloudflare.New(cloudflare.Options{Control: s.control, Keeper: keeper}))
	s.zone = s.make("example.com.")
	return s
}

func (s *server) listen(address string, h http.Handler) {
	s.Helper()
	l, err := net.Listen("tcp", address)
	if err != nil {
		s.Skipf("no listener on %s: %v", address, err)
	}
	pair, ca := certificates(s.T)
	s.ca = filepath.Join(s.TempDir(), "ca.pem")
	if err := os.WriteFile(s.ca, ca, 0o600); err != nil {
		s.Fatal(err)
	}
	web := httptest.NewUnstartedServer(h)
	if err := web.Listener.Close(); err != nil {
		s.Fatal(err)
	}
	web.Listener = l
	web.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	web.StartTLS()
	s.Cleanup(web.Close)
	s.address = l.Addr().String()
	s.url = "https://" + s.address + cloudflare.Prefix
}

func (s *server) make(apex string) *control.ZoneInfo {
	s.Helper()
	ref := control.Ref{Apex: dname.MustParse(apex)}
	_, err := s.control.Apply(context.Background(), s.admin, &control.Request{Zones: []control.ZoneEdit{{Zone: ref, Create: &control.NewZone{}}}})
	if err != nil {
		s.Fatal(err)
	}
	z, err := s.control.Zone(s.admin, ref)
	if err != nil {
		s.Fatal(err)
	}
	return z
}

// call asks the API itself for something, to prepare the zone.
func (s *server) call(method, path, body string) {
	s.Helper()
	out := s.run("curl", "-sS", "--fail-with-body", "--cacert", s.ca, "-X", method, s.url+path, "-H", "Authorization: Bearer "+token, "--json", body)
	if !strings.Contains(out, `"success":true`) {
		s.Fatal(out)
	}
}

// zonePath is the path of the zone.
func (s *server) zonePath() string { return "/zones/" + s.zone.ID.Hex() }

// has wants exactly these records in the zone, besides the SOA and the server's NS.
func (s *server) has(want ...string) {
	s.Helper()
	var b strings.Builder
	if err := s.control.Export(context.Background(), s.admin, control.Ref{ID: s.zone.ID}, &b); err != nil {
		s.Fatal(err)
	}
	var have []string
	for line := range strings.Lines(b.String()) {
		if line = strings.TrimSpace(line); line != "" && line[0] != ';' && line[0] != '$' && !strings.Contains(line, " SOA ") && !strings.Contains(line, " NS ") {
			have = append(have, line)
		}
	}
	if strings.Join(have, "\n") != strings.Join(want, "\n") {
		s.Errorf("the zone has\n%s\nnot\n%s", strings.Join(have, "\n"), strings.Join(want, "\n"))
	}
}

// need skips the test where a program is missing.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err != nil {
			t.Skipf("%s is not installed: scripts/install-test-deps.sh installs it", p)
		}
	}
}

// run runs a client to its end.
func (s *server) run(program string, args ...string) string {
	s.Helper()
	out, err := s.try(nil, program, args...)
	if err != nil {
		s.Fatalf("%s: %v\n%s", program, err, out)
	}
	return out
}

func (s *server) try(env []string, program string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Dir = s.TempDir()
	cmd.Env = append(append(os.Environ(), "HOME="+cmd.Dir, "http_proxy=", "https_proxy=", "HTTP_PROXY=", "HTTPS_PROXY=", "ALL_PROXY=", "all_proxy="), env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// write makes a file of its own for a client.
func (s *server) write(name, format string, args ...any) string {
	s.Helper()
	path := filepath.Join(s.TempDir(), name)
	if err := os.WriteFile(path, fmt.Appendf(nil, format, args...), 0o600); err != nil {
		s.Fatal(err)
	}
	return path
}

// certificates are those of a server on a loopback address that is also
// api.cloudflare.com, and of the CA that says so.
func certificates(t *testing.T) (tls.Certificate, []byte) {
	t.Helper()
	caKey, key := newKey(t), newKey(t)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "CA of the tests"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "api.cloudflare.com"}, NotBefore: ca.NotBefore, NotAfter: ca.NotAfter,
		DNSNames: []string{"api.cloudflare.com", "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), privileged},
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, key.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: caDER})
}

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}
