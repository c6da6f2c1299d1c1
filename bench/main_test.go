package main

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestFlagsByDefault(t *testing.T) {
	b, err := parseFlags(nil)
	if err != nil {
		t.Fatal(err)
	}
	if b.rounds != 3 || b.length != 5*time.Second || len(b.peers) != 6 || len(b.suites) != 7 {
		t.Errorf("got %+v", b)
	}
	if b.out != filepath.Join(b.root, "bench", "results") {
		t.Errorf("results go to %s", b.out)
	}
	want := "go run ./bench -rounds 3 -seconds 5 -clients 4 -outstanding 100 -peers truename,nsd,knot,bind,pdns,echo -suite udp,tcp,load,changes,recursion,alias,counting"
	if got := b.command(); got != want {
		t.Errorf("the command is %q", got)
	}
}

func TestFlagsGiven(t *testing.T) {
	out := t.TempDir()
	b, err := parseFlags([]string{"-rounds", "1", "-seconds", "2", "-clients", "9", "-peers", "nsd, echo", "-suite", "tcp, udp", "-out", out})
	if err != nil {
		t.Fatal(err)
	}
	if got := b.command(); got != "go run ./bench -rounds 1 -seconds 2 -clients 9 -outstanding 100 -peers nsd,echo -suite udp,tcp" || b.out != out {
		t.Errorf("got %q, %s", got, b.out)
	}
}

func TestFlagsRefused(t *testing.T) {
	for _, args := range []string{"-rounds 0", "-seconds -1", "-clients 0", "-clients 5 -outstanding 4", "-suite udp,quic", "-peers x"} {
		if _, err := parseFlags(strings.Fields(args)); err == nil {
			t.Errorf("%s was accepted", args)
		}
	}
}

func TestRootIsFoundFromBelow(t *testing.T) {
	root, err := findRoot()
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Join(root, "internal"))
	if below, err := findRoot(); err != nil || below != root {
		t.Errorf("from below: %s, %v; want %s", below, err, root)
	}
	t.Chdir(t.TempDir())
	if other, err := findRoot(); err == nil {
		t.Errorf("outside of the tree: %s", other)
	}
}

func TestCPUModel(t *testing.T) {
	if got := cpuModel("processor\t: 0\nmodel name\t: Some CPU @ 2.50GHz\n"); got != "Some CPU @ 2.50GHz" {
		t.Errorf("got %q", got)
	}
	if got := cpuModel("processor\t: 0\n"); got == "" {
		t.Error("a processor without a name has none at all")
	}
}
