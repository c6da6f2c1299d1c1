package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"
)

// host is what a result cannot be read without.
type host struct {
	date     string // YYYY-MM-DD, UTC
	cpu      string
	cores    int
	kernel   string
	perf     string            // version of dnsperf
	versions map[string]string // by peer
}

func describeHost(ctx context.Context, b bench) host {
	h := host{
		date:     time.Now().UTC().Format(time.DateOnly),
		cores:    runtime.NumCPU(),
		versions: map[string]string{},
	}
	info, _ := os.ReadFile("/proc/cpuinfo")
	h.cpu = cpuModel(string(info))
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	h.kernel = strings.TrimSpace(string(kernel))
	usage, _ := exec.CommandContext(ctx, "dnsperf", "-h").CombinedOutput()
	h.perf = versionOf(string(usage))
	for _, p := range b.peers {
		h.versions[p.name] = p.askVersion(ctx)
	}
	return h
}

// cpuModel finds the processor's name in /proc/cpuinfo. Not every architecture
// tells it.
func cpuModel(info string) string {
	for line := range strings.Lines(info) {
		if name, value, found := strings.Cut(line, ":"); found && strings.TrimSpace(name) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return runtime.GOARCH
}

// markdown tells the machine, the versions and the commands.
func (h host) markdown(b bench) string {
	var t strings.Builder
	fmt.Fprintf(&t, "- Processor: %s, %d cores; server on core %s, dnsperf on core %s\n", h.cpu, h.cores, serverCore, clientCore)
	fmt.Fprintf(&t, "- Kernel: %s; Go: %s; dnsperf: %s\n", h.kernel, runtime.Version(), h.perf)
	fmt.Fprintf(&t, "- Run as: `%s`\n", b.command())
	for _, mode := range []string{"udp", "tcp"} {
		if b.suites[mode] {
			args := b.load.args(mode, "queries", b.length)
			fmt.Fprintf(&t, "- %s: `dnsperf %s`\n", strings.ToUpper(mode), strings.Join(args, " "))
		}
	}
	for _, p := range b.peers {
		fmt.Fprintf(&t, "- %s: %s\n", p.name, h.versions[p.name])
	}
	return t.String()
}
