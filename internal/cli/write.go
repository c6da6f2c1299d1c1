package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/term"
	"github.com/truename-dns/truename/internal/cli/verb"
)

// writing is what all verbs that change something can be told.
type writing struct {
	reason string
	dryRun bool
	yes    bool
}

// flags adds the flags of w to c. asks says that c asks before it writes.
func (w *writing) flags(c *cobra.Command, asks bool) {
	c.Flags().StringVar(&w.reason, "reason", "", "`TEXT` for the history: why")
	c.Flags().BoolVar(&w.dryRun, "dry-run", false, "show what would change, and which rules would break, but write nothing")
	if asks {
		c.Flags().BoolVarP(&w.yes, "yes", "y", false, "do not ask")
	}
}

// errDeclined ends a verb whose question was answered with no.
var errDeclined = errors.New("nothing was changed")

// apply does what ask asks for and prints the outcome.
func (s *session) apply(w *writing, ask func(dryRun bool) (api.ChangeData, error)) error {
	data, err := ask(w.dryRun)
	if err != nil {
		return err
	}
	return s.changed(data, true)
}

// consent is apply that shows first what would change, and asks question.
func (s *session) consent(w *writing, question string, ask func(dryRun bool) (api.ChangeData, error)) error {
	if w.yes || w.dryRun {
		return s.apply(w, ask)
	}
	if err := s.canAsk(); err != nil {
		return err
	}
	would, err := ask(true)
	if err != nil {
		return err
	}
	if would.Change == nil {
		return s.changed(would, false)
	}
	if err := newDiffPrinter(s.err, linesToAsk).zones(would.Change.Zones); err != nil {
		return err
	}
	s.warn(would.Warnings)
	if err := s.confirm(question); err != nil {
		return err
	}
	data, err := ask(false)
	if err != nil {
		return err
	}
	if !s.json {
		data.Warnings = nil // they were shown with the question
	}
	return s.changed(data, false)
}

// Lines of a zone's difference that are shown: all can be seen by truename show.
const (
	linesToAsk  = 40
	linesOfDone = 20
)

// changed prints what came of a change, with the difference if diff says so.
func (s *session) changed(data api.ChangeData, diff bool) error {
	if s.json {
		return s.object(data)
	}
	s.warn(data.Warnings)
	if data.Change == nil {
		s.note("nothing to change: all is as wanted already")
		return nil
	}
	most := linesOfDone
	if data.DryRun {
		most = 0
	}
	if diff || data.DryRun {
		if err := newDiffPrinter(s.out, most).zones(data.Change.Zones); err != nil {
			return err
		}
	}
	if data.DryRun {
		s.note("a dry run: nothing was written")
		return nil
	}
	_, err := fmt.Fprintf(s.out, "change %d; to take it back: truename undo %[1]d\n", data.Change.Revision)
	return err
}

// findingsShown bounds what a person is told at once; --json has all.
const findingsShown = 20

// someFindings is list as lines, as far as a person reads it.
func someFindings(st term.Style, list []api.Finding) string {
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

// warn tells what rules say of something that is allowed.
func (s *session) warn(list []api.Finding) {
	fmt.Fprint(s.err, someFindings(term.StyleOf(s.err), list))
}

func (s *session) canAsk() error {
	if term.IsTerminal(s.in) && term.IsTerminal(s.err) {
		return nil
	}
	return verb.Usagef("there is nobody to ask; say --yes to do it, or --dry-run where it can be shown only")
}

// confirm asks question on a terminal; all but yes is no.
func (s *session) confirm(question string) error {
	if err := s.canAsk(); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "%s [y/N] ", question)
	answer, err := term.Line(s, s.in)
	if err != nil && s.Err() != nil {
		fmt.Fprintln(s.err)
		return s.Err()
	}
	switch answer {
	case "y", "Y", "yes", "Yes", "YES":
		return nil
	}
	return errDeclined
}
