package look

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
)

// NewTrace is truename trace.
func NewTrace() *cobra.Command {
	c := &cobra.Command{
		Use:   "trace NAME [TYPE]",
		Short: "Ask for a name from the root on, to the end of its chain",
		Long: `Ask for NAME and TYPE (default A) as a resolver does that knows nothing yet: from the root servers
down, and where the name is an alias, for its target from the root again, to the end of the chain.
Every server that was asked is shown, those that kept silent or had nothing to say too; + marks
the time that a name of the chain adds. Last the sum, which is what a client pays whose resolver
knows nothing. The questions go out from the server, and zones that it holds are asked like others.

In a pipe a line each, of fields parted by tabs, - for what nobody knows:

  step    depth kind owner type zone server source TTL left milliseconds target via why
  hop     owner kind target server questions milliseconds
  record  name type TTL content
  end     end rcode EDE questions milliseconds why

Exit codes: 0 there are records at the end of the chain; 4 there is no such name, or it has no
record of TYPE; 1 it fails, as in a loop or when no server answers; and those of all commands.`,
		Example: `  truename trace www.example.com
  truename trace example.com MX --json | jq .cold_ms`,
		Args:              named("NAME", "[TYPE]"),
		ValidArgsFunction: nameAndType,
	}
	return remote.Connects(c, func(s *remote.Session, args []string) error {
		var t api.Trace
		err := s.Busy("tracing "+args[0], func() (err error) {
			t, err = s.Trace(s, args[0], typeOf(args))
			return err
		})
		if err != nil {
			return lacking(s, err, "trace")
		}
		if err := traced(s, t); err != nil {
			return err
		}
		return finding(exitOf(t.End))
	})
}

func traced(s *remote.Session, t api.Trace) error {
	if s.JSON {
		return s.Object(t)
	}
	if !term.IsTerminal(s.Stdout) {
		return tracedInLines(s, t)
	}
	v := newWay(s, t.Name, t.Type)
	sheet := v.sheet("NAME OR ZONE ASKED~", "FOUND", "TTL>", "TIME>", "SERVER~")
	roots, added := hopped(grown(t.Steps), t.Hops)
	v.tree(sheet, roots, func(n *asked) []term.Cell {
		time, server := term.Text(millis(n.TookMS)), where(n)
		if n.Depth <= 0 && link(n.Kind) {
			time, server = term.In(term.Bold, added[n]), ""
		}
		return []term.Cell{v.name(n), v.kind(n), term.Text(ttlOf(n.TTL)), time, term.Faint(server)}
	})
	lines := append(sheet.Lines(v.width), v.end(t.End, t.Why)...)
	lines = append(lines, v.failing(t.Rcode, t.EDE, t.Why)...)
	return s.Lines(append(lines, fmt.Sprintf("%s; a client whose resolver knows nothing pays %s",
		term.Plural(t.Queries, "question"), s.Paint(term.Bold, cmp.Or(millis(t.ColdMS), "0ms")))))
}

// answering is the kind of a question whose answer made the link above it.
const answering = "answer"

// hopped makes the names of a trace the roots, with all who were asked for them
// below, and says what each has added to the time. The end of a loop adds nothing.
func hopped(roots []*asked, hops []api.TraceHop) (_ []*asked, added map[*asked]string) {
	added = make(map[*asked]string)
	for _, n := range roots {
		n.under = slices.DeleteFunc(n.under, func(q *asked) bool { return q.Kind == "servers" && len(q.under) == 0 })
		if len(hops) == 0 || !link(n.Kind) || hops[0].Owner != n.Owner {
			continue
		}
		added[n] = "+" + cmp.Or(millis(hops[0].TookMS), "0ms")
		if hops[0].Queries > 0 && n.Server != "" {
			n.under = append(n.under, &asked{ExplainStep: api.ExplainStep{
				Kind: answering, Zone: n.Zone, Server: n.Server, Ours: n.Ours, TTL: api.Unknown, TookMS: n.TookMS,
			}})
		}
		hops = hops[1:]
	}
	return roots, added
}

func tracedInLines(s *remote.Session, t api.Trace) error {
	f := fieldsTo(s.Stdout)
	for _, step := range t.Steps {
		f.step(step)
	}
	for _, h := range t.Hops {
		f.line("hop", h.Owner, h.Kind, h.Target, h.Server, fmt.Sprint(h.Queries), number(h.TookMS))
	}
	f.records(t.Records)
	f.line("end", t.End, t.Rcode, edeOf(t.EDE), fmt.Sprint(t.Queries), number(t.ColdMS), t.Why)
	return f.End()
}
