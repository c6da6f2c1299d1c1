package access

import (
	"context"
	"errors"
	"fmt"

	"github.com/truename-dns/truename/internal/store"
)

// Put writes d to s, and is the version that it has then. It lets a write that has
// begun come to its end, even if the client leaves: one cut short might be on the
// shelf, and nobody would know. The error is an *Error.
func Put(ctx context.Context, s store.Shelf, d store.Document) (uint64, error) {
	if err := ctx.Err(); err != nil {
		return 0, Unreachable("the request was given up", err)
	}
	version, err := s.Put(context.WithoutCancel(ctx), d)
	switch {
	case err == nil:
		return version, nil
	case errors.Is(err, store.ErrConflict):
		return 0, &Error{Class: Conflict, Code: "changed-meanwhile", Cause: err, Fix: "restart the server, so that it reads what is there",
			Message: fmt.Sprintf("another server has changed the %s %s in the same store", d.Kind, d.ID)}
	}
	return 0, Unreachable(fmt.Sprintf("the %s %s could not be written", d.Kind, d.ID), err)
}

// Unreachable is the error of a store that does not answer.
func Unreachable(message string, cause error) *Error {
	return &Error{Class: Unavailable, Code: "store-unavailable", Message: message, Fix: "try again, and look at the log and the disk of the server", Cause: cause}
}
