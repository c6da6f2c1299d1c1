package sqlite

import (
	"testing"

	"github.com/truename-dns/truename/internal/change"
)

func TestFeedKeepsTheLastOnes(t *testing.T) {
	f := newFeed(10)
	_, head, more := f.at(11)
	if head != 10 {
		t.Fatalf("head %d", head)
	}
	var fresh []*change.Change
	for r := change.Revision(11); r <= 11+feedLength; r++ {
		fresh = append(fresh, &change.Change{Revision: r})
	}
	large := fresh[5]
	large.Zones = []change.ZoneDiff{{Sets: make([]change.SetDiff, feedSets+1)}}
	f.publish(11+feedLength, fresh)
	select {
	case <-more:
	default:
		t.Error("who waits is not told")
	}
	for r, kept := range map[change.Revision]bool{11: false, 12: true, large.Revision: false, 11 + feedLength: true, 12 + feedLength: false} {
		c, head, _ := f.at(r)
		if (c != nil) != kept || kept && c.Revision != r || head != 11+feedLength {
			t.Errorf("revision %d: %v, head %d", r, c, head)
		}
	}
}
