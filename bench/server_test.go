package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// shell is a peer that runs a script.
func shell(script string) peer {
	return peer{name: "shell", program: "/bin/sh", configure: func(site) ([]string, error) { return []string{"-c", script}, nil }}
}

func TestFreePortsDiffer(t *testing.T) {
	a, err := freePort()
	if err != nil || a == 0 {
		t.Fatal(a, err)
	}
}

func TestStopEndsServerAndChildren(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	s, err := startServer(shell("sleep 60 & echo $! >child.new; mv child.new child; wait"), dir, zoneFile{}, false)
	if err != nil {
		t.Fatal(err)
	}
	var child string
	eventually(t, "the child starts", func() bool {
		text, err := os.ReadFile(filepath.Join(dir, "child"))
		child = strings.TrimSpace(string(text))
		return err == nil
	})
	s.stop()
	eventually(t, "the child ends", func() bool {
		stat, err := os.ReadFile(filepath.Join(procRoot, child, "stat"))
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
}

// eventually waits for a condition, for as long as a slow machine may need.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for limit := time.Now().Add(30 * time.Second); time.Now().Before(limit); time.Sleep(time.Millisecond) {
		if holds() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

func TestStartMakesTheSiteAnew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "site")
	if err := os.MkdirAll(filepath.Join(dir, "journal"), 0o755); err != nil {
		t.Fatal(err)
	}
	s, err := startServer(shell("exit 0"), dir, zoneFile{}, false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	if _, err := os.Stat(filepath.Join(dir, "journal")); err == nil {
		t.Error("the state of the last run is still there")
	}
}

func TestReadyReportsAServerThatEnds(t *testing.T) {
	zone := zoneFile{probe: small.hostQuery(1)}
	s, err := startServer(shell("echo port is taken; exit 1"), filepath.Join(t.TempDir(), "site"), zone, false)
	if err != nil {
		t.Fatal(err)
	}
	defer s.stop()
	err = s.ready(t.Context())
	if err == nil || !strings.Contains(err.Error(), "port is taken") || !strings.Contains(err.Error(), "the server ended") {
		t.Errorf("got %v", err)
	}
}

func TestStartOfAProgramThatIsNotThere(t *testing.T) {
	p := peer{name: "x", program: "/nonexistent/x", configure: func(site) ([]string, error) { return nil, nil }}
	if _, err := startServer(p, filepath.Join(t.TempDir(), "site"), zoneFile{}, false); err == nil {
		t.Error("started")
	}
}

func TestTail(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(path, []byte("1\n2\n3\n4\n5\n6\n7\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := tail(path); got != "3\n4\n5\n6\n7" {
		t.Errorf("got %q", got)
	}
	if got := tail(path + "x"); !strings.Contains(got, "no such file") {
		t.Errorf("got %q", got)
	}
}
