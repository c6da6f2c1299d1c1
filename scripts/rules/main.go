// Command rules writes docs/rules.md, the page of all rules about zones, to
// standard output; make generate puts it in its place.
package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/truename-dns/truename/internal/zone/lint"
)

func main() {
	if err := page(os.Stdout, lint.Rules()); err != nil {
		fmt.Fprintln(os.Stderr, "rules:", err)
		os.Exit(1)
	}
}

const intro = "<!-- Generated from internal/zone/lint by make generate. Do not edit. -->\n\n# Rules about zones\n\n" +
	"Every change, `truename check`, `truename zone check` and every load judge zones by these rules. An error\n" +
	"refuses a change and keeps a zone from being served, a warning does not. Where the second column says\n" +
	"\"at a load\", a finding weighs less, or nothing is said, when a file is loaded to be served: that one name is\n" +
	"wrong is no reason to serve none. The samples go on behind these lines, unless they say otherwise:\n\n"

// page writes the table of the rules and a section about each.
func page(w io.Writer, rules []*lint.Rule) error {
	var b strings.Builder
	b.WriteString(intro + code(lint.SampleHead) + "\n| rule | | source |\n|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%[1]s) | %s | %s |\n", r.Code, severity(r), r.Source)
	}
	for _, r := range rules {
		b.WriteString("\n" + section(r))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// severity is what a finding weighs, and at a load if that is something else.
func severity(r *lint.Rule) string {
	if r.Load == "" {
		return string(r.Severity)
	}
	return string(r.Severity) + ", at a load " + string(r.Load)
}

func section(r *lint.Rule) string {
	weight := severity(r)
	text := fmt.Sprintf("## %s\n\n%s, %s. Fix: %s.\n", r.Code, strings.ToUpper(weight[:1])+weight[1:], r.Source, r.Fix)
	if r.Beside != "" {
		text += "\nBeside this zone:\n\n" + code(r.Beside)
	}
	if r.Bad != "" {
		text += "\nBreaks it:\n\n" + sample(r.Bad)
	}
	if r.Good != "" && r.Good != lint.SampleHead {
		text += "\nKeeps it:\n\n" + sample(r.Good)
	}
	return text
}

func sample(zone string) string { return code(strings.TrimPrefix(zone, lint.SampleHead)) }

func code(zone string) string { return "```\n" + zone + "```\n" }
