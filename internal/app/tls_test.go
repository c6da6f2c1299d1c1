package app

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// selfSigned writes a certificate with that serial number, and its key.
func selfSigned(t *testing.T, dir string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, DNSNames: []string{"api.test"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

func TestHTTPS(t *testing.T) {
	cert, key := selfSigned(t, t.TempDir(), 1)
	r := start(t, t.TempDir(), map[string]string{"tls-cert": cert, "tls-key": key})
	r.dns()
	if !strings.Contains(r.out.String(), "https://127.0.0.1:") {
		t.Errorf("the greeting says %s", r.out.String())
	}
	pool := x509.NewCertPool()
	text, _ := os.ReadFile(cert)
	pool.AppendCertsFromPEM(text)
	client := http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, ServerName: "api.test"}, DisableKeepAlives: true}}
	res, err := client.Get(strings.Replace(r.http(), "http:", "https:", 1) + "/v1/health")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		t.Errorf("%s", res.Status)
	}
}

func TestARenewedCertificateIsTakenUp(t *testing.T) {
	dir := t.TempDir()
	cert, key := selfSigned(t, dir, 1)
	c := &certificate{cert: cert, key: key}
	now := time.Now()
	serial := func(at time.Time) int64 {
		leaf, err := x509.ParseCertificate(c.current(at).Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		return leaf.SerialNumber.Int64()
	}
	if got := serial(now); got != 1 {
		t.Fatalf("serial %d", got)
	}
	selfSigned(t, dir, 2)
	later := now.Add(time.Hour) // so that the times of the files differ for sure
	if err := os.Chtimes(cert, later, later); err != nil {
		t.Fatal(err)
	}
	if got := serial(now.Add(2 * time.Second)); got != 1 {
		t.Error("the files are looked at for every connection")
	}
	if got := serial(now.Add(2 * lookAgain)); got != 2 {
		t.Errorf("serial %d", got)
	}
	if err := os.WriteFile(cert, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := serial(now.Add(4 * lookAgain)); got != 2 {
		t.Errorf("a broken file took the good certificate away: %d", got)
	}
}

func TestTLSMistakes(t *testing.T) {
	cert, key := selfSigned(t, t.TempDir(), 1)
	other, _ := selfSigned(t, t.TempDir(), 2)
	for _, c := range []struct{ name, cert, key, want string }{
		{"only a certificate", cert, "", "go together"},
		{"only a key", "", key, "go together"},
		{"no such file", cert + "x", key, "may read"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Read(map[string][]string{"tls-cert": {c.cert}, "tls-key": {c.key}}, "")
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
	r := start(t, t.TempDir(), map[string]string{"tls-cert": other, "tls-key": key})
	if err := r.ended(); err == nil || !strings.Contains(err.Error(), "--tls-cert") {
		t.Errorf("a key of another certificate: %v", err)
	}
}
