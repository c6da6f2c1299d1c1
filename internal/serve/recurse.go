package serve

import (
	"context"
	"net/netip"

	"github.com/truename-dns/truename/internal/answer"
	"github.com/truename-dns/truename/internal/dns/code"
	"github.com/truename-dns/truename/internal/dns/wire"
	"github.com/truename-dns/truename/internal/resolver"
)

// Recursion lets some networks ask for names of others.
type Recursion struct {
	Networks []netip.Prefix
	// Resolve asks whom it takes, until ctx ends.
	Resolve func(context.Context, resolver.Question) *resolver.Result
	// Known is what there is to say without asking anybody, what has expired too;
	// ok is false where there is nothing.
	Known func(resolver.Question) (r *resolver.Result, ok bool)
	// Recall makes a Recall for each worker.
	Recall func() Recall
}

// Recall answers from what is known, without waiting; ok is false where that
// does not do. The Result is valid until the next Find.
type Recall interface {
	Find(q resolver.Question) (r *resolver.Result, ok bool)
}

// allows reports whether peer may ask for names of others.
func (r *Recursion) allows(peer netip.Addr) bool {
	if r == nil {
		return false
	}
	peer = peer.Unmap()
	for _, n := range r.Networks {
		if n.Contains(peer) {
			return true
		}
	}
	return false
}

// elsewhere reports whether more of the answer is to be had from others: a chain
// or a delegation leads there, or the name is none of ours.
func elsewhere(o answer.Outcome) bool {
	switch o {
	case answer.Refused, answer.Departed, answer.Delegation, answer.Exhausted:
		return true
	}
	return false
}

// recurse answers from what the resolver knows, or says that it has to be asked.
// Whoever does not want that gets what is known, expired or not.
func (w *Worker) recurse(a *answer.Answer) (done bool) {
	q := resolver.Question{Name: w.query.Name, Type: w.query.Type}
	found := w.found
	if found == nil {
		if found, done = w.recall.Find(q); !done && w.query.Flags&wire.RD == 0 {
			found, done = w.server.config.Recursion.Known(q)
		} else if !done {
			w.need.recurse = true
		}
		if !done {
			return false
		}
	}
	w.recursed = true
	w.rcode, w.ede, w.text = found.Rcode, found.EDE, append(w.fixed[:0], found.Text...)
	w.fixed = w.text
	if a.Outcome == answer.Departed || a.Outcome == answer.Exhausted {
		w.out.SetFlags(wire.AA) // of the first owner (RFC 6604, Section 2.1)
	}
	w.shapeFound(found)
	return true
}

// shapeFound writes the sections of r.
func (w *Worker) shapeFound(r *resolver.Result) {
	if !w.allFound(r.Answer) {
		w.out.Truncate(&w.query)
		return
	}
	w.out.Authority()
	if !w.allFound(r.Authority) {
		w.out.Truncate(&w.query)
	}
}

func (w *Worker) allFound(items []resolver.Item) bool {
	for _, item := range items {
		if !w.out.Set(item.Owner, item.Set) {
			return false
		}
	}
	return true
}

// overloaded is the answer where the query ought to wait and cannot.
func (w *Worker) overloaded() {
	w.fail(code.ServFail, code.Other, "too many queries are waiting already")
}
