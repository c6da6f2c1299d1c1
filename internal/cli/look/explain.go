// Package look is the verbs that look at names: what is answered for one and why,
// who has its change, and what is wrong with it.
package look

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// finding ends a verb with that code; what was found is printed already.
func finding(code int) error {
	if code == verb.OK {
		return nil
	}
	return verb.WithCode(code, verb.ErrFound)
}

// named wants the arguments of those names, of which the first is a name and the
// second, if there is one, a type.
func named(names ...string) cobra.PositionalArgs {
	exactly := verb.Exactly(names...)
	return func(c *cobra.Command, args []string) error {
		if err := exactly(c, args); err != nil {
			return err
		}
		name := strings.TrimSpace(args[0])
		if name == "" || name == "@" {
			return verb.Usagef("%s needs a name, as in www.example.com; %q is none", c.CommandPath(), args[0])
		}
		if _, err := dname.AppendUnicode(nil, []byte(name), dname.Root); err != nil {
			return verb.Usagef("%q is no name: %w", args[0], err)
		}
		if len(args) < 2 {
			return nil
		}
		if _, err := rr.ParseType(args[1]); err != nil {
			return verb.Usagef("%q is no type of records: %w", args[1], err)
		}
		return nil
	}
}

// lacking is err of a server that cannot do what; where it does not take what was
// asked, that is a mistake in the command line, of which all of it comes.
func lacking(s *remote.Session, err error, what string) error {
	var answer *api.Error
	if errors.As(err, &answer) && answer.Code == api.CodeInvalidInput {
		return verb.Usage(err)
	}
	return s.Lacking(err, what)
}

// NewExplain is truename explain.
func NewExplain() *cobra.Command {
	c := &cobra.Command{
		Use:   "explain NAME [TYPE]",
		Short: "Show what is answered for a name, step by step, and why",
		Long: `Show what the server answers for NAME and TYPE (default A), and how it comes to that: every link
of the chain with its TTL, what is left of it, the time it took, whether it is of a zone here, from
the cache, live from another server, or stale, and why the chain ends. Below a link stand the
servers that were asked for it. TYPE CAA also says which authorities may issue certificates.

In a pipe a line each, of fields parted by tabs, - for what nobody knows:

  step    depth kind owner type zone server source TTL left milliseconds target via why
  record  name type TTL content
  end     end rcode EDE TTL milliseconds why

Exit codes: 0 there are records at the end of the chain; 4 there is no such name, or it has no
record of TYPE; 5 the chain ends at names of others, for which the server asks nobody; 1 it fails,
as in a loop or when no server answers; and those of all commands.`,
		Example: `  truename explain www.example.com
  truename explain example.com AAAA --json
  truename explain example.com CAA`,
		Args:              named("NAME", "[TYPE]"),
		ValidArgsFunction: nameAndType,
	}
	return remote.Connects(c, func(s *remote.Session, args []string) error {
		var e api.Explanation
		err := s.Busy("asking for "+args[0], func() (err error) {
			e, err = s.Explain(s, args[0], typeOf(args))
			return err
		})
		if err != nil {
			return lacking(s, err, "explain")
		}
		if err := explained(s, e); err != nil {
			return err
		}
		return finding(exitOfSteps(e.End, e.Steps))
	})
}

// typeOf is the TYPE among NAME and TYPE; empty where it is left out.
func typeOf(args []string) string {
	if len(args) < 2 {
		return ""
	}
	return strings.ToUpper(args[1])
}

// nameAndType completes NAME by the zones of the server, TYPE by those often asked for.
func nameAndType(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return remote.ZoneNames(c, args, begun)
	case 1:
		return []string{"A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NS", "SOA", "SRV", "SVCB", "TXT"}, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// exitOf is the exit code for why a chain ended.
func exitOf(end string) int {
	switch end {
	case "answered", "exact", "wildcard":
		return verb.OK
	case "nodata", "nxdomain":
		return verb.Nothing
	case "loop", "too-long", "overflow", "refused", "failed", "exhausted":
		return verb.Failed
	}
	return verb.Unseen
}

// exitOfSteps is the exit code of an answer. One that sends its clients on is
// as good as what they find there, as far as the steps know.
func exitOfSteps(end string, steps []api.ExplainStep) int {
	if end != "departed" && end != "delegated" {
		return exitOf(end)
	}
	for _, s := range slices.Backward(steps) {
		if s.Depth <= 0 && link(s.Kind) {
			return exitOf(s.Kind)
		}
	}
	return verb.Unseen
}

func explained(s *remote.Session, e api.Explanation) error {
	if s.JSON {
		return s.Object(e)
	}
	if !term.IsTerminal(s.Stdout) {
		return explainedInLines(s, e)
	}
	v := newWay(s, e.Name, e.Type)
	sheet := v.sheet("NAME~", "FOUND", "TTL>", "LEFT>", "TIME>", "FROM", "ZONE OR SERVER~")
	v.tree(sheet, grown(e.Steps), func(n *asked) []term.Cell {
		return []term.Cell{v.name(n), v.kind(n), term.Text(ttlOf(n.TTL)), term.Text(ttlOf(n.Left)), term.Text(millis(n.TookMS)), v.source(n), term.Faint(where(n))}
	})
	lines := append(sheet.Lines(v.width), v.end(e.End, e.Why)...)
	lines = append(lines, v.failing(e.Rcode, e.EDE, e.Why)...)
	lines = append(lines, term.Wrap(goodFor(e), v.width)...)
	return s.Lines(append(lines, v.authorities(e.CAA)...))
}

// goodFor says how long an answer is true, and what makes it so short.
func goodFor(e api.Explanation) string {
	text := "not to be kept"
	if e.TTL >= 0 {
		text = "good for " + term.Span(int64(e.TTL))
	}
	if e.TTL >= 0 && e.TTLStep >= 0 && e.TTLStep < len(e.Steps) {
		text += ", by the TTL of " + term.Clean(settledBy(e.Steps[e.TTLStep]))
	}
	if e.Stale {
		text += "; some of it has expired, and could not be had anew"
	}
	return text + "; took " + cmp.Or(millis(e.TookMS), "0ms")
}

// settledBy is the record whose TTL a step has.
func settledBy(s api.ExplainStep) string {
	switch s.Kind {
	case "nodata", "nxdomain":
		return joined(" ", s.Zone, "SOA")
	case "exact", "wildcard":
		return s.Owner + " " + s.Type
	}
	return s.Owner + " " + s.Kind
}

func explainedInLines(s *remote.Session, e api.Explanation) error {
	t := fieldsTo(s.Stdout)
	for _, step := range e.Steps {
		t.step(step)
	}
	t.records(e.Records)
	t.line("end", e.End, e.Rcode, edeOf(e.EDE), remote.SecondsOf(e.TTL), number(e.TookMS), e.Why)
	return t.End()
}
