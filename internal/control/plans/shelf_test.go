package plans

import (
	"fmt"
	"testing"

	"github.com/truename-dns/truename/internal/change"
)

func TestPlansAreBounded(t *testing.T) {
	var s Shelf
	big := &Plan{ID: "big", Zones: []change.ZoneDiff{{Sets: make([]change.SetDiff, maxPlanned)}}}
	s.Add(&Plan{ID: "old"})
	s.Add(big)
	s.Add(&Plan{ID: "next", Zones: []change.ZoneDiff{{Sets: make([]change.SetDiff, 1)}}})
	if s.Find("big") != nil || s.Find("old") != nil || s.Find("next") == nil {
		t.Error("a large plan is kept beside others")
	}
	s.Add(big)
	if s.Find("big") == nil {
		t.Error("the newest plan is not kept")
	}
	for i := range 2 * maxPlans {
		s.Add(&Plan{ID: fmt.Sprint(i)})
	}
	if len(s.list) != maxPlans || s.Find(fmt.Sprint(maxPlans)) == nil {
		t.Errorf("%d plans are kept", len(s.list))
	}
}
