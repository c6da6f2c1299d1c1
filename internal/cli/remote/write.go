package remote

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// Writing is what all verbs that change something can be told.
type Writing struct {
	Reason string
	DryRun bool
	Yes    bool
}

// Flags adds the flags of w to c. asks says that c asks before it writes.
func (w *Writing) Flags(c *cobra.Command, asks bool) {
	c.Flags().StringVar(&w.Reason, "reason", "", "`TEXT` for the history: why")
	c.Flags().BoolVar(&w.DryRun, "dry-run", false, "show what would change, and which rules would break, but write nothing")
	if asks {
		c.Flags().BoolVarP(&w.Yes, "yes", "y", false, "do not ask")
	}
}

// errDeclined ends a verb whose question was answered with no.
var errDeclined = errors.New("nothing was changed")

// Apply does what ask asks for and prints the outcome.
func (s *Session) Apply(w *Writing, ask func(dryRun bool) (api.ChangeData, error)) error {
	data, err := ask(w.DryRun)
	if err != nil {
		return err
	}
	return s.Changed(data, true)
}

// Consent is Apply that shows first what would change, and asks question.
func (s *Session) Consent(w *Writing, question string, ask func(dryRun bool) (api.ChangeData, error)) error {
	if w.Yes || w.DryRun {
		return s.Apply(w, ask)
	}
	if err := s.CanAsk(); err != nil {
		return err
	}
	would, err := ask(true)
	if err != nil {
		return err
	}
	if would.Change == nil {
		return s.Changed(would, false)
	}
	if err := Differences(s.Stderr, LinesToAsk, would.Change.Zones); err != nil {
		return err
	}
	s.Warn(would.Warnings)
	if err := s.Confirm(question); err != nil {
		return err
	}
	data, err := ask(false)
	if err != nil {
		return err
	}
	if !s.JSON {
		data.Warnings = nil // they were shown with the question
	}
	return s.Changed(data, false)
}

// LinesToAsk and linesOfDone are how many lines of a zone's difference that are shown: all can be seen by truename show.
const (
	LinesToAsk  = 40
	linesOfDone = 20
)

// Changed prints what came of a change, with the difference if diff says so.
func (s *Session) Changed(data api.ChangeData, diff bool) error {
	if s.JSON {
		return s.Object(data)
	}
	s.Warn(data.Warnings)
	if data.Change == nil {
		s.Note("nothing to change: all is as wanted already")
		return nil
	}
	most := linesOfDone
	if data.DryRun {
		most = 0
	}
	if diff || data.DryRun {
		if err := Differences(s.Stdout, most, data.Change.Zones); err != nil {
			return err
		}
	}
	if data.DryRun {
		s.Note("a dry run: nothing was written")
		return nil
	}
	_, err := fmt.Fprintf(s.Stdout, "change %d; to take it back: truename undo %[1]d\n", data.Change.Revision)
	return err
}

// findingsShown bounds what a person is told at once; --json has all.
const findingsShown = 20

// SomeFindings is list as lines, as far as a person reads it.
func SomeFindings(st term.Style, list []api.Finding) string {
	if len(list) == 0 {
		return ""
	}
	shown := min(len(list), findingsShown)
	text := verb.Findings(st, list[:shown]) + "\n"
	if left := len(list) - shown; left > 0 {
		text += fmt.Sprintf("… and %s; --json shows all\n", term.Plural(left, "more finding"))
	}
	return text
}

// Warn tells what rules say of something that is allowed.
func (s *Session) Warn(list []api.Finding) {
	fmt.Fprint(s.Stderr, SomeFindings(term.StyleOf(s.Stderr), list))
}

// CanAsk refuses where nobody is there to be asked.
func (s *Session) CanAsk() error {
	if term.IsTerminal(s.Stdin) && term.IsTerminal(s.Stderr) {
		return nil
	}
	return verb.Usagef("there is nobody to ask; say --yes to do it, or --dry-run where it can be shown only")
}

// Confirm asks question on a terminal; all but yes is no.
func (s *Session) Confirm(question string) error {
	if err := s.CanAsk(); err != nil {
		return err
	}
	fmt.Fprintf(s.Stderr, "%s [y/N] ", question)
	answer, err := term.Line(s, s.Stdin)
	if err != nil && s.Err() != nil {
		fmt.Fprintln(s.Stderr)
		return s.Err()
	}
	switch answer {
	case "y", "Y", "yes", "Yes", "YES":
		return nil
	}
	return errDeclined
}
