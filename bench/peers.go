package main

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// site is where one server runs: a folder of its own and the zone it serves.
type site struct {
	dir  string // absolute, empty at the start
	port int    // on 127.0.0.1, free for UDP and TCP
	http int    // a second free port, for a server that insists on one
	zone zoneFile
}

// peer is one server under test.
type peer struct {
	name    string
	program string
	missing string   // what to do when the program is not there
	version []string // arguments that make it print its version
	env     []string // beside the environment of this program
	floor   bool     // echoes queries: no answers to check, no TCP, no zone

	// configure writes what the server needs into the site's folder and gives
	// the arguments that start it in the foreground.
	configure func(site) ([]string, error)
}

// peerNames is the default of -peers, in the order of a round.
var peerNames = []string{"truename", "nsd", "knot", "bind", "pdns", "echo"}

// baseline is the peer that the bar of the benchmark is set by.
const baseline = "nsd"

// newPeer describes the named server; root is the top of the source tree.
func newPeer(name, root string) (peer, error) {
	switch name {
	case "truename":
		return truenamePeer(root), nil
	case "nsd":
		return nsdPeer(), nil
	case "knot":
		return knotPeer(), nil
	case "bind":
		return bindPeer(), nil
	case "pdns":
		return pdnsPeer(), nil
	case "echo":
		return echoPeer(root), nil
	}
	return peer{}, fmt.Errorf("unknown peer %q: choose from %s", name, strings.Join(peerNames, ","))
}

// choosePeers turns the value of -peers into peers whose programs are there.
func choosePeers(list, root string) ([]peer, error) {
	var peers []peer
	for name := range strings.SplitSeq(list, ",") {
		p, err := newPeer(strings.TrimSpace(name), root)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(peers, func(q peer) bool { return q.name == p.name }) {
			return nil, fmt.Errorf("peer %q is named twice in -peers", p.name)
		}
		peers = append(peers, p)
	}
	return peers, nil
}

// require finds each program, so that nothing is measured before all are there.
func require(peers []peer) error {
	for _, p := range peers {
		if _, err := exec.LookPath(p.program); err != nil {
			return fmt.Errorf("%s is not there (%w): %s, or leave it out with -peers", p.name, err, p.missing)
		}
	}
	for _, tool := range []struct{ program, pack string }{{"dnsperf", "dnsperf"}, {"taskset", "util-linux"}} {
		if _, err := exec.LookPath(tool.program); err != nil {
			return fmt.Errorf("%s is not there: run apt-get install %s", tool.program, tool.pack)
		}
	}
	return nil
}

// install is the advice for a peer that comes from a Debian package.
func install(pack string) string { return "run apt-get install " + pack }

var (
	versionForm  = regexp.MustCompile(`\d+\.\d+[\w.~+-]*`)
	labelledForm = regexp.MustCompile(`(?i)version (\d+\.\d+[\w.~+-]*)`)
)

// versionOf picks the version out of what a program prints about itself: what
// is called a version, the first dotted number, or else the whole first line.
func versionOf(output string) string {
	if m := labelledForm.FindStringSubmatch(output); m != nil {
		return m[1]
	}
	if v := versionForm.FindString(output); v != "" {
		return v
	}
	line, _, _ := strings.Cut(strings.TrimSpace(output), "\n")
	if line == "" {
		return "unknown"
	}
	return line
}

// askVersion runs the program for its version. The exit code does not count:
// some programs print a version and fail.
func (p peer) askVersion(ctx context.Context) string {
	if p.version == nil {
		return "built from bench/echo/echo.c"
	}
	output, _ := exec.CommandContext(ctx, p.program, p.version...).CombinedOutput()
	return versionOf(string(output))
}

// sbin finds a daemon that may lie outside the search path of a plain user.
func sbin(program string) string {
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	return filepath.Join("/usr/sbin", program)
}
