package clients_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// External-dns, as it is in its module, holds a zone against what a cluster
// wants. It is large: to compile it anew takes minutes and gigabytes.
func TestExternalDNS(t *testing.T) {
	if os.Getenv("TRUENAME_TEST_CLIENTS") != "all" {
		t.Skip("to compile external-dns takes minutes: TRUENAME_TEST_CLIENTS=all does it")
	}
	need(t, "go")
	s := serve(t, "127.0.0.1:0")
	program := filepath.Join(t.TempDir(), "program")
	cmd := exec.Command("go", "build", "-o", program, ".")
	cmd.Dir = "externaldns"
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly", "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("external-dns cannot be built here: %v %s", err, out)
	}
	for name, login := range map[string][]string{
		"token": {"CF_API_TOKEN=" + token},
		"key":   {"CF_API_EMAIL=" + email, "CF_API_KEY=" + token},
	} {
		t.Run(name, func(t *testing.T) {
			s.T = t
			out, err := s.try(append(login, "SSL_CERT_FILE="+s.ca, "CLOUDFLARE_BASE_URL="+s.url+"/"), program, "example.com")
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			s.has()
		})
	}
}
