package cli

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newZoneList() *cobra.Command {
	var deleted bool
	c := &cobra.Command{
		Use:   "list [PATTERN]",
		Short: "List zones",
		Long: `List the zones that the token may see, by name: name, serial, records, type, status. With
a PATTERN only those that match it: * stands for any letters, ? for one.`,
		Example: `  truename zone list
  truename zone list '*.example.net'
  truename zone list --deleted`,
		Args: verb.Exactly("[PATTERN]"),
	}
	c.Flags().BoolVar(&deleted, "deleted", false, "list the zones that zone restore can bring back")
	return connects(c, func(s *session, args []string) error {
		keep, err := matcher(args)
		if err != nil {
			return err
		}
		if deleted {
			return s.listDeleted(keep)
		}
		return s.listZones(keep, args)
	})
}

// matcher is whether a zone's name matches the pattern that args may hold.
func matcher(args []string) (func(name string) bool, error) {
	if len(args) == 0 {
		return func(string) bool { return true }, nil
	}
	pattern := bare(args[0])
	if _, err := path.Match(pattern, ""); err != nil {
		return nil, verb.Usagef("%q is no pattern: %w", args[0], err)
	}
	return func(name string) bool {
		ok, _ := path.Match(pattern, bare(name))
		return ok
	}, nil
}

// bare is a name in lower case without its final dot.
func bare(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// listZones lists the zones that keep keeps, by the pattern if there is one.
func (s *session) listZones(keep func(string) bool, pattern []string) error {
	t := term.NewTable(s.Stdout, "ZONE", "SERIAL>", "RECORDS>", "TYPE", "STATUS")
	n := 0
	for z, err := range s.Zones(s) {
		if err != nil {
			return err
		}
		if !keep(z.Name) {
			continue
		}
		n++
		if err := s.Row(t, z, term.Key(z.Name), term.Text(fmt.Sprint(z.Serial)), term.Text(fmt.Sprint(z.RecordCount)), term.Text(z.Type), zoneStatus(z)); err != nil {
			return err
		}
	}
	switch {
	case n > 0 || !term.IsTerminal(s.Stdout):
	case len(pattern) > 0:
		s.Note("no zone matches %s", pattern[0])
	default:
		s.Note("no zones; to make one: truename zone add NAME")
	}
	return t.End()
}

func zoneStatus(z api.Zone) term.Cell {
	switch {
	case z.ReadOnly:
		return term.Faint("read-only")
	case z.Status != "active":
		return term.In(term.Yellow, z.Status)
	}
	return term.Text(z.Status)
}

func (s *session) listDeleted(keep func(string) bool) error {
	list, err := s.DeletedZones(s)
	if err != nil {
		return err
	}
	t := term.NewTable(s.Stdout, "ZONE", "SERIAL>", "DELETED", "BY", "CHANGE>")
	for _, z := range list {
		if !keep(z.Name) {
			continue
		}
		if err := s.Row(t, z, term.Key(z.Name), term.Text(fmt.Sprint(z.Serial)), term.Text(s.Moment(z.DeletedAt)), term.Text(z.DeletedBy), term.Text(fmt.Sprint(z.Revision))); err != nil {
			return err
		}
	}
	return t.End()
}

func newZoneShow() *cobra.Command {
	c := &cobra.Command{
		Use:               "show ZONE",
		Short:             "Show the properties of a zone",
		Args:              verb.Exactly("ZONE"),
		ValidArgsFunction: remote.ZoneNames,
	}
	return connects(c, func(s *session, args []string) error {
		z, err := s.Zone(s, args[0])
		if err != nil || s.JSON {
			return s.Ended(z, err)
		}
		return term.Fields(s.Stdout, append([]string{
			"name", z.Name,
			"id", z.ID,
			"serial", fmt.Sprint(z.Serial),
			"records", fmt.Sprint(z.RecordCount),
			"name servers", strings.Join(z.Nameservers, " "),
			"type", z.Type,
			"region", z.Region,
			"status", zoneStatus(z).Text,
			"account", z.CustomerID,
			"last change", fmt.Sprint(z.Revision),
			"made", s.Moment(z.CreatedAt),
			"properties set", s.Moment(z.UpdatedAt),
		}, flattenFields(z.Settings)...)...)
	})
}

// flattenFields say that all CNAMEs are flattened, and which are not, a field each.
func flattenFields(s api.ZoneSettings) []string {
	if !s.FlattenAll {
		return nil
	}
	fields := []string{"flatten all", "on"}
	if s.KeptCNAMEs == nil || s.KeptCNAMEs.Count == 0 {
		return fields
	}
	fields = append(fields, "kept CNAMEs", fmt.Sprint(s.KeptCNAMEs.Count))
	for _, k := range s.KeptCNAMEs.Names {
		fields = append(fields, "  "+k.Name, k.Why)
	}
	return fields
}
