package stats

import (
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// Every counted type has a slot of its own, all others share one.
func TestSlots(t *testing.T) {
	owner := map[int]rr.Type{}
	own := map[rr.Type]bool{}
	for i, typ := range counted {
		own[typ] = true
		if got := slot(typ); got != i {
			t.Errorf("%s counts in slot %d, want %d", typ, got, i)
		}
		if other, taken := owner[slot(typ)]; taken {
			t.Errorf("%s and %s share a slot", typ, other)
		}
		owner[slot(typ)] = typ
		if typeName(i) != typ.String() {
			t.Errorf("slot %d is called %s, want %s", i, typeName(i), typ)
		}
	}
	for n := range 1 << 16 {
		if typ := rr.Type(n); !own[typ] && slot(typ) != otherType {
			t.Errorf("%s counts as %s", typ, typeName(slot(typ)))
		}
	}
	if typeName(otherType) != "other" {
		t.Errorf("the others are called %s", typeName(otherType))
	}
}

// exposition is what a scrape sees: the value by name and labels, a histogram
// by its buckets' bounds.
func exposition(t *testing.T, q *Queries) (values map[string]float64, buckets map[float64]uint64, count uint64, sum float64) {
	t.Helper()
	registry := prometheus.NewPedanticRegistry() // checks that names and labels are consistent and unique
	if err := registry.Register(q); err != nil {
		t.Fatal(err)
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	values, buckets = map[string]float64{}, map[float64]uint64{}
	for _, family := range families {
		for _, m := range family.GetMetric() {
			key := family.GetName()
			for _, l := range m.GetLabel() {
				key += " " + l.GetName() + "=" + l.GetValue()
			}
			if h := m.GetHistogram(); h != nil {
				count, sum = h.GetSampleCount(), h.GetSampleSum()
				for _, b := range h.GetBucket() {
					buckets[b.GetUpperBound()] = b.GetCumulativeCount()
				}
				continue
			}
			values[key] = m.GetCounter().GetValue()
		}
	}
	return values, buckets, count, sum
}

func TestQueriesByTypeRcodeAndTransport(t *testing.T) {
	q := new(Queries)
	a, b := q.Worker(), q.Worker()
	a.Query(rr.TypeA, code.NoError, false)
	a.Query(rr.TypeA, code.NoError, false)
	b.Query(rr.TypeA, code.NoError, false)
	b.Query(rr.TypeA, code.NoError, true)
	a.Query(rr.TypeCAA, code.NXDomain, false)
	a.Query(rr.TypeALIAS, code.Refused, true)
	a.Query(rr.TypeHINFO, code.BadVers, false)
	a.Query(65280, code.BadVers, false)
	a.Query(0, code.BadCookie, false)
	a.Query(rr.TypeANY, 4095, false) // sent by nobody, and counted somewhere
	b.Dropped(NotAQuery)
	b.Dropped(RateLimited)
	a.Dropped(RateLimited)
	got, _, _, _ := exposition(t, q)
	const name = "truename_dns_queries_total "
	want := map[string]float64{
		name + "rcode=NOERROR transport=udp type=A":       3,
		name + "rcode=NOERROR transport=tcp type=A":       1,
		name + "rcode=NXDOMAIN transport=udp type=CAA":    1,
		name + "rcode=REFUSED transport=tcp type=ALIAS":   1,
		name + "rcode=BADVERS transport=udp type=other":   2,
		name + "rcode=BADCOOKIE transport=udp type=other": 1,
		name + "rcode=BADCOOKIE transport=udp type=ANY":   1,
		"truename_dns_dropped_total reason=not_a_query":   1,
		"truename_dns_dropped_total reason=rate_limited":  2,
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %v, want %v", key, got[key], value)
		}
	}
	if len(got) != len(want) {
		t.Errorf("got %v", got)
	}
}

// Every rcode that is sent has a name, or two counters would have the same labels.
func TestEveryRcodeSent(t *testing.T) {
	q := new(Queries)
	w := q.Worker()
	for _, r := range []code.Rcode{code.NoError, code.FormErr, code.ServFail, code.NXDomain, code.NotImp, code.Refused, code.YXDomain, code.NotAuth, code.BadVers, code.BadCookie} {
		if r.String() == "OTHER" {
			t.Errorf("%d has no name", r)
		}
		w.Query(rr.TypeA, r, false)
	}
	if got, _, _, _ := exposition(t, q); len(got) != 10+int(drops) {
		t.Errorf("got %v", got)
	}
}

// A bucket holds what took up to its bound, the bound included.
func TestLatencyBuckets(t *testing.T) {
	for _, c := range []struct {
		took  time.Duration
		bound float64 // of the least bucket that holds it
	}{
		{-time.Second, 1e-6}, {0, 1e-6}, {1, 1e-6}, {time.Microsecond, 1e-6}, {time.Microsecond + 1, 2e-6},
		{2 * time.Microsecond, 2e-6}, {2*time.Microsecond + 1, 4e-6}, {3 * time.Microsecond, 4e-6}, {4 * time.Microsecond, 4e-6},
		{4*time.Microsecond + 1, 8e-6}, {time.Millisecond, 1024e-6}, {65536 * time.Microsecond, 65536e-6},
		{65537 * time.Microsecond, 0}, {time.Hour, 0},
	} {
		q := new(Queries)
		q.Worker().Done(3, c.took)
		_, buckets, count, _ := exposition(t, q)
		if count != 3 || len(buckets) != latencyBuckets-1 {
			t.Fatalf("%s: %d in %v", c.took, count, buckets)
		}
		for bound, n := range buckets {
			if inside := c.bound != 0 && bound >= c.bound*0.999; inside != (n == 3) {
				t.Errorf("%s: %d up to %v s", c.took, n, bound)
			}
		}
	}
}

func TestLatencySum(t *testing.T) {
	q := new(Queries)
	w := q.Worker()
	w.Done(0, time.Hour)
	w.Done(2, time.Second)
	w.Done(1, 500*time.Millisecond)
	w.Done(5, -time.Second) // a clock set back takes nothing off
	if _, _, count, sum := exposition(t, q); count != 8 || sum != 2.5 {
		t.Errorf("%d responses took %v s", count, sum)
	}
}

// Workers count while others join and somebody reads; nothing is lost.
func TestCountingAtTheSameTime(t *testing.T) {
	const workers, each = 8, 10_000
	q := new(Queries)
	var counting sync.WaitGroup
	for range workers {
		counting.Go(func() {
			w := q.Worker()
			for range each {
				w.Query(rr.TypeA, code.NoError, false)
				w.Dropped(RateLimited)
				w.Done(1, time.Microsecond)
			}
		})
	}
	stop, read := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(read)
		for last := 0.0; ; {
			select {
			case <-stop:
				return
			default:
			}
			values, _, _, _ := exposition(t, q)
			now := values["truename_dns_dropped_total reason=rate_limited"]
			if now < last {
				t.Errorf("a counter went from %v to %v", last, now)
			}
			last = now
		}
	}()
	counting.Wait()
	close(stop)
	<-read
	values, _, count, _ := exposition(t, q)
	if values["truename_dns_queries_total rcode=NOERROR transport=udp type=A"] != workers*each || count != workers*each {
		t.Errorf("got %v and %d", values, count)
	}
}

func TestCountingAllocatesNothing(t *testing.T) {
	w := new(Queries).Worker()
	if n := testing.AllocsPerRun(100, func() {
		w.Query(rr.TypeHTTPS, code.NXDomain, true)
		w.Dropped(NotAQuery)
		w.Done(32, 10*time.Microsecond)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
