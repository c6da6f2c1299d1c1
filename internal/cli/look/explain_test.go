package look

import (
	"testing"

	"github.com/truename-dns/truename/api"
)

func TestExitCodesOfChains(t *testing.T) {
	steps := func(kinds ...string) (list []api.ExplainStep) {
		for _, k := range kinds {
			list = append(list, api.ExplainStep{Kind: k})
		}
		return list
	}
	for _, c := range []struct {
		name, end string
		steps     []api.ExplainStep
		want      int
	}{
		{"records", "answered", steps("exact"), 0},
		{"no such record", "nodata", steps("nodata"), 4},
		{"no such name", "nxdomain", steps("CNAME", "nxdomain"), 4},
		{"a loop", "loop", steps("CNAME", "loop"), 1},
		{"too many links", "too-long", nil, 1},
		{"a name that is too long", "overflow", nil, 1},
		{"no zone of ours", "refused", nil, 1},
		{"no server answers", "failed", steps("exhausted"), 1},
		{"clients go on and find it", "departed", steps("CNAME", "referral", "exact"), 0},
		{"clients go on and find nothing", "departed", steps("CNAME", "nxdomain"), 4},
		{"clients go on and fail", "departed", steps("CNAME", "silent", "exhausted"), 1},
		{"clients go on whither nobody knows", "departed", steps("CNAME", "departed"), 5},
		{"nothing is known of where they go", "delegated", nil, 5},
		{"a search for a server counts for nothing", "delegated", append(steps("unknown", "fetch"), api.ExplainStep{Kind: "exact", Depth: 1}), 5},
		{"a word of another server", "elsewhere", nil, 5},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := exitOfSteps(c.end, c.steps); got != c.want {
				t.Errorf("%d, want %d", got, c.want)
			}
		})
	}
}
