package cache

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/truename-dns/truename/internal/dns/rr"
)

// known is what the model remembers of a name and space.
type known struct {
	entry   Entry
	expires int64
	glued   bool // ends no later than glue did
}

// model says in the plainest way what a cache without bounds would know.
type model struct {
	now   int64
	stale int64
	all   map[string]known
}

func (m *model) put(name string, e Entry) bool {
	at := fmt.Sprint(name, spaceOf(e.Kind, e.Type))
	old, ok := m.all[at]
	expires, glued := m.now+int64(e.TTL), false
	if ok && old.expires > m.now {
		if old.entry.Rank > e.Rank && !e.Renew {
			return false
		}
		glued = e.Kind == Positive && (e.Rank != Glue || !e.Renew) && (old.glued || old.entry.Kind == Positive && old.entry.Rank == Glue)
		if glued || e.Type == rr.TypeNS && e.Kind == Positive && !e.Renew {
			expires = min(expires, old.expires)
		}
	}
	if e.TTL > 0 {
		m.all[at] = known{e, expires, glued}
	} else {
		delete(m.all, at)
	}
	if e.Kind == Positive && e.Rank >= Answer {
		delete(m.all, fmt.Sprint(name, spaceOfNames))
	}
	return true
}

func (m *model) find(name string, t rr.Type) (known, bool) {
	typed, ok := m.all[fmt.Sprint(name, space(t))]
	ok = ok && typed.expires > m.now-m.stale
	if ok && typed.expires > m.now {
		return typed, true
	}
	none, found := m.all[fmt.Sprint(name, spaceOfNames)]
	if found && none.expires > m.now-m.stale && (!ok || none.expires > m.now) {
		return none, true
	}
	return typed, ok
}

var modelNames = []string{"a.example.", "b.example.", "A.B.example.", "."}

func drawEntry(t *rapid.T) Entry {
	e := Entry{
		Kind: rapid.SampledFrom([]Kind{Positive, Positive, NoData, NoName}).Draw(t, "kind"),
		Rank: Rank(rapid.IntRange(int(Hint), int(Secure)).Draw(t, "rank")),
		Type: rapid.SampledFrom([]rr.Type{rr.TypeA, rr.TypeNS}).Draw(t, "type"),
		TTL:  uint32(rapid.IntRange(0, 30).Draw(t, "ttl")),
	}
	e.Renew = rapid.Bool().Draw(t, "renew")
	if e.Kind == Positive {
		e.Set = rr.AppendRecord(nil, e.Type, 0, rapid.SliceOfN(rapid.Byte(), 1, 4).Draw(t, "data"))
	}
	return e
}

// A cache with room enough is what the model says, whatever happens to it.
func TestCacheIsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, at := fresh(Options{MaxStale: 20 * time.Second})
		m := &model{now: at.seconds, stale: 20, all: make(map[string]known)}
		t.Repeat(map[string]func(*rapid.T){
			"put": func(t *rapid.T) {
				name, e := rapid.SampledFrom(modelNames).Draw(t, "name"), drawEntry(t)
				if got, want := c.Put(key(name), e), m.put(name, e); got != want {
					t.Fatalf("taken is %v, want %v", got, want)
				}
			},
			"wait": func(t *rapid.T) {
				at.seconds += int64(rapid.IntRange(1, 15).Draw(t, "seconds"))
				m.now = at.seconds
			},
			"": func(t *rapid.T) {
				for _, name := range modelNames {
					for _, rtype := range []rr.Type{rr.TypeA, rr.TypeNS, rr.TypeMX} {
						compare(t, c, m, name, rtype)
					}
				}
			},
		})
	})
}

func compare(t *rapid.T, c *Cache, m *model, name string, rtype rr.Type) {
	hit, ok := c.Find(key(name), rtype)
	want, found := m.find(name, rtype)
	if ok != found {
		t.Fatalf("%s %s: found is %v, want %v", name, rtype, ok, found)
	}
	if !ok {
		return
	}
	left := max(want.expires-m.now, 0)
	if hit.Kind != want.entry.Kind || hit.Rank != want.entry.Rank || string(hit.Set) != string(want.entry.Set) ||
		int64(hit.TTL) != left || hit.Stale != (left == 0) {
		t.Fatalf("%s %s: got %+v of %+v, want %+v", name, rtype, hit, *hit.Entry, want)
	}
}

// The bound holds at all times, and what was used last is what stays.
func TestBound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const limit = 8 << 10
		c, _ := fresh(Options{Bytes: limit})
		var order []string // the last used at the end
		use := func(name string) {
			order = slices.DeleteFunc(order, func(s string) bool { return s == name })
			order = append(order, name)
		}
		for i := range rapid.IntRange(1, 60).Draw(t, "steps") {
			name := fmt.Sprintf("n%d.example.", rapid.IntRange(0, 40).Draw(t, "n"))
			if rapid.Bool().Draw(t, "look") {
				if _, ok := c.Find(key(name), rr.TypeA); ok {
					use(name)
				}
				continue
			}
			e := positive(Answer, 60, slices.Repeat([]byte{byte(i)}, rapid.IntRange(1, 40).Draw(t, "records"))...)
			c.Put(key(name), e)
			use(name)
		}
		if c.Bytes() > limit {
			t.Fatalf("%d octets of %d", c.Bytes(), limit)
		}
		for _, name := range order[len(order)-c.Len():] {
			if _, ok := c.shards[0].nodes[place{key(name).Hash(2), space(rr.TypeA)}]; !ok {
				t.Fatalf("%s is gone, %d older ones are kept", name, c.Len())
			}
		}
		total, count := 0, 0
		for n := c.shards[0].ring.next; n != &c.shards[0].ring; n = n.next {
			total, count = total+n.size(), count+1
		}
		if total != c.Bytes() || count != c.Len() {
			t.Fatalf("%d octets in %d entries, the account says %d in %d", total, count, c.Bytes(), c.Len())
		}
	})
}
