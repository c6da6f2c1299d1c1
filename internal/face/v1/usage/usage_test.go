package usage

import (
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/work/traffic"
)

// A number of the API is one of JavaScript: it is exact below 2^53.
func TestIDsOfDays(t *testing.T) {
	start := time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)
	zone := traffic.Zone{Apex: "example.com.", Account: "a"}
	seen := make(map[int64]string)
	for name, id := range map[string]int64{
		"the day":         dailyID(start, zone),
		"another day":     dailyID(start.Add(day), zone),
		"another zone":    dailyID(start, traffic.Zone{Apex: "example.net.", Account: "a"}),
		"another account": dailyID(start, traffic.Zone{Apex: "example.com.", Account: "b"}),
	} {
		if id < 0 || id >= 1<<53 {
			t.Errorf("%s: %d", name, id)
		}
		if other, twice := seen[id]; twice {
			t.Errorf("%s has the id of %s", name, other)
		}
		seen[id] = name
	}
	if dailyID(start, zone) != dailyID(start.Add(time.Hour), zone) {
		t.Error("the id changes within the day")
	}
}

func TestShares(t *testing.T) {
	for _, test := range []struct {
		part, all uint64
		want      float64
	}{{0, 0, 0}, {0, 4, 0}, {1, 4, 0.25}, {4, 4, 1}} {
		if got := share(test.part, test.all); got != test.want {
			t.Errorf("%d of %d: %v", test.part, test.all, got)
		}
	}
}
