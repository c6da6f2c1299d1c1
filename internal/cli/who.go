package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newWho() *cobra.Command {
	var direct bool
	var limit int
	c := &cobra.Command{
		Use:   "who NAME",
		Short: "Show who points at a name",
		Long: `Show every record that leads to NAME, through CNAME, ALIAS, DNAME, AliasMode and wildcards, or
that refers to it as MX, NS, SRV or PTR; and who points at those, over all zones. On a terminal
as a tree; in a pipe a line each: owner, kind, TTL, zone, depth, seconds until no cache holds
the old answer after a change, and the path.`,
		Example: `  truename who main.example.net
  truename who main.example.net --direct --json | jq -r .owner`,
		Args: verb.Exactly("NAME"),
	}
	c.Flags().BoolVar(&direct, "direct", false, "only those that point at NAME itself")
	c.Flags().IntVar(&limit, "limit", 1000, "`N` records at most; 0 for all")
	return connects(c, func(s *session, args []string) error {
		w := &dependents{session: s, limit: limit}
		if term.IsTerminal(s.Stdout) && !s.JSON {
			w.tree = &term.Branch{}
		}
		for page, err := range s.Dependents(s, args[0], api.DependentQuery{Direct: direct}) {
			if err != nil {
				return err
			}
			if more, err := w.page(page); err != nil || !more {
				return w.end(args[0], err)
			}
		}
		return w.end(args[0], nil)
	})
}

// dependents gathers a tree, or prints what comes as it comes.
type dependents struct {
	*session
	limit     int
	tree      *term.Branch // nil to print lines
	follow    int
	refer     int
	hidden    int
	truncated bool
	known     map[string]*term.Branch
}

// page takes a page in and reports whether more are wanted.
func (w *dependents) page(p api.DependentsData) (more bool, err error) {
	w.hidden += p.Hidden
	w.truncated = w.truncated || p.Truncated
	for _, d := range p.Dependents {
		if w.limit > 0 && w.follow+w.refer == w.limit {
			w.truncated = true
			return false, nil
		}
		if d.Follows {
			w.follow++
		} else {
			w.refer++
		}
		if err := w.add(d); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (w *dependents) add(d api.Dependent) error {
	switch {
	case w.JSON:
		return w.Item(d)
	case w.tree != nil:
		w.graft(d)
		return nil
	}
	t := term.NewTable(w.Stdout, make([]string, 7)...)
	if err := t.Row(term.Cells(d.Owner, d.Kind, fmt.Sprint(d.TTL), d.Zone, fmt.Sprint(d.Depth), remote.SecondsOf(d.Drain), pathOf(d))...); err != nil {
		return err
	}
	return t.End()
}

func pathOf(d api.Dependent) string {
	names := make([]string, len(d.Path))
	for i, step := range d.Path {
		names[i] = step.Name
	}
	return strings.Join(names, " > ")
}

// graft puts d where its path ends, with what stands between if it is not there yet.
func (w *dependents) graft(d api.Dependent) {
	if w.known == nil {
		w.known = make(map[string]*term.Branch)
	}
	at, key := w.tree, ""
	for i := len(d.Path) - 2; i >= 0; i-- {
		step := d.Path[i]
		key += "\x00" + step.Name + "\x00" + step.Kind
		next := w.known[key]
		if next == nil {
			next = at.Add(w.Paint(term.Dim, term.Clean(step.Name)+"  "+term.Clean(step.Kind)))
			w.known[key] = next
		}
		at = next
	}
	if at == w.tree {
		at = w.tree.Add("")
	}
	at.Text = w.described(d)
}

func (w *dependents) described(d api.Dependent) string {
	c := term.Cyan
	if !d.Follows {
		c = term.Plain
	}
	return w.Paint(c, term.Clean(d.Owner)) + "  " + term.Clean(d.Kind) + " " + term.Span(int64(d.TTL)) +
		w.Paint(term.Dim, "  zone "+term.Clean(d.Zone)+", "+drainOf(d))
}

func drainOf(d api.Dependent) string {
	if d.Drain < 0 {
		return "drains nobody knows when"
	}
	return "drains in " + term.Span(int64(d.Drain))
}

// end prints the tree, and how many there are.
func (w *dependents) end(name string, err error) error {
	if err != nil {
		return err
	}
	if w.tree != nil && w.follow+w.refer > 0 {
		w.tree.Text = w.Paint(term.Bold, term.Clean(name))
		if err := w.tree.Print(w.Stdout); err != nil {
			return err
		}
	}
	if w.tree != nil {
		w.Note("%s", w.sum())
	} else if w.truncated {
		w.Note("there are more; --limit 0 shows all")
	}
	return nil
}

func (w *dependents) sum() string {
	if w.follow+w.refer+w.hidden == 0 {
		return "nobody points here"
	}
	text := term.Plural(w.follow, "record") + " " + term.Verb(w.follow, "follow")
	if w.refer > 0 {
		text += fmt.Sprintf(", %d only %s to it", w.refer, term.Verb(w.refer, "refer"))
	}
	if w.hidden > 0 {
		text += fmt.Sprintf(", %d more in zones that this token may not see", w.hidden)
	}
	if w.truncated {
		text += "; there are more: --limit 0 shows all"
	}
	return text
}
