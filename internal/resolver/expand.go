package resolver

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/dname"
	"github.com/truename-dns/truename/internal/dns/rr"
	"github.com/truename-dns/truename/internal/resolver/message"
)

// Limits of an expansion.
const (
	maxBranches  = 64  // targets that are followed for one question
	maxAddresses = 512 // of all targets together; more do no client any good
)

// tree is what a walk shares with those that it sends to the targets of ALIAS
// records.
type tree struct {
	branches int
	passed   []dname.Name // owners whose targets are followed, or have been
}

// branch is the way to one target of an ALIAS.
type branch struct {
	*walk
	target dname.Name
}

// harvest is what the branches of an ALIAS brought.
type harvest struct {
	set     rr.Set // addresses, each once
	count   int    // of them
	ttl     uint32 // the least of all that was passed
	failed  *Result
	missing bool
	again   bool
	stale   bool
}

// stoodInFor reports whether our zones have an ALIAS at the name at hand in the
// place of the addresses asked for.
func (w *walk) stoodInFor() bool {
	return (w.t == rr.TypeA || w.t == rr.TypeAAAA) && !message.Find(w.search.message.Answer, w.name, rr.TypeALIAS).Empty()
}

// expand ends the walk with the addresses that the ALIAS at the name at hand
// stands for: those of all its targets, as if they were records of the name. A
// target that fails does no harm as long as another has addresses.
func (w *walk) expand() state {
	set := message.Find(w.search.message.Answer, w.name, rr.TypeALIAS)
	ttl := set.TTL()
	h := harvest{ttl: ttl}
	if w.tree == nil {
		w.tree = new(tree)
	}
	if slices.ContainsFunc(w.tree.passed, w.name.Equal) {
		w.again, w.least = true, set.TTL()
		return nil
	}
	w.tree.passed = append(w.tree.passed, w.name)
	for left := set.Count(); left > 0 && !h.hopeless(w); left-- {
		var rec rr.Record
		rec, set = set.Next()
		b := branch{w.branch(), dname.Name(rec.Data())}
		w.step(Step{Kind: ALIAS, Source: Ours, TTL: ttl, Target: b.target})
		w.explore(b, left, &h)
	}
	return w.reap(&h)
}

// hopeless: without asking, one target that is not known means that the whole is not.
func (h *harvest) hopeless(w *walk) bool { return h.missing && !w.stale }

// branch is a walk like w that goes on from the name at hand, with its result
// for itself.
func (w *walk) branch() *walk {
	return &walk{
		r: w.r, ctx: w.ctx, root: w.root, parent: w.parent, depth: w.depth, top: w.top, tree: w.tree,
		offline: w.offline, stale: w.stale, renew: w.renew,
		name: w.name, t: w.t, seen: slices.Clone(w.seen), skip: slices.Clone(w.skip),
	}
}

// explore goes one way, in its share of the time where left ways are to go.
func (w *walk) explore(b branch, left int, h *harvest) {
	if w.tree.branches++; w.tree.branches > maxBranches {
		w.step(Step{Kind: TooLong, Why: fmt.Sprintf("more than %d targets", maxBranches)})
		h.failed = failed(code.Other, fmt.Sprintf("more than %d ALIAS targets at %s", maxBranches, w.name))
		return
	}
	var cancel context.CancelFunc
	b.ctx, cancel = part(w.ctx, left)
	defer cancel()
	if !b.advance(b.target) {
		h.failed = &b.result
		return
	}
	h.take(b.walk, b.run())
}

// part is ctx with the part of its time that falls to one of n.
func part(ctx context.Context, n int) (context.Context, context.CancelFunc) {
	until, ok := ctx.Deadline()
	if !ok || n == 1 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, time.Until(until)/time.Duration(n))
}

// take adds what w found.
func (h *harvest) take(w *walk, res *Result) {
	switch {
	case w.missing:
		h.missing = true
		return
	case res.Rcode == code.ServFail:
		h.failed = res
		return
	case res.Rcode == code.YXDomain:
		h.failed = failed(code.Other, fmt.Sprintf("the name that a DNAME makes of %s is too long", w.name))
		return
	}
	if w.again {
		h.again, h.ttl = true, min(h.ttl, w.least)
	}
	if len(res.Answer)+len(res.Authority) > 0 {
		h.ttl = min(h.ttl, res.TTL)
	}
	h.stale = h.stale || res.Stale
	if n := len(res.Answer); n > 0 && res.Answer[n-1].Set.Type() == w.t {
		h.add(res.Answer[n-1].Set)
	}
}

// add takes the addresses of s that are not there yet.
func (h *harvest) add(s rr.Set) {
	for rec := rr.Record(nil); !s.Empty() && h.count < maxAddresses; {
		if rec, s = s.Next(); !holds(h.set, rec.Data()) {
			h.set, h.count = append(h.set, rec...), h.count+1
		}
	}
}

func holds(s rr.Set, data []byte) bool {
	for rec := rr.Record(nil); !s.Empty(); {
		if rec, s = s.Next(); string(rec.Data()) == string(data) {
			return true
		}
	}
	return false
}

// reap makes the result out of what the branches brought. A target that does not
// exist leaves the owner without addresses; the owner itself exists.
func (w *walk) reap(h *harvest) state {
	w.result.Stale = w.result.Stale || h.stale
	switch {
	case !h.set.Empty():
		w.result.Answer = append(w.result.Answer, Item{Owner: w.name, Set: message.SetTTL(h.set, h.ttl)})
	case h.failed != nil:
		return w.fail(h.failed.EDE, h.failed.Text)
	case h.missing:
		w.missing = true
	case h.again:
		w.again, w.least = true, h.ttl
	default:
		soa := w.search.message.Authority[0]
		ttl := min(h.ttl, soa.Set.NegativeTTL())
		w.step(Step{Kind: NoData, Source: Ours, TTL: ttl})
		w.result.Authority = []Item{{Owner: soa.Owner, Set: message.WithTTL(soa.Set, ttl)}}
	}
	return nil
}
