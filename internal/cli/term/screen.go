package term

import (
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/sys/unix"
)

// Size is how many columns and lines the terminal w has; 80 and 24 where it
// does not say, or w is none.
func Size(w io.Writer) (columns, lines int) {
	columns, lines = 80, 24
	f, ok := w.(*os.File)
	if !ok {
		return columns, lines
	}
	size, err := unix.IoctlGetWinsize(int(f.Fd()), unix.TIOCGWINSZ)
	if err != nil || size.Col == 0 || size.Row == 0 {
		return columns, lines
	}
	return int(size.Col), int(size.Row)
}

// Glyphs are the drawn characters: those of Unicode, or what ASCII has for them.
type Glyphs struct {
	Knee, Tee, Bar        string // of a tree: the last branch, another one, what passes by
	Good, Warn, Bad, None string // marks in front of a verdict
	Cut                   string // stands for what is left out of a text
	Arrow                 string
}

// GlyphsHere are those that the locale of the environment can show.
func GlyphsHere() Glyphs {
	if unicodeLocale() {
		return Glyphs{Knee: "└── ", Tee: "├── ", Bar: "│   ", Good: "✓", Warn: "!", Bad: "✗", None: "·", Cut: "…", Arrow: "→"}
	}
	return Glyphs{Knee: "`-- ", Tee: "|-- ", Bar: "|   ", Good: "+", Warn: "!", Bad: "x", None: "-", Cut: "...", Arrow: "->"}
}

// unicodeLocale reports whether characters are UTF-8. The first of the
// variables that is set decides (POSIX.1, Section 8.2); without any it is the
// C locale, which is ASCII.
func unicodeLocale() bool {
	for _, name := range [...]string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToLower(v)
			return strings.Contains(v, "utf-8") || strings.Contains(v, "utf8")
		}
	}
	return false
}

// Fit is text in at most width characters: a longer one loses its end.
func (g Glyphs) Fit(text string, width int) string {
	if utf8.RuneCountInString(text) <= width {
		return text
	}
	room := width - utf8.RuneCountInString(g.Cut)
	if room < 1 {
		return string([]rune(text)[:max(0, width)])
	}
	return string([]rune(text)[:room]) + g.Cut
}

// Wrap parts text into lines of at most width characters, at blanks where
// there are any.
func Wrap(text string, width int) []string {
	var lines []string
	line, width := "", max(1, width)
	for _, word := range strings.Fields(text) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += word
		for runes := []rune(line); len(runes) > width; runes = []rune(line) {
			lines, line = append(lines, string(runes[:width])), string(runes[width:])
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
