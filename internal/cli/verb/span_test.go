package verb

import (
	"testing"
	"time"
)

func TestSpans(t *testing.T) {
	for text, want := range map[string]int{"90": 90, "0": 0, "90s": 90, "1h": 3600, "1h30m": 5400, "3d": 259200, "0d": 0, "30d": 2592000} {
		got, err := ParseSeconds(text)
		if err != nil || got != want {
			t.Errorf("%s is %d seconds, not %d: %v", text, got, want, err)
		}
		if again, err := ParseSeconds(SpanText(got)); err != nil || again != got {
			t.Errorf("%d seconds are shown as %s, which is %d: %v", got, SpanText(got), again, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "-1h", "1w", "d", "-3d", "99999d", "1.5"} {
		if got, err := ParseSeconds(text); err == nil {
			t.Errorf("%q is %d seconds", text, got)
		}
	}
}

func TestHowLongAgo(t *testing.T) {
	for text, want := range map[string]time.Duration{"90m": 90 * time.Minute, "2h": 2 * time.Hour, "3d": 72 * time.Hour, "1h30m": 90 * time.Minute} {
		before := time.Now()
		got, err := ParseTime(text, -1)
		if err != nil || got.Before(before.Add(-want)) || got.After(time.Now().Add(-want)) {
			t.Errorf("%s ago: %v, %v", text, got, err)
		}
		if ahead, err := ParseTime(text, 1); err != nil || !ahead.After(before) {
			t.Errorf("%s ahead: %v, %v", text, ahead, err)
		}
	}
}
