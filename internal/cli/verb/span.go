package verb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// ParseTime reads a time, or how far away one is: sign says in which direction.
func ParseTime(text string, sign time.Duration) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, time.Local); err == nil {
			return t, nil
		}
	}
	d, err := parseSpan(text)
	if err != nil {
		return time.Time{}, fmt.Errorf("%q is no time; write it as in 2026-11-21 09:30, or how far away, as in 90m, 2h or 3d", text)
	}
	return time.Now().Add(sign * d), nil
}

// maxSpan bounds spans, far below where a time.Duration ends.
const maxSpan = 100 * 365 * 24 * time.Hour

// parseSpan is time.ParseDuration that knows days too.
func parseSpan(text string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(text, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 15)
		return time.Duration(n) * 24 * time.Hour, err
	}
	d, err := time.ParseDuration(text)
	if err == nil && (d <= 0 || d > maxSpan) {
		err = fmt.Errorf("%s is out of range", text)
	}
	return d, err
}

// ParseSeconds reads a time as seconds alone, or as parseSpan does.
func ParseSeconds(text string) (int, error) {
	if n, err := strconv.ParseUint(strings.TrimSuffix(text, "s"), 10, 31); err == nil {
		return int(n), nil
	}
	d, err := parseSpan(text)
	if err != nil {
		return 0, errors.New("it is no time; say it as 90s, 1h or 3d")
	}
	return int(d / time.Second), nil
}

// SpanText is seconds as ParseSeconds reads them, in the largest unit that fits.
func SpanText(seconds int) string {
	for _, unit := range [...]struct {
		name string
		size int
	}{{"d", 86400}, {"h", 3600}, {"m", 60}} {
		if seconds > 0 && seconds%unit.size == 0 {
			return strconv.Itoa(seconds/unit.size) + unit.name
		}
	}
	return strconv.Itoa(seconds) + "s"
}
