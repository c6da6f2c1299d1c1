// Package term is what a person at a terminal sees and types: tables, trees,
// colours, progress and questions; and what stands in a pipe instead.
package term

import (
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// IsTerminal reports whether a person is likely to be at stream, an io.Reader
// or io.Writer.
func IsTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	if !ok {
		return false
	}
	_, err := unix.IoctlGetTermios(int(f.Fd()), unix.TCGETS)
	return err == nil
}

// Colour is the code of a terminal's colour; Plain is none.
type Colour string

// The colours.
const (
	Plain  Colour = ""
	Bold   Colour = "1"
	Dim    Colour = "2"
	Red    Colour = "31"
	Green  Colour = "32"
	Yellow Colour = "33"
	Cyan   Colour = "36"
)

// Style colours words where the output is a terminal and NO_COLOR is not set;
// the zero Style never does.
type Style struct{ colour bool }

// StyleOf is the Style of what is written to w.
func StyleOf(w io.Writer) Style {
	return Style{colour: IsTerminal(w) && os.Getenv("NO_COLOR") == ""}
}

// Paint is text in a colour.
func (s Style) Paint(c Colour, text string) string {
	if !s.colour || c == Plain || text == "" {
		return text
	}
	return "\x1b[" + string(c) + "m" + text + "\x1b[0m"
}
