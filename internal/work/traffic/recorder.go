// Package traffic keeps what is asked of this server: each second of the last
// minutes in memory, and minutes, hours and days as documents in the store, each
// by type, response code and zone, with the names that are asked for most. All of
// it is bounded, whatever strangers ask for.
package traffic

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/stats"
	"github.com/truename-dns/truename/internal/store"
)

// Options are what a Recorder needs to know.
type Options struct {
	Queries *stats.Queries               // must be given; nobody else may Take from it
	Shelf   store.Shelf                  // must be given
	Account func(apex dname.Name) string // whose a zone is; must be given
	Clock   func() time.Time             // time.Now
	Log     *slog.Logger                 // slog.Default
}

// Recorder follows what is asked. Run it; all else may be called by many at once,
// from the beginning.
type Recorder struct {
	options Options
	live    live
	writing sync.Mutex // held by who writes to the shelf; taken before mu

	mu     sync.Mutex
	open   [levels]*Bucket // of now; nil before the first
	dirty  [levels]bool    // it is not on the shelf as it is
	late   []finished      // what is past and not on the shelf yet
	zones  map[string]Zone // by apex in wire form; of this minute
	second *Bucket         // since the last tick
	ticked time.Time       // when that was
	cache  cache
}

// finished is a Bucket that is past.
type finished struct {
	level  Level
	bucket *Bucket
}

// New makes a Recorder.
func New(o Options) *Recorder {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	r := &Recorder{options: o, ticked: time.Now(), second: newBucket(time.Time{}), zones: make(map[string]Zone), cache: newCache()}
	r.live.next = make(chan struct{})
	return r
}

// Now is the time that it goes by.
func (r *Recorder) Now() time.Time { return r.options.Clock().UTC() }

// How often what was counted is taken, and written.
const (
	tick      = time.Second
	saveEvery = 10 * time.Second // so much is lost at most where the process is killed
)

// Run follows the clock until ctx ends, and then writes what is not written yet.
func (r *Recorder) Run(ctx context.Context) error {
	r.sweep(ctx)
	seconds := time.NewTicker(tick)
	defer seconds.Stop()
	for saved := time.Now(); ; {
		select {
		case <-ctx.Done():
			r.finish(context.WithoutCancel(ctx))
			return nil
		case now := <-seconds.C:
			r.tick(ctx)
			if now.Sub(saved) >= saveEvery {
				r.save(ctx)
				saved = now
			}
		}
	}
}

// lastPatience bounds the last writing.
const lastPatience = 5 * time.Second

func (r *Recorder) finish(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, lastPatience)
	defer cancel()
	r.tick(ctx)
	r.live.close()
	r.save(ctx)
}

// tick ends a second.
func (r *Recorder) tick(ctx context.Context) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.count(ctx)
	now := time.Now()
	r.live.publish(Second{At: r.options.Clock(), Took: now.Sub(r.ticked), All: r.second.All, zones: r.second.Zones})
	r.second, r.ticked = newBucket(time.Time{}), now
}

// count takes in what was counted since the last time.
func (r *Recorder) count(ctx context.Context) {
	r.turn(ctx)
	sum := r.options.Queries.Take()
	r.second.addCounts(sum, r.zone)
	if sum.All.Total() == 0 && len(sum.Zones) == 0 {
		return
	}
	for l, b := range r.open {
		b.addCounts(sum, r.zone)
		b.addNames(sum, r.zone)
		r.dirty[l] = true
	}
}

// turn opens the Buckets of now, where they are others than before. One that was
// there before the process began, or before the clock was set back, goes on.
func (r *Recorder) turn(ctx context.Context) {
	now := r.options.Clock()
	for l := range levels {
		start := l.Start(now)
		if b := r.open[l]; b != nil && b.Start.Equal(start) {
			continue
		}
		r.shut(l)
		r.open[l], r.dirty[l] = newBucket(start), false
		if b := r.find(ctx, l, start); b != nil {
			r.open[l] = b.clone()
			r.cache.drop(l, start)
		}
		clear(r.zones)
	}
}

// maxLate bounds the Buckets that wait for the store to work again.
const maxLate = 24

// shut makes the Bucket of l one that is past.
func (r *Recorder) shut(l Level) {
	b := r.open[l]
	if b == nil || b.empty() {
		return
	}
	r.cache.put(l, b)
	if r.dirty[l] && len(r.late) < maxLate {
		r.late = append(r.late, finished{l, b})
	}
}

// zone is the zone of an apex in wire form.
func (r *Recorder) zone(apex string) Zone {
	z, known := r.zones[apex]
	if !known {
		name := dname.Name(apex)
		z = Zone{Apex: name.String(), Account: r.options.Account(name)}
		r.zones[apex] = z
	}
	return z
}

// Buckets is what was asked, to this moment, in the stretches of l that begin from
// from on and before to, those in which nothing was asked left out. What is kept
// no more, or cannot be read, is missing.
func (r *Recorder) Buckets(ctx context.Context, l Level, from, to time.Time) []*Bucket {
	r.mu.Lock()
	r.count(ctx)
	open := r.open[l].clone()
	r.mu.Unlock()
	var list []*Bucket
	for at := l.Start(from); at.Before(to) && ctx.Err() == nil; at = at.Add(l.Length()) {
		b := open
		if !at.Equal(open.Start) {
			r.mu.Lock()
			b = r.find(ctx, l, at)
			r.mu.Unlock()
		}
		if b != nil && !b.empty() {
			list = append(list, b)
		}
	}
	return list
}
