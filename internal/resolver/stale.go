package resolver

import (
	"context"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
)

// Extended errors that a resolver has use for (RFC 8914, Section 4).
const (
	edeStale       code.EDE = 3
	edeCachedError code.EDE = 13
	edeStaleNoName code.EDE = 19
	edeNoReachable code.EDE = 22
	edeBogus       code.EDE = 6
)

// failed is a Result that says no more than why there is none.
func failed(ede code.EDE, text string) *Result {
	return &Result{Rcode: code.ServFail, EDE: ede, Text: text}
}

// fromCache answers q without asking anybody; with stale also from what has
// expired. What is about to expire, or has, is asked for anew in the background.
func (r *Resolver) fromCache(q Question, stale bool) (*Result, bool) {
	w := r.walk(q)
	w.offline, w.stale = true, stale
	res := w.run()
	if w.missing {
		return nil, false
	}
	if res.Stale {
		res.EDE, res.Text = edeStale, "expired data, as nothing newer could be had in time"
		if res.Rcode == code.NXDomain {
			res.EDE = edeStaleNoName
		}
	}
	return res, true
}

// orStale is res, or where that is a failure, what has expired and may be
// served in its place (RFC 8767, Section 4).
func (r *Resolver) orStale(q Question, res *Result) *Result {
	if res.Rcode != code.ServFail || !r.options.Stale {
		return res
	}
	if old, ok := r.fromCache(q, true); ok && old.Rcode != code.ServFail {
		return old
	}
	return res
}

// stalePatience is a channel that fires when a client has waited long enough
// for something newer than what has expired; it never does where that is not
// served.
func (r *Resolver) stalePatience() (<-chan time.Time, func() bool) {
	if !r.options.Stale {
		return nil, func() bool { return false }
	}
	t := time.NewTimer(max(r.options.StaleAfter, 0))
	return t.C, t.Stop
}

// search answers q by asking; with renew also where the cache knows an answer
// that ends soon.
func (r *Resolver) search(ctx context.Context, q Question, renew bool) *Result {
	ctx, cancel := context.WithTimeout(ctx, r.options.Patience)
	defer cancel()
	w := r.walk(q)
	w.ctx, w.renew = ctx, renew
	return w.run()
}
