package alias

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
	"github.com/truename-dns/truename/internal/zone"
)

// model is a family as its history: what a Table must say of it.
type model struct {
	good   says  // the last answer; text "" where there was none
	at     int64 // when it came
	failed bool  // the last attempt did
	tried  bool
}

func (m *model) ends() int64 { return m.at + int64(min(max(m.good.ttl, 1), maxTTL))*second }

// want is what is to be said at now, without the set.
func (m *model) want(now int64) answer.Flat {
	gone := m.good.text == "nxdomain"
	switch {
	case !m.tried:
		return answer.Flat{}
	case m.good.text == "" || now-m.ends() > maxKept:
		return answer.Flat{State: answer.Failing}
	case now < m.ends():
		return answer.Flat{State: answer.Fresh, Gone: gone, TTL: min(uint32((m.ends()-now+second-1)/second), m.good.ttl)}
	case !m.failed && now < m.ends()+grace:
		return answer.Flat{State: answer.Renewing, Gone: gone, TTL: min(m.good.ttl, 1)}
	}
	return answer.Flat{State: answer.Failing, Gone: gone, Since: m.ends()}
}

func TestAFamilyAgreesWithItsHistory(t *testing.T) {
	results := []string{"192.0.2.1", "192.0.2.2 192.0.2.3", "nodata", "nxdomain", "servfail", "stale"}
	rapid.Check(t, func(t *rapid.T) {
		now := int64(1_800_000_000) * second
		table := New(Options{
			Resolver: newWorld(), Zones: func() *zone.Set { return new(zone.Set) },
			Clock: func() time.Time { return time.Unix(0, now) },
		})
		defer table.close()
		key := keyOf("cdn.test.")
		f := table.acquire(key).family(rr.TypeA)
		q := resolver.Question{Name: key.Name(), Type: rr.TypeA}
		var m model
		for range rapid.IntRange(1, 20).Draw(t, "steps") {
			now += rapid.OneOf(rapid.Int64Range(0, 5*second), rapid.Int64Range(0, 3600*second), rapid.Int64Range(0, maxKept)).Draw(t, "pass")
			if rapid.Bool().Draw(t, "attempt") {
				s := says{text: rapid.SampledFrom(results).Draw(t, "result"), ttl: rapid.Uint32Range(0, 100_000).Draw(t, "ttl")}
				table.plan.take(f)
				f.began = now
				table.settle(f, judge(s.result(q), rr.TypeA))
				m.tried, m.failed = true, s.text == "servfail" || s.text == "stale"
				if !m.failed {
					m.good, m.at = s, now
				} else if m.good.text != "" && now-m.ends() > maxKept {
					m.good = says{}
				}
				planned(t, f, &m, now)
			}
			got, want := table.Flatten(key, rr.TypeA, now), m.want(now)
			if (got.State == answer.Failing) != (got.Why != "") {
				t.Fatalf("%s, and why is %q", short(got), got.Why)
			}
			if n := addressesIn(m.good.text, want); got.Set.Count() != n {
				t.Fatalf("%d addresses, want %d", got.Set.Count(), n)
			}
			if got.Set, got.Why = nil, ""; got.State != want.State || got.TTL != want.TTL || got.Gone != want.Gone || got.Since != want.Since {
				t.Fatalf("got %+v, want %+v", got, want)
			}
		}
	})
}

func addressesIn(text string, f answer.Flat) int {
	switch {
	case f.State == answer.Unasked || f.State == answer.Failing && f.Since == 0:
		return 0
	case text == "192.0.2.1":
		return 1
	case text == "192.0.2.2 192.0.2.3":
		return 2
	}
	return 0
}

// planned holds the time of the next attempt against what is promised.
func planned(t *rapid.T, f *family, m *model, now int64) {
	least, most := now+second, m.ends()
	if m.failed {
		cap := longestDead
		if m.good.text != "" {
			cap = longestLost
		}
		most = now + min(second<<min(f.tries-1, 20), cap)*9/8 + second
	}
	if f.place == 0 || f.due < least || f.due > most {
		t.Fatalf("the next attempt is %s from now, want %s to %s", time.Duration(f.due-now), time.Duration(least-now), time.Duration(most-now))
	}
}

func TestPlanAgreesWithASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var p plan
		all := make([]family, 20)
		in := make(map[*family]int64)
		for range rapid.IntRange(1, 100).Draw(t, "steps") {
			f := &all[rapid.IntRange(0, len(all)-1).Draw(t, "family")]
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				in[f] = rapid.Int64Range(0, 100).Draw(t, "due")
				p.put(f, in[f])
			case 2:
				p.take(f)
				delete(in, f)
			default:
				now := rapid.Int64Range(0, 100).Draw(t, "now")
				least := int64(1000)
				for _, due := range in {
					least = min(least, due)
				}
				got := p.nextDue(now)
				if (got != nil) != (least <= now) || got != nil && in[got] != least {
					t.Fatalf("at %d: %+v, the first is due at %d", now, got, least)
				}
				delete(in, got)
			}
			for i := range all {
				if _, ok := in[&all[i]]; ok != (all[i].place > 0) {
					t.Fatalf("family %d: in the plan: %v", i, all[i].place)
				}
			}
		}
	})
}

func TestALaneLetsSoManyThroughInTurn(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit = 3
		var l lane
		var inside, outside []*ticket
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			if rapid.Bool().Draw(t, "comes") {
				k := new(ticket)
				if l.enter(k, limit) {
					inside = append(inside, k)
				} else {
					outside = append(outside, k)
				}
			} else if len(inside) > 0 {
				inside = slices.Delete(inside, 0, 1)
				next := l.leave()
				if len(outside) > 0 {
					if next != outside[0] {
						t.Fatal("not the one that waits longest")
					}
					inside, outside = append(inside, next), outside[1:]
				} else if next != nil {
					t.Fatal("out of nowhere")
				}
			}
			if len(inside) > limit || len(outside) > 0 && len(inside) < limit || l.running != len(inside) || len(l.waiting) != len(outside) {
				t.Fatalf("%d inside, %d outside; the lane says %d, %d", len(inside), len(outside), l.running, len(l.waiting))
			}
		}
	})
}

func TestARateAllowsABurstAndThenKeepsItsDistance(t *testing.T) {
	var l lane
	now, through := 10*second, 0
	for l.reserve(now, second/10) == 0 {
		through++
	}
	if through != 10 {
		t.Errorf("%d at once, want 10", through)
	}
	for i := range int64(20) {
		if got, want := l.reserve(now, second/10), (i+2)*second/10; got != want {
			t.Errorf("number %d waits %d, want %d", i, got, want)
		}
	}
	if l.reserve(now+60*second, second/10) != 0 || l.reserve(now, 0) != 0 {
		t.Error("waits without need")
	}
}
