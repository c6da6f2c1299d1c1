package verb

import (
	"math"
	"strings"

	"github.com/spf13/cobra"
)

// NoArgs wants none.
func NoArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return Usagef("%s takes no argument, but got %q; see: %s --help", c.Name(), args[0], c.CommandPath())
	}
	return nil
}

// SomeFiles wants at least one zone file.
func SomeFiles(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return Usagef("%s needs at least one zone file; see: %s --help", c.Name(), c.CommandPath())
	}
	return nil
}

// OneFile wants one zone file.
func OneFile(c *cobra.Command, args []string) error {
	if len(args) != 1 {
		return Usagef("%s takes one zone file; see: %s --help", c.Name(), c.CommandPath())
	}
	return nil
}

// Exactly wants as many arguments as names, which say what each is. A name in
// brackets may be left out, one with "…" may be there several times.
func Exactly(names ...string) cobra.PositionalArgs {
	least, most := 0, len(names)
	for _, n := range names {
		if !strings.HasPrefix(n, "[") {
			least++
		}
		if strings.Contains(n, "…") {
			most = math.MaxInt
		}
	}
	return func(c *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= most {
			return nil
		}
		if len(args) > most {
			return Usagef("%s does not know what %q is for; see: %s --help", c.CommandPath(), args[most], c.CommandPath())
		}
		return Usagef("%s needs %s; see: %s --help", c.CommandPath(), strings.Join(names, " "), c.CommandPath())
	}
}
