package cli

import (
	"testing"
	"time"

	"github.com/truename-dns/truename/api"
	"github.com/truename-dns/truename/internal/cli/verb"
)

func TestRestoreTo(t *testing.T) {
	serial := uint32(2026112101)
	at := time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name, text string
		want       api.RestoreRequest
	}{
		{"nothing", "", api.RestoreRequest{}},
		{"a serial", "2026112101", api.RestoreRequest{Serial: &serial}},
		{"a change", "r42", api.RestoreRequest{Revision: 42}},
		{"RFC 3339", "2026-11-21T10:30:00+01:00", api.RestoreRequest{Time: &at}},
		{"the time here", "2026-11-21 09:30", api.RestoreRequest{Time: &at}},
		{"with seconds", "2026-11-21 09:30:00", api.RestoreRequest{Time: &at}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := restoreTo(c.text)
			if err != nil {
				t.Fatal(err)
			}
			if (got.Serial == nil) != (c.want.Serial == nil) || got.Serial != nil && *got.Serial != *c.want.Serial || got.Revision != c.want.Revision {
				t.Errorf("%+v", got)
			}
			if (got.Time == nil) != (c.want.Time == nil) || got.Time != nil && !got.Time.Equal(*c.want.Time) {
				t.Errorf("%v", got.Time)
			}
		})
	}
	for _, bad := range []string{"yesterday", "4294967296", "-1", "r0", "r-1", "rx", "2026-13-01", "0s", "-2h", "1000000h", "99999d", "1.5d", "d"} {
		if _, err := restoreTo(bad); verb.ExitCode(err) != verb.WrongUsage {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// FuzzRestoreTo: what a person types is read as one thing or refused.
func FuzzRestoreTo(f *testing.F) {
	for _, s := range []string{"", "1", "r1", "2h", "3d", "2026-11-21", "2026-11-21T09:30:00Z", "9223372036854775807h"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		r, err := restoreTo(text)
		given := 0
		for _, is := range []bool{r.Serial != nil, r.Revision != 0, r.Time != nil} {
			if is {
				given++
			}
		}
		if err == nil && (given == 1) == (text == "") || err != nil && given > 0 {
			t.Errorf("%q: %+v, %v", text, r, err)
		}
	})
}
