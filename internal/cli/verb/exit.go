// Package verb is what all verbs of the command line share: which arguments
// they take, how they exit, and how they say what went wrong.
package verb

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/truename-dns/truename/api"
)

// Exit codes.
const (
	OK          = 0
	Failed      = 1   // it did not work, or what was checked has errors
	WrongUsage  = 2   // the command line itself is wrong
	Refused     = 3   // the server refused: a rule, a conflict, or something moved
	Nothing     = 4   // the name, or what was asked of it, does not exist
	Unseen      = 5   // it could not be seen from here
	Interrupted = 130 // as shells have it: 128 and SIGINT
)

// ErrFound ends a verb whose findings are printed already.
var ErrFound = errors.New("errors were found")

// coded is an error that says itself how the command exits.
type coded struct {
	error
	code int
}

func (c coded) Unwrap() error { return c.error }

// WithCode is err with the exit code of the command that it ends.
func WithCode(code int, err error) error { return coded{err, code} }

// Usage is err as a mistake in the command line.
func Usage(err error) error { return coded{err, WrongUsage} }

// Usagef is a mistake in the command line; see fmt.Errorf.
func Usagef(format string, args ...any) error { return Usage(fmt.Errorf(format, args...)) }

// ExitCode is that of a command that ends with err.
func ExitCode(err error) int {
	var own coded
	var answer *api.Error
	switch {
	case err == nil:
		return OK
	case errors.As(err, &own):
		return own.code
	case errors.Is(err, context.Canceled):
		return Interrupted
	case errors.As(err, &answer) && refusal(answer.Status):
		return Refused
	}
	return Failed
}

func refusal(status int) bool {
	switch status {
	case http.StatusConflict, http.StatusPreconditionFailed, http.StatusUnprocessableEntity:
		return true
	}
	return false
}
