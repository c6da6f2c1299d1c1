package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newSearch() *cobra.Command {
	limit := 0
	c := &cobra.Command{
		Use:     "search TEXT",
		Short:   "Find zones and records by a part of a name or content",
		Example: `  truename search main.example.net`,
		Args:    verb.Exactly("TEXT"),
	}
	c.Flags().IntVar(&limit, "limit", 1000, "`N` hits at most; 0 for all")
	return connects(c, func(s *session, args []string) error {
		t := term.NewTable(s.Stdout, "ZONE", "NAME", "TTL>", "TYPE", "CONTENT", "NOTES")
		n := 0
		for hit, err := range s.Search(s, args[0]) {
			if err != nil {
				return err
			}
			if n++; limit > 0 && n > limit {
				s.Note("there are more; --limit 0 shows all")
				break
			}
			if err := s.Row(t, hit, hitCells(hit)...); err != nil {
				return err
			}
		}
		if n == 0 && term.IsTerminal(s.Stdout) {
			s.Note("nothing found")
		}
		return t.End()
	})
}

func hitCells(h api.SearchHit) []term.Cell {
	if h.Record == nil {
		return append([]term.Cell{term.In(term.Bold, h.Zone)}, term.Cells("", "", fmt.Sprintf("(%s)", h.Kind), "", "")...)
	}
	return append([]term.Cell{term.Faint(h.Zone)}, recordCells(*h.Record)...)
}
