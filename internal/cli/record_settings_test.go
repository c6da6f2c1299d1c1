package cli

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
)

func TestSpans(t *testing.T) {
	for text, want := range map[string]int{"90": 90, "0": 0, "90s": 90, "1h": 3600, "1h30m": 5400, "3d": 259200, "0d": 0, "30d": 2592000} {
		got, err := parseSeconds(text)
		if err != nil || got != want {
			t.Errorf("%s is %d seconds, not %d: %v", text, got, want, err)
		}
		if again, err := parseSeconds(spanText(got)); err != nil || again != got {
			t.Errorf("%d seconds are shown as %s, which is %d: %v", got, spanText(got), again, err)
		}
	}
	for _, text := range []string{"", "x", "-1", "-1h", "1w", "d", "-3d", "99999d", "1.5"} {
		if got, err := parseSeconds(text); err == nil {
			t.Errorf("%q is %d seconds", text, got)
		}
	}
}

func TestSettingsAsNotes(t *testing.T) {
	yes, no, day := true, false, 86400
	for want, s := range map[string]*api.RecordSettings{
		"":                               nil,
		"flattened":                      {Flatten: &yes},
		"never flattened":                {Flatten: &no},
		"on failure: nodata":             {OnFailure: "nodata"},
		"stale for 1d":                   {MaxStale: &day},
		"on failure: fallback 192.0.2.1": {OnFailure: "fallback", Fallback: []string{"192.0.2.1"}},
		"flattened; on failure: stale; stale for 1d": {Flatten: &yes, OnFailure: "stale", MaxStale: &day},
	} {
		if got := strings.Join(settingNotes(s), "; "); got != want {
			t.Errorf("%+v is %q, not %q", s, got, want)
		}
	}
	if got := notes(true, &api.RecordSettings{Flatten: &yes}, "a comment"); got != "disabled; flattened; a comment" {
		t.Error(got)
	}
}
