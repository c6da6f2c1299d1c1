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
	"`truename zone check` and every load judge a zone by these rules. An error keeps it from being served,\n" +
	"a warning does not. The samples go on behind these lines, unless they say otherwise:\n\n"

// page writes the table of the rules and a section about each.
func page(w io.Writer, rules []*lint.Rule) error {
	var b strings.Builder
	b.WriteString(intro + code(lint.SampleHead) + "\n| rule | | source |\n|---|---|---|\n")
	for _, r := range rules {
		fmt.Fprintf(&b, "| [%s](#%[1]s) | %s | %s |\n", r.Code, r.Severity, r.Source)
	}
	for _, r := range rules {
		b.WriteString("\n" + section(r))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func section(r *lint.Rule) string {
	text := fmt.Sprintf("## %s\n\n%s, %s. Fix: %s.\n", r.Code, strings.ToUpper(string(r.Severity[:1]))+string(r.Severity[1:]), r.Source, r.Fix)
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
