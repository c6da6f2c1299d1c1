package look

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// NewPropagation is truename propagation.
func NewPropagation() *cobra.Command {
	var w watch
	c := &cobra.Command{
		Use:   "propagation NAME TYPE",
		Short: "Show which servers have the new answer already",
		Long: `Ask every server of the zone of NAME, and a list of resolvers, for the records of TYPE: who says
what, and for how long still. They are held against what --expect says, which all must have among
their records; without it against what a zone of this server has, or if it has none, what most
servers of the zone say, and then nothing else may be there.

With --wait they are asked again and again until all that answer match, or until --timeout. On a
terminal the table is drawn anew in place; in a pipe a line comes when a server changes, and with
--json an object a line.

In a pipe a line each, of fields parted by tabs, - for what nobody knows:

  server  state kind name address rcode records left serial milliseconds time why
  warning what is wrong with the zone's servers as such
  end     done|waiting matches differs errors left

where state is matches, differs or error, and the records are parted by commas; of an answer that
is only an alias they are its links, as in CNAME edge.example.net.

Exit codes: 0 all that answer match; 1 some do not, or not in time; and those of all commands.`,
		Example: `  truename propagation www.example.com A
  truename propagation www.example.com A --expect 192.0.2.1 --wait
  truename propagation old.example.com A --gone --wait --timeout 1h`,
		Args:              named("NAME", "TYPE"),
		ValidArgsFunction: nameAndType,
	}
	c.Flags().StringArrayVar(&w.query.Expect, "expect", nil, "`VALUE`, as in a zone file, that all should have; repeatable")
	c.Flags().BoolVar(&w.query.Gone, "gone", false, "no records are expected")
	c.Flags().BoolVar(&w.wait, "wait", false, "wait until all match")
	c.Flags().DurationVar(&w.timeout, "timeout", 10*time.Minute, "`DURATION` after which --wait gives up, as in 90s or 1h")
	c.Flags().DurationVar(&w.interval, "interval", 5*time.Second, "`DURATION` from one look of --wait to the next")
	return remote.Connects(c, func(s *remote.Session, args []string) error {
		if err := w.check(c.Flags().Changed); err != nil {
			return err
		}
		w.Session, w.name, w.rrtype = s, args[0], strings.ToUpper(args[1])
		if w.wait {
			return w.until()
		}
		return w.once()
	})
}

// watch is who says what about a name, seen once or until all say the same.
type watch struct {
	*remote.Session
	query    api.PropagationQuery
	name     string
	rrtype   string
	wait     bool
	timeout  time.Duration
	interval time.Duration
}

func (w *watch) check(said func(flag string) bool) error {
	switch {
	case w.query.Gone && len(w.query.Expect) > 0:
		return verb.Usagef("--gone expects no records, --expect %s does; say one of them", w.query.Expect[0])
	case !w.wait && (said("timeout") || said("interval")):
		return verb.Usagef("--timeout and --interval are for --wait")
	case w.timeout <= 0 || w.interval <= 0:
		return verb.Usagef("--timeout and --interval must be more than 0, as in 30s")
	}
	return nil
}

// once looks once.
func (w *watch) once() error {
	var p api.Propagation
	err := w.Busy("asking the servers of "+w.name, func() (err error) {
		p, err = w.Propagation(w, w.name, w.rrtype, w.query)
		return err
	})
	if err != nil {
		return lacking(w.Session, err, "look at propagation")
	}
	switch {
	case w.JSON:
		err = w.Object(p)
	case term.IsTerminal(w.Stdout):
		err = w.Lines(w.table(p, 0))
	default:
		f := fieldsTo(w.Stdout)
		f.servers(nil, p.Servers)
		f.end(p)
		err = f.End()
	}
	if err != nil || p.Done {
		return err
	}
	return finding(verb.Failed)
}

// table shows p as it was seen ago.
func (w *watch) table(p api.Propagation, ago time.Duration) []string {
	v := newWay(w.Session, p.Name, p.Type)
	serial := !oneSerial(p.Servers)
	sheet := v.sheet("SERVER~", "ADDRESS~", "KIND", "SAYS~", "LEFT>", "SERIAL>", "TIME>")
	for _, server := range p.Servers {
		mark, paint := v.mark(verdictOf[server.State])
		address := strings.TrimSuffix(server.Server, ":53")
		name := server.Name
		if name == "" {
			name, address = address, ""
		}
		number := ""
		if serial && server.Serial != nil {
			number = fmt.Sprint(*server.Serial)
		}
		sheet.Row(mark+" ", term.In(paint, name), term.Faint(address), term.Text(kindOf(server.Kind)), term.Text(says(server)),
			term.Text(ttlOf(leftOf(server, ago))), term.Text(number), term.Faint(millis(server.TookMS)))
	}
	lines := append(sheet.Lines(v.width), term.Wrap(expected(p), v.width)...)
	for _, text := range p.Warnings {
		lines = append(lines, v.hanging(v.Glyphs.Warn+" ", text, term.Yellow, term.Plain)...)
	}
	return append(lines, term.Wrap(progress(p, ago), v.width)...)
}

// verdictOf is how a state is marked.
var verdictOf = map[string]string{
	api.StateMatches: api.VerdictOK,
	api.StateDiffers: api.VerdictProblem,
	api.StateError:   api.VerdictWarning,
}

// oneSerial reports whether all that say a serial say the same.
func oneSerial(list []api.PropagationServer) bool {
	var seen *uint32
	for _, s := range list {
		if s.Serial != nil && seen != nil && *s.Serial != *seen {
			return false
		}
		if s.Serial != nil {
			seen = s.Serial
		}
	}
	return true
}

// kindOf is a kind in a narrow column.
func kindOf(kind string) string {
	if kind == "authoritative" {
		return "zone"
	}
	return kind
}

// says is what a server says, in one line.
func says(s api.PropagationServer) string {
	switch {
	case len(s.Records) > 0:
		return strings.Join(s.Records, ", ")
	case s.State != api.StateError && len(s.Aliases) > 0:
		return strings.Join(contentsOf(s), ", ")
	case s.State == api.StateError:
		return cmp.Or(s.Why, s.Rcode, "no answer")
	case s.Rcode == "NOERROR":
		return "no such record"
	}
	return s.Rcode
}

// leftOf is how long a server says so still; a zone's servers say so to
// everybody anew.
func leftOf(s api.PropagationServer, ago time.Duration) api.Seconds {
	if s.TTL < 0 || s.Kind != "resolver" {
		return s.TTL
	}
	return max(0, s.TTL-api.Seconds(ago/time.Second))
}

// expected says what servers are held against, and who said so.
func expected(p api.Propagation) string {
	what := "no records"
	if len(p.Expect) > 0 {
		what = strings.Join(p.Expect, ", ")
	}
	switch p.ExpectFrom {
	case "given":
		return term.Clean("wanted: " + what)
	case "ours":
		return term.Clean("wanted, as the zone here has: " + what)
	case "authoritative":
		return term.Clean("wanted, as most servers of the zone say: " + what)
	}
	return "no server of the zone says what is wanted; say it by --expect"
}

// progress says how far it is, and when the last cache forgets.
func progress(p api.Propagation, ago time.Duration) string {
	text := fmt.Sprintf("%d of %s %s", p.Matches, term.Plural(len(p.Servers), "server"), term.Verb(p.Matches, "match"))
	if p.Matches == 1 {
		text = fmt.Sprintf("1 of %s matches", term.Plural(len(p.Servers), "server"))
	}
	if p.Errors > 0 {
		text += fmt.Sprintf(", %d gave no answer", p.Errors)
	}
	switch {
	case p.Differs == 0:
		return text
	case p.Left < 0:
		return text + "; a server of the zone still gives out something else, so nobody knows when caches forget it"
	}
	left := max(0, int64(p.Left)-int64(ago/time.Second))
	text += "; the last cache forgets in " + term.Span(left)
	if p.Until != nil {
		text += ", at " + p.Until.Local().Format("15:04:05")
	}
	return text
}
