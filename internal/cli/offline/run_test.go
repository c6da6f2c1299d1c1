package offline

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/verb"
)

// run runs the verbs of this room as the command truename does.
func run(args []string, stdout, stderr io.Writer) int {
	root := &cobra.Command{Use: "truename", SilenceErrors: true, SilenceUsage: true}
	zone := &cobra.Command{Use: "zone"}
	zone.AddCommand(NewZoneCheck(), NewZonePrint())
	root.AddCommand(NewCheck("v1.2.3"), zone)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.Execute()
	verb.Report(stderr, err)
	return verb.ExitCode(err)
}
