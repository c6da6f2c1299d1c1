package offline

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/zone/lint"
	"github.com/truename-dns/truename/internal/zone/load"
)

// NewZoneCheck is truename zone check.
func NewZoneCheck() *cobra.Command {
	var asJSON, quiet bool
	var origin string
	c := &cobra.Command{
		Use:   "check FILE|DIR…",
		Short: "Check zone files; exit 1 if one has an error",
		Long: `Check zone files as the server does when it loads them: an error keeps a zone
from being served, a warning does not. Of a directory, every *.zone file is checked.`,
		Example: `  truename zone check example.com.zone
  truename zone check --json /etc/truename/zones`,
		Args: verb.SomeFiles,
	}
	c.Flags().BoolVar(&asJSON, "json", false, "print the findings as JSON")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "print errors only")
	c.Flags().StringVar(&origin, "origin", "", "`NAME` that relative names are completed by before any $ORIGIN; default: the file's name")
	c.RunE = func(c *cobra.Command, args []string) error {
		paths, err := Paths(args)
		if err != nil {
			return err
		}
		o, err := loadOptions(origin)
		if err != nil {
			return err
		}
		bar := term.ReadingFiles(c.ErrOrStderr(), paths)
		report := &checkReport{quiet: quiet, out: bar.Above(c.OutOrStdout()), style: term.StyleOf(c.OutOrStdout()), json: asJSON}
		loadEach(paths, o, bar, report.add)
		bar.End()
		report.out = c.OutOrStdout()
		return report.end()
	}
	return c
}

// loadEach loads the files one after another, two at a time in the background,
// and hands the results over in order.
func loadEach(paths []string, o load.Options, bar *term.Progress, each func(*load.Result)) {
	results := make([]chan *load.Result, len(paths))
	for i := range results {
		results[i] = make(chan *load.Result, 1)
	}
	slots := make(chan struct{}, 2)
	go func() {
		for i, path := range paths {
			slots <- struct{}{}
			go func() {
				opt := o
				opt.Progress = bar.File()
				results[i] <- load.File(path, opt)
				<-slots
			}()
		}
	}()
	for _, r := range results {
		each(<-r)
	}
}

// checkReport prints results as they come, or gathers them for JSON.
type checkReport struct {
	out      io.Writer
	style    term.Style
	quiet    bool
	json     bool
	files    []checkedFile
	count    int
	errors   int
	warnings int
}

// checkedFile is one file in the JSON report.
type checkedFile struct {
	File     string         `json:"file"`
	Zone     string         `json:"zone,omitempty"`
	Serial   uint32         `json:"serial,omitempty"`
	Records  int            `json:"records"`
	Errors   int            `json:"errors"`
	Warnings int            `json:"warnings"`
	Findings []lint.Finding `json:"findings"`
}

func (r *checkReport) add(l *load.Result) {
	r.count++
	r.errors += l.Errors
	r.warnings += l.Warnings
	if r.json {
		r.files = append(r.files, checked(l))
		return
	}
	for _, f := range l.Findings {
		if f.Severity == lint.Error || !r.quiet {
			fmt.Fprintln(r.out, painted(r.style, f))
		}
	}
	if !r.quiet || l.Errors > 0 {
		fmt.Fprintf(r.out, "%s: %s: %s, %s, %s\n", l.Path, zoneName(l),
			term.Plural(l.Records, "record"), term.Plural(l.Errors, "error"), term.Plural(l.Warnings, "warning"))
	}
}

func checked(l *load.Result) checkedFile {
	f := checkedFile{File: l.Path, Records: l.Records, Errors: l.Errors, Warnings: l.Warnings, Findings: l.Findings}
	if l.Apex != nil {
		f.Zone = l.Apex.String()
	}
	if l.Snapshot != nil {
		f.Serial = uint32(l.Snapshot.Serial())
	}
	if f.Findings == nil {
		f.Findings = []lint.Finding{}
	}
	return f
}

func zoneName(l *load.Result) string {
	if l.Apex == nil {
		return "no zone"
	}
	return "zone " + l.Apex.String()
}

// end prints what is left and says whether there were errors.
func (r *checkReport) end() error {
	if r.json {
		enc := json.NewEncoder(r.out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(map[string]any{"files": r.files, "errors": r.errors, "warnings": r.warnings}); err != nil {
			return err
		}
	} else if r.count > 1 {
		fmt.Fprintf(r.out, "%s: %s, %s\n", term.Plural(r.count, "file"), term.Plural(r.errors, "error"), term.Plural(r.warnings, "warning"))
	}
	if r.errors > 0 {
		return verb.ErrFound
	}
	return nil
}
