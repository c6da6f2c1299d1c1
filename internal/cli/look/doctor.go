package look

import (
	"cmp"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// NewDoctor is truename doctor.
func NewDoctor() *cobra.Command {
	var q api.DoctorQuery
	c := &cobra.Command{
		Use:   "doctor NAME",
		Short: "Find out why a name does not work, and what to change",
		Long: `Judge the usual causes when a name does not work: records that conflict; an alias at the apex of a
zone; a target that does not resolve; a certificate that does not cover the name, seen in a real TLS
handshake; an answer that has not reached all servers yet. And which authorities may issue
certificates for it (CAA). Of each: what was seen, and what to change.

In a pipe a line each, of fields parted by tabs, - for what nobody knows:

  verdict  id status title
  seen     id what was seen
  advice   id what to change
  end      name status

where status is ok, skipped, unknown, warning or problem.

Exit codes: 0 no problem, though there may be warnings; 1 there is a problem; 5 there is none, but
something could not be judged; and those of all commands.`,
		Example: `  truename doctor www.example.com
  truename doctor shop.example.com --port 8443
  truename doctor www.example.com --json | jq -r '.verdicts[] | select(.status == "problem") | .advice[]'`,
		Args:              named("NAME"),
		ValidArgsFunction: nameAlone,
	}
	c.Flags().IntVar(&q.Port, "port", 443, "`PORT` at which the certificate is looked at")
	return remote.Connects(c, func(s *remote.Session, args []string) error {
		if q.Port < 1 || q.Port > 65535 {
			return verb.Usagef("--port %d is not a port, a number from 1 to 65535", q.Port)
		}
		if !c.Flags().Changed("port") {
			q.Port = 0
		}
		var d api.Diagnosis
		err := s.Busy("examining "+args[0], func() (err error) {
			d, err = s.Doctor(s, args[0], q)
			return err
		})
		if err != nil {
			return lacking(s, err, "examine a name")
		}
		if err := diagnosed(s, d); err != nil {
			return err
		}
		return finding(exitOfVerdicts(d.Verdicts))
	})
}

// nameAlone completes NAME by the zones of the server.
func nameAlone(c *cobra.Command, args []string, begun string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return remote.ZoneNames(c, args, begun)
}

// exitOfVerdicts is the exit code of a diagnosis: a problem goes before what
// could not be judged.
func exitOfVerdicts(list []api.Verdict) int {
	exit := verb.OK
	for _, v := range list {
		switch v.Status {
		case api.VerdictProblem:
			return verb.Failed
		case api.VerdictUnknown:
			exit = verb.Unseen
		}
	}
	return exit
}

func diagnosed(s *remote.Session, d api.Diagnosis) error {
	if s.JSON {
		return s.Object(d)
	}
	if !term.IsTerminal(s.Stdout) {
		return diagnosedInLines(s, d)
	}
	v := newWay(s, d.Name, "")
	var lines []string
	for _, verdict := range d.Verdicts {
		lines = append(lines, v.verdict(verdict)...)
	}
	return s.Lines(append(lines, v.sum(d)))
}

// verdict is what was found out about one cause: its mark and title, what was
// seen, and what to change.
func (w *way) verdict(v api.Verdict) []string {
	mark, paint := w.mark(v.Status)
	lines := w.hanging(mark+" ", v.Title, paint, term.Bold)
	for _, seen := range v.Seen {
		lines = append(lines, w.hanging("    ", seen, term.Plain, term.Dim)...)
	}
	for _, advice := range v.Advice {
		lines = append(lines, w.hanging("  "+w.Arrow+" ", advice, paint, term.Plain)...)
	}
	if v.Source != "" && len(v.Advice) > 0 {
		lines = append(lines, w.hanging("    ", "see "+v.Source, term.Plain, term.Dim)...)
	}
	return lines
}

// mark stands in front of a verdict.
func (w *way) mark(status string) (string, term.Colour) {
	switch status {
	case api.VerdictOK:
		return w.Good, term.Green
	case api.VerdictProblem:
		return w.Bad, term.Red
	case api.VerdictWarning:
		return w.Glyphs.Warn, term.Yellow
	case api.VerdictUnknown:
		return "?", term.Yellow
	}
	return w.None, term.Dim
}

// sum says how many verdicts are bad.
func (w *way) sum(d api.Diagnosis) string {
	count := make(map[string]int)
	for _, v := range d.Verdicts {
		count[v.Status]++
	}
	text := ""
	if n := count[api.VerdictProblem]; n > 0 {
		text = w.Paint(term.Red, term.Plural(n, "problem"))
	}
	if n := count[api.VerdictWarning]; n > 0 {
		text = joined(", ", text, w.Paint(term.Yellow, term.Plural(n, "warning")))
	}
	if n := count[api.VerdictUnknown]; n > 0 {
		text = joined(", ", text, w.Paint(term.Yellow, term.Plural(n, "cause")+" not judged"))
	}
	return w.Paint(term.Cyan, term.Clean(d.Name)) + ": " + cmp.Or(text, w.Paint(term.Green, "nothing is wrong"))
}

func diagnosedInLines(s *remote.Session, d api.Diagnosis) error {
	f := fieldsTo(s.Stdout)
	for _, v := range d.Verdicts {
		f.line("verdict", v.ID, v.Status, v.Title)
		for _, text := range v.Seen {
			f.line("seen", v.ID, text)
		}
		for _, text := range v.Advice {
			f.line("advice", v.ID, text)
		}
	}
	f.line("end", d.Name, d.Status)
	return f.End()
}
