// Command summary reads the output of go test -json and prints what a person
// wants of it: a line a package, failures and skips in full, and the counts.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// event is a line of go test -json.
type event struct {
	Action, Package, Test, Output, ImportPath string
	Elapsed                                   float64
}

// summary is what has been read so far.
type summary struct {
	output                  map[string][]string // by package and test
	passed, failed, skipped int
	failures, skips         []string
	packages                []string
}

func main() {
	s := &summary{output: make(map[string][]string)}
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 64<<20)
	for in.Scan() {
		var e event
		if json.Unmarshal(in.Bytes(), &e) != nil {
			fmt.Println(in.Text())
			continue
		}
		s.take(e)
	}
	s.print()
	if s.failed > 0 {
		os.Exit(1)
	}
}

func (s *summary) take(e event) {
	key := e.Package + " " + e.Test
	switch e.Action {
	case "output":
		s.output[key] = append(s.output[key], e.Output)
	case "build-output":
		fmt.Print(e.Output)
	case "pass", "fail", "skip":
		s.end(e, key)
	}
}

func (s *summary) end(e event, key string) {
	if e.Test == "" {
		s.packages = append(s.packages, fmt.Sprintf("%-4s  %s  %.1fs", e.Action, e.Package, e.Elapsed))
		if e.Action == "fail" {
			s.failures = append(s.failures, key)
		}
		return
	}
	switch e.Action {
	case "pass":
		s.passed++
	case "fail":
		s.failed++
		s.failures = append(s.failures, key)
	case "skip":
		s.skipped++
		s.skips = append(s.skips, key)
	}
}

func (s *summary) print() {
	slices.Sort(s.packages)
	fmt.Println(strings.Join(s.packages, "\n"))
	for _, k := range s.skips {
		fmt.Printf("\n--- skipped: %s\n%s", k, strings.Join(s.output[k], ""))
	}
	for _, k := range s.failures {
		fmt.Printf("\n--- failed: %s\n%s", k, strings.Join(s.output[k], ""))
	}
	fmt.Printf("\n%d passed, %d failed, %d skipped\n", s.passed, s.failed, s.skipped)
}
