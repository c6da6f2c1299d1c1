// Command summary reads the output of go test -json and prints what a person
// wants of it: a line a package as it ends, then failures and skips in full, and
// the counts. It exits with 1 if anything failed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

// name is a test by its package; without Test, the package itself.
type name struct{ Package, Test string }

func (n name) String() string { return strings.TrimSuffix(n.Package+" "+n.Test, " ") }

// summary is what has been read so far.
type summary struct {
	out             io.Writer
	output          map[name][]string
	running         map[name]bool
	passed, failed  int
	failures, skips []name
	broken          int // packages that failed without a test that did
}

func main() {
	failed, err := summarize(os.Stdin, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "summary:", err)
	}
	if failed || err != nil {
		os.Exit(1)
	}
}

// summarize reports whether anything failed.
func summarize(in io.Reader, out io.Writer) (bool, error) {
	s := &summary{out: out, output: make(map[name][]string), running: make(map[name]bool)}
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintln(out, lines.Text()) // of the go command itself
			continue
		}
		s.take(e)
	}
	s.print()
	return s.failed+s.broken > 0, lines.Err()
}

func (s *summary) take(e event) {
	n := name{e.Package, e.Test}
	switch e.Action {
	case "run":
		s.running[n] = true
	case "output":
		s.output[n] = append(s.output[n], e.Output)
	case "build-output":
		fmt.Fprint(s.out, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			s.endPackage(e)
		} else {
			s.end(n, e.Action)
		}
	}
}

func (s *summary) end(n name, action string) {
	delete(s.running, n)
	switch action {
	case "pass":
		s.passed++
		delete(s.output, n)
	case "fail":
		s.failed++
		s.failures = append(s.failures, n)
	case "skip":
		s.skips = append(s.skips, n)
	}
}

// endPackage says so. Tests that still run when their package has failed took
// the process down with them.
func (s *summary) endPackage(e event) {
	fmt.Fprintf(s.out, "%-4s  %s  %.1fs\n", e.Action, e.Package, e.Elapsed)
	of := func(n name) bool { return n.Package == e.Package }
	if e.Action != "fail" {
		return
	}
	for _, n := range slices.SortedFunc(maps.Keys(s.running), func(a, b name) int { return strings.Compare(a.String(), b.String()) }) {
		if of(n) {
			s.end(n, "fail")
		}
	}
	if !slices.ContainsFunc(s.failures, of) {
		s.broken++
		s.failures = append(s.failures, name{Package: e.Package})
	}
}

func (s *summary) print() {
	for _, n := range s.skips {
		fmt.Fprintf(s.out, "\n--- skipped: %s\n%s", n, strings.Join(s.output[n], ""))
	}
	for _, n := range s.failures {
		fmt.Fprintf(s.out, "\n--- failed: %s\n%s", n, strings.Join(s.output[n], ""))
	}
	fmt.Fprintf(s.out, "\n%d passed, %d failed, %d skipped", s.passed, s.failed, len(s.skips))
	if s.broken > 0 {
		fmt.Fprintf(s.out, "; packages not built or broken off: %d", s.broken)
	}
	fmt.Fprintln(s.out)
}
