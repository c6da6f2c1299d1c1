package remote

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// Completion must not keep a person waiting.
const (
	completionTime  = time.Second
	completionNames = 500
)

// ZoneNames completes the first argument by the names of the zones on the server.
func ZoneNames(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveDefault // files, where there are any
	}
	ctx, cancel := context.WithTimeout(context.Background(), completionTime)
	defer cancel()
	s, err := Open(ctx, c)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for z, err := range s.Zones(s) {
		if err != nil || len(names) == completionNames {
			break
		}
		if strings.HasPrefix(z.Name, strings.ToLower(begun)) {
			names = append(names, z.Name)
		}
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
