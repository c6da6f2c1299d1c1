package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestChoosePeers(t *testing.T) {
	peers, err := choosePeers(strings.Join(peerNames, ","), "/root")
	if err != nil || len(peers) != len(peerNames) {
		t.Fatalf("%v, %v", peers, err)
	}
	for i, p := range peers {
		if p.name != peerNames[i] || p.program == "" || p.missing == "" || p.configure == nil {
			t.Errorf("peer %d is %+v", i, p)
		}
		if p.floor != (p.name == "echo") {
			t.Errorf("%s is taken for a floor: %v", p.name, p.floor)
		}
	}
}

func TestChoosePeersRefuses(t *testing.T) {
	for list, complaint := range map[string]string{
		"nsd,tinydns": "choose from truename,nsd", "": "unknown peer", "nsd,nsd": "named twice",
	} {
		if _, err := choosePeers(list, "/root"); err == nil || !strings.Contains(err.Error(), complaint) {
			t.Errorf("%q: %v", list, err)
		}
	}
}

func TestRequireTellsWhatToDo(t *testing.T) {
	p := peer{name: "truename", program: "/nonexistent/truename", missing: "run make build"}
	if err := require([]peer{p}); err == nil || !strings.Contains(err.Error(), "run make build") {
		t.Errorf("got %v", err)
	}
}

// TestConfigurationsStayInTheSite writes every configuration and looks for the
// port, the zone, and paths outside the site's folder.
func TestConfigurationsStayInTheSite(t *testing.T) {
	for _, name := range peerNames {
		s := site{dir: t.TempDir(), port: 5399, http: 5398,
			zone: zoneFile{origin: "bench.example.", path: "/zones/bench.example/bench.example.zone"}}
		p, err := newPeer(name, "/root")
		if err != nil {
			t.Fatal(err)
		}
		args, err := p.configure(s)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		text := strings.Join(args, " ") + folderText(t, s.dir)
		if !strings.Contains(text, "5399") || !p.floor && !strings.Contains(text, "/zones/bench.example") {
			t.Errorf("%s lacks its port or zone:\n%s", name, text)
		}
		for _, outside := range []string{"/var", "/etc", "/run/", "%!"} {
			if strings.Contains(strings.ReplaceAll(text, s.dir, ""), outside) {
				t.Errorf("%s uses %s:\n%s", name, outside, text)
			}
		}
	}
}

func folderText(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	paths, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

func TestVersionOf(t *testing.T) {
	cases := []struct{ output, want string }{
		{"NSD version 4.6.1\nWritten by", "4.6.1"},
		{"knotd (Knot DNS), version 3.2.6\n", "3.2.6"},
		{"BIND 9.18.49-1~deb12u3-Debian (Extended Support Version) <id:>", "9.18.49-1~deb12u3-Debian"},
		{"Nov 21 02:22:37 PowerDNS Authoritative Server 4.7.3 (C) 2001", "4.7.3"},
		{"-s the server (default: 127.0.0.1)\nDNS Performance Testing Tool\nVersion 2.10.0\n", "2.10.0"},
		{"truename devel\n", "truename devel"},
		{"", "unknown"},
	}
	for _, c := range cases {
		if got := versionOf(c.output); got != c.want {
			t.Errorf("%q: %q, want %q", c.output, got, c.want)
		}
	}
}

func TestVersionOfAPeerWithoutOne(t *testing.T) {
	if got := echoPeer("/root").askVersion(t.Context()); !strings.Contains(got, "echo.c") {
		t.Errorf("got %q", got)
	}
}
