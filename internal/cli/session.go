package cli

import (
	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/remote"
)

// session is one run of a verb here.
type session struct{ *remote.Session }

// connects makes c a verb that speaks to a server.
func connects(c *cobra.Command, run func(s *session, args []string) error) *cobra.Command {
	return remote.Connects(c, func(s *remote.Session, args []string) error { return run(&session{s}, args) })
}
