package stats

import (
	"fmt"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
)

// tell is a response as serve reports it. It is false where there is no tally to
// count the zone.
func tell(w *Worker, apex, name dname.Name, r code.Rcode) bool {
	w.Query(rr.TypeA, r, false)
	if w.Zone(apex, rr.TypeA, r) {
		w.Name(apex, name, r == code.NXDomain)
	}
	return w.tally != nil
}

func byName(list []Name) map[string]uint64 {
	m := map[string]uint64{}
	for _, n := range list {
		m[dname.Name(n.Name).String()+" of "+dname.Name(n.Zone).String()] += n.Count
	}
	return m
}

func TestTakeByZoneAndName(t *testing.T) {
	q := new(Queries)
	a, b := q.Worker(), q.Worker()
	example, test := dname.MustParse("example."), dname.MustParse("test.")
	tell(a, example, dname.MustParse("wWw.Example."), code.NoError)
	tell(a, example, dname.MustParse("www.example."), code.NoError)
	tell(a, test, dname.MustParse("test."), code.NoError)
	tell(a, example, dname.MustParse("nowhere.example."), code.NXDomain)
	tell(b, dname.MustParse("example."), dname.MustParse("www.example."), code.NoError) // the zone anew, as after a change
	tell(b, nil, dname.MustParse("www.elsewhere."), code.Refused)
	if s := q.Take(); len(s.Zones) != 0 || s.All.Total() != 6 {
		t.Errorf("in the middle of a batch: %v", s)
	}
	a.Done(4, time.Microsecond)
	b.Done(2, time.Microsecond)
	s := q.Take()
	if len(s.Zones) != 2 || s.Elsewhere.Total() != 1 || s.Beyond.Total() != 0 || s.All.Total() != 0 {
		t.Errorf("%+v", s)
	}
	if c := s.Zones[string(example)]; c.Total() != 4 || c.Rcode(code.NXDomain) != 1 {
		t.Errorf("example. has %v", c.ByRcode())
	}
	names := byName(s.Names)
	if len(names) != 2 || names["www.example. of example."] != 3 || names["test. of test."] != 1 {
		t.Errorf("names: %v", names)
	}
	if missing := byName(s.Missing); len(missing) != 1 || missing["nowhere.example. of example."] != 1 {
		t.Errorf("missing: %v", missing)
	}
	if s := q.Take(); len(s.Zones) != 0 || len(s.Names) != 0 || s.All.Total() != 0 {
		t.Errorf("taken twice: %+v", s)
	}
}

// Whatever is asked, a tally does not grow, and what it cannot tell apart it counts together.
func TestMoreZonesThanAreToldApart(t *testing.T) {
	const zones = maxZones + 1000
	q := new(Queries)
	w := q.Worker()
	for i := range zones {
		apex := dname.MustParse(fmt.Sprintf("zone%d.test.", i))
		if w.tally != nil {
			w.tally.lookups = sampling{1, exactZones, 1} // all are looked up
		}
		tell(w, apex, apex, code.NoError)
	}
	w.Done(1, time.Microsecond)
	s := q.Take()
	if len(s.Zones) != maxZones-reserved || s.Beyond.Total() != zones-(maxZones-reserved) || s.All.Total() != zones {
		t.Errorf("%d zones told apart, %d beyond, %d in all", len(s.Zones), s.Beyond.Total(), s.All.Total())
	}
	if len(s.Names) > nameSets*ways {
		t.Errorf("%d names", len(s.Names))
	}
}

// Where much is asked, what is looked at stands for the rest.
func TestEstimates(t *testing.T) {
	const zones, each = 50, 20_000
	q := new(Queries)
	w := q.Worker()
	// One of a thousand seeds puts more than eight of the names into one set of the
	// sketch, which then tells them from below; this one does not.
	tally := q.tallies.places[0].tally.Load()
	tally.seed, tally.random = 1, 1
	var apex [zones]dname.Name
	for i := range apex {
		apex[i] = dname.MustParse(fmt.Sprintf("zone%d.test.", i))
	}
	for range each {
		for i := range apex {
			tell(w, apex[i], apex[i], code.NoError)
		}
	}
	w.Done(1, time.Microsecond)
	s := q.Take()
	if s.All.Total() != zones*each {
		t.Errorf("%d in all", s.All.Total())
	}
	names := byName(s.Names)
	for i := range apex {
		// One in 16 of 20,000: the standard deviation is 550.
		c := s.Zones[string(apex[i])]
		if off := math.Abs(float64(c.Total()) - each); off > 4000 {
			t.Errorf("%s was asked for %d times, and %d were counted", apex[i], each, c.Total())
		}
		if n := names[apex[i].String()+" of "+apex[i].String()]; math.Abs(float64(n)-each) > 4000 {
			t.Errorf("the name %s was counted %d times of %d", apex[i], n, each)
		}
	}
}

// Queries that come in turns as long as the stride are all seen.
func TestSamplingKeepsNoStep(t *testing.T) {
	s := sampling{1, 1, 1}
	random := uint64(1)
	s.next(&random)
	var seen [stride]int
	const rounds = 16_000
	for i := range rounds * stride {
		if s.turn() {
			seen[i%stride]++
			s.next(&random)
		}
	}
	total := 0
	for i, n := range seen {
		total += n
		if n < rounds/stride*8/10 || n > rounds/stride*12/10 {
			t.Errorf("step %d was seen %d times, want about %d", i, n, rounds/stride)
		}
	}
	if total < rounds*95/100 || total > rounds*105/100 {
		t.Errorf("%d of %d were looked at", total, rounds*stride)
	}
}

// More workers than tallies share them; nothing is lost, and readers see all once.
func TestTakeWhileMuchIsCounted(t *testing.T) {
	const workers, batches, each = 40, 300, 8
	q := new(Queries)
	apex := dname.MustParse("example.")
	var counting sync.WaitGroup
	var untold atomic.Uint64
	for range workers {
		counting.Go(func() {
			w := q.Worker()
			for range batches {
				for range each {
					if !tell(w, apex, apex, code.NoError) {
						untold.Add(1)
					}
				}
				w.Done(each, time.Microsecond)
			}
		})
	}
	done := make(chan struct{})
	go func() { counting.Wait(); close(done) }()
	var sum Sum
	sum.Zones = map[string]Counts{}
	take := func() {
		s := q.Take()
		sum.All.Add(&s.All)
		c, more := sum.Zones[string(apex)], s.Zones[string(apex)]
		c.Add(&more)
		sum.Zones[string(apex)] = c
	}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		take()
	}
	take()
	c := sum.Zones[string(apex)]
	if sum.All.Total() != workers*batches*each {
		t.Errorf("%d in all, want %d", sum.All.Total(), workers*batches*each)
	}
	// Goroutines that are set aside in the middle of a batch keep tallies from
	// others; what these count then has no zone.
	if c.Total()+untold.Load() != sum.All.Total() {
		t.Errorf("%d for the zone and %d for none of %d", c.Total(), untold.Load(), sum.All.Total())
	}
	if n := q.tallies.made.Load(); n > maxPlaces {
		t.Errorf("%d tallies", n)
	}
}

func TestCountingZonesAllocatesNothing(t *testing.T) {
	q := new(Queries)
	w := q.Worker()
	apex, name := dname.MustParse("example."), dname.MustParse("wWw.example.")
	other := dname.MustParse("test.")
	if n := testing.AllocsPerRun(2000, func() {
		tell(w, apex, name, code.NoError)
		tell(w, other, name, code.NXDomain)
		tell(w, nil, name, code.Refused)
		w.Done(3, time.Microsecond)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// A worker that no Queries made counts no zones, and breaks nothing.
func TestWorkerByItself(t *testing.T) {
	w := new(Worker)
	apex := dname.MustParse("example.")
	if w.Zone(apex, rr.TypeA, code.NoError) {
		t.Error("it wants a name")
	}
	w.Done(1, time.Microsecond)
}

func TestTotalsAloneAreCounted(t *testing.T) {
	q := &Queries{Totals: true}
	w := q.Worker()
	w.Query(rr.TypeA, code.NoError, false)
	if w.Zone(dname.MustParse("example."), rr.TypeA, code.NoError) {
		t.Error("the name is to be looked at")
	}
	w.Done(1, time.Microsecond)
	if s := q.Take(); len(s.Zones) != 0 {
		t.Errorf("%+v", s)
	}
	if c := q.counts(); c.types[slot(rr.TypeA)] != 1 {
		t.Errorf("%+v", c)
	}
}
