// Package fault is why a request was not done: one Error for all rooms of
// control, and those that several of them have to say.
package fault

import (
	"errors"

	"github.com/truename-dns/truename/internal/zone/lint"
)

// Class says whose fault an Error is and what a client can do about it. Faces
// map it to a status of theirs.
type Class uint8

const (
	// Invalid: the request is wrong as it stands (HTTP 400).
	Invalid Class = iota
	// Denied: the Principal may not (403).
	Denied
	// Missing: there is no such thing, or the Principal may not know of it (404).
	Missing
	// Conflict: it does not go together with what is there (409).
	Conflict
	// Refused: the final state would break a rule (409 or 422).
	Refused
	// Moved: a precondition does not hold: somebody was faster (412).
	Moved
	// TooLarge: over a limit (413).
	TooLarge
	// Unavailable: the store or the server cannot do it now; nothing is lost (503).
	Unavailable
)

// Error is why a request was not done. Nothing was changed.
type Error struct {
	Class    Class
	Code     string         // stable, lower case with dashes, as record-exists
	Message  string         // what is wrong
	Fix      string         // what to do
	Path     string         // where in the request: zones[0].edits[3]; empty for all of it
	Zone     int            // which ZoneEdit, -1 where it is about none
	Edit     int            // which Edit of it, -1 where it is about none
	Findings []lint.Finding // the rules that would be broken, with conflicts and fixes
	Warnings []lint.Finding // what else there is to be said of the final state
	Cause    error
}

func (e *Error) Error() string {
	if e.Fix == "" {
		return e.Message
	}
	return e.Message + "; " + e.Fix
}

func (e *Error) Unwrap() error { return e.Cause }

// New is an Error that is about the request as a whole.
func New(class Class, code, message, fix string) *Error {
	return &Error{Class: class, Code: code, Message: message, Fix: fix, Zone: -1, Edit: -1}
}

// Is reports whether err is an Error of that code.
func Is(err error, code string) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == code
}

// IsMissing reports whether err says that something is not there.
func IsMissing(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Class == Missing
}
