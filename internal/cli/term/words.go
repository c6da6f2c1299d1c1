package term

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Clean shows characters that would move a cursor, or part a line in two, as
// escapes: what others wrote must not draw on this terminal.
func Clean(text string) string {
	if strings.IndexFunc(text, unprintable) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unprintable(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// Moment is a time as a person reads it, in the time zone here.
func Moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format("2006-01-02 15:04:05")
}

// Span is a number of seconds as a person says it: 5m, 1h30m, 2d.
func Span(seconds int64) string {
	if seconds <= 0 {
		return "0s"
	}
	var b strings.Builder
	for _, unit := range [...]struct {
		name string
		size int64
	}{{"d", 86400}, {"h", 3600}, {"m", 60}, {"s", 1}} {
		if n := seconds / unit.size; n > 0 {
			fmt.Fprintf(&b, "%d%s", n, unit.name)
			seconds %= unit.size
		}
	}
	return b.String()
}

// Plural is n of what, as in 1 zone, 2 zones.
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Verb is what n of them do, as in (1) follows, (2) follow.
func Verb(n int, what string) string {
	if n == 1 {
		return what + "s"
	}
	return what
}
