package resolver

import (
	"context"
	"time"

	"github.com/truename-dns/truename/internal/cache"
	"github.com/truename-dns/truename/internal/dns/dname"
)

// renewal is what a walk asks for anew although the cache knows it: what had
// less than within left and was put before since. The zero renewal is nothing.
type renewal struct {
	within uint32 // seconds
	since  int64  // Unix seconds
}

// wants reports whether hit is to be asked for anew.
func (n renewal) wants(hit cache.Hit) bool { return hit.TTL < n.within && hit.Since < n.since }

// wantsServers reports whether the parent is to be asked for the servers in hit
// anew: what is renewed by servers that are about to go would outlive them.
func (n renewal) wantsServers(hit cache.Hit) bool {
	return n.wants(hit) && hit.TTL <= hit.Entry.TTL/10
}

// due is what is to be asked for anew in the background.
type due struct {
	Question
	within uint32
}

// dueOf is what hit, of which little is left or nothing, makes due: itself, and of
// a chain that it turns out to be, what ends as soon.
func dueOf(hit cache.Hit) due {
	d := due{Question{hit.Owner, hit.Type}, 0}
	if !hit.Stale {
		d.within = hit.TTL + 1
	}
	return d
}

// prefetch asks for d, unless that is being done.
func (r *Resolver) prefetch(d due) {
	d.Name = d.Name.Clone()
	r.flights.join(d, r.searcher(d))
}

// searcher is the search for d, to be begun later.
func (r *Resolver) searcher(d due) func(context.Context, *flight) *Result {
	return func(ctx context.Context, f *flight) *Result {
		ctx, cancel := context.WithTimeout(ctx, r.options.Patience)
		defer cancel()
		w := r.walk(d.Question)
		w.ctx, w.flight = ctx, f
		if d.within > 0 {
			w.renew = renewal{d.within, r.options.Clock().Unix()}
		}
		return w.run()
	}
}

// Renew answers q as Resolve does, but asks anew for every RRset on the chain
// that has less than within left, which is at least a second; so its Result
// lasts that long, if what the servers say does. Who asks for the same at one
// time shares the search. What failed less than a second ago is not tried again, and
// nothing that has expired is served.
func (r *Resolver) Renew(ctx context.Context, q Question, within time.Duration) *Result {
	if res := unaskable(q); res != nil {
		return res
	}
	d := due{Question{q.Name.Clone(), q.Type}, uint32(max(within/time.Second, 1))}
	f := r.flights.join(d, r.searcher(d))
	if f == nil {
		return tooBusy()
	}
	select {
	case <-f.done:
		return f.result
	case <-ctx.Done():
		return tooLate(f)
	}
}

// RenewBoth is Renew of the A and AAAA records of a name, side by side.
func (r *Resolver) RenewBoth(ctx context.Context, name dname.Name, within time.Duration) (a, aaaa *Result) {
	return both(name, func(q Question) *Result { return r.Renew(ctx, q, within) })
}
