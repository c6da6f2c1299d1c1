package term

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Live is a block of lines on a terminal that is drawn anew in place.
type Live struct {
	out   io.Writer
	drawn int // rows of the screen that it takes now
}

// NewLive starts an empty block where the cursor of the terminal out is.
func NewLive(out io.Writer) *Live { return &Live{out: out} }

// Draw replaces the block by lines. What does not fit the height of the
// terminal is left out, for lines that have scrolled away cannot be taken back.
func (l *Live) Draw(lines []string) error {
	columns, height := Size(l.out)
	room := height - 1 // for the cursor stands in a row of its own
	if rows(lines, columns) > room {
		n := 0
		for room--; n < len(lines) && rows(lines[:n+1], columns) <= room; n++ {
		}
		lines = append(lines[:n:n], fmt.Sprintf("(%d more)", len(lines)-n))
	}
	return l.replace(lines, columns)
}

// End replaces the block by lines, however many, which stay.
func (l *Live) End(lines []string) error {
	columns, _ := Size(l.out)
	err := l.replace(lines, columns)
	l.drawn = 0
	return err
}

func (l *Live) replace(lines []string, columns int) error {
	var b strings.Builder
	if l.drawn > 0 {
		fmt.Fprintf(&b, "\x1b[%dA\r\x1b[J", l.drawn)
	}
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	l.drawn = rows(lines, columns)
	_, err := io.WriteString(l.out, b.String())
	return err
}

// rows is how many rows of a screen of so many columns lines take; colours take none.
func rows(lines []string, columns int) (n int) {
	for _, line := range lines {
		wide := utf8.RuneCountInString(colours.ReplaceAllString(line, ""))
		n += max(1, (wide+columns-1)/columns)
	}
	return n
}

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")
