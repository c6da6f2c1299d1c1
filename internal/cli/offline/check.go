// Package offline is the verbs about zone files, which need no server: check, zone
// check and zone print.
package offline

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/zone/lint"
)

// maxChainLimit is the greatest --max-chain: no resolver follows more links.
const maxChainLimit = 64

// checkFlags are what truename check is told.
type checkFlags struct {
	format   string
	json     bool
	quiet    bool
	strict   bool
	rules    bool
	maxChain int
}

// NewCheck is truename check. A SARIF report names version as that of the tool.
func NewCheck(version string) *cobra.Command {
	var f checkFlags
	c := &cobra.Command{
		Use:   "check PATH…",
		Short: "Check zones together, with all rules across zones; exit 1 on errors",
		Long: `Check zone files together: aliases, mail and name servers are followed from one zone
into the other. Of a directory, every *.zone file in it and below is checked.

A loop of aliases and a chain that is too long are errors here, as in a change of a zone.
Exit codes: 0 nothing is wrong but for warnings, 1 errors were found, 2 the command line is wrong.`,
		Example: `  truename check zones/
  truename check --format sarif zones/ > truename.sarif
  truename check --rules`,
	}
	c.Flags().StringVar(&f.format, "format", "text", "`FORM` of the report: text, json or sarif")
	c.Flags().BoolVar(&f.json, "json", false, "the same as --format json")
	c.Flags().IntVar(&f.maxChain, "max-chain", lint.DefaultMaxChain, "`LINKS` that a chain of aliases may have, 1 to 64")
	c.Flags().BoolVar(&f.strict, "warnings-as-errors", false, "exit 1 on warnings, too")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "print errors only")
	c.Flags().BoolVar(&f.rules, "rules", false, "list the rules and check nothing")
	c.RunE = func(c *cobra.Command, args []string) error {
		if err := f.check(c, args); err != nil {
			return err
		}
		if f.rules {
			return listRules(c.OutOrStdout(), f.format, version)
		}
		return f.run(c, args, version)
	}
	return c
}

// check says what is wrong with the command line, if anything.
func (f *checkFlags) check(c *cobra.Command, args []string) error {
	help := "see: " + c.CommandPath() + " --help"
	if f.json {
		if c.Flags().Changed("format") && f.format != "json" {
			return verb.Usagef("--json and --format %s exclude each other; %s", f.format, help)
		}
		f.format = "json"
	}
	switch {
	case !slices.Contains([]string{"text", "json", "sarif"}, f.format):
		return verb.Usagef("--format %q is none of text, json, sarif; %s", f.format, help)
	case f.maxChain < 1 || f.maxChain > maxChainLimit:
		return verb.Usagef("--max-chain %d is not from 1 to %d; %s", f.maxChain, maxChainLimit, help)
	case f.rules && len(args) > 0:
		return verb.Usagef("--rules takes no path; %s", help)
	case !f.rules && len(args) == 0:
		return verb.Usagef("check needs at least one zone file or directory; %s", help)
	}
	return nil
}

func (f *checkFlags) run(c *cobra.Command, args []string, version string) error {
	paths, err := zoneFiles(args)
	if err != nil {
		return err
	}
	bar := term.ReadingFiles(c.ErrOrStderr(), paths)
	drafts := readAll(paths, bar)
	bar.End()
	s := judgeTogether(drafts, f.maxChain, f.quiet)
	out := c.OutOrStdout()
	switch f.format {
	case "json":
		err = s.writeJSON(out)
	case "sarif":
		err = s.writeSARIF(out, version)
	default:
		err = s.writeText(out, f.quiet)
	}
	if err == nil && (s.errors > 0 || f.strict && s.warnings > 0) {
		return verb.ErrFound
	}
	return err
}
