package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/verb"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// recordVerb is one of the ways to write records.
type recordVerb struct {
	name, op, short, long, example string
	use, contents                  string // all arguments, and the one after NAME and TYPE
}

var addRecords = recordVerb{"add", api.OpAdd, "Add records to those of a name and type",
	`Add records to those that a name has of a type. Every CONTENT is one record.`,
	`  truename record add www.example.com CNAME main.example.net
  truename record add example.com MX "10 mail.example.net" --ttl 3600
  truename record add example.com ALIAS shop.platform.example --on-failure fallback --fallback 192.0.2.1
  truename record add --zone example.com @ TXT "v=spf1 -all"`, "NAME TYPE CONTENT…", "CONTENT…"}

var setRecords = recordVerb{"set", api.OpPut, "Set the records of a name and type: these and no others",
	`Set the records that a name has of a type: these and no others, whatever there was. Every
CONTENT is one record.`,
	`  truename record set main.example.net A 192.0.2.1 192.0.2.2
  truename record set www.example.com CNAME main.example.net --ttl 300
  truename record set www.example.com CNAME main.example.net --flatten --max-stale 1h`, "NAME TYPE CONTENT…", "CONTENT…"}

var removeRecords = recordVerb{"rm", api.OpRemove, "Remove records of a name",
	`Remove the records that a name has of a type, or only those with the CONTENT. With --all-types
those of all types go, as one plan: what goes and who follows is shown, and then asked.`,
	`  truename record rm www.example.com CNAME
  truename record rm example.com TXT "v=spf1 -all"
  truename record rm old.example.com --all-types`, "NAME [TYPE [CONTENT…]]", "[CONTENT…]"}

// recordWriting is what record add, set and rm can be told.
type recordWriting struct {
	remote.Writing
	zone     string
	ttl      uint32
	comment  string
	disabled bool
	allTypes bool
	follow   followFlags
}

func newRecordWrite(v recordVerb) *cobra.Command {
	var w recordWriting
	c := &cobra.Command{
		Use:   v.name + " " + v.use,
		Short: v.short,
		Long: v.long + `

The zone is the longest one on the server that NAME lies in. With --zone NAME may be relative to
it, and @ is the zone itself.`,
		Example: v.example,
	}
	c.Args = func(c *cobra.Command, args []string) error { return w.arguments(c, v, args) }
	w.recordFlags(c, v)
	return connects(c, func(s *session, args []string) error {
		zone, err := s.zoneFor(w.zone, args[0])
		if err != nil {
			return err
		}
		if w.allTypes {
			return s.removeName(&w, zone, args[0])
		}
		edit, err := w.edit(v.op, args, c.Flags().Changed)
		if err != nil {
			return err
		}
		return s.Apply(&w.Writing, func(dryRun bool) (api.ChangeData, error) {
			return s.Change(s, api.ChangeRequest{Reason: w.Reason, DryRun: dryRun, Zones: []api.ZoneChange{{Zone: zone, Edits: []api.RecordEdits{edit}}}}, "")
		})
	})
}

func (w *recordWriting) recordFlags(c *cobra.Command, v recordVerb) {
	f := c.Flags()
	f.StringVar(&w.zone, "zone", "", "`ZONE` that holds NAME")
	_ = c.RegisterFlagCompletionFunc("zone", remote.ZoneNames)
	w.Flags(c, false)
	if v.op == api.OpRemove {
		f.BoolVar(&w.allTypes, "all-types", false, "all records of NAME, of whatever type")
		f.BoolVarP(&w.Yes, "yes", "y", false, "do not ask (only --all-types does)")
		return
	}
	f.Uint32Var(&w.ttl, "ttl", 0, "`SECONDS`, of all records of that name and type (default: as it is, or that of the zone)")
	f.StringVar(&w.comment, "comment", "", "`TEXT` that is kept beside the records")
	f.BoolVar(&w.disabled, "disabled", false, "keep the records, but do not serve them")
	w.follow.register(c)
}

// arguments says what is wrong with args, if anything.
func (w *recordWriting) arguments(c *cobra.Command, v recordVerb, args []string) error {
	switch {
	case w.allTypes:
		return verb.Exactly("NAME")(c, args)
	case v.op == api.OpRemove && len(args) == 1:
		return verb.Usagef("say of which TYPE, as in: %s %s CNAME; or --all-types to remove all that %[2]s has", c.CommandPath(), args[0])
	}
	if err := verb.Exactly("NAME", "TYPE", v.contents)(c, args); err != nil {
		return err
	}
	if len(args) > 2 && !isType(args[1]) && isType(args[2]) {
		right := append([]string{within(args[0], args[1]), args[2]}, args[3:]...)
		return verb.Usagef("NAME comes first: %s %s", c.CommandPath(), shellLine(right))
	}
	return nil
}

func isType(text string) bool {
	_, err := rr.ParseType(text)
	return err == nil
}

// within is the whole name of name, which stands relative to zone or is whole itself.
func within(zone, name string) string {
	switch {
	case name == "@":
		return bare(zone)
	case strings.HasSuffix(name, "."), strings.HasSuffix("."+bare(name), "."+bare(zone)):
		return name
	}
	return name + "." + bare(zone)
}

// shellLine is words as a person types them to a shell.
func shellLine(words []string) string {
	for i, w := range words {
		if strings.ContainsAny(w, " \t\"'\\$*?;&|<>()`!#~") {
			words[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(words, " ")
}

// removeName removes all that a name of zone has.
func (s *session) removeName(w *recordWriting, zone, name string) error {
	if w.zone != "" {
		name = within(zone, name)
	}
	if !w.Yes && !w.DryRun {
		if err := s.CanAsk(); err != nil {
			return err
		}
	}
	p, err := s.Plan(s, api.PlanRequest{Kind: api.PlanDelete, Name: name, Reason: w.Reason})
	if err != nil {
		return err
	}
	return s.carryOut(&w.Writing, p)
}

// zoneFor is the zone that was named, or the one that holds name.
func (s *session) zoneFor(named, name string) (string, error) {
	if named != "" {
		return named, nil
	}
	if name == "@" {
		return "", verb.Usagef("say by --zone of which zone @ is")
	}
	z, err := s.zoneOf(name)
	return z.Name, err
}

// edit is what args (NAME, TYPE and contents) ask for.
func (w *recordWriting) edit(op string, args []string, given func(flag string) bool) (api.RecordEdits, error) {
	e := api.RecordEdits{Op: op, Name: args[0], Type: strings.ToUpper(args[1])}
	settings, err := w.follow.settings(given)
	if err != nil {
		return e, err
	}
	if w.zone == "" && !strings.HasSuffix(e.Name, ".") {
		e.Name += "." // the zone was found by it, so it is whole
	}
	for _, content := range args[2:] {
		r := api.RecordEdit{Content: content, Settings: settings}
		if given("disabled") {
			r.Disabled = &w.disabled
		}
		e.Records = append(e.Records, r)
	}
	if given("ttl") {
		e.TTL = &w.ttl
	}
	if given("comment") {
		e.Comment = &w.comment
	}
	return e, nil
}
