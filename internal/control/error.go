package control

import (
	"errors"

	"github.com/truename-dns/truename/internal/access"
	"github.com/truename-dns/truename/internal/control/fault"
	"github.com/truename-dns/truename/internal/store"
)

// Error is why a request was not done, and Class whose fault it is.
type (
	Error = fault.Error
	Class = fault.Class
)

// The classes of errors.
const (
	Invalid     = fault.Invalid
	Denied      = fault.Denied
	Missing     = fault.Missing
	Conflict    = fault.Conflict
	Refused     = fault.Refused
	Moved       = fault.Moved
	TooLarge    = fault.TooLarge
	Unavailable = fault.Unavailable
)

// may turns a missing scope into an Error.
func may(p *access.Principal, scopes ...access.Scope) error { return fault.Denial(p.May(scopes...)) }

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }
