package people

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/access/password"
)

// ErrSignIn says that nobody has that e-mail address and that password: which of
// the two is wrong is not told.
var ErrSignIn error = &access.Error{
	Class: access.Unauthenticated, Code: "sign-in-failed",
	Message: "the e-mail address or the password is not right", Fix: "try again, or ask an owner of the account for a new code",
}

// ErrSession says that a session is not known, or has ended.
var ErrSession error = &access.Error{
	Class: access.Unauthenticated, Code: "session-ended", Message: "your session has ended", Fix: "sign in again",
}

// ErrPasskey says that a passkey is not one of anybody here.
var ErrPasskey error = &access.Error{
	Class: access.Unauthenticated, Code: "passkey-failed",
	Message: "the passkey was not accepted", Fix: "try again, or sign in with your password and add the passkey anew",
}

var errCode error = &access.Error{
	Class: access.Invalid, Code: "bad-code", Field: "code",
	Message: "the code is not known, or was used, or its time is over", Fix: "check that all of it was copied, or ask for a new one",
}

func invalid(field, fix, format string, args ...any) *access.Error {
	return &access.Error{Class: access.Invalid, Code: "bad-" + field, Field: field, Message: fmt.Sprintf(format, args...), Fix: fix}
}

func missing(what, id string) *access.Error {
	return &access.Error{Class: access.Missing, Code: what + "-not-found", Message: fmt.Sprintf("there is no %s %.64q", what, id), Fix: fmt.Sprintf("list the %ss to see which there are", what)}
}

func conflict(code, message, fix string) *access.Error {
	return &access.Error{Class: access.Conflict, Code: code, Message: message, Fix: fix}
}

func tooMany(wait time.Duration) *access.Error {
	return &access.Error{
		Class: access.TooMany, Code: "too-many-attempts", RetryAfter: wait, Message: "too many attempts",
		Fix: "try again in " + access.RetryText(wait),
	}
}

// unhashed is why the digest of a password was not made.
func unhashed(err error) error {
	const soon = 5 * time.Second
	if errors.Is(err, password.ErrBusy) {
		return tooMany(soon)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return access.Unreachable("the request was given up", err)
	}
	return err
}

// checkPassword says whether a password can be that of somebody of that name and address.
func checkPassword(text, name, email string) error {
	err := password.Check(text, name, email)
	var weak *password.Weak
	if errors.As(err, &weak) {
		return &access.Error{Class: access.Invalid, Code: "bad-password", Field: "password", Message: weak.Message, Fix: weak.Fix}
	}
	return err
}
