package cli

import "github.com/spf13/cobra"

func newZone() *cobra.Command {
	c := &cobra.Command{
		Use:   "zone",
		Short: "Check and print zone files",
	}
	c.AddCommand(newZoneCheck(), newZonePrint())
	return c
}
