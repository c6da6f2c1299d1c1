package clients_test

import (
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var loopback = netip.MustParseAddr("127.0.0.1")

// privileged is a loopback address of these tests alone, where port 443 is free.
var privileged = net.IPv4(127, 67, 70, 52)

// curl as it stands in the documentation, but for the base URL and the names.
func TestCurl(t *testing.T) {
	need(t, "curl")
	s := serve(t, "127.0.0.1:0")
	curl := func(args ...string) string {
		return s.run("curl", append([]string{"-sS", "--cacert", s.ca}, args...)...)
	}
	out := curl(s.url+"/user/tokens/verify", "-H", "Authorization: Bearer "+token)
	if !strings.Contains(out, "This API Token is valid and active") {
		t.Error(out)
	}
	curl(s.url+s.zonePath()+"/dns_records", "-H", "Content-Type: application/json", "-H", "X-Auth-Email: "+email, "-H", "X-Auth-Key: "+token,
		"-d", `{
          "comment": "Domain verification record",
          "name": "example.com",
          "proxied": false,
          "settings": {},
          "tags": [],
          "ttl": 3600,
          "content": "198.51.100.4",
          "type": "A"
        }`)
	s.has("example.com. 3600 IN A 198.51.100.4")
	file := s.write("zone.txt", "www.example.com. 300 IN CNAME host.example.net.\n")
	out = curl(s.url+s.zonePath()+"/dns_records/import", "-H", "Authorization: Bearer "+token, "--form", "file=@"+file, "-F", "proxied=false")
	if !strings.Contains(out, `"recs_added":1`) {
		t.Error(out)
	}
	out = curl(s.url+s.zonePath()+"/dns_records/export", "-H", "Authorization: Bearer "+token)
	if !strings.Contains(out, "www.example.com. 300 IN CNAME host.example.net.") {
		t.Error(out)
	}
	s.has("example.com. 3600 IN A 198.51.100.4", "www.example.com. 300 IN CNAME host.example.net.")
}

const snippet = `
import sys, requests
base, zone, email, key = sys.argv[1:]
headers = {"X-Auth-Email": email, "X-Auth-Key": key}
records = requests.get(base + "/zones/" + zone + "/dns_records", headers=headers, params={"type": "CNAME", "name": "www.example.com"}).json()["result"]
record = records[0]["id"]
answer = requests.put(base + "/zones/" + zone + "/dns_records/" + record, headers=headers,
    json={"type": "CNAME", "name": "www.example.com", "content": "new-server.example.net", "ttl": 300})
assert answer.status_code == 200 and answer.json()["success"] and answer.json()["result"]["id"] == record, answer.text
`

func TestPythonRequests(t *testing.T) {
	need(t, "curl", python)
	if err := exec.Command(python, "-c", "import requests").Run(); err != nil {
		t.Skip("python3-requests is not installed: scripts/install-test-deps.sh installs it")
	}
	s := serve(t, "127.0.0.1:0")
	s.call("POST", s.zonePath()+"/dns_records", `{"type":"CNAME","name":"www","content":"main-server.example.net","ttl":300}`)
	out, err := s.try([]string{"REQUESTS_CA_BUNDLE=" + s.ca}, python, "-c", snippet, s.url, s.zone.ID.Hex(), email, token)
	if err != nil {
		t.Fatal(err, out)
	}
	s.has("www.example.com. 300 IN CNAME new-server.example.net.")
}

// python is Debian's own, which has Debian's modules.
const python = "/usr/bin/python3"

func TestDdclient(t *testing.T) {
	need(t, "curl", "ddclient")
	for _, c := range []struct{ name, login string }{{"token", "token"}, {"email and key", email}} {
		t.Run(c.name, func(t *testing.T) {
			s := serve(t, "127.0.0.1:0")
			s.call("POST", s.zonePath()+"/dns_records", `{"type":"A","name":"home","content":"192.0.2.1","ttl":120,"comment":"kept"}`)
			config := s.write("ddclient.conf", `
ssl=yes
ssl_ca_file=%s
use=cmd, cmd='echo 192.0.2.77'
protocol=cloudflare, zone=example.com, server=%s/client/v4, login=%s, password='%s' home.example.com
`, s.ca, s.address, c.login, token)
			out := s.run("ddclient", "-daemon=0", "-foreground", "-verbose", "-noquiet", "-file", config, "-cache", filepath.Join(t.TempDir(), "cache"), "-pid", filepath.Join(t.TempDir(), "pid"))
			if !strings.Contains(out, "SUCCESS") {
				t.Error(out)
			}
			s.has("home.example.com. 120 IN A 192.0.2.77")
		})
	}
}

// inadyn knows no other address than api.cloudflare.com: it gets there by a
// hosts file that it sees alone.
func TestInadyn(t *testing.T) {
	need(t, "inadyn", "unshare", "mount")
	s := serve(t, privileged.String()+":443")
	hosts := s.write("hosts", "127.0.0.1 localhost\n%s api.cloudflare.com\n", privileged)
	if out, err := s.private(hosts, "true"); err != nil {
		t.Skipf("no mount namespace: %v %s", err, out)
	}
	address := s.write("address", "#!/bin/sh\necho 192.0.2.78\n")
	if err := os.Chmod(address, 0o700); err != nil {
		t.Fatal(err)
	}
	config := s.write("inadyn.conf", `
ca-trust-file = %s
provider cloudflare.com {
	checkip-command = %q
	username = example.com
	password = %s
	hostname = { "home.example.com", "example.com" }
	ttl = 120
}
`, s.ca, address, token)
	client := []string{"inadyn", "--once", "--foreground", "--force", "--no-pidfile", "--loglevel=debug", "--config=" + config}
	for range 2 { // once they are made, once they are there
		if out, err := s.private(hosts, append(client, "--cache-dir="+t.TempDir())...); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		s.has("example.com. 120 IN A 192.0.2.78", "home.example.com. 120 IN A 192.0.2.78")
	}
}

// private runs a client that sees another hosts file than all others.
func (s *server) private(hosts string, client ...string) (string, error) {
	return s.try(nil, "unshare", append([]string{"--mount", "--propagation", "private", "sh", "-c", `mount --bind "$0" /etc/hosts && exec "$@"`, hosts}, client...)...)
}

// A program with cloudflare-go, of the last version of the old kind and of the
// new kind, does what their users do.
func TestCloudflareGo(t *testing.T) {
	if testing.Short() {
		t.Skip("to compile cloudflare-go takes a minute the first time")
	}
	need(t, "go")
	s := serve(t, "127.0.0.1:0")
	program := filepath.Join(t.TempDir(), "program")
	tool := func(args ...string) (string, error) {
		cmd := exec.Command("go", args...)
		cmd.Dir = "cloudflarego"
		cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=", "CGO_ENABLED=0")
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := tool("mod", "download"); err != nil {
		t.Skipf("cloudflare-go cannot be had here: %v %s", err, out)
	}
	if out, err := tool("build", "-o", program, "."); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	for _, version := range []string{"v0", "v6"} {
		t.Run(version, func(t *testing.T) {
			s.T = t
			out, err := s.try([]string{"SSL_CERT_FILE=" + s.ca}, program, version, s.url, token, email)
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			s.has()
		})
	}
}
