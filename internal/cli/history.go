package cli

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newHistory() *cobra.Command {
	var q api.ChangeQuery
	limit := 0
	c := &cobra.Command{
		Use:   "history [ZONE]",
		Short: "List changes, the newest first",
		Long: `List changes, the newest first: number, time, who, by which way, the zones with their serials,
and why. truename show NUMBER shows one whole, truename undo NUMBER takes it back.`,
		Example: `  truename history
  truename history example.com --limit 5`,
		Args:              verb.Exactly("[ZONE]"),
		ValidArgsFunction: remote.ZoneNames,
	}
	c.Flags().IntVar(&limit, "limit", 20, "`N` changes at most; 0 for all")
	c.Flags().StringVar(&q.Zone, "zone", "", "only changes of this `ZONE`")
	c.Flags().StringVar(&q.Account, "account", "", "only changes by the `ACCOUNT` of this id")
	c.Flags().Uint64Var(&q.Before, "before", 0, "only changes before this `NUMBER`")
	c.Flags().Uint64Var(&q.After, "after", 0, "only changes after this `NUMBER`")
	_ = c.RegisterFlagCompletionFunc("zone", remote.ZoneNames)
	return connects(c, func(s *session, args []string) error {
		q.Zone = cmp.Or(append(args, q.Zone)...)
		q.Limit = min(limit, 1000)
		t := term.NewTable(s.Stdout, "CHANGE>", "TIME", "BY", "VIA", "ZONES", "REASON")
		n := 0
		for ch, err := range s.Changes(s, q) {
			if err != nil {
				return err
			}
			if n++; limit > 0 && n > limit {
				break
			}
			if err := s.Row(t, ch, s.changeCells(ch)...); err != nil {
				return err
			}
		}
		return t.End()
	})
}

func (s *session) changeCells(c api.Change) []term.Cell {
	return []term.Cell{term.Key(fmt.Sprint(c.Revision)), term.Text(s.Moment(c.Time)), term.Text(authorOf(c)), term.Faint(c.Author.Via), term.Text(zonesOf(c)), term.Text(reasonOf(c))}
}

func authorOf(c api.Change) string { return cmp.Or(c.Author.Name, c.Author.Account, "server") }

func reasonOf(c api.Change) string {
	if c.Reason == "" && c.Reverts != 0 {
		return fmt.Sprintf("undo of change %d", c.Reverts)
	}
	return c.Reason
}

// zonesOf is a word on the zones of a change: the one, or how many.
func zonesOf(c api.Change) string {
	if len(c.Zones) != 1 {
		return term.Plural(len(c.Zones), "zone")
	}
	z := c.Zones[0]
	switch z.Kind {
	case "create":
		return fmt.Sprintf("%s new %d", z.Name, z.To)
	case "delete":
		return fmt.Sprintf("%s gone %d", z.Name, z.From)
	}
	return fmt.Sprintf("%s %d-%d", z.Name, z.From, z.To)
}

func newShow() *cobra.Command {
	c := &cobra.Command{
		Use:     "show CHANGE",
		Short:   "Show a change: who, when, why and what",
		Example: `  truename show 42`,
		Args:    verb.Exactly("CHANGE"),
	}
	return connects(c, func(s *session, args []string) error {
		ch, err := s.ChangeByID(s, args[0])
		if err != nil || s.JSON {
			return s.Ended(ch, err)
		}
		err = term.Fields(s.Stdout,
			"change", fmt.Sprint(ch.Revision),
			"id", ch.ID,
			"time", s.Moment(ch.Time),
			"by", authorOf(ch),
			"via", strings.TrimSpace(strings.Join([]string{ch.Author.Via, ch.Author.Address, ch.Author.Agent}, " ")),
			"reason", reasonOf(ch),
		)
		if err != nil {
			return err
		}
		return remote.Differences(s.Stdout, 0, ch.Zones)
	})
}

func newUndo() *cobra.Command {
	var w remote.Writing
	c := &cobra.Command{
		Use:   "undo CHANGE",
		Short: "Take a change back",
		Long: `Take a change back, as a change of its own. What has changed since at the same names is in the
way; the server then says what.`,
		Example: `  truename undo 42
  truename undo 42 --yes --reason "wrong customer"`,
		Args: verb.Exactly("CHANGE"),
	}
	w.Flags(c, true)
	return connects(c, func(s *session, args []string) error {
		return s.Consent(&w, "Take change "+args[0]+" back?", func(dryRun bool) (api.ChangeData, error) {
			return s.Undo(s, args[0], api.UndoRequest{Reason: w.Reason, DryRun: dryRun})
		})
	})
}
