package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/change"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/store"
)

// testRandom has a store and the fold of what was written say the same behind
// any Changes: zones made, changed, deleted and restored, many at once, some
// refused, the store opened anew now and then.
func testRandom(t *testing.T, open Open) {
	rapid.Check(t, func(rt *rapid.T) {
		at := t.TempDir()
		r := &roulette{desk: newDesk(rt, open(t, at)), rt: rt, gone: map[string]change.ZoneDiff{}}
		defer func() {
			if err := r.store.Close(); err != nil {
				rt.Fatal(err)
			}
		}()
		for range rapid.IntRange(1, 12).Draw(rt, "steps") {
			switch rapid.IntRange(0, 9).Draw(rt, "step") {
			case 0:
				if err := r.store.Close(); err != nil {
					rt.Fatal(err)
				}
				r.store = open(t, at)
			case 1:
				r.refuse()
			default:
				r.append(r.zones()...)
			}
		}
		r.agree()
	})
}

// roulette is a desk whose Changes are drawn.
type roulette struct {
	*desk
	rt   *rapid.T
	gone map[string]change.ZoneDiff // deleted zones by apex
}

var apexes = []string{"a.example.", "b.a.example.", "c.example."}

// zones is what the next Change does to some of the zones.
func (r *roulette) zones() (diffs []change.ZoneDiff) {
	for _, apex := range apexes {
		if rapid.Bool().Draw(r.rt, "touch "+apex) {
			diffs = append(diffs, r.diff(apex))
		}
	}
	return diffs
}

func (r *roulette) exists(apex string) bool {
	for _, z := range r.fold.zones {
		if z.zone.Apex.String() == apex {
			return true
		}
	}
	return false
}

func (r *roulette) diff(apex string) change.ZoneDiff {
	kind := rapid.IntRange(0, 5).Draw(r.rt, "kind")
	was, restorable := r.gone[apex]
	switch {
	case !r.exists(apex) && restorable && kind > 0:
		back := change.ZoneDiff{Kind: change.Create, ID: was.ID, Apex: was.Apex, To: was.From + 1, After: was.Before}
		for i := range was.Sets {
			back.Sets = append(back.Sets, was.Sets[i].Inverse())
		}
		return back
	case !r.exists(apex):
		return create(apex, r.sets(apex)...)
	case kind == 0:
		z := r.remove(apex)
		r.gone[apex] = z
		return z
	}
	z := r.update(apex, r.sets(apex)...)
	if kind == 1 {
		before := r.zone(apex).zone
		after := before
		after.Status, after.SOATTL, after.Updated = "paused", before.SOATTL+1, now()
		z.Before, z.After = &before, &after
	}
	return z
}

// sets is what some RRsets of a zone become.
func (r *roulette) sets(apex string) (sets []change.RRset) {
	for i := range 3 {
		for _, t := range []rr.Type{rr.TypeA, rr.TypeTXT} {
			n := rapid.IntRange(-2, 3).Draw(r.rt, "records")
			if n < 0 {
				continue
			}
			var data []string
			for k := range n {
				data = append(data, fmt.Sprintf("192.0.2.%d", k))
			}
			s := rrset(fmt.Sprintf("h%d.%s", i, apex), t, uint32(n), data...)
			for k := range s.Records {
				s.Records[k].Disabled = rapid.Bool().Draw(r.rt, "disabled")
				s.Records[k].Note.Comment = rapid.SampledFrom([]string{"", "x", `"\`}).Draw(r.rt, "comment")
			}
			sets = append(sets, s)
		}
	}
	return sets
}

// refuse appends a Change whose last zone has moved on.
func (r *roulette) refuse() {
	diffs := r.zones()
	for i := range diffs {
		if diffs[i].Kind == change.Delete {
			delete(r.gone, diffs[i].Apex.String())
		}
	}
	if len(diffs) == 0 {
		return
	}
	last := &diffs[len(diffs)-1]
	if last.Kind == change.Create {
		last.Kind = change.Update
	}
	last.Base += 1000
	if n, err := r.store.Append(context.Background(), []*change.Change{newChange(diffs...)}); n != 0 || !errors.Is(err, store.ErrConflict) {
		r.rt.Fatalf("got %d, %v", n, err)
	}
}
