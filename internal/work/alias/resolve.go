package alias

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver"
)

const (
	maxTTL = 86400 // of an answer, in seconds
	// bareTTL is for how long a denial holds that says nothing about that, in
	// seconds.
	bareTTL = 5
	// maxAddresses bounds how many of the addresses of a target are kept.
	maxAddresses = 256
	// maxWhy bounds the text of a failure, in octets.
	maxWhy = 200
)

// resolve asks for k's family and takes in what comes of it.
func (t *Table) resolve(k *ticket) {
	f := k.family
	t.mu.Lock()
	f.began = t.now()
	within := f.within(f.began)
	t.mu.Unlock()
	ctx, cancel := context.WithTimeout(t.ctx, t.options.patience(k.class))
	r := t.options.Resolver.Renew(ctx, resolver.Question{Name: f.target.name, Type: f.rtype}, within)
	cancel()
	next := judge(r, f.rtype)
	t.counts.resolved(next)
	t.mu.Lock()
	defer t.mu.Unlock()
	f.ticket = nil
	if !f.target.dropped && !f.target.refused && !t.closed {
		t.settle(f, next)
	}
}

// within is what has to be asked for anew: what ends before f is asked again, and
// a bit more, lest the next answer be a short one.
func (f *family) within(now int64) time.Duration {
	k := f.known.Load()
	if k == nil || k.expires <= now {
		return time.Second
	}
	return time.Duration(k.expires-now) + time.Duration(k.ttl/8+2)*time.Second
}

// judge is what r says of a family; the times are to be filled in.
func judge(r *resolver.Result, t rr.Type) *known {
	switch {
	case r.Rcode == code.NXDomain && !r.Stale:
		return &known{gone: true, ttl: denialTTL(r), bare: len(r.Authority) == 0}
	case r.Rcode != code.NoError || r.Stale:
		return &known{why: reasonOf(r), endless: endless(r.Chain)}
	}
	if n := len(r.Answer); n > 0 && r.Answer[n-1].Set.Type() == t {
		k := &known{ttl: min(r.TTL, maxTTL)}
		k.keep(bounded(r.Answer[n-1].Set))
		return k
	}
	return &known{ttl: denialTTL(r), bare: len(r.Authority) == 0}
}

// endless reports whether c is a chain that has no end: that is an answer, though
// not one of use.
func endless(c resolver.Chain) bool {
	if len(c) == 0 {
		return false
	}
	last := c[len(c)-1]
	return last.Depth == 0 && (last.Kind == resolver.Loop || last.Kind == resolver.TooLong)
}

// denialTTL is how long a denial holds (RFC 2308, Section 5).
func denialTTL(r *resolver.Result) uint32 {
	if len(r.Authority) == 0 {
		return bareTTL
	}
	return min(r.TTL, maxTTL)
}

// bounded is set as far as it is kept.
func bounded(set rr.Set) rr.Set {
	rest := set
	for n := 0; n < maxAddresses && !rest.Empty(); n++ {
		_, rest = rest.Next()
	}
	return set[:len(set)-len(rest)]
}

func reasonOf(r *resolver.Result) string {
	why := r.Text
	switch {
	case why != "":
	case r.Stale:
		why = "nothing but expired data is to be had"
	default:
		why = "the answer is " + r.Rcode.String()
	}
	return why[:min(len(why), maxWhy)]
}

// settle makes next what is known of f, and plans when to ask again.
func (t *Table) settle(f *family, next *known) {
	now, old := t.now(), f.lasting()
	if next.why != "" {
		if f.tries++; f.tries == 1 {
			f.failed = uint32(f.began / second)
		}
		t.at(f, now+backoff(f.tries, old.good(now) || next.endless))
		if !next.endless {
			next = old.failing(next.why, now)
		}
		f.publish(next)
		return
	}
	f.tries = 0
	if next.bare && old != nil && now < old.expires {
		t.at(f, min(old.expires, now+bareTTL*second)) // what has time left is to be had from any cache
		return
	}
	next.expires = now + int64(max(next.ttl, 1))*second
	next.fails = next.expires + grace
	f.publish(next)
	t.at(f, f.ahead(next))
	if !next.bare {
		t.note(f, next, !next.same(old))
	}
}

// failing is k, which may be nil, after an attempt that failed.
func (k *known) failing(why string, now int64) *known {
	if !k.good(now) {
		return &known{why: why}
	}
	next := k.clone()
	next.why = why
	return next
}

const (
	shortest    = second // between two attempts
	longestLost = 60 * second
	longestDead = 300 * second
	longestLead = 600 * second
)

// backoff is how long to wait after so many attempts that failed: twice as long
// each time, spread by an eighth to either side.
func backoff(tries int32, good bool) int64 {
	longest := longestDead
	if good {
		longest = longestLost
	}
	wait := min(second<<min(tries-1, 10), longest)
	return max(wait-wait/8+rand.Int64N(wait/4+1), shortest)
}

// ahead is when f is to be asked for again so that the answer k is replaced before
// it ends, spread over a tenth of its time.
func (f *family) ahead(k *known) int64 {
	lead := min(int64(k.ttl)*second/10, longestLead)
	lead += rand.Int64N(lead + 1)
	return min(max(k.expires-lead, f.began+shortest), k.expires)
}

// latest is when f, of which k is known, is to be asked for at the latest, seen
// from now.
func (f *family) latest(k *known, now int64) int64 {
	switch {
	case k == nil:
		return now
	case k.why == "":
		return k.expires
	}
	return now + backoff(f.tries, k.good(now))
}

// shifted is k, which is an answer, where the clock was set to now.
func (k *known) shifted(now int64) *known {
	next := k.clone()
	next.expires = min(k.expires, now+int64(k.ttl)*second)
	next.fails = min(k.fails, next.expires+grace)
	return next
}
