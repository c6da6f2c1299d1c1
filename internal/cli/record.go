package cli

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/remote"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func newRecord() *cobra.Command {
	c := &cobra.Command{
		Use:   "record",
		Short: "List, add, set and remove records",
	}
	c.AddCommand(newRecordList(), newRecordWrite(addRecords), newRecordWrite(setRecords), newRecordWrite(removeRecords))
	return c
}

func newRecordList() *cobra.Command {
	var types []string
	c := &cobra.Command{
		Use:   "list ZONE [NAME]",
		Short: "List the records of a zone, or of a name in it",
		Long: `List records: name, TTL, type, content, and what is kept beside them. NAME is relative to the
zone, @ for the zone itself, or fully qualified with a final dot. One with * or ? is a pattern, in
which * stands for any letters and dots, and \\* for a wildcard's own.`,
		Example: `  truename record list example.com
  truename record list example.com www
  truename record list example.com --type CNAME --type ALIAS`,
		Args:              verb.Exactly("ZONE", "[NAME]"),
		ValidArgsFunction: remote.ZoneNames,
	}
	c.Flags().StringSliceVar(&types, "type", nil, "only records of this `TYPE`; repeatable")
	return connects(c, func(s *session, args []string) error { return s.listRecords(args[0], args[1:], types) })
}

// listRecords lists the records of a zone whose names match the pattern that
// name may hold, if they are of one of types.
func (s *session) listRecords(zone string, name, types []string) error {
	var q api.RecordQuery
	keep, err := matcher(nil)
	switch {
	case len(name) == 1 && strings.ContainsAny(name[0], "*?["):
		keep, err = matcher([]string{qualified(name[0], zone)})
	case len(name) == 1:
		q.Name = name[0]
	}
	if err != nil {
		return err
	}
	if len(types) == 1 {
		q.Type = types[0]
	}
	t := term.NewTable(s.Stdout, "NAME", "TTL>", "TYPE", "CONTENT", "NOTES")
	n := 0
	for r, err := range s.Records(s, zone, q) {
		if err != nil {
			return err
		}
		if !keep(r.Name) || !oneOf(types, r.Type) {
			continue
		}
		n++
		if err := s.Row(t, r, recordCells(r)...); err != nil {
			return err
		}
	}
	if n == 0 && term.IsTerminal(s.Stdout) {
		s.Note("no such records")
	}
	return t.End()
}

func recordCells(r api.Record) []term.Cell {
	comment := ""
	if r.Comment != nil {
		comment = *r.Comment
	}
	paint := term.Plain
	if r.Disabled {
		paint = term.Dim
	}
	return []term.Cell{term.Key(r.Name), term.Text(fmt.Sprint(r.TTL)), term.In(paint, r.Type), term.In(paint, r.Content), term.Faint(remote.Notes(r.Type, r.Disabled, r.Settings, comment))}
}

// qualified is name as it stands in zone.
func qualified(name, zone string) string {
	if strings.HasSuffix(name, ".") {
		return name
	}
	return name + "." + bare(zone)
}

// oneOf reports whether t is in list; an empty list holds all.
func oneOf(list []string, t string) bool {
	for _, l := range list {
		if strings.EqualFold(l, t) {
			return true
		}
	}
	return len(list) == 0
}

// zoneOf is the zone that holds name: the longest one on the server that name
// lies in.
func (s *session) zoneOf(name string) (api.Zone, error) {
	for rest := bare(name); rest != ""; {
		z, err := s.Zone(s, rest)
		if err == nil || !noZone(err) {
			return z, err
		}
		_, rest, _ = strings.Cut(rest, ".")
	}
	return api.Zone{}, fmt.Errorf("no zone here holds %s; truename zone list shows which there are, truename zone add makes one", term.Clean(name))
}

// noZone reports whether err says that there is no such zone, or can be none.
func noZone(err error) bool {
	var e *api.Error
	return errors.As(err, &e) && (e.Status == http.StatusNotFound || e.Code == api.CodeInvalidZoneID)
}
