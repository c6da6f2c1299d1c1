package cli

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/app"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// Exit codes of the verbs that look at names, beside those of all verbs.
const (
	exitNothing = 4 // the name, or what was asked of it, does not exist
	exitUnknown = 5 // it could not be seen from here
)

// finding ends a verb with that code; what was found is printed already.
func finding(code int) error {
	if code == verb.OK {
		return nil
	}
	return verb.WithCode(code, verb.ErrFound)
}

func newExplain() *cobra.Command {
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
		Args:              verb.Exactly("NAME", "[TYPE]"),
		ValidArgsFunction: nameAndType,
	}
	return connects(c, func(s *session, args []string) error {
		var e api.Explanation
		err := s.busy("asking for "+args[0], func() (err error) {
			e, err = s.Explain(s, args[0], typeOf(args))
			return err
		})
		if err != nil {
			return lacking(err, "explain")
		}
		if err := s.explained(e); err != nil {
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
		return zoneNames(c, args, begun)
	case 1:
		return []string{"A", "AAAA", "CAA", "CNAME", "HTTPS", "MX", "NS", "SOA", "SRV", "SVCB", "TXT"}, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveNoFileComp
}

// lacking says so where err is that of a server that does not know what the
// verb asks it for.
func lacking(err error, what string) error {
	var answer *api.Error
	if !errors.As(err, &answer) {
		return err
	}
	if answer.Status == http.StatusNotFound || answer.Status == http.StatusMethodNotAllowed {
		return fmt.Errorf("the server does not know how to %s; it may be older than this command (%s), and an update of it helps: %w", what, app.BuildVersion(), err)
	}
	return err
}

// exitOf is the exit code for why a chain ended.
func exitOf(end string) int {
	switch end {
	case "answered", "exact", "wildcard":
		return verb.OK
	case "nodata", "nxdomain":
		return exitNothing
	case "loop", "too-long", "overflow", "refused", "failed", "exhausted":
		return verb.Failed
	}
	return exitUnknown
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
	return exitUnknown
}

func (s *session) explained(e api.Explanation) error {
	if s.json {
		return s.object(e)
	}
	if !term.IsTerminal(s.out) {
		return s.explainedInLines(e)
	}
	v := newWay(s, e.Name, e.Type)
	sheet := v.sheet("NAME~", "FOUND", "TTL>", "LEFT>", "TIME>", "FROM", "ZONE OR SERVER~")
	v.tree(sheet, grown(e.Steps), func(n *asked) []term.Cell {
		return []term.Cell{v.name(n), v.kind(n), term.Text(ttlOf(n.TTL)), term.Text(ttlOf(n.Left)), term.Text(millis(n.TookMS)), v.source(n), term.Faint(where(n))}
	})
	lines := append(sheet.Lines(v.width), v.end(e.End, e.Why)...)
	lines = append(lines, v.failing(e.Rcode, e.EDE, e.Why)...)
	lines = append(lines, term.Wrap(goodFor(e), v.width)...)
	return s.lines(append(lines, v.authorities(e.CAA)...))
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
	return text + "; took " + first(millis(e.TookMS), "0ms")
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

func (s *session) explainedInLines(e api.Explanation) error {
	t := fieldsTo(s.out)
	for _, step := range e.Steps {
		t.step(step)
	}
	t.records(e.Records)
	t.line("end", e.End, e.Rcode, edeOf(e.EDE), secondsOf(e.TTL), number(e.TookMS), e.Why)
	return t.End()
}

// fields are the lines of a pipe, each of which begins with what it is.
type fields struct{ *term.Table }

func fieldsTo(w io.Writer) fields { return fields{term.NewTable(w)} }

func (f fields) line(texts ...string) {
	_ = f.Row(term.Cells(texts...)...) // End has the error
}

func (f fields) step(s api.ExplainStep) {
	f.line("step", fmt.Sprint(s.Depth), s.Kind, s.Owner, s.Type, s.Zone, s.Server, s.Source,
		secondsOf(s.TTL), secondsOf(s.Left), number(s.TookMS), s.Target, s.Via, whyOf(s))
}

func (f fields) records(list []api.ExplainRecord) {
	for _, r := range list {
		f.line("record", r.Name, r.Type, fmt.Sprint(r.TTL), r.Content)
	}
}

// number is milliseconds as a field.
func number(ms float64) string { return strconv.FormatFloat(ms, 'f', 1, 64) }

func edeOf(e *api.ExplainError) string {
	if e == nil {
		return "-"
	}
	return strconv.Itoa(e.Code)
}

// joined is the texts that are not empty, with by between.
func joined(by string, texts ...string) string {
	kept := texts[:0]
	for _, t := range texts {
		if t != "" {
			kept = append(kept, t)
		}
	}
	return strings.Join(kept, by)
}
