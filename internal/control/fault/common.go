package fault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/truename-dns/truename/internal/zone/lint"
)

// Denial is err, which says what a Principal may not, as an Error; nil where it is nil.
func Denial(err error) error {
	if err == nil {
		return nil
	}
	e := New(Denied, "denied", err.Error(), "")
	e.Cause = err
	return e
}

// OfStore is what the store says when it cannot.
func OfStore(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	e := New(Unavailable, "store-unavailable", "the store cannot do it now: "+err.Error(), "nothing was changed; try again, and look at the server's log")
	e.Cause = err
	return e
}

// Broken is the error of a Change that breaks rules; total counts errors that
// are not among broken, too.
func Broken(broken []lint.Finding, total int) *Error {
	first := &broken[0]
	e := New(Refused, first.Code, first.Message, first.Fix)
	if first.Owner != "" && !strings.Contains(e.Message, first.Owner) {
		e.Message = first.Owner + ": " + e.Message
	}
	if total > 1 {
		e.Message = fmt.Sprintf("%s (and %d more)", e.Message, total-1)
	}
	e.Findings = broken
	return e
}

// NoZone says that there is no zone of that name or id.
func NoZone(which string) *Error {
	return New(Missing, "zone-not-found", "there is no zone "+which, "list the zones to see which there are")
}

// ReadOnly says that the zone of that apex is none to be written here.
func ReadOnly(apex string) *Error {
	return New(Conflict, "zone-read-only", fmt.Sprintf("the zone %s comes from a zone file of the server and is read-only here", apex),
		"edit the file, or move it away and import it")
}

// NoRecord says that there is no such record.
func NoRecord(which string) *Error {
	return New(Missing, "record-not-found", "there is no record "+which, "list the records of the zone to see which there are")
}

// BadTTL says that a TTL is longer than any may be.
func BadTTL(ttl uint32) *Error {
	return New(Invalid, "bad-ttl", fmt.Sprintf("a TTL of %d seconds is too long", ttl), "use at most 2147483647 (RFC 2181, Section 8)")
}

// CheckText refuses what would do harm where a text is shown on a terminal or
// written into a file of lines; what says which text it is.
func CheckText(what, text string) error {
	if !utf8.ValidString(text) || strings.ContainsFunc(text, unicode.IsControl) {
		return New(Invalid, "bad-text", "the "+what+" has characters that cannot be shown: control characters, or what is no UTF-8", "leave out line feeds and other control characters")
	}
	return nil
}
