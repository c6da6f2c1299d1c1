package cli

import (
	"cmp"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newChain() *cobra.Command {
	c := &cobra.Command{
		Use:   "chain NAME [TYPE]",
		Short: "Show where a name leads, link by link",
		Long: `Show the links from NAME to where it ends: owner, kind, TTL, target, zone, and the wildcard or
DNAME that makes a link; last where it ends and why. TYPE is that of the question (default A).`,
		Example: `  truename chain www.example.com
  truename chain www.example.com AAAA --json`,
		Args: verb.Exactly("NAME", "[TYPE]"),
	}
	return connects(c, func(s *session, args []string) error {
		chain, err := s.Chain(s, args[0], cmp.Or(append(args[1:], "")...))
		if err != nil || s.JSON {
			return s.Ended(chain, err)
		}
		t := term.NewTable(s.Stdout, "NAME", "KIND", "TTL>", "TARGET", "ZONE", "BY")
		for _, l := range chain.Links {
			if err := t.Row(term.Key(l.Owner), term.Text(l.Kind), term.Text(fmt.Sprint(l.TTL)), term.Key(l.Target), term.Faint(l.Zone), term.Faint(l.Via)); err != nil {
				return err
			}
		}
		if err := t.End(); err != nil {
			return err
		}
		_, err = fmt.Fprintln(s.Stdout, s.chainEnd(chain))
		return err
	})
}

// ends says in words why a chain ends.
var ends = map[string]struct {
	words string
	paint term.Colour
}{
	"addresses": {"has the answer", term.Green},
	"nodata":    {"exists, but has no such record", term.Yellow},
	"nxdomain":  {"does not exist", term.Red},
	"leaves":    {"is not in a zone here", term.Plain},
	"loop":      {"leads back into the chain", term.Red},
	"too-long":  {"is too far down the chain", term.Red},
	"delegated": {"is delegated to other name servers", term.Plain},
}

func (s *session) chainEnd(c api.Chain) string {
	e, known := ends[c.End]
	if !known {
		e.words = c.End
	}
	if !term.IsTerminal(s.Stdout) {
		return "end\t" + term.Clean(c.Last) + "\t" + term.Clean(c.End)
	}
	if c.Depth == 0 {
		return s.Paint(term.Cyan, term.Clean(c.Last)) + " " + s.Paint(e.paint, term.Clean(e.words)) + "; it points at no other name"
	}
	return "ends at " + s.Paint(term.Cyan, term.Clean(c.Last)) + ", which " + s.Paint(e.paint, term.Clean(e.words)) + "; " + term.Plural(c.Depth, "link")
}
