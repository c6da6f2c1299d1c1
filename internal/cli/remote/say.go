package remote

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
)

// Object prints v as JSON; lists print one such line an item.
func (s *Session) Object(v any) error {
	enc := json.NewEncoder(s.Stdout)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// Item prints v as JSON on one line.
func (s *Session) Item(v any) error {
	enc := json.NewEncoder(s.Stdout)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// Note tells a person something that is no result.
func (s *Session) Note(format string, args ...any) {
	fmt.Fprintf(s.Stderr, format+"\n", args...)
}

// Row adds a row to t, or prints v where JSON is wanted.
func (s *Session) Row(t *term.Table, v any, row ...term.Cell) error {
	if s.JSON {
		return s.Item(v)
	}
	return t.Row(row...)
}

// Ended prints v as JSON, unless there is an error.
func (s *Session) Ended(v any, err error) error {
	if err != nil {
		return err
	}
	return s.Object(v)
}

// Moment is a time: for a person in the time zone here, else in RFC 3339.
func (s *Session) Moment(t time.Time) string {
	if term.IsTerminal(s.Stdout) || t.IsZero() {
		return term.Moment(t)
	}
	return t.UTC().Format(time.RFC3339)
}

// Removed tells of v, which is not there any more.
func (s *Session) Removed(v any, format string, args ...any) error {
	if s.JSON {
		return s.Item(v)
	}
	s.Note(format, args...)
	return nil
}

// Lines prints lines.
func (s *Session) Lines(list []string) error {
	if len(list) == 0 {
		return nil
	}
	_, err := fmt.Fprintln(s.Stdout, strings.Join(list, "\n"))
	return err
}

// Busy does what may take seconds; a person is told so meanwhile.
func (s *Session) Busy(what string, do func() error) error {
	if !term.IsTerminal(s.Stderr) || s.JSON {
		return do()
	}
	columns, _ := term.Size(s.Stderr)
	g := term.GlyphsHere()
	note := term.NewLive(s.Stderr)
	_ = note.Draw([]string{term.StyleOf(s.Stderr).Paint(term.Dim, g.Fit(term.Clean(what), columns-3)+g.Cut)})
	err := do()
	_ = note.End(nil)
	return err
}

// SecondsOf is n as a field of a line; - where nobody knows.
func SecondsOf(n api.Seconds) string {
	if n < 0 {
		return "-"
	}
	return fmt.Sprint(int64(n))
}

// OnOff is a switch in words.
func OnOff(on bool) string {
	if on {
		return "on"
	}
	return "off"
}
