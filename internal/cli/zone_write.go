package cli

import (
	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newZoneAdd() *cobra.Command {
	var w remote.Writing
	var z api.NewZone
	c := &cobra.Command{
		Use:   "add NAME",
		Short: "Make a zone",
		Example: `  truename zone add example.com
  truename zone add example.com --reason "order 4711"`,
		Args: verb.Exactly("NAME"),
	}
	f := c.Flags()
	f.StringVar(&z.Type, "type", "", "`TYPE`: master, primary, slave or secondary (default master)")
	f.StringVar(&z.Region, "region", "", "`REGION`: EU, GLOBAL or EU_GLOBAL (default EU)")
	f.StringVar(&z.Status, "status", "", "`STATUS`: active, or paused for kept but not served (default active)")
	f.StringVar(&z.Account, "account", "", "id of the `ACCOUNT` that owns it; for administrators")
	f.BoolVar(&z.Bare, "bare", false, "without the name servers of the server")
	w.Flags(c, false)
	return connects(c, func(s *session, args []string) error {
		return s.Apply(&w, func(dryRun bool) (api.ChangeData, error) {
			return s.Change(s, api.ChangeRequest{Reason: w.Reason, DryRun: dryRun, Zones: []api.ZoneChange{{Zone: args[0], Create: &z}}}, "")
		})
	})
}

func newZoneSet() *cobra.Command {
	var w remote.Writing
	var flattenAll string
	c := &cobra.Command{
		Use:   "set ZONE",
		Short: "Set the properties of a zone",
		Long: `Set the properties of a zone. With --flatten-all on, every CNAME in it is answered with the
addresses of its target, but for names that verify ownership, as _acme-challenge and
_domainkey, and those that record set was told --flatten=false of; zone show lists them.`,
		Example:           `  truename zone set example.com --flatten-all on`,
		Args:              verb.Exactly("ZONE"),
		ValidArgsFunction: remote.ZoneNames,
	}
	c.Flags().StringVar(&flattenAll, "flatten-all", "", "answer for all CNAMEs with the addresses of their targets: `on|off`")
	_ = c.RegisterFlagCompletionFunc("flatten-all", cobra.FixedCompletions([]string{"on", "off"}, cobra.ShellCompDirectiveNoFileComp))
	w.Flags(c, false)
	return connects(c, func(s *session, args []string) error {
		var patch api.ZonePatch
		switch flattenAll {
		case "on", "off":
			on := flattenAll == "on"
			patch.FlattenAll = &on
		case "":
			return verb.Usagef("say what to set, as in: %s %s --flatten-all on", c.CommandPath(), args[0])
		default:
			return verb.Usagef("--flatten-all %q is neither on nor off", flattenAll)
		}
		return s.Apply(&w, func(dryRun bool) (api.ChangeData, error) {
			return s.Change(s, api.ChangeRequest{Reason: w.Reason, DryRun: dryRun, Zones: []api.ZoneChange{{Zone: args[0], Props: &patch}}}, "")
		})
	})
}

func newZoneRemove() *cobra.Command {
	var w remote.Writing
	c := &cobra.Command{
		Use:               "rm ZONE",
		Short:             "Delete a zone with all its records; zone restore brings it back",
		Args:              verb.Exactly("ZONE"),
		ValidArgsFunction: remote.ZoneNames,
	}
	w.Flags(c, true)
	return connects(c, func(s *session, args []string) error {
		return s.Consent(&w, "Delete zone "+args[0]+"?", func(dryRun bool) (api.ChangeData, error) {
			return s.Change(s, api.ChangeRequest{Reason: w.Reason, DryRun: dryRun, Zones: []api.ZoneChange{{Zone: args[0], Delete: true}}}, "")
		})
	})
}

func newZoneRestore() *cobra.Command {
	var w remote.Writing
	var to string
	c := &cobra.Command{
		Use:   "restore ZONE",
		Short: "Bring a zone back to what it was, or back at all",
		Long: `Bring a zone back to what it was at a serial or a time, as one change. One that was deleted
(zone list --deleted) comes back as it was last, or as --to says.`,
		Example: `  truename zone restore example.com
  truename zone restore example.com --to 2026112101`,
		Args: verb.Exactly("ZONE"),
	}
	whenFlag(c, &to)
	w.Flags(c, true)
	return connects(c, func(s *session, args []string) error {
		r, err := restoreTo(to)
		if err != nil {
			return err
		}
		return s.restore(&w, args[0], r)
	})
}
