package stats

import (
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// tallies lends each tally to one worker at a time, for a batch. Nobody waits
// for another: who finds a tally lent takes the next, and a reader puts an empty
// one in the place of one that is not lent. There are fewer than there may be
// workers, for most of these wait most of the time.
type tallies struct {
	places [maxPlaces]place
	made   atomic.Int32 // places that have a tally
	taking sync.Mutex
	taken  Counts // all that was counted before the last Take
	empty  *tally // for the next place that is taken
}

// place is where a tally is while it is not lent.
type place struct {
	tally atomic.Pointer[tally]
	_     [56]byte
}

// So many batches can be counted at one time: some for each processor.
const (
	minPlaces    = 8
	maxPlaces    = 128
	perProcessor = 4
)

// join is the place that the worker of that number tries first.
func (t *tallies) join(worker int) int {
	most := min(max(minPlaces, perProcessor*runtime.GOMAXPROCS(0)), maxPlaces)
	if worker < most {
		t.places[worker].tally.Store(newTally())
		t.made.Store(int32(worker + 1))
	}
	return worker % most
}

// lend lends w a tally; it is false where all are lent, and what w counts then
// is missing.
func (w *Worker) lend() bool {
	if w.tallies == nil {
		return false
	}
	made := int(w.tallies.made.Load())
	for range made {
		if w.place >= made {
			w.place = 0
		}
		if w.tally = w.tallies.places[w.place].tally.Swap(nil); w.tally != nil {
			return true
		}
		w.place++
	}
	return false
}

func (w *Worker) giveBack() {
	w.tallies.places[w.place].tally.Store(w.tally)
	w.tally = nil
}

// Sum is what was counted since the Take before. All and Elsewhere are exact; the
// others are estimates where a worker had more than some thousand queries a second
// for many zones.
type Sum struct {
	All       Counts
	Elsewhere Counts            // of no zone of ours
	Beyond    Counts            // of zones of ours that there was no room to tell apart
	Zones     map[string]Counts // by apex in wire form, lower-cased
	Names     []Name            // asked for most, in no order; a name may come more than once
	Missing   []Name            // the same of names that do not exist
}

// Name is how often a name was asked for. Where there were many it is an
// estimate, from below.
type Name struct {
	Name, Zone string // in wire form, lower-cased
	Count      uint64
}

// Take is what all workers counted since the last Take. Of a batch that is
// under way it has nothing yet. The workers go on meanwhile.
func (q *Queries) Take() *Sum {
	t := &q.tallies
	t.taking.Lock()
	defer t.taking.Unlock()
	if t.empty == nil {
		t.empty = newTally()
	}
	sum := &Sum{Zones: make(map[string]Counts)}
	for i := range int(t.made.Load()) {
		if full := t.places[i].take(t.empty); full != nil {
			sum.add(full)
			full.reset()
			t.empty = full
		}
	}
	now := q.counts() // last, so that what the tallies had is in it
	sum.All = now
	sum.All.Sub(&t.taken)
	t.taken = now
	return sum
}

// A worker gives its tally back some thousand times a second, so that it is
// soon there.
const (
	takeTries = 40
	takePause = 50 * time.Microsecond
)

// take puts empty in the place of the tally that is there; nil where that is lent
// all the time.
func (p *place) take(empty *tally) *tally {
	for try := 0; ; try++ {
		if full := p.tally.Load(); full != nil && p.tally.CompareAndSwap(full, empty) {
			return full
		}
		if try == takeTries {
			return nil
		}
		time.Sleep(takePause)
	}
}

func (s *Sum) add(t *tally) {
	t.zones[elsewhere].addTo(&s.Elsewhere)
	t.zones[beyond].addTo(&s.Beyond)
	for i := range t.zones[reserved:] {
		z := &t.zones[reserved+i]
		c := s.Zones[string(z.apex)]
		z.addTo(&c)
		s.Zones[string(z.apex)] = c
	}
	s.Names = t.names.appendTo(s.Names)
	s.Missing = t.missing.appendTo(s.Missing)
}

func (z *zoneCount) addTo(c *Counts) {
	for i, n := range z.types {
		c.types[i] += uint64(n)
	}
	for i, n := range z.rcodes {
		c.rcodes[i] += uint64(n)
	}
}

func (s *sketch) appendTo(list []Name) []Name {
	s.all(func(n *named, count uint32) {
		list = append(list, Name{Name: string(n.name[:n.size]), Zone: string(n.zone), Count: uint64(count)})
	})
	return list
}
