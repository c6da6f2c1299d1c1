package access

import (
	"fmt"
	"time"
)

// Class says what kind of answer an Error wants. Faces map it to a status of theirs.
type Class uint8

const (
	// Invalid: the request is wrong as it stands (HTTP 400).
	Invalid Class = iota
	// Unauthenticated: nobody knows who is asking (401).
	Unauthenticated
	// Forbidden: it is known who is asking, and that one may not (403).
	Forbidden
	// Missing: there is no such thing, or the Principal may not know of it (404).
	Missing
	// Conflict: it does not go together with what is there (409).
	Conflict
	// TooMany: it happens too often; RetryAfter says when again (429).
	TooMany
	// Unavailable: the store cannot do it now; nothing was changed (503).
	Unavailable
)

// Error is why something of accounts and tokens was not done. Nothing was
// changed. No Error holds a secret.
type Error struct {
	Class      Class
	Code       string        // stable, lower case with dashes, as token-expired
	Message    string        // what is wrong
	Fix        string        // what to do
	Field      string        // of the request that is wrong, as scopes; empty where it is none
	RetryAfter time.Duration // for TooMany; see RetrySeconds
	Cause      error
}

func (e *Error) Error() string {
	if e.Fix == "" {
		return e.Message
	}
	return e.Message + "; " + e.Fix
}

func (e *Error) Unwrap() error { return e.Cause }

// ErrUnknown says that no token has the secret, or that it belongs to no
// account of that e-mail address: the two are not told apart.
var ErrUnknown error = &Error{
	Class: Unauthenticated, Code: "token-unknown",
	Message: "the token is not known", Fix: "check that all of it was copied, or make a new one",
}

func invalid(field, fix, format string, args ...any) *Error {
	return &Error{Class: Invalid, Code: "bad-" + field, Field: field, Message: fmt.Sprintf(format, args...), Fix: fix}
}

func missing(what, id string) *Error {
	return &Error{Class: Missing, Code: what + "-not-found", Message: fmt.Sprintf("there is no %s %.64q", what, id), Fix: fmt.Sprintf("list the %ss to see which there are", what)}
}

func conflict(code, message, fix string) *Error {
	return &Error{Class: Conflict, Code: code, Message: message, Fix: fix}
}

// forbidden turns what a Principal lacks into an Error.
func forbidden(d *Denied) *Error {
	return &Error{Class: Forbidden, Code: "denied", Message: d.Error(), Cause: d}
}

// may is p.May with an Error.
func may(p *Principal, s Scope) error {
	if p.Has(s) {
		return nil
	}
	return forbidden(&Denied{Scope: s, Person: p.Person})
}
