package cli

import (
	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/internal/cli/offline"
)

func newZone() *cobra.Command {
	c := &cobra.Command{
		Use:   "zone",
		Short: "List, make, import, compare and check zones",
	}
	c.AddCommand(newZoneList(), newZoneShow(), newZoneAdd(), newZoneSet(), newZoneRemove(), newZoneRestore(),
		newZoneImport(), newZoneExport(), newZoneDiff(), offline.NewZoneCheck(), offline.NewZonePrint())
	return c
}
