package clients_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/control"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// authority is a certificate authority that speaks as much of ACME (RFC 8555)
// as certbot needs, and looks for its challenges in the zone. It checks no
// signatures: it is the client's other end, not what is tested.
type authority struct {
	*server
	http *httptest.Server

	mu         sync.Mutex
	thumbprint string
	names      []string
	valid      map[int]bool
	leaf       []byte
}

func newAuthority(s *server) *authority {
	a := &authority{server: s, valid: make(map[int]bool)}
	a.http = httptest.NewServer(a)
	s.Cleanup(a.http.Close)
	return a
}

func challengeToken(i int) string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "the token of challenge number %d", i))
}

func (a *authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	h := w.Header()
	h.Set("Replay-Nonce", base64.RawURLEncoding.EncodeToString([]byte(rand.Text())))
	h.Set("Content-Type", "application/json")
	var in struct{ Protected, Payload string }
	if r.Method == http.MethodPost {
		if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
			a.Error(err)
		}
	}
	url := a.http.URL
	var i int
	_, _ = fmt.Sscanf(r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:], "%d", &i)
	switch path, _, _ := strings.Cut(r.URL.Path[1:], "/"); path {
	case "directory":
		a.say(w, 200, map[string]any{"newNonce": url + "/nonce", "newAccount": url + "/account", "newOrder": url + "/neworder", "revokeCert": url + "/revoke", "keyChange": url + "/key", "meta": map[string]any{}})
	case "nonce":
	case "account":
		a.account(in.Protected)
		h.Set("Location", url+"/account/1")
		a.say(w, 201, map[string]any{"status": "valid", "contact": []string{}})
	case "neworder":
		a.take(in.Payload)
		h.Set("Location", url+"/order/1")
		a.say(w, 201, a.order())
	case "order":
		a.say(w, 200, a.order())
	case "authz":
		a.say(w, 200, a.authorization(i))
	case "challenge":
		if in.Payload != "" {
			a.valid[i] = a.published(i)
		}
		h.Set("Link", "<"+url+fmt.Sprintf("/authz/%d", i)+`>;rel="up"`)
		a.say(w, 200, a.challenge(i))
	case "finalize":
		a.sign(in.Payload)
		h.Set("Location", url+"/order/1")
		a.say(w, 200, a.order())
	case "certificate":
		h.Set("Content-Type", "application/pem-certificate-chain")
		_, _ = w.Write(a.leaf)
	default:
		w.WriteHeader(404)
	}
}

func (a *authority) say(w http.ResponseWriter, status int, body any) {
	w.WriteHeader(status)
	if err := json.NewEncoder(w).Encode(body); err != nil {
		a.Error(err)
	}
}

func (a *authority) decode(text string, to any) {
	raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	if err == nil {
		err = json.Unmarshal(raw, to)
	}
	if err != nil {
		a.Error(err)
	}
}

// account takes the thumbprint of the account's key (RFC 7638).
func (a *authority) account(protected string) {
	var head struct{ JWK map[string]string }
	a.decode(protected, &head)
	members := map[string]string{}
	for _, m := range []string{"crv", "e", "kty", "n", "x", "y"} {
		if v, ok := head.JWK[m]; ok {
			members[m] = v
		}
	}
	canonical, err := json.Marshal(members) // in order of the members, without spaces
	if err != nil {
		a.Error(err)
	}
	sum := sha256.Sum256(canonical)
	a.thumbprint = base64.RawURLEncoding.EncodeToString(sum[:])
}

func (a *authority) take(payload string) {
	var in struct{ Identifiers []struct{ Value string } }
	a.decode(payload, &in)
	for _, id := range in.Identifiers {
		a.names = append(a.names, id.Value)
	}
}

func (a *authority) order() map[string]any {
	order := map[string]any{"status": "pending", "expires": time.Now().Add(time.Hour).UTC().Format(time.RFC3339), "finalize": a.http.URL + "/finalize/1"}
	var ids []map[string]string
	var urls []string
	for i, n := range a.names {
		ids = append(ids, map[string]string{"type": "dns", "value": n})
		urls = append(urls, fmt.Sprintf("%s/authz/%d", a.http.URL, i))
	}
	order["identifiers"], order["authorizations"] = ids, urls
	switch {
	case a.leaf != nil:
		order["status"], order["certificate"] = "valid", a.http.URL+"/certificate/1"
	case len(a.valid) == len(a.names):
		order["status"] = "ready"
	}
	return order
}

func (a *authority) status(i int) string {
	ok, tried := a.valid[i]
	switch {
	case ok:
		return "valid"
	case tried:
		return "invalid"
	}
	return "pending"
}

func (a *authority) challenge(i int) map[string]any {
	return map[string]any{"type": "dns-01", "url": fmt.Sprintf("%s/challenge/%d", a.http.URL, i), "token": challengeToken(i), "status": a.status(i)}
}

func (a *authority) authorization(i int) map[string]any {
	name, wildcard := strings.CutPrefix(a.names[i], "*.")
	return map[string]any{"status": a.status(i), "wildcard": wildcard, "identifier": map[string]string{"type": "dns", "value": name}, "challenges": []any{a.challenge(i)}}
}

// published looks for the answer to challenge i in the zone (RFC 8555, Section 8.4).
func (a *authority) published(i int) bool {
	sum := sha256.Sum256([]byte(challengeToken(i) + "." + a.thumbprint))
	want := base64.RawURLEncoding.EncodeToString(sum[:])
	owner := dname.MustParse("_acme-challenge." + strings.TrimPrefix(a.names[i], "*.") + ".")
	set, err := a.control.RRset(context.Background(), a.admin, control.Ref{ID: a.zone.ID}, owner, rr.TypeTXT)
	if err != nil {
		a.Error(err)
	}
	return set.Index(append([]byte{byte(len(want))}, want...)) >= 0
}

func (a *authority) sign(payload string) {
	var in struct{ CSR string }
	a.decode(payload, &in)
	raw, err := base64.RawURLEncoding.DecodeString(in.CSR)
	if err != nil {
		a.Error(err)
		return
	}
	csr, err := x509.ParseCertificateRequest(raw)
	if err != nil {
		a.Error(err)
		return
	}
	key := newKey(a.T)
	issuer := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: issuer.NotBefore, NotAfter: issuer.NotAfter, DNSNames: csr.DNSNames}
	der, err := x509.CreateCertificate(rand.Reader, leaf, issuer, csr.PublicKey, key)
	if err != nil {
		a.Error(err)
		return
	}
	root, err := x509.CreateCertificate(rand.Reader, issuer, issuer, key.Public(), key)
	if err != nil {
		a.Error(err)
		return
	}
	for _, c := range [][]byte{der, root} {
		a.leaf = append(a.leaf, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c})...)
	}
}

// certbot gets a certificate for a name and for all names below it: two
// challenges at one name, made and taken away by the plugin.
func TestCertbot(t *testing.T) {
	need(t, "certbot")
	s := serve(t, "127.0.0.1:0")
	a := newAuthority(s)
	dir := t.TempDir()
	credentials := s.write("cloudflare.ini", "dns_cloudflare_api_token = %s\n", token)
	client := []string{
		"certonly", "--non-interactive", "--agree-tos", "--register-unsafely-without-email", "--server", a.http.URL + "/directory",
		"--config-dir", dir, "--work-dir", dir, "--logs-dir", dir, "--dns-cloudflare", "--dns-cloudflare-credentials", credentials,
		"--dns-cloudflare-propagation-seconds", "0", "-d", "example.com", "-d", "*.example.com",
	}
	plugins, err := s.try(nil, "certbot", "plugins", "--config-dir", dir, "--work-dir", dir, "--logs-dir", dir)
	if err != nil || !strings.Contains(plugins, "dns-cloudflare") {
		t.Skipf("python3-certbot-dns-cloudflare is not installed: scripts/install-test-deps.sh installs it (%v)", err)
	}
	out, err := s.try([]string{"CLOUDFLARE_API_URL=" + s.url, "REQUESTS_CA_BUNDLE=" + s.ca}, "certbot", client...)
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if len(a.valid) != 2 || !a.valid[0] || !a.valid[1] || a.leaf == nil {
		t.Errorf("challenges %v\n%s", a.valid, out)
	}
	if !slices.Contains(a.names, "*.example.com") {
		t.Errorf("it asked for %v", a.names)
	}
	s.has()
}
