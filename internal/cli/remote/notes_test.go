package remote

import (
	"strings"
	"testing"

	"github.com/truename-dns/truename/api"
)

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
		if got := strings.Join(settingNotes("CNAME", s), "; "); got != want {
			t.Errorf("%+v is %q, not %q", s, got, want)
		}
	}
	if got := Notes("ALIAS", false, &api.RecordSettings{Flatten: &yes, OnFailure: "nodata"}, ""); got != "flatten_cname true, to no effect; on failure: nodata" {
		t.Error(got)
	}
	if got := Notes("CNAME", true, &api.RecordSettings{Flatten: &yes}, "a comment"); got != "disabled; flattened; a comment" {
		t.Error(got)
	}
}
