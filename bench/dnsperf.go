package main

import (
	"context"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"time"
)

// perfLoad is the pressure that dnsperf puts on a server.
type perfLoad struct {
	clients     int // source ports (UDP) or connections (TCP)
	outstanding int // queries under way at a time, over all clients
}

// args are the arguments of one dnsperf run, without the server's port.
func (l perfLoad) args(mode, file string, length time.Duration) []string {
	return []string{
		"-m", mode, "-s", "127.0.0.1", "-d", file,
		"-l", strconv.Itoa(int(length.Seconds())),
		"-q", strconv.Itoa(l.outstanding), "-c", strconv.Itoa(l.clients), "-T", "1",
	}
}

// perfResult is what dnsperf reports about one run.
type perfResult struct {
	completed int
	lost      int
	rate      float64        // queries a second
	rcodes    map[string]int // completed queries by response code
	used      time.Duration  // core time of dnsperf itself
}

// dnsperf runs dnsperf against the server on port, from the client core.
func dnsperf(ctx context.Context, port int, args []string) (perfResult, error) {
	args = append([]string{"-c", clientCore, "dnsperf", "-p", strconv.Itoa(port)}, args...)
	cmd := exec.CommandContext(ctx, "taskset", args...)
	output, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return perfResult{}, ctx.Err()
	}
	if err != nil {
		return perfResult{}, fmt.Errorf("dnsperf: %w\n%s", err, output)
	}
	r, err := parsePerf(string(output))
	r.used = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return r, err
}

var (
	completedForm = regexp.MustCompile(`Queries completed:\s+(\d+)`)
	lostForm      = regexp.MustCompile(`Queries lost:\s+(\d+)`)
	rateForm      = regexp.MustCompile(`Queries per second:\s+([\d.]+)`)
	rcodeForm     = regexp.MustCompile(`\b([A-Z][A-Z0-9]+) (\d+) \(`)
	rcodeLine     = regexp.MustCompile(`Response codes:(.*)`)
)

// parsePerf reads the statistics that dnsperf prints at its end.
func parsePerf(output string) (perfResult, error) {
	completed, lost := completedForm.FindStringSubmatch(output), lostForm.FindStringSubmatch(output)
	rate := rateForm.FindStringSubmatch(output)
	if completed == nil || lost == nil || rate == nil {
		return perfResult{}, fmt.Errorf("dnsperf printed no statistics:\n%s", output)
	}
	r := perfResult{rcodes: map[string]int{}}
	r.completed, _ = strconv.Atoi(completed[1])
	r.lost, _ = strconv.Atoi(lost[1])
	r.rate, _ = strconv.ParseFloat(rate[1], 64)
	for _, m := range rcodeForm.FindAllStringSubmatch(rcodeLine.FindString(output), -1) {
		r.rcodes[m[1]], _ = strconv.Atoi(m[2])
	}
	return r, nil
}

// check refuses a run in which the server failed: nothing answered, more than
// one query in a hundred lost, or a response code that no query of the mix has.
func (r perfResult) check() error {
	if r.completed == 0 {
		return fmt.Errorf("no query was answered")
	}
	if r.lost*100 > r.completed {
		return fmt.Errorf("%d of %d queries were lost", r.lost, r.completed+r.lost)
	}
	for rcode, count := range r.rcodes {
		if rcode != "NOERROR" && rcode != "NXDOMAIN" {
			return fmt.Errorf("%d queries were answered with %s", count, rcode)
		}
	}
	return nil
}
