// Package cli is the command line: its verbs, what they print and how they exit.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/app"
	"github.com/truename-dns/truename/internal/cli/look"
	"github.com/truename-dns/truename/internal/cli/man"
	"github.com/truename-dns/truename/internal/cli/offline"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// Main runs the command line args and returns the exit code.
func Main(args []string, stdout, stderr io.Writer) int {
	return run(args, os.Stdin, stdout, stderr)
}

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(context.Background())
	verb.Report(stderr, err)
	return verb.ExitCode(err)
}

func newRoot() *cobra.Command {
	version := app.BuildVersion()
	root := &cobra.Command{
		Use:           "truename",
		Short:         "DNS server and control plane for names that point at other names",
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version,
		Long: `DNS server and control plane for names that point at other names

Most commands speak to a server: --server, TRUENAME_SERVER or the login say which, --token,
--token-file, TRUENAME_TOKEN or the login as whom. On a terminal they print tables and trees, in
a pipe lines of fields parted by tabs, with --json what the API says: one object, or an object a
line where it is a list. NO_COLOR takes the colours away.

Exit codes: 0 done; 1 failed, or what was checked has errors; 2 the command line is wrong; 3 the
server refused, for a rule is broken, something conflicts or has moved; 4 there is no such name
or record; 5 it could not be seen from here; 130 interrupted.`,
		PersistentPreRunE: remote.LocalOnly,
	}
	remote.Flags(root.PersistentFlags())
	group(root)
	root.SetVersionTemplate("{{.Version}}\n")
	root.SetUsageTemplate(usageTemplate)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return verb.Usagef("%w; see: %s --help", err, c.CommandPath())
	})
	root.AddCommand(newServe(), newVersion(), man.New(version), newLogin(), newLogout(),
		newZone(), offline.NewCheck(version), newRecord(), newWho(), newChain(), newSearch(),
		newRetarget(), newPlan(), newHistory(), newShow(), newUndo(), newRestore(),
		newToken(), newAccount(), newMember(), look.NewExplain(), look.NewTrace(), look.NewDoctor(), look.NewPropagation())
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		if c.HasSubCommands() {
			group(c)
		}
	}
	return root
}

// group makes c a command that only holds others: alone it prints its help,
// and a command that it does not hold is an error.
func group(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.SuggestionsMinimumDistance = 2
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		hint := ""
		if near := c.SuggestionsFor(args[0]); len(near) > 0 {
			hint = fmt.Sprintf("; did you mean %s?", strings.Join(near, " or "))
		}
		return verb.Usagef("%s has no command %q%s; see: %s --help", c.CommandPath(), args[0], hint, c.CommandPath())
	}
}

// usageTemplate is what --help shows below the description: for a command that
// holds others, those; for the others, examples and flags, within 100 columns.
const usageTemplate = `Usage:
  {{if .HasAvailableSubCommands}}{{.CommandPath}} COMMAND{{else}}{{.UseLine}}{{end}}
{{- if .HasExample}}

Examples:
{{.Example}}{{end}}
{{- if .HasAvailableSubCommands}}

Commands:
{{- range .Commands}}{{if or .IsAvailableCommand (eq .Name "help")}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}
{{- if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}{{end}}
{{- if .Annotations.remote}}

Server and output:
{{.InheritedFlags.FlagUsagesWrapped 100 | trimTrailingWhitespaces}}{{end}}
{{- if .HasAvailableSubCommands}}

Use "{{.CommandPath}} COMMAND --help" for more about a command.{{end}}
`

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Args:  verb.NoArgs,
		Run:   func(c *cobra.Command, _ []string) { fmt.Fprintln(c.OutOrStdout(), app.BuildVersion()) },
	}
}
