// Package scenario reads and runs the scenario files of the conformance tests: zones,
// queries and the replies that the RFCs ask for. README.md in the directory above
// describes the format.
package scenario

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/truename-dns/truename/conformance/subject"
)

// Scenario is one file.
type Scenario struct {
	Name  string
	Only  []subject.Kind // empty: everybody
	Not   map[subject.Kind]string
	Zones []subject.Zone
	Steps []Step
}

// Step is one query and what its reply must look like.
type Step struct {
	Title string
	Line  int
	Only  []subject.Kind
	Not   map[subject.Kind]string
	lines []line
}

type line struct {
	number int
	text   string
}

// Skips returns why the scenario is not for kind, or "".
func (s Scenario) Skips(kind subject.Kind) string { return skips(kind, s.Only, s.Not) }

// Skips returns why the step is not for kind, or "".
func (s Step) Skips(kind subject.Kind) string { return skips(kind, s.Only, s.Not) }

func skips(kind subject.Kind, only []subject.Kind, not map[subject.Kind]string) string {
	if len(only) > 0 && !slices.Contains(only, kind) {
		return fmt.Sprintf("only for %v", only)
	}
	return not[kind]
}

// Parse reads a scenario file. Errors name the line.
func Parse(name string, r io.Reader) (Scenario, error) {
	p := parser{out: Scenario{Name: name, Not: map[subject.Kind]string{}}}
	scanner := bufio.NewScanner(r)
	var errs []error
	for number := 1; scanner.Scan(); number++ {
		if err := p.take(line{number, scanner.Text()}); err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, number, err))
		}
	}
	errs = append(errs, scanner.Err())
	if len(p.out.Steps) == 0 {
		errs = append(errs, fmt.Errorf("%s: no step: begin one with `-- ask TITLE --`", name))
	}
	return p.out, errors.Join(errs...)
}

type parser struct {
	out    Scenario
	inZone bool
}

func (p *parser) take(l line) error {
	if inner, ok := marker(l.text); ok {
		return p.begin(inner, l.number)
	}
	if p.inZone {
		zone := &p.out.Zones[len(p.out.Zones)-1]
		zone.Text += l.text + "\n"
		return nil
	}
	l.text = strings.TrimRight(l.text, " \t")
	body := strings.TrimSpace(l.text)
	if body == "" || strings.HasPrefix(body, "#") {
		return nil
	}
	only, not := &p.out.Only, p.out.Not
	if n := len(p.out.Steps); n > 0 {
		only, not = &p.out.Steps[n-1].Only, p.out.Steps[n-1].Not
	}
	if isGuard, err := guard(body, only, not); isGuard {
		return err
	}
	if len(p.out.Steps) == 0 {
		return fmt.Errorf("%q before the first marker: only comments (#), `only` and `not` stand there", body)
	}
	step := &p.out.Steps[len(p.out.Steps)-1]
	step.lines = append(step.lines, l)
	return nil
}

// marker recognises "-- something --".
func marker(text string) (string, bool) {
	inner, ok := strings.CutPrefix(text, "-- ")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(strings.TrimRight(inner, " "), " --")
}

func (p *parser) begin(inner string, number int) error {
	kind, rest, _ := strings.Cut(inner, " ")
	p.inZone = kind == "zone"
	switch kind {
	case "zone":
		p.out.Zones = append(p.out.Zones, subject.Zone{Origin: rest, Text: "$ORIGIN " + rest + "\n$TTL 3600\n"})
	case "ask":
		p.out.Steps = append(p.out.Steps, Step{Title: rest, Line: number, Not: map[subject.Kind]string{}})
	default:
		return fmt.Errorf("unknown marker %q: use `zone ORIGIN` or `ask TITLE`", inner)
	}
	return nil
}

// guard reads "only KIND[,KIND]: reason" and "not KIND[,KIND]: reason".
func guard(body string, only *[]subject.Kind, not map[subject.Kind]string) (bool, error) {
	word, rest, _ := strings.Cut(body, " ")
	if word != "only" && word != "not" {
		return false, nil
	}
	names, reason, ok := strings.Cut(rest, ": ")
	if !ok {
		return true, fmt.Errorf("%q gives no reason: write `%s KIND: reason`", body, word)
	}
	kinds, err := parseKinds(names)
	if err != nil {
		return true, err
	}
	if word == "only" {
		*only = append(*only, kinds...)
		return true, nil
	}
	for _, kind := range kinds {
		not[kind] = reason
	}
	return true, nil
}

func parseKinds(names string) ([]subject.Kind, error) {
	var kinds []subject.Kind
	for name := range strings.SplitSeq(names, ",") {
		kind, err := subject.ParseKind(strings.TrimSpace(name))
		if err != nil {
			return nil, err
		}
		kinds = append(kinds, kind)
	}
	return kinds, nil
}
