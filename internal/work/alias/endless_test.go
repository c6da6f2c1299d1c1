package alias

import (
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/zone"
)

// A chain that comes back to itself is an answer: no older one stands in for it,
// and the next good one takes its place.
func TestAChainWithoutEnd(t *testing.T) {
	now := int64(1_800_000_000) * second
	table := New(Options{Resolver: newWorld(), Zones: func() *zone.Set { return new(zone.Set) }, Clock: func() time.Time { return time.Unix(0, now) }})
	defer table.close()
	key := keyOf("cdn.test.")
	f := table.acquire(key).family(rr.TypeA)
	set := rr.Set(rr.AppendRecord(nil, rr.TypeA, 60, []byte{192, 0, 2, 1}))
	for _, step := range []struct {
		situation string
		next      known
		want      answer.Flat
	}{
		{"it leads somewhere", known{set: set, ttl: 60}, answer.Flat{State: answer.Fresh, Set: set, TTL: 60}},
		{"nobody answers", known{why: "timeout"}, answer.Flat{State: answer.Fresh, Set: set, TTL: 60}},
		{"it leads round", known{why: "loop", endless: true}, answer.Flat{State: answer.Failing, Why: "loop", Endless: true}},
		{"nobody answers again", known{why: "timeout"}, answer.Flat{State: answer.Failing, Why: "timeout"}},
		{"it is mended", known{set: set, ttl: 60}, answer.Flat{State: answer.Fresh, Set: set, TTL: 60}},
	} {
		table.plan.take(f)
		next := step.next
		table.settle(f, &next)
		got := table.Flatten(key, rr.TypeA, now)
		if got.State != step.want.State || string(got.Set) != string(step.want.Set) || got.TTL != step.want.TTL || got.Endless != step.want.Endless || got.Why != step.want.Why {
			t.Errorf("%s: got %+v, want %+v", step.situation, got, step.want)
		}
	}
}
