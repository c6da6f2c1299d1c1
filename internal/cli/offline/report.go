package offline

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/zone/lint"
	"github.com/truename-dns/truename/internal/zone/load"
)

// writeText prints the findings with their places, a line for each file that has
// any, and a last one for all.
func (s *survey) writeText(out io.Writer, quiet bool) error {
	style := term.StyleOf(out)
	for _, r := range s.files {
		for _, f := range r.Findings {
			if _, err := fmt.Fprintln(out, painted(style, f)); err != nil {
				return err
			}
		}
		if len(r.Findings) > 0 {
			fmt.Fprintln(out, summaryOf(r))
		}
	}
	if quiet && s.errors == 0 {
		return nil
	}
	_, err := fmt.Fprintf(out, "%s, %s, %s: %s, %s\n", term.Plural(len(s.files), "file"), term.Plural(s.zones(), "zone"),
		term.Plural(s.records(), "record"), term.Plural(s.errors, "error"), term.Plural(s.warnings, "warning"))
	return err
}

// painted is f as lines, the first in the colour of its severity.
func painted(s term.Style, f lint.Finding) string {
	c := term.Yellow
	if f.Severity == lint.Error {
		c = term.Red
	}
	head, rest, more := strings.Cut(f.String(), "\n")
	if more {
		rest = "\n" + rest
	}
	return s.Paint(c, head) + rest
}

func summaryOf(r *load.Result) string {
	name := "no zone"
	if r.Apex != nil {
		name = "zone " + r.Apex.String()
	}
	text := fmt.Sprintf("%s: %s: %s, %s, %s", r.Path, name, term.Plural(r.Records, "record"), term.Plural(r.Errors, "error"), term.Plural(r.Warnings, "warning"))
	if left := r.Errors + r.Warnings - len(r.Findings); r.Errors > lint.MaxFindings || r.Warnings > lint.MaxFindings {
		text += fmt.Sprintf(" (%d of them not shown)", left)
	}
	return text
}

func (s *survey) zones() int {
	seen := make(map[string]bool)
	for _, r := range s.files {
		if r.Apex != nil {
			seen[r.Apex.String()] = true
		}
	}
	return len(seen)
}

func (s *survey) records() int {
	n := 0
	for _, r := range s.files {
		n += r.Records
	}
	return n
}

// surveyed is one file in the JSON report.
type surveyed struct {
	File     string         `json:"file"`
	Zone     string         `json:"zone,omitempty"`
	Records  int            `json:"records"`
	Errors   int            `json:"errors"`
	Warnings int            `json:"warnings"`
	Findings []lint.Finding `json:"findings"`
}

func (s *survey) writeJSON(out io.Writer) error {
	report := struct {
		Files    []surveyed `json:"files"`
		Errors   int        `json:"errors"`
		Warnings int        `json:"warnings"`
	}{[]surveyed{}, s.errors, s.warnings}
	for _, r := range s.files {
		f := surveyed{r.Path, "", r.Records, r.Errors, r.Warnings, append([]lint.Finding{}, r.Findings...)}
		if r.Apex != nil {
			f.Zone = r.Apex.String()
		}
		report.Files = append(report.Files, f)
	}
	return indented(out, report)
}

func indented(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// ruleLine is one rule as --rules lists it.
type ruleLine struct {
	Code     string        `json:"code"`
	Severity lint.Severity `json:"severity"`
	Load     lint.Severity `json:"load"` // what it weighs when a file is loaded to be served
	Source   string        `json:"source"`
	Fix      string        `json:"fix"`
}

func listRules(out io.Writer, format, version string) error {
	var lines []ruleLine
	for _, r := range lint.Rules() {
		l := ruleLine{r.Code, r.Severity, r.Load, r.Source, r.Fix}
		if l.Load == "" {
			l.Load = l.Severity
		}
		lines = append(lines, l)
	}
	switch format {
	case "json":
		return indented(out, lines)
	case "sarif":
		return (&survey{}).writeSARIF(out, version)
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, l := range lines {
		fmt.Fprintf(w, "%s\t%s\t%s\n", l.Code, l.Severity, l.Source)
	}
	return w.Flush()
}
