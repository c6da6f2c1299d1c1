package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/man"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// TestEveryVerbIsComplete: each has a line of help, and those that speak to a
// server all take the same flags for it.
func TestEveryVerbIsComplete(t *testing.T) {
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		for _, sub := range man.Documented(c) {
			visit(sub)
			if sub.Short == "" || strings.HasSuffix(sub.Short, ".") {
				t.Errorf("%s: short help %q", sub.CommandPath(), sub.Short)
			}
			if verb.IsRemote(sub) && sub.Args == nil {
				t.Errorf("%s does not say which arguments it takes", sub.CommandPath())
			}
			if verb.IsRemote(sub) && sub.InheritedFlags().Lookup("json") == nil {
				t.Errorf("%s hides --json", sub.CommandPath())
			}
		}
	}
	visit(newRoot())
}
