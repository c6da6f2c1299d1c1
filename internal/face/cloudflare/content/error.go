// Package content reads and shows the data of records as Cloudflare's API has
// it: a content, for some types a data object, and a priority beside them.
package content

import "strings"

// Error is data that cannot be taken.
type Error struct {
	Code    int    // as Cloudflare numbers it
	Old     bool   // in the original it comes within a validation error
	Text    string // what is wrong, and what to do
	Pointer string // into the record (RFC 6901); empty where it is about all of it
}

func (e *Error) Error() string { return e.Text }

// Codes without a better one.
const (
	Validation = 1004
	Required   = 9101
)

func broken(code int, text string) *Error { return &Error{Code: code, Text: text} }
func old(code int, text string) *Error    { return &Error{Code: code, Old: true, Text: text} }

func (e *Error) at(pointer string) *Error {
	e.Pointer = pointer
	return e
}

// Sentence puts parts behind one another, each with a capital and a full stop.
func Sentence(parts ...string) string {
	var b strings.Builder
	for _, p := range parts {
		if p == "" {
			continue
		}
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		if word, _, _ := strings.Cut(p, " "); !strings.ContainsAny(word, ".:") { // a name or a place stays as it is
			b.WriteString(strings.ToUpper(p[:1]))
			p = p[1:]
		}
		b.WriteString(p)
		if !strings.HasSuffix(p, ".") && !strings.HasSuffix(p, "?") {
			b.WriteByte('.')
		}
	}
	return b.String()
}
