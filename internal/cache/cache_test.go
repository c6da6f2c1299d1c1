package cache

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// clock is one that moves when told.
type clock struct{ seconds int64 }

func (c *clock) now() time.Time { return time.Unix(c.seconds, 0) }

func key(name string) *dname.Key {
	k := new(dname.Key)
	k.Set(dname.MustParse(name))
	return k
}

func addresses(last ...byte) (s rr.Set) {
	for _, b := range last {
		s = rr.AppendRecord(s, rr.TypeA, 0, []byte{192, 0, 2, b})
	}
	return s
}

func positive(rank Rank, ttl uint32, last ...byte) Entry {
	return Entry{Rank: rank, Type: rr.TypeA, Set: addresses(last...), TTL: ttl}
}

func nameservers(rank Rank, ttl uint32, name string) Entry {
	return Entry{Rank: rank, Type: rr.TypeNS, TTL: ttl, Set: rr.AppendRecord(nil, rr.TypeNS, 0, dname.MustParse(name))}
}

func denial(kind Kind, ttl uint32) Entry {
	return Entry{Kind: kind, Rank: Authority, Type: rr.TypeA, TTL: ttl, Apex: dname.MustParse("example."), SOA: rr.AppendRecord(nil, rr.TypeSOA, ttl, make([]byte, 22))}
}

func fresh(o Options) (*Cache, *clock) {
	at := &clock{1_000_000}
	o.Clock = at.now
	return New(o), at
}

// What is found is what was put, counts down, and goes stale on time.
func TestTimeToLive(t *testing.T) {
	k := key("WWW.example.")
	for _, x := range []struct {
		situation string
		entry     Entry
		after     int64
		ok, stale bool
		ttl       uint32
	}{
		{"at once", positive(Answer, 60, 1), 0, true, false, 60},
		{"later", positive(Answer, 60, 1), 59, true, false, 1},
		{"at its end", positive(Answer, 60, 1), 60, true, true, 0},
		{"stale", positive(Answer, 60, 1), 109, true, true, 0},
		{"too stale", positive(Answer, 60, 1), 110, false, false, 0},
		{"longer than allowed", positive(Answer, 5000, 1), 0, true, false, 1000},
		{"shorter than allowed", positive(Answer, 1, 1), 0, true, false, 5},
		{"a negative number", positive(Answer, 1<<31, 1), 0, true, false, 5},
		{"a denial of a day", denial(NoData, 86400), 0, true, false, 100},
		{"a denial of no time", denial(NoName, 0), 0, false, false, 0},
	} {
		c, at := fresh(Options{MaxTTL: 1000, MinTTL: 5, MaxNegative: 100, MaxStale: 50 * time.Second})
		if !c.Put(k, x.entry) {
			t.Errorf("%s: not taken", x.situation)
		}
		at.seconds += x.after
		hit, ok := c.Find(key("www.EXAMPLE."), rr.TypeA)
		if ok != x.ok {
			t.Errorf("%s: found is %v", x.situation, ok)
		}
		if !ok {
			continue
		}
		if hit.Stale != x.stale || hit.TTL != x.ttl || hit.Kind != x.entry.Kind || string(hit.Set) != string(x.entry.Set) ||
			string(hit.SOA) != string(x.entry.SOA) || hit.Owner.String() != "www.example." || hit.Since != at.seconds-x.after {
			t.Errorf("%s: got %+v %+v", x.situation, hit, *hit.Entry)
		}
	}
}

// Trust decides while the old lives (RFC 2181, Section 5.4.1).
func TestRank(t *testing.T) {
	for _, x := range []struct {
		situation string
		old, new  Entry
		after     int64
		replaced  bool
	}{
		{"more trusted", positive(Glue, 60, 1), positive(Answer, 60, 2), 0, true},
		{"as trusted", positive(Answer, 60, 1), positive(Answer, 60, 2), 0, true},
		{"less trusted", positive(Authoritative, 60, 1), positive(Glue, 60, 2), 59, false},
		{"less trusted after its end", positive(Authoritative, 60, 1), positive(Glue, 60, 2), 60, true},
		{"a denial", positive(Glue, 60, 1), denial(NoData, 60), 0, true},
		{"a denial by one who has no say", positive(Authoritative, 60, 1), denial(NoData, 60), 0, false},
		{"asked anew", positive(Authoritative, 60, 1), Entry{Rank: Referral, Type: rr.TypeA, Set: addresses(2), TTL: 60, Renew: true}, 55, true},
	} {
		c, at := fresh(Options{})
		k := key("www.example.")
		c.Put(k, x.old)
		at.seconds += x.after
		took := c.Put(k, x.new)
		hit, _ := c.Find(k, rr.TypeA)
		if took != x.replaced || (string(hit.Set) == string(x.new.Set)) != x.replaced || c.Len() != 1 {
			t.Errorf("%s: taken %v, found %+v of %d", x.situation, took, *hit.Entry, c.Len())
		}
	}
}

// The servers of a zone cannot prolong their own term.
func TestNameserversEndOnTime(t *testing.T) {
	for _, x := range []struct {
		situation string
		new       Entry
		left      uint32
	}{
		{"the same again", nameservers(Authority, 100, "ns1.example."), 40},
		{"others", nameservers(Authority, 100, "ns2.example."), 40},
		{"more trusted", nameservers(Authoritative, 100, "ns1.example."), 40},
		{"for a shorter time", nameservers(Authoritative, 10, "ns1.example."), 10},
		{"asked anew from above", Entry{Rank: Referral, Type: rr.TypeNS, TTL: 100, Set: nameservers(0, 0, "ns3.example.").Set, Renew: true}, 100},
	} {
		c, at := fresh(Options{})
		k := key("example.")
		c.Put(k, nameservers(Authority, 100, "ns1.example."))
		at.seconds += 60
		c.Put(k, x.new)
		if hit, ok := c.Find(k, rr.TypeNS); !ok || hit.TTL != x.left || string(hit.Set) != string(x.new.Set) {
			t.Errorf("%s: %d s left of %x", x.situation, hit.TTL, hit.Set)
		}
	}
}

func TestAbsenceOfANameHoldsForAllTypes(t *testing.T) {
	c, at := fresh(Options{})
	k := key("www.example.")
	c.Put(k, positive(Answer, 10, 1))
	c.Put(k, denial(NoName, 60))
	if hit, ok := c.Find(k, rr.TypeMX); !ok || hit.Kind != NoName {
		t.Error("another type is not denied")
	}
	if hit, _ := c.Find(k, rr.TypeA); hit.Kind != Positive {
		t.Error("what is alive does not go first")
	}
	at.seconds += 20
	if hit, _ := c.Find(k, rr.TypeA); hit.Kind != NoName || hit.Stale {
		t.Error("what is stale goes before a denial that is alive")
	}
	at.seconds += 60
	if hit, _ := c.Find(k, rr.TypeA); hit.Kind != Positive || !hit.Stale {
		t.Error("of two stale ones the denial goes first")
	}
	c.Put(k, denial(NoName, 60))
	c.Put(k, Entry{Rank: Answer, Type: rr.TypeAAAA, TTL: 60, Set: rr.AppendRecord(nil, rr.TypeAAAA, 0, make([]byte, 16))})
	if _, ok := c.Find(k, rr.TypeMX); ok {
		t.Error("a name that has records is denied")
	}
}

func TestWhatLastsNoTimeEndsWhatWas(t *testing.T) {
	c, at := fresh(Options{})
	k := key("www.example.")
	c.Put(k, positive(Answer, 60, 1))
	at.seconds += 100
	c.Put(k, positive(Answer, 0, 2))
	if hit, ok := c.Find(k, rr.TypeA); ok || c.Len() != 0 {
		t.Errorf("found %+v", hit.Entry)
	}
	c.Put(k, denial(NoName, 60))
	c.Put(k, positive(Answer, 0, 2))
	if _, ok := c.Find(k, rr.TypeMX); ok {
		t.Error("a name that has records is denied")
	}
}

func TestFindAbove(t *testing.T) {
	c, _ := fresh(Options{})
	for i, name := range []string{".", "example.", "b.example.", "A.b.example."} {
		c.Put(key(name), positive(Answer, 60, byte(i)))
	}
	k := key("a.B.example.")
	for depth := range 4 {
		if hit, ok := c.FindAbove(k, depth, rr.TypeA); !ok || hit.Set.Data()[3] != byte(depth) {
			t.Errorf("depth %d: found %v", depth, hit.Entry)
		}
	}
}

// Once, and once more where nothing has come of it for five seconds.
func TestPrefetchIsAskedForOnce(t *testing.T) {
	c, at := fresh(Options{})
	k := key("www.example.")
	c.Put(k, positive(Answer, 100, 1))
	marks := 0
	for second := range 100 {
		hit, ok := c.Find(k, rr.TypeA)
		if !ok || hit.Stale {
			t.Fatalf("second %d: not found", second)
		}
		if hit.Prefetch {
			if marks++; hit.TTL != uint32(15-5*marks) {
				t.Errorf("marked with %d s left", hit.TTL)
			}
		}
		at.seconds++
	}
	if hit, _ := c.Find(k, rr.TypeA); marks != 2 || hit.Prefetch {
		t.Errorf("%d marks", marks)
	}
}

// A clock that is set back makes nothing last longer than it was put for.
func TestClockSetBack(t *testing.T) {
	const hours = 3 * 3600
	c, at := fresh(Options{})
	k := key("www.example.")
	c.Put(k, positive(Answer, 60, 1))
	c.Fail(key("failed.example."), Entry{Type: rr.TypeA})
	at.seconds += 57
	c.Find(k, rr.TypeA) // is marked for prefetch
	at.seconds -= hours
	for _, left := range []uint32{60, 40, 4} {
		hit, ok := c.Find(k, rr.TypeA)
		if !ok || hit.Stale || hit.TTL != left || hit.Since != at.seconds-60+int64(left) || hit.Prefetch != (left == 4) {
			t.Errorf("with %d s left: %v, %d s since %d, now %d, prefetch %v", left, ok, hit.TTL, hit.Since, at.seconds, hit.Prefetch)
		}
		if hit, _ := c.Failure(key("failed.example."), rr.TypeA); hit.TTL > firstFailure {
			t.Errorf("a failure lasts %d s", hit.TTL)
		}
		at.seconds += map[uint32]int64{60: 20, 40: 36, 4: 4}[left]
	}
	if hit, ok := c.Find(k, rr.TypeA); !ok || !hit.Stale {
		t.Errorf("after its time: %+v", hit)
	}
	at.seconds -= 10
	if hit, _ := c.Find(k, rr.TypeA); hit.TTL > 60 {
		t.Errorf("after its time, and back: %d s", hit.TTL)
	}
}

// Failures last longer the more of them follow one another (RFC 9520, Section
// 3.2), and stand beside what is known, not in its place.
func TestFailures(t *testing.T) {
	c, at := fresh(Options{})
	k := key("www.example.")
	c.Put(k, positive(Answer, 10, 1))
	at.seconds += 10
	for _, want := range []uint32{5, 10, 20, 40, 80, 160, 300, 300} {
		c.Fail(k, Entry{Type: rr.TypeA, EDE: code.Other, Text: "no server answered"})
		hit, ok := c.Failure(k, rr.TypeA)
		if !ok || hit.TTL != want || hit.Kind != Failed || hit.Text != "no server answered" {
			t.Fatalf("%d s, want %d: %+v", hit.TTL, want, hit.Entry)
		}
		c.Fail(k, Entry{Type: rr.TypeA, EDE: code.Other, Text: "again"})
		if hit, _ := c.Failure(k, rr.TypeA); hit.TTL != want {
			t.Error("a failure prolongs one that is alive")
		}
		at.seconds += int64(want)
	}
	if _, ok := c.Failure(k, rr.TypeA); ok {
		t.Error("a failure outlives its time")
	}
	if _, ok := c.Failure(k, rr.TypeMX); ok {
		t.Error("another type has failed")
	}
	at.seconds += 301
	c.Fail(k, Entry{Type: rr.TypeA})
	if hit, _ := c.Failure(k, rr.TypeA); hit.TTL != firstFailure {
		t.Errorf("after a long while it lasts %d s", hit.TTL)
	}
	at.seconds += 20
	for _, want := range []uint32{30, 60} {
		c.Fail(k, Entry{Type: rr.TypeA, TTL: 30})
		if hit, _ := c.Failure(k, rr.TypeA); hit.TTL != want {
			t.Errorf("one to be kept for 30 s at least: %d s, want %d", hit.TTL, want)
		}
		at.seconds += int64(want)
	}
	if hit, ok := c.Find(k, rr.TypeA); !ok || !hit.Stale || hit.Kind != Positive {
		t.Error("the stale answer is gone")
	}
}

func TestWhatIsTooBigIsNotKept(t *testing.T) {
	c, _ := fresh(Options{Bytes: 4096})
	k := key("www.example.")
	c.Put(k, positive(Answer, 60, 1))
	c.Put(k, Entry{Rank: Answer, Type: rr.TypeA, TTL: 60, Set: make(rr.Set, 5000)})
	if c.Len() != 0 || c.Bytes() != 0 {
		t.Errorf("%d entries of %d octets", c.Len(), c.Bytes())
	}
}

func TestHitAllocatesNothing(t *testing.T) {
	c := New(Options{})
	name, k := dname.MustParse("www.example.com."), new(dname.Key)
	c.Put(key("www.example.com."), positive(Answer, 3600, 1, 2))
	if n := testing.AllocsPerRun(100, func() {
		k.Set(name)
		if hit, ok := c.Find(k, rr.TypeA); !ok || hit.TTL == 0 {
			t.Fatal("not found")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestManyAtOnce(t *testing.T) {
	c := New(Options{Bytes: 256 << 10})
	var wg sync.WaitGroup
	for g := range 8 {
		wg.Go(func() {
			for i := range 500 {
				k := key(strings.Repeat("x", 1+(i*7+g)%60) + ".example.")
				c.Put(k, positive(Answer, 60, byte(i)))
				c.Fail(k, Entry{Type: rr.TypeA})
				if hit, ok := c.Find(k, rr.TypeA); ok && (hit.Set.Count() != 1 || hit.Owner.Labels() != 2) {
					t.Errorf("found %+v", hit.Entry)
				}
			}
		})
	}
	wg.Wait()
}

func BenchmarkFind(b *testing.B) {
	c := New(Options{Bytes: 256 << 20})
	names := make([]dname.Name, 1<<16)
	for i := range names {
		names[i] = dname.MustParse(strings.Join([]string{"host" + string(rune('a'+i%26)), "n" + strings.Repeat("y", i%17), string(rune('a' + i/26%26)), "z" + string(rune('a'+i/676%26)) + string(rune('a'+i/17576%26)), "example.com."}, "."))
		k := new(dname.Key)
		k.Set(names[i])
		c.Put(k, positive(Answer, 3600, byte(i)))
	}
	b.ReportAllocs()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		k := new(dname.Key)
		for i := 0; pb.Next(); i += 7919 {
			k.Set(names[i%len(names)])
			if _, ok := c.Find(k, rr.TypeA); !ok {
				b.Fatal("not found")
			}
		}
	})
}
