package zonefile

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// Position is a place in a master file. Lines and columns count from 1,
// columns in octets.
type Position struct {
	File         string
	Line, Column int
}

// String is "file:line:column".
func (p Position) String() string {
	return p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column)
}

// Error is one thing wrong with a master file.
type Error struct {
	Pos     Position
	Code    string // stable, lower case with underscores
	Message string // what is wrong
	Fix     string // what to do
}

// Error is "file:line:column: message; fix".
func (e *Error) Error() string {
	text := e.Pos.String() + ": " + e.Message
	if e.Fix != "" {
		text += "; " + e.Fix
	}
	return text
}

// Errors are all that was found wrong, sorted by place: files in the order in
// which they were opened, then lines and columns.
type Errors []*Error

// Error is one error a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// errTooMany ends parsing when Options.MaxErrors is reached.
var errTooMany = errors.New("too many errors")

// collector gathers errors up to a number.
type collector struct {
	errs  Errors
	files []string // in the order in which they were opened
	most  int
}

func (c *collector) add(e *Error) error {
	c.errs = append(c.errs, e)
	if len(c.errs) >= c.most {
		return errTooMany
	}
	return nil
}

// opened notes that the errors of file come behind those of files before it.
func (c *collector) opened(file string) {
	if !slices.Contains(c.files, file) {
		c.files = append(c.files, file)
	}
}

func (c *collector) sorted() Errors {
	slices.SortStableFunc(c.errs, func(a, b *Error) int {
		if a.Pos.File != b.Pos.File {
			return slices.Index(c.files, a.Pos.File) - slices.Index(c.files, b.Pos.File)
		}
		if a.Pos.Line != b.Pos.Line {
			return a.Pos.Line - b.Pos.Line
		}
		return a.Pos.Column - b.Pos.Column
	})
	return c.errs
}

// show quotes text for a message, cut when it is long.
func show(text []byte) string {
	const most = 40
	if len(text) > most {
		return fmt.Sprintf("%q...", text[:most])
	}
	return fmt.Sprintf("%q", text)
}

func place(file string, f *rr.Field) Position {
	return Position{file, int(f.Line), int(f.Column)}
}

// after is the place right behind f.
func after(file string, f *rr.Field) Position {
	width := len(f.Text)
	if f.Quoted {
		width += 2
	}
	return Position{file, int(f.Line), int(f.Column) + width}
}
